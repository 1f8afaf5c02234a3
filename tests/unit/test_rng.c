/* rng.c and rng_block.h: the words are Random123's own, rows and columns and streams are independent of how much is
   drawn at once, and the numbers have the distributions that they should. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "rng.h"
#include "rng_block.h"
#include "tensor_support.h"

enum { COUNT = 1000000, ROW = 1000 };

/* The layout in rng_block.h, with Random123's function: column j is lane j % 16 of word (j % 64) / 16 of block
   16 (j / 64) + lane. */
static uint32_t word_of(rng_stream stream, uint64_t row, int64_t column)
{
    const uint32_t block = (uint32_t)(column / 64 * 16 + column % 16);
    const philox4x32_ctr_t counter = {
        {(uint32_t)row, (uint32_t)(row >> 32), stream.step, stream.purpose << 24 | block}};
    const philox4x32_key_t key = {{(uint32_t)stream.seed, (uint32_t)(stream.seed >> 32)}};
    return philox4x32_R(10, counter, key).v[column % 64 / 16];
}

static const rng_stream STREAMS[] = {
    {0, RNG_INIT, 0},
    {UINT64_C(0x0123456789abcdef), RNG_PREDICT, 0xffffffff},
    {UINT64_C(0xffffffffffffffff), 255, 12345},
};
static const uint64_t ROWS[] = {0, 1, UINT64_C(0x100000000), UINT64_C(0xfedcba9876543210)};

static void test_uniform_words(void **state)
{
    (void)state;
    for (int s = 0; s < 3; s++)
        for (int r = 0; r < 4; r++) {
            float x[200];
            rng_uniform(STREAMS[s], ROWS[r], x, 200);
            for (int j = 0; j < 200; j++)
                assert_true(x[j] == (float)(word_of(STREAMS[s], ROWS[r], j) >> 8) * 0x1p-24F);
        }
}

/* Box and Muller on words (0, 1) and (2, 3) of each block, with libm. */
static void test_normal_words(void **state)
{
    (void)state;
    for (int s = 0; s < 3; s++)
        for (int r = 0; r < 4; r++) {
            float z[256];
            rng_normal(STREAMS[s], ROWS[r], z, 256);
            for (int j = 0; j < 256; j++) {
                const bool second = j % 64 / 16 % 2;
                const int64_t first = second ? j - 16 : j;
                const double u = ((double)(word_of(STREAMS[s], ROWS[r], first) >> 1) + 0.5) / 2147483648.0;
                const double turn =
                    2 * 3.14159265358979323846 * word_of(STREAMS[s], ROWS[r], first + 16) / 4294967296.0;
                const double wanted = sqrt(-2 * log(u)) * (second ? sin(turn) : cos(turn));
                assert_true(fabs((double)z[j] - wanted) <= 2e-6 * (1 + fabs(wanted)));
            }
        }
}

/* The first numbers of a row do not depend on how many are asked for, and nothing is written behind them. */
static void test_counts(void **state)
{
    (void)state;
    float all[300], some[301];
    rng_normal(STREAMS[1], 9, all, 300);
    for (int64_t count = 0; count <= 300; count++) {
        some[count] = 77;
        rng_normal(STREAMS[1], 9, some, count);
        assert_memory_equal(some, all, (size_t)count * sizeof *all);
        assert_true(some[count] == 77);
    }
}

static void test_bits(void **state)
{
    (void)state;
    uint64_t bits[RNG_BITS];
    rng_bits(STREAMS[1], ROWS[3], bits);
    for (int i = 0; i < 16; i++) {
        const uint64_t a = word_of(STREAMS[1], ROWS[3], i), b = word_of(STREAMS[1], ROWS[3], 16 + i);
        const uint64_t c = word_of(STREAMS[1], ROWS[3], 32 + i), d = word_of(STREAMS[1], ROWS[3], 48 + i);
        assert_true(bits[2 * i] == (a << 32 | b) && bits[2 * i + 1] == (c << 32 | d));
    }
}

/* The kernels' own builds, each for its instruction set. */
void ref_operations_base(backend_ops *ops);
#if defined(CLUDI_WITH_ONEDNN) && defined(__x86_64__)
void ref_operations_avx2(backend_ops *ops);
void ref_operations_avx512(backend_ops *ops);
#endif

static void check_build(void (*operations)(backend_ops *ops))
{
    enum { COLS = 200 };
    backend be;
    open_backend(&be, "ref", 1);
    operations(&be.ops);
    tensor x = blank_tensor(&be, 1, COLS), z = blank_tensor(&be, 1, COLS);
    for (int s = 0; s < 3; s++)
        for (int r = 0; r < 4; r++) {
            float normals[COLS];
            be.ops.fill_uniform(&be, x, STREAMS[s], ROWS[r]);
            be.ops.fill_normal(&be, z, STREAMS[s], ROWS[r]);
            rng_normal(STREAMS[s], ROWS[r], normals, COLS);
            for (int j = 0; j < COLS; j++) {
                assert_true(get_element(&be, x, j) == (double)(word_of(STREAMS[s], ROWS[r], j) >> 8) * 0x1p-24);
                assert_true(get_element(&be, z, j) == (double)normals[j]);
            }
        }
    free_tensor(&be, x);
    free_tensor(&be, z);
    backend_close(&be);
}

static void test_every_build(void **state)
{
    (void)state;
    check_build(ref_operations_base);
#if defined(CLUDI_WITH_ONEDNN) && defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        check_build(ref_operations_avx2);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        check_build(ref_operations_avx512);
#endif
}

/* Each of seed, purpose, step, row makes other numbers. */
static void test_streams_differ(void **state)
{
    (void)state;
    const rng_stream base = {5, RNG_TIME, 7};
    const rng_stream others[] = {
        {6, RNG_TIME, 7}, {5 | UINT64_C(1) << 40, RNG_TIME, 7}, {5, RNG_SELF, 7}, {5, RNG_TIME, 8}};
    float x[64], y[64];
    rng_uniform(base, 3, x, 64);
    for (int i = 0; i < 6; i++) {
        rng_uniform(i < 4 ? others[i] : base, i < 4 ? 3 : i == 4 ? 4 : 3 | UINT64_C(1) << 50, y, 64);
        int same = 0;
        for (int j = 0; j < 64; j++)
            same += x[j] == y[j];
        assert_int_equal(same, 0);
    }
}

/* ---- distributions; the bounds are 5 standard errors ---- */

typedef void draw_fn(rng_stream stream, uint64_t row, float *out, int64_t count);

static int compare_floats(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float *draw_sorted(draw_fn *draw)
{
    float *x = malloc(COUNT * sizeof *x);
    assert_non_null(x);
    for (int i = 0; i < COUNT / ROW; i++)
        draw((rng_stream){2024, RNG_FORWARD, 1}, (uint64_t)i, x + i * ROW, ROW);
    qsort(x, COUNT, sizeof *x, compare_floats);
    return x;
}

static void expect_near(const char *what, double got, double wanted, double error)
{
    if (!(fabs(got - wanted) <= 5 * error))
        fail_msg("%s is %.6g, wanted %.6g within %.2g", what, got, wanted, 5 * error);
}

static double moment(const float *x, double center, int power)
{
    double sum = 0;
    for (int i = 0; i < COUNT; i++)
        sum += pow((double)x[i] - center, power);
    return sum / COUNT;
}

static double normal_below(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

static double uniform_below(double x)
{
    return x;
}

/* Kolmogorov and Smirnov: sqrt(n) D is above 1.95 once in a thousand. */
static void check_distribution(const float *sorted, double (*below)(double))
{
    double largest = 0;
    for (int i = 0; i < COUNT; i++) {
        const double p = below((double)sorted[i]);
        largest = fmax(largest, fmax(fabs(p - (double)i / COUNT), fabs(p - (double)(i + 1) / COUNT)));
    }
    if (!(sqrt(COUNT) * largest < 1.95))
        fail_msg("Kolmogorov-Smirnov: %g", sqrt(COUNT) * largest);
}

static void test_normal_distribution(void **state)
{
    (void)state;
    float *x = draw_sorted(rng_normal);
    expect_near("mean", moment(x, 0, 1), 0, sqrt(1.0 / COUNT));
    expect_near("variance", moment(x, 0, 2), 1, sqrt(2.0 / COUNT));
    expect_near("skew", moment(x, 0, 3), 0, sqrt(15.0 / COUNT));
    expect_near("kurtosis", moment(x, 0, 4), 3, sqrt(96.0 / COUNT));
    check_distribution(x, normal_below);
    for (int sigma = 3; sigma <= 5; sigma++)
        for (int side = 0; side < 2; side++) {
            const double wanted = COUNT * normal_below(-sigma);
            int64_t count = 0;
            while (side ? x[COUNT - 1 - count] > (float)sigma : x[count] < (float)-sigma)
                count++;
            expect_near("tail", (double)count, wanted, sqrt(wanted) + 0.2);
        }
    free(x);
}

static void test_uniform_distribution(void **state)
{
    (void)state;
    float *x = draw_sorted(rng_uniform);
    assert_true(x[0] >= 0 && x[COUNT - 1] < 1);
    expect_near("mean", moment(x, 0, 1), 0.5, sqrt(1.0 / 12 / COUNT));
    expect_near("variance", moment(x, 0.5, 2), 1.0 / 12, sqrt(1.0 / 180 / COUNT));
    check_distribution(x, uniform_below);
    free(x);
}

/* Neighbors in a row, and the same column of neighboring rows, are uncorrelated. */
static void test_uncorrelated(void **state)
{
    (void)state;
    enum { ROWS_DRAWN = 500, COLS_DRAWN = 200 };
    static float x[ROWS_DRAWN][COLS_DRAWN];
    static const int LAGS[] = {1, 15, 16, 17, 32, 48, 64};
    const double error = sqrt(1.0 / (ROWS_DRAWN * (COLS_DRAWN - 64)));
    for (int i = 0; i < ROWS_DRAWN; i++)
        rng_normal((rng_stream){1, RNG_TEACHER, 0}, (uint64_t)i, x[i], COLS_DRAWN);
    for (int k = 0; k < 8; k++) {
        double sum = 0, squares = 0;
        const int lag = k < 7 ? LAGS[k] : 0;
        for (int i = 0; i < ROWS_DRAWN - 1; i++)
            for (int j = 0; j < COLS_DRAWN - 64; j++) {
                const double a = (double)x[i][j], b = (double)(lag ? x[i][j + lag] : x[i + 1][j]);
                sum += a * b;
                squares += (a * a - 1) * (b * b - 1) / 2;
            }
        expect_near("correlation", sum / ROWS_DRAWN / (COLS_DRAWN - 64), 0, error);
        expect_near("correlation of squares", squares / ROWS_DRAWN / (COLS_DRAWN - 64), 0, error);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_build),
        cmocka_unit_test(test_uniform_words),
        cmocka_unit_test(test_normal_words),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_streams_differ),
        cmocka_unit_test(test_normal_distribution),
        cmocka_unit_test(test_uniform_distribution),
        cmocka_unit_test(test_uncorrelated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
