/* The method discriminant, which is the default, through the public API: threads, order of the rows, precision, source, blocks and saving
   change no byte; fitted rows have the labels that their probabilities have; rows few, equal, narrow and wide; a damaged file. */
#include <math.h>
#include <stdlib.h>

#include "blobs.h"
#include "bounds.h"
#include "expect_error.h"
#include "full_run.h"
#include "model_edit.h"
#include "rng.h"
#include "tensor_support.h"

enum { ROWS = 560, COLS = 24, CLUSTERS = 7, UNSEEN = 100, MOST_NUMBERS = 40 * 3000 };

static float data[(ROWS + UNSEEN) * COLS];

/* Groups that overlap, a duplicate and a row of zeros; behind the rows some that are not fitted. */
static cludi_matrix fill_data(void)
{
    for (int i = 0; i < ROWS + UNSEEN; i++) {
        float center[COLS], *row = data + i * COLS;
        rng_normal((rng_stream){7, 241, 1}, (uint64_t)(i % CLUSTERS), center, COLS);
        rng_normal((rng_stream){7, 241, 2}, (uint64_t)i, row, COLS);
        for (int j = 0; j < COLS; j++)
            row[j] += center[j];
    }
    memcpy(data + 40 * COLS, data + 3 * COLS, COLS * sizeof *data);
    memset(data + 77 * COLS, 0, COLS * sizeof *data);
    return (cludi_matrix){data, ROWS, COLS, COLS};
}

/* In a full run all backends, otherwise the last one alone. */
static int first_backend(void)
{
    int n = 0;
    while (!is_full_run() && float_backend(n + 1))
        n++;
    return n;
}

static cludi_model *try_fit(cludi_context *context, const cludi_matrix *X, int32_t clusters)
{
    cludi_model *model;
    cludi_error error;
    if (cludi_fit(context, X, clusters, NULL, &model, &error) != CLUDI_OK)
        fail_msg("%d rows, K %d: %s", (int)X->rows, (int)clusters, error.message);
    return model;
}

static cludi_model *fit(cludi_context *context, const cludi_matrix *X, const char *name)
{
    cludi_model *model = try_fit(context, X, CLUSTERS);
    assert_int_equal(cludi_model_save(model, io_path(name), NULL), CLUDI_OK);
    return model;
}

/* Labels and probabilities, which sum to 1 and whose largest is the label's; freed with answers_clear(). */
static answers predict(cludi_context *context, const cludi_model *model, const cludi_matrix *X)
{
    cludi_model_info info = {.struct_size = sizeof info};
    cludi_error error;
    assert_int_equal(cludi_model_get_info(model, &info, NULL), CLUDI_OK);
    answers a = {.rows = X->rows, .K = info.clusters};
    a.labels = calloc((size_t)X->rows, sizeof *a.labels);
    a.probabilities = calloc((size_t)(X->rows * a.K), sizeof *a.probabilities);
    a.embedding = calloc(1, 1); /* of width 0 */
    assert_true(a.labels && a.probabilities && a.embedding);
    if (cludi_predict(context, model, X, NULL,
                      &(cludi_prediction){.labels = a.labels, .probabilities = a.probabilities}, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    for (int64_t i = 0; i < X->rows; i++) {
        double sum = 0;
        for (int64_t k = 0; k < a.K; k++)
            sum += (double)a.probabilities[i * a.K + k];
        assert_true(fabs(sum - 1) < 1e-5);
        assert_int_equal(a.labels[i], argmax_float(a.probabilities + i * a.K, a.K));
    }
    return a;
}

/* The same file and answers as those of `first`, in row i of Y its row (37 i + 11) % ROWS, or row i. */
static void expect_same_fit(cludi_context *context, const cludi_matrix *Y, bool is_permuted, const answers *first)
{
    cludi_model *model = fit(context, Y, "other");
    answers y = predict(context, model, Y);
    expect_same_files(io_path("first"), io_path("other"));
    for (int i = 0; i < ROWS; i++)
        answers_expect_same_row(&y, i, first, is_permuted ? (i * 37 + 11) % ROWS : i, "again");
    answers_clear(&y);
    cludi_model_free(model);
}

static void test_threads_precision_and_order(void **state)
{
    static float permuted[ROWS * COLS];
    (void)state;
    const cludi_matrix X = fill_data(), Y = {permuted, ROWS, COLS, COLS};
    for (int i = 0; i < ROWS; i++)
        memcpy(permuted + i * COLS, data + (i * 37 + 11) % ROWS * COLS, COLS * sizeof *data);
    for (int n = first_backend(); float_backend(n); n++) {
        const bool bf16 = strcmp(float_backend(n), "onednn bf16") == 0;
        cludi_context *context = blobs_context(bf16 ? "onednn" : float_backend(n), 1, 4);
        cludi_model *model = fit(context, &X, "first");
        answers a = predict(context, model, &X);
        answers_expect_same_row(&a, 40, &a, 3, "duplicate");
        for (int32_t threads = 1; threads <= 3; threads++) {
            cludi_context *other = blobs_context(float_backend(n), threads, 4);
            expect_same_fit(other, threads == 2 ? &Y : &X, threads == 2, &a);
            cludi_context_free(other);
        }
        answers_clear(&a);
        cludi_model_free(model);
        cludi_context_free(context);
    }
}

/* A row has the same answer alone, among a few and among all, with any number of threads; those that were not fitted too. */
static void test_blocks(void **state)
{
    (void)state;
    const cludi_matrix X = fill_data(), all = {data, ROWS + UNSEEN, COLS, COLS};
    static const int64_t SIZES[] = {1, 3, 64, 257};
    cludi_context *trainer = blobs_context("auto", 2, 4);
    cludi_model *model = fit(trainer, &X, "first");
    for (int n = first_backend(); float_backend(n); n++) {
        cludi_context *context = blobs_context(float_backend(n), 2, 4);
        answers whole = predict(context, model, &all);
        for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
            const int64_t first = ROWS - SIZES[s] / 2;
            cludi_context *other = blobs_context(float_backend(n), 1 + (int32_t)s % 3, 9);
            answers part =
                predict(other, model,
                        &(cludi_matrix){data + first * COLS, min_int(SIZES[s], ROWS + UNSEEN - first), COLS, COLS});
            for (int64_t i = 0; i < part.rows; i++)
                answers_expect_same_row(&part, i, &whole, first + i, "a part");
            answers_clear(&part);
            cludi_context_free(other);
        }
        answers_clear(&whole);
        cludi_context_free(context);
    }
    cludi_model_free(model);
    cludi_context_free(trainer);
}

static void test_source_and_file(void **state)
{
    (void)state;
    const cludi_matrix X = fill_data(), all = {data, ROWS + UNSEEN, COLS, COLS};
    cludi_context *context = blobs_context("auto", 2, 4);
    cludi_dataset *dataset;
    cludi_model *model = fit(context, &X, "first"), *second, *loaded;
    assert_int_equal(cludi_matrix_write(io_path("rows.npy"), &X, NULL), CLUDI_OK);
    assert_int_equal(cludi_dataset_open(context, io_path("rows.npy"), &dataset, NULL), CLUDI_OK);
    const cludi_source rows = cludi_dataset_get_source(dataset);
    assert_int_equal(cludi_fit_source(context, &rows, CLUSTERS, NULL, &second, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_save(second, io_path("source"), NULL), CLUDI_OK);
    expect_same_files(io_path("first"), io_path("source"));
    assert_int_equal(cludi_model_load(context, io_path("first"), &loaded, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_save(loaded, io_path("again"), NULL), CLUDI_OK);
    expect_same_files(io_path("first"), io_path("again"));
    answers x = predict(context, model, &all), y = predict(context, loaded, &all);
    answers_expect_same(&x, &y, "loaded");
    answers_clear(&x);
    answers_clear(&y);
    cludi_model_free(model);
    cludi_model_free(second);
    cludi_model_free(loaded);
    cludi_dataset_free(dataset);
    cludi_context_free(context);
}

/* Rows of numbers around `groups` centers; 0 spread: as many distinct rows as groups. */
static void expect_fits(int64_t rows, int64_t cols, int32_t clusters, int groups, float spread)
{
    static float numbers[MOST_NUMBERS];
    const cludi_matrix X = {numbers, rows, cols, cols};
    assert_true(rows * cols <= MOST_NUMBERS);
    for (int64_t i = 0; i < rows; i++) {
        float *row = numbers + i * cols;
        rng_normal((rng_stream){9, 242, 0}, (uint64_t)i, row, cols);
        for (int64_t j = 0; j < cols; j++)
            row[j] = spread * row[j] + (float)((i % groups + 1) * (j % groups == i % groups ? 5 : 1));
    }
    cludi_context *context = blobs_context("auto", 2, 4);
    cludi_model *model = try_fit(context, &X, clusters);
    cludi_model_info info = {.struct_size = sizeof info};
    assert_int_equal(cludi_model_get_info(model, &info, NULL), CLUDI_OK);
    assert_true(isfinite(info.loss) && info.clusters_in_use >= 1 && info.clusters_in_use <= clusters);
    assert_true(info.confidence > 0 && info.confidence <= 1.0001 && info.largest_share > 0 && info.largest_share <= 1);
    answers a = predict(context, model, &X);
    for (int64_t i = groups; spread <= 0 && i < rows; i++)
        answers_expect_same_row(&a, i, &a, i % groups, "equal rows");
    answers_clear(&a);
    assert_int_equal(cludi_model_save(model, io_path("small"), NULL), CLUDI_OK);
    cludi_model_free(model);
    cludi_error error;
    if (cludi_model_load(context, io_path("small"), &model, &error) != CLUDI_OK)
        fail_msg("%d rows of %d, K %d: %s", (int)rows, (int)cols, (int)clusters, error.message);
    cludi_model_free(model);
    cludi_context_free(context);
}

static void test_shapes(void **state)
{
    (void)state;
    static const struct {
        int64_t rows, cols;
        int32_t clusters;
        int groups;
        float spread;
    } CASES[] = {
        {2, 4, 2, 2, 0.1F},   {3, 4, 2, 2, 0.1F},   {3, 4, 3, 3, 0.1F},      {12, 4, 2, 3, 0.1F},
        {12, 4, 12, 3, 0.1F}, {12, 1, 3, 3, 0.1F},  {40, 2, 3, 3, 0.1F},     {40, 2, 40, 3, 0.1F},
        {40, 3000, 3, 3, 1},  {40, 3000, 40, 3, 1}, {12, 4, 3, 1, 0},        {40, 3000, 5, 1, 0},
        {40, 4, 8, 3, 0},     {2, 2, 2, 1, 0},      {120, 4, 120, 20, 0.1F}, {120, 2, 50, 7, 0},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++)
        expect_fits(CASES[c].rows, CASES[c].cols, CASES[c].clusters, CASES[c].groups, CASES[c].spread);
}

/* Groups far apart are found whatever the seed, and those of rows that were not there too. */
static void test_blobs_are_found(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        blobs b;
        blobs_fill(&b, 0.2);
        const cludi_matrix whole = blobs_matrix(&b), half = {b.data, BLOB_ROWS / 2, BLOB_COLS, BLOB_COLS};
        cludi_scores scores = {.struct_size = sizeof scores};
        cludi_context *context = blobs_context("ref", 1, seed);
        cludi_model *model = try_fit(context, &half, BLOB_CLUSTERS);
        answers a = predict(context, model, &whole);
        assert_int_equal(cludi_score(context, b.truth, a.labels, BLOB_ROWS, &scores, NULL), CLUDI_OK);
        assert_true(scores.acc == 1);
        answers_clear(&a);
        cludi_model_free(model);
        cludi_context_free(context);
    }
}

static void test_damage(void **state)
{
    (void)state;
    const cludi_matrix X = fill_data();
    cludi_context *context = blobs_context("auto", 1, 4);
    cludi_model_free(fit(context, &X, "first"));
    static const float WRONG[] = {-1, 0.5F, 1e30F};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        static model_edit edit;
        int32_t labels[ROWS];
        cludi_model *model;
        cludi_error error;
        model_edit_read(&edit, io_path("first"));
        ((float *)(uintptr_t)model_edit_array(&edit, "fitted")->data)[5 * (3 + 2 * 4) + 3] = WRONG[i];
        model_edit_sign(&edit);
        model_edit_write(&edit, io_path("damaged"));
        model_edit_clear(&edit);
        cludi_status status = cludi_model_load(context, io_path("damaged"), &model, &error);
        if (status == CLUDI_OK)
            status = cludi_predict(context, model, &X, NULL, &(cludi_prediction){.labels = labels}, &error);
        io_expect_error(&error, status, CLUDI_ERROR_FORMAT,
                        "Row 5 of the model's tensor \"fitted\" is no answer of a fit");
        cludi_model_free(model);
    }
    cludi_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_precision_and_order),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_source_and_file),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_blobs_are_found),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
