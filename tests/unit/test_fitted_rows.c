/* fitted_rows.c: the answers of a fit come back by fingerprint, whatever else the model says of the row; tables that no fit writes are
   refused. */
#include <math.h>
#include <stdlib.h>

#include "bounds.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "fitted_rows.h"
#include "rng.h"

enum { ROWS = 50, MOST_CLUSTERS = 100, MOST_KEPT = 4, KEY = 3, MOST_WIDTH = KEY + 2 * MOST_KEPT };

typedef struct fixture {
    uint64_t fingerprint[ROWS];
    int32_t cluster[ROWS * MOST_KEPT];
    float probability[ROWS * MOST_KEPT];
    fitted_labels fitted;
    float table[ROWS * MOST_WIDTH];
    int64_t width;
    fitted_rows rows;
} fixture;

static float uniform(int which, int i)
{
    float number;
    rng_uniform((rng_stream){8, 240, (uint32_t)which}, (uint64_t)i, &number, 1);
    return number;
}

/* Falling probabilities of any clusters; those of some rows are equal, those of others leave nothing for the rest. */
static void fill_row(fixture *f, int i, int32_t K)
{
    const int32_t kept = f->fitted.kept;
    float *p = f->probability + i * kept, sum = 0;
    for (int32_t j = 0; j < kept; j++) {
        f->cluster[i * kept + j] = (int32_t)((uniform(1, i) * (float)K + (float)(j * (K / kept))) + 0.5F) % K;
        p[j] = (j == 0 ? 1 : p[j - 1]) * (i % 5 == 0 ? 1 : uniform(2, i * kept + j));
        sum += p[j];
    }
    const float whole = i % 3 == 0 || K == kept ? 1 : 0.9F * uniform(3, i);
    for (int32_t j = 0; j < kept; j++)
        p[j] *= whole / sum;
}

static void begin(fixture *f, int32_t K)
{
    *f = (fixture){.fitted = {fitted_rows_kept(K), f->cluster, f->probability}, .width = fitted_rows_width(K)};
    assert_int_equal(f->fitted.kept, min_int(K, MOST_KEPT));
    for (int i = 0; i < ROWS; i++) {
        f->fingerprint[i] = UINT64_MAX / ROWS * (uint64_t)i + (uint64_t)(i * i);
        fill_row(f, i, K);
    }
    f->fingerprint[ROWS - 1] = UINT64_MAX;
    f->fingerprint[21] = f->fingerprint[20];
    fitted_rows_store(&f->fitted, f->fingerprint, ROWS, f->table);
    assert_int_equal(fitted_rows_bind(&f->rows, f->table, ROWS, K, NULL), CLUDI_OK);
}

/* Of sum 1; all of it on one cluster, where the row is even. */
static void other_answer(float *p, int i, int32_t K)
{
    float sum = 0;
    for (int32_t k = 0; k < K; k++)
        sum += p[k] = i % 2 == 0 ? (float)(k == i % K) : uniform(4, i * K + k);
    for (int32_t k = 0; k < K; k++)
        p[k] /= sum;
}

static void expect_recalled(const fixture *f, int i, const float *p, int32_t K)
{
    const int row = i == 21 ? 20 : i; /* of equal fingerprints the first */
    const int32_t *cluster = f->cluster + row * f->fitted.kept;
    const float *wanted = f->probability + row * f->fitted.kept;
    double sum = 0;
    for (int32_t k = 0; k < K; k++) {
        assert_true(p[k] >= 0 && p[k] <= 1);
        sum += (double)p[k];
    }
    assert_true(fabs(sum - 1) < 1e-5);
    assert_int_equal(argmax_float(p, K), cluster[0]);
    const float times = p[cluster[0]] / wanted[0];
    for (int32_t j = 0; j < f->fitted.kept; j++)
        assert_true(fabsf(p[cluster[j]] - times * wanted[j]) <= 3e-6F * times * wanted[0]);
}

static const int32_t CLUSTERS[] = {2, 3, 4, 5, MOST_CLUSTERS};

static void test_recall(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof CLUSTERS / sizeof *CLUSTERS; c++) {
        const int32_t K = CLUSTERS[c];
        fixture f;
        begin(&f, K);
        for (int i = 0; i < ROWS; i++) {
            float p[MOST_CLUSTERS];
            other_answer(p, i, K);
            fitted_rows_recall(&f.rows, f.fingerprint[i], p);
            expect_recalled(&f, i, p, K);
        }
    }
}

/* Where the clusters of the table leave enough room, theirs are the probabilities, and the others keep their proportions. */
static void test_rest(void **state)
{
    fixture f;
    float p[5] = {0.2F, 0.2F, 0.2F, 0.2F, 0.2F};
    (void)state;
    begin(&f, 5);
    const int32_t cluster[] = {3, 0, 4, 2};
    const float probability[] = {0.5F, 0.2F, 0.1F, 0.1F}, wanted[] = {0.2F, 0.1F, 0.1F, 0.5F, 0.1F};
    fitted_rows_store(&(fitted_labels){4, (int32_t *)cluster, (float *)probability}, f.fingerprint, 1, f.table);
    assert_int_equal(fitted_rows_bind(&f.rows, f.table, 1, 5, NULL), CLUDI_OK);
    fitted_rows_recall(&f.rows, f.fingerprint[0], p);
    for (int32_t k = 0; k < 5; k++)
        assert_true(fabsf(p[k] - wanted[k]) < 1e-6F);
}

static void test_other_rows(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof CLUSTERS / sizeof *CLUSTERS; c++) {
        const int32_t K = CLUSTERS[c];
        fixture f;
        begin(&f, K);
        for (int i = 0; i < ROWS; i++) {
            float p[MOST_CLUSTERS], before[MOST_CLUSTERS];
            other_answer(p, i, K);
            memcpy(before, p, sizeof p);
            fitted_rows_recall(&f.rows, f.fingerprint[i] ^ 1U << (i % 32), p);
            fitted_rows_recall(&f.rows, f.fingerprint[i] ^ (uint64_t)1 << (32 + i % 32), p);
            assert_memory_equal(p, before, (size_t)K * sizeof *p);
        }
    }
}

/* One number of row 7 at a time. */
/* Equal rows have one answer: that of the first. */
static void test_equal_rows(void **state)
{
    (void)state;
    static fixture f;
    begin(&f, 9);
    const fixture before = f;
    f.fingerprint[22] = f.fingerprint[20];
    fitted_rows_agree(&f.fitted, f.fingerprint, ROWS);
    for (int i = 0; i < ROWS; i++) {
        const int from = MOST_KEPT * (i == 21 || i == 22 ? 20 : i);
        assert_memory_equal(f.cluster + i * MOST_KEPT, before.cluster + from, MOST_KEPT * sizeof *f.cluster);
        assert_memory_equal(f.probability + i * MOST_KEPT, before.probability + from,
                            MOST_KEPT * sizeof *f.probability);
    }
}

static void test_refused(void **state)
{
    static const struct {
        int column; /* from KEY on: clusters, then probabilities */
        float value;
    } CASES[] = {{0, NAN},     {0, -1},       {0, 0.5F},        {0, 4194304},     {1, 2097152},
                 {2, 2097152}, {2, INFINITY}, {KEY, -1},        {KEY, 5},         {KEY, 1.5F},
                 {KEY, NAN},   {KEY, 1e30F},  {KEY + 3, 3},     {KEY + 4, -0.1F}, {KEY + 4, NAN},
                 {KEY + 4, 2}, {KEY + 4, 0},  {KEY + 5, 0.45F}, {KEY + 7, -1},    {KEY + 7, NAN}};
    fixture f;
    (void)state;
    begin(&f, 5);
    float *row = f.table + 7 * f.width;
    const float good[MOST_WIDTH] = {1, 2, 3, 3, 0, 4, 2, 0.4F, 0.3F, 0.2F, 0.1F};
    memcpy(row, good, sizeof good);
    assert_int_equal(fitted_rows_bind(&f.rows, f.table, ROWS, 5, NULL), CLUDI_OK);
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        memcpy(row, good, sizeof good);
        row[CASES[c].column] = CASES[c].value;
        EXPECT(CLUDI_ERROR_FORMAT, "Row 7 of the model's tensor \"fitted\" is no answer of a fit.", fitted_rows_bind,
               &f.rows, f.table, ROWS, 5);
    }
    memcpy(row, good, sizeof good);
    for (int j = 0; j < MOST_KEPT; j++)
        row[KEY + MOST_KEPT + j] = 0.2501F; /* a sum of more than 1 */
    assert_int_equal(fitted_rows_bind(&f.rows, f.table, ROWS, 5, NULL), CLUDI_ERROR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_recall), cmocka_unit_test(test_rest),
                                       cmocka_unit_test(test_other_rows), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_equal_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
