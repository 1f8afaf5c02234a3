/* Products in bf16 against products of the rounded operands in double precision, over odd shapes: within the error of
   float32 sums, 1e-5 of the sum of absolute products. What is given
   a bf16 result is rounded once more: half a unit of 8 bits. noasan: many shapes; test_parity.c has the sanitizers. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "full_run.h"
#include "tensor_support.h"

static const int64_t SIZES[] = {1, 2, 17, 50, 64, 127, 384, 400, 784, 4096};
static const int64_t ROWS[] = {1, 2, 31, 63, 64, 96, 97, 200};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES, ROW_COUNT = sizeof ROWS / sizeof *ROWS, SAMPLES = 97 };

static const double SUM_ERROR = 1e-5, NARROW_ERROR = 0x1p-8, GELU_ERROR = 1e-4;
static double largest; /* error seen, in parts of the sum of absolute products */

/* A (rows, depth) matrix on the host, as stored; rounded if products round it. */
typedef struct host_matrix {
    double *numbers;
    int64_t row_step, col_step;
} host_matrix;

static host_matrix read_rounded(backend *be, tensor x, bool transposed)
{
    host_matrix m = {read_tensor(be, x), transposed ? 1 : x.cols, transposed ? x.cols : 1};
    for (int64_t i = 0; i < x.rows * x.cols; i++)
        m.numbers[i] = round_bf16(m.numbers[i]);
    return m;
}

/* Element (r, j) of a b, and the sum of absolute products. */
static double element(const host_matrix *a, const host_matrix *b, int64_t r, int64_t j, int64_t depth, double *size)
{
    double sum = 0;
    *size = 0;
    for (int64_t k = 0; k < depth; k++) {
        const double x = a->numbers[r * a->row_step + k * a->col_step] * b->numbers[k * b->row_step + j * b->col_step];
        sum += x;
        *size += fabs(x);
    }
    return sum;
}

/* What happens to an element after the product. */
typedef struct epilogue {
    const double *bias, *add; /* (cols), (add_rows, cols) */
    int64_t add_rows;
    bool silu, gelu;
} epilogue;

static void expect_product(backend *be, tensor got, const host_matrix *a, const host_matrix *b, int64_t depth,
                           const epilogue *after, const char *what)
{
    double *numbers = read_tensor(be, got);
    const int64_t size = got.rows * got.cols, step = size <= 4 * SAMPLES ? 1 : size / SAMPLES | 1;
    for (int64_t i = 0; i < size + step; i += step) {
        const int64_t at = i < size ? i : size - 1, r = at / got.cols, j = at % got.cols;
        double parts, wanted = element(a, b, r, j, depth, &parts);
        if (after->bias) {
            wanted += after->bias[j];
            parts += fabs(after->bias[j]);
        }
        if (after->add) {
            wanted += after->add[r % after->add_rows * got.cols + j];
            parts += fabs(after->add[r % after->add_rows * got.cols + j]);
        }
        wanted = after->silu ? wanted / (1 + exp(-wanted)) : wanted;
        wanted = after->gelu ? wanted / 2 * (1 + erf(wanted / sqrt(2))) : wanted;
        const double error = fabs(numbers[at] - wanted), most = 1.1 * SUM_ERROR * parts + 1e-30;
        const double rounding = NARROW_ERROR * fabs(wanted) + (after->gelu ? GELU_ERROR : 0);
        if (!(error <= most + (got.bf16 ? rounding : 0)))
            fail_msg("%s, %d x %d x %d: element %d, %d is %.9g, wanted %.9g", what, (int)got.rows, (int)depth,
                     (int)got.cols, (int)r, (int)j, numbers[at], wanted);
        if (!got.bf16 && parts > 0)
            largest = fmax(largest, error / parts);
    }
    free(numbers);
}

static tensor bf16_of(backend *be, tensor x)
{
    tensor y = blank_bf16_tensor(be, x.rows, x.cols);
    be->ops.copy(be, y, x);
    return y;
}

static void free_all(backend *be, const tensor *x, int count)
{
    for (int i = 0; i < count; i++)
        free_tensor(be, x[i]);
}

/* ---- forward ---- */

static void check_forward(backend *be, tensor W, tensor b, tensor wide, bool bf16)
{
    const int64_t rows = wide.rows, out = W.rows, group = rows % 2 ? rows : rows / 2;
    tensor x = bf16 ? bf16_of(be, wide) : wide;
    tensor y = blank_tensor(be, rows, out), s = blank_bf16_tensor(be, rows, out),
           v = random_tensor(be, rows, out, 7, 1);
    tensor add = random_tensor(be, group, out, 8, 1), m = blank_tensor(be, rows / group, 3 * out);
    const host_matrix a = read_rounded(be, x, false), c = read_rounded(be, W, true);
    double *bias = read_tensor(be, b), *adds = read_tensor(be, add), *from = read_tensor(be, v);
    const linear_operands layer = {x, W, b}, bare = {x, W, {0}};
    be->ops.linear(be, y, x, W, b);
    expect_product(be, y, &a, &c, x.cols, &(epilogue){.bias = bias}, "linear");
    be->ops.linear(be, y, x, W, (tensor){0});
    expect_product(be, y, &a, &c, x.cols, &(epilogue){0}, "linear without bias");
    be->ops.linear(be, s, x, W, b);
    expect_product(be, s, &a, &c, x.cols, &(epilogue){.bias = bias}, "linear, narrow");
    be->ops.linear_silu(be, s, (tensor){0}, x, W, b);
    expect_product(be, s, &a, &c, x.cols, &(epilogue){.bias = bias, .silu = true}, "linear_silu, narrow");
    be->ops.linear_silu(be, s, (tensor){0}, x, W, (tensor){0});
    expect_product(be, s, &a, &c, x.cols, &(epilogue){.silu = true}, "linear_silu, narrow, without bias");
    be->ops.zero(be, s);
    be->ops.linear_silu(be, s, y, x, W, b);
    expect_product(be, y, &a, &c, x.cols, &(epilogue){.bias = bias}, "pre of linear_silu");
    expect_product(be, s, &a, &c, x.cols, &(epilogue){.bias = bias, .silu = true}, "linear_silu, narrow, with pre");
    be->ops.linear_silu(be, y, (tensor){0}, x, W, b);
    expect_product(be, y, &a, &c, x.cols, &(epilogue){.bias = bias, .silu = true}, "linear_silu");
    be->ops.linear_gelu(be, s, x, W, b);
    expect_product(be, s, &a, &c, x.cols, &(epilogue){.bias = bias, .gelu = true}, "linear_gelu, narrow");
    be->ops.linear_gelu(be, y, x, W, b);
    expect_product(be, y, &a, &c, x.cols, &(epilogue){.bias = bias, .gelu = true}, "linear_gelu");
    be->ops.linear_add(be, y, add, &layer);
    expect_product(be, y, &a, &c, x.cols, &(epilogue){bias, adds, group, false, false}, "linear_add");
    be->ops.linear_add(be, y, add, &bare);
    expect_product(be, y, &a, &c, x.cols, &(epilogue){NULL, adds, group, false, false}, "linear_add without bias");
    be->ops.zero(be, m);
    be->ops.linear_gate(be, &(gated_sum){v, v, y, m, group}, &layer);
    expect_product(be, y, &a, &c, x.cols, &(epilogue){.bias = bias}, "o of linear_gate");
    expect_product(be, v, &a, &c, x.cols, &(epilogue){bias, from, rows, false, false}, "linear_gate");
    free(a.numbers);
    free(c.numbers);
    free(bias);
    free(adds);
    free(from);
    free_all(be, (tensor[]){y, s, v, add, m}, 5);
    if (bf16)
        free_tensor(be, x);
}

/* ---- backward ---- */

static void check_dx(backend *be, tensor W, tensor wide)
{
    tensor bf16 = bf16_of(be, wide), dx = blank_tensor(be, wide.rows, W.cols);
    const host_matrix a = read_rounded(be, wide, false), b = read_rounded(be, W, false);
    be->ops.linear_dx(be, dx, bf16, W);
    expect_product(be, dx, &a, &b, W.rows, &(epilogue){0}, "linear_dx, narrow");
    be->ops.linear_dx(be, dx, wide, W);
    expect_product(be, dx, &a, &b, W.rows, &(epilogue){0}, "linear_dx");
    free(a.numbers);
    free(b.numbers);
    free_all(be, (tensor[]){bf16, dx}, 2);
}

static void check_dw(backend *be, tensor dy, tensor x)
{
    const tensor dys[2] = {dy, bf16_of(be, dy)}, xs[2] = {x, bf16_of(be, x)};
    tensor dW = blank_tensor(be, dy.cols, x.cols), db = blank_tensor(be, 1, dy.cols);
    const host_matrix a = read_rounded(be, dy, true), b = read_rounded(be, x, false);
    for (int kind = 0; kind < 4; kind++) {
        be->ops.linear_dw(be, dW, db, dys[kind % 2], xs[kind / 2]);
        expect_product(be, dW, &a, &b, x.rows, &(epilogue){0}, "linear_dw");
    }
    be->ops.linear_dw(be, dW, (tensor){0}, dys[1], xs[1]);
    expect_product(be, dW, &a, &b, x.rows, &(epilogue){0}, "linear_dw without db");
    double *sums = read_tensor(be, db);
    for (int64_t o = 0; o < dy.cols; o++) { /* of the last kind: bf16 dy */
        double sum = 0, parts = 0;
        for (int64_t r = 0; r < dy.rows; r++) {
            sum += a.numbers[r * dy.cols + o];
            parts += fabs(a.numbers[r * dy.cols + o]);
        }
        assert_true(fabs(sums[o] - sum) <= SUM_ERROR * parts);
    }
    free(sums);
    free(a.numbers);
    free(b.numbers);
    free_all(be, (tensor[]){dys[1], xs[1], dW, db}, 4);
}

/* ---- tests ---- */

static void check_layer(backend *be, int64_t in, int64_t out, int index)
{
    tensor W = random_tensor(be, out, in, 1, 1 / sqrt((double)in)), b = random_tensor(be, 1, out, 2, 1);
    be->ops.prepare(be, &W, 1, true);
    for (int i = 0; i < 2; i++) { /* two heights for each layer, all of them in turn */
        const int64_t rows = ROWS[(2 * index + i) % ROW_COUNT];
        tensor x = random_tensor(be, rows, in, 3, 1), dy = random_tensor(be, rows, out, 4, 1);
        check_forward(be, W, b, x, i);
        check_forward(be, W, b, x, !i);
        check_dx(be, W, dy);
        check_dw(be, dy, x);
        assert_int_equal(be->ops.finish(be, NULL), CLUDI_OK);
        free_all(be, (tensor[]){x, dy}, 2);
    }
    be->ops.forget(be, &W, 1);
    free_all(be, (tensor[]){W, b}, 2);
}

static void test_products(void **state)
{
    (void)state;
    backend be;
    open_backend(&be, "onednn bf16", 2);
    largest = 0;
    for (int i = 0; i < SIZE_COUNT; i++)
        for (int o = 0; o < SIZE_COUNT; o++)
            if (SIZES[i] * SIZES[o] <= 784 * 4096 && (is_full_run() || (i + o) % 3 == 0))
                check_layer(&be, SIZES[i], SIZES[o], i * 3 + o);
    print_message("bf16 products: largest error %.1e of the sum of absolute products\n", largest);
    backend_close(&be);
}

/* Sums over a multiple of 512 rows and more, over the odd 63 rows, and shapes that no weight of the network has. */
static void test_gradients(void **state)
{
    static const int64_t SHAPES[][3] = {{511, 40, 50}, {512, 400, 17},  {513, 385, 390}, {575, 72, 72}, {63, 72, 72},
                                        {63, 400, 10}, {1500, 24, 100}, {1087, 70, 33},  {1, 1, 1}}; /* rows, out, in */
    (void)state;
    backend be;
    open_backend(&be, "onednn bf16", 2);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const int64_t *s = SHAPES[i];
        tensor dy = random_tensor(&be, s[0], s[1], 3, 1), x = random_tensor(&be, s[0], s[2], 4, 1);
        check_dw(&be, dy, x);
        free_all(&be, (tensor[]){dy, x}, 2);
    }
    backend_close(&be);
}

/* Deeper than a scratchpad holds 32 rows of, and 63 deep. */
static void test_odd_depths(void **state)
{
    static const int64_t SHAPES[][3] = {{63, 72, 80}, {63, 10, 96}, {9000, 20, 70}, {300000, 3, 5}}; /* in, out, rows */
    (void)state;
    backend be;
    open_backend(&be, "onednn bf16", 2);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const int64_t *s = SHAPES[i];
        tensor W = random_tensor(&be, s[1], s[0], 1, 1 / sqrt((double)s[0])), b = random_tensor(&be, 1, s[1], 2, 1);
        tensor x = random_tensor(&be, s[2], s[0], 3, 1);
        be.ops.prepare(&be, &W, 1, true);
        check_forward(&be, W, b, x, true);
        if (s[0] < 300000) /* wide rows so deep are multiplied as they are, in float32 */
            check_forward(&be, W, b, x, false);
        assert_int_equal(be.ops.finish(&be, NULL), CLUDI_OK);
        be.ops.forget(&be, &W, 1);
        free_all(&be, (tensor[]){W, b, x}, 3);
    }
    backend_close(&be);
}

/* A weight that was not prepared: rounded for bf16 rows, multiplied as it is with wide ones, here rounded before. */
static void test_unprepared(void **state)
{
    (void)state;
    backend be;
    open_backend(&be, "onednn bf16", 2);
    tensor W = random_tensor(&be, 70, 50, 1, 1), b = random_tensor(&be, 1, 70, 2, 1),
           x = random_tensor(&be, 33, 50, 3, 1);
    check_forward(&be, W, b, x, true);
    const host_matrix rounded[2] = {read_rounded(&be, W, false), read_rounded(&be, x, false)};
    write_tensor(&be, W, rounded[0].numbers);
    write_tensor(&be, x, rounded[1].numbers);
    check_forward(&be, W, b, x, false);
    free(rounded[0].numbers);
    free(rounded[1].numbers);
    assert_int_equal(be.ops.finish(&be, NULL), CLUDI_OK);
    free_all(&be, (tensor[]){W, b, x}, 3);
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_products), cmocka_unit_test(test_gradients),
                                       cmocka_unit_test(test_odd_depths), cmocka_unit_test(test_unprepared)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
