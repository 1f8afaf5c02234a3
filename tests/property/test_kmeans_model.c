/* The method kmeans through the public API, on every backend: clear groups are found; threads, order of the rows, precision,
   source and saving do not change a byte; answers against the formulas in double. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "io_support.h"
#include "rng.h"
#include "tensor_support.h"

enum { ROWS = 1500, COLS = 96, CLUSTERS = 11 }; /* enough for threads: 1500 * 96 > 131072 */

static float data[ROWS * COLS];

/* Groups that overlap, a duplicate and a row of zeros. */
static cludi_matrix fill_data(void)
{
    for (int i = 0; i < ROWS; i++) {
        float center[COLS], *row = data + i * COLS;
        rng_normal((rng_stream){7, 7, 1}, (uint64_t)(i % 9), center, COLS);
        rng_normal((rng_stream){7, 7, 2}, (uint64_t)i, row, COLS);
        for (int j = 0; j < COLS; j++)
            row[j] = 0.8F * row[j] + center[j];
    }
    memcpy(data + 40 * COLS, data + 3 * COLS, COLS * sizeof *data);
    memset(data + 77 * COLS, 0, COLS * sizeof *data);
    return (cludi_matrix){data, ROWS, COLS, COLS};
}

static cludi_config kmeans_config(void)
{
    cludi_config config = blobs_config();
    config.method = CLUDI_METHOD_KMEANS;
    return config;
}

static cludi_model *fit(cludi_context *context, const cludi_matrix *X, const char *name)
{
    const cludi_config config = kmeans_config();
    cludi_model *model = blobs_fit(context, X, CLUSTERS, &config);
    assert_int_equal(cludi_model_save(model, io_path(name), NULL), CLUDI_OK);
    return model;
}

static cludi_model_info info_of(const cludi_model *model)
{
    cludi_model_info info = {.struct_size = sizeof info};
    assert_int_equal(cludi_model_get_info(model, &info, NULL), CLUDI_OK);
    return info;
}

/* Labels and probabilities; freed with answers_clear(). */
static answers predict(cludi_context *context, const cludi_model *model, const cludi_matrix *X)
{
    const int64_t K = info_of(model).clusters;
    answers a = {.rows = X->rows, .K = K};
    cludi_error error;
    a.labels = calloc((size_t)X->rows, sizeof *a.labels);
    a.probabilities = calloc((size_t)(X->rows * K), sizeof *a.probabilities);
    a.embedding = calloc(1, 1); /* of width 0 */
    assert_true(a.labels && a.probabilities && a.embedding);
    const cludi_prediction out = {.labels = a.labels, .probabilities = a.probabilities};
    if (cludi_predict(context, model, X, NULL, &out, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    return a;
}

static void test_blobs_are_found(void **state)
{
    (void)state;
    for (int n = 0; float_backend(n); n++) {
        blobs b;
        blobs_fill(&b, 0.2);
        const cludi_matrix X = blobs_matrix(&b);
        const cludi_config config = kmeans_config();
        cludi_scores scores = {.struct_size = sizeof scores};
        cludi_context *context = blobs_context(float_backend(n), 1, 4);
        cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, &config);
        answers a = predict(context, model, &X);
        assert_int_equal(cludi_score(context, b.truth, a.labels, BLOB_ROWS, &scores, NULL), CLUDI_OK);
        assert_true(scores.acc == 1);
        const cludi_model_info info = info_of(model);
        assert_true(info.clusters_in_use == 3 && info.largest_share == scores.largest_share);
        assert_true(info.rows == BLOB_ROWS && info.features == BLOB_COLS && info.seed == 4 && info.steps >= 1);
        assert_int_equal(info.parameters, BLOB_CLUSTERS * BLOB_COLS + 1);
        answers_clear(&a);
        cludi_model_free(model);
        cludi_context_free(context);
    }
}

/* 1 to 3 threads; and bf16, where k-means goes on in float32. */
static void test_threads_and_precision(void **state)
{
    (void)state;
    const cludi_matrix X = fill_data();
    for (int n = 0; float_backend(n); n++) {
        const bool bf16 = strcmp(float_backend(n), "onednn bf16") == 0;
        cludi_context *first = blobs_context(bf16 ? "onednn" : float_backend(n), 1, 4);
        cludi_model *model = fit(first, &X, "first");
        answers a = predict(first, model, &X);
        for (int32_t threads = 1; threads <= 3; threads++) {
            cludi_context *context = blobs_context(float_backend(n), threads, 4);
            cludi_model *other = fit(context, &X, "other");
            answers b = predict(context, model, &X);
            expect_same_files(io_path("first"), io_path("other"));
            answers_expect_same(&b, &a, float_backend(n));
            answers_clear(&b);
            cludi_model_free(other);
            cludi_context_free(context);
        }
        answers_clear(&a);
        cludi_model_free(model);
        cludi_context_free(first);
    }
}

static void test_order(void **state)
{
    static float permuted[ROWS * COLS];
    (void)state;
    const cludi_matrix X = fill_data(), Y = {permuted, ROWS, COLS, COLS};
    for (int i = 0; i < ROWS; i++)
        memcpy(permuted + i * COLS, data + (i * 37 + 11) % ROWS * COLS, COLS * sizeof *data);
    for (int n = 0; float_backend(n); n++) {
        cludi_context *context = blobs_context(float_backend(n), 2, 4);
        cludi_model *first = fit(context, &X, "first"), *second = fit(context, &Y, "second");
        expect_same_files(io_path("first"), io_path("second"));
        answers x = predict(context, first, &X), y = predict(context, first, &Y);
        for (int i = 0; i < ROWS; i++)
            answers_expect_same_row(&y, i, &x, (i * 37 + 11) % ROWS, "permuted");
        answers_expect_same_row(&x, 40, &x, 3, "duplicate");
        answers_clear(&x);
        answers_clear(&y);
        cludi_model_free(first);
        cludi_model_free(second);
        cludi_context_free(context);
    }
}

static void test_seed_source_and_file(void **state)
{
    (void)state;
    const cludi_matrix X = fill_data();
    const cludi_config config = kmeans_config();
    cludi_context *context = blobs_context("ref", 2, 4), *other = blobs_context("ref", 2, 5);
    cludi_dataset *dataset;
    cludi_model *model = fit(context, &X, "model"), *second = fit(other, &X, "seed"), *third, *loaded;
    expect_other_files(io_path("model"), io_path("seed"));
    assert_int_equal(cludi_matrix_write(io_path("rows.npy"), &X, NULL), CLUDI_OK);
    assert_int_equal(cludi_dataset_open(context, io_path("rows.npy"), &dataset, NULL), CLUDI_OK);
    const cludi_source rows = cludi_dataset_get_source(dataset);
    assert_int_equal(cludi_fit_source(context, &rows, CLUSTERS, &config, &third, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_save(third, io_path("source"), NULL), CLUDI_OK);
    expect_same_files(io_path("model"), io_path("source"));
    assert_int_equal(cludi_model_load(context, io_path("model"), &loaded, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_save(loaded, io_path("again"), NULL), CLUDI_OK);
    expect_same_files(io_path("model"), io_path("again"));
    const cludi_model_info before = info_of(model), after = info_of(loaded);
    expect_same_info(&before, &after);
    assert_int_equal(after.config.method, CLUDI_METHOD_KMEANS);
    answers x = predict(context, model, &X), y = predict(context, loaded, &X);
    answers_expect_same(&x, &y, "loaded");
    answers_clear(&x);
    answers_clear(&y);
    cludi_model *const models[] = {model, second, third, loaded};
    for (int i = 0; i < 4; i++)
        cludi_model_free(models[i]);
    cludi_dataset_free(dataset);
    cludi_context_free(context);
    cludi_context_free(other);
}

/* ---- against the formulas ---- */

static void unit_row(double *out, int64_t row)
{
    double length = 0;
    for (int j = 0; j < COLS; j++)
        length += (double)data[row * COLS + j] * (double)data[row * COLS + j];
    for (int j = 0; j < COLS; j++)
        out[j] = (double)data[row * COLS + j] / (length > 0 ? sqrt(length) : 1);
}

typedef struct formulas {
    const float *centroids;      /* (K, n) */
    double variance;             /* as in the model */
    double inertia;              /* sum so far */
    double sums[CLUSTERS][COLS]; /* of the rows of each cluster */
    int64_t counts[CLUSTERS];
} formulas;

static void check_row(formulas *w, const answers *a, int64_t row)
{
    double x[COLS], squared[CLUSTERS], sum = 0;
    int32_t best = 0;
    unit_row(x, row);
    for (int32_t k = 0; k < CLUSTERS; k++) {
        squared[k] = 0;
        for (int j = 0; j < COLS; j++)
            squared[k] += pow(x[j] - (double)w->centroids[k * COLS + j], 2);
        best = squared[k] < squared[best] ? k : best;
    }
    assert_int_equal(a->labels[row], best);
    for (int32_t k = 0; k < CLUSTERS; k++)
        sum += exp((squared[best] - squared[k]) / 2 / w->variance);
    for (int32_t k = 0; k < CLUSTERS; k++) { /* scores of about 1 in float32 are divided by the variance */
        const double p = exp((squared[best] - squared[k]) / 2 / w->variance) / sum;
        assert_true(fabs(p - (double)a->probabilities[row * CLUSTERS + k]) < 4e-7 / w->variance);
    }
    w->inertia += squared[best];
    w->counts[best]++;
    for (int j = 0; j < COLS; j++)
        w->sums[best][j] += x[j];
}

/* Labels, probabilities, variance and loss follow from the centroids; the centroids are the means of their rows, as far as
   the tolerance goes: 1e-4 times the variance of a column, about 1 / n. */
static void test_formulas(void **state)
{
    (void)state;
    const cludi_matrix X = fill_data();
    for (int n = 0; float_backend(n); n++) {
        static formulas w;
        cludi_context *context = blobs_context(float_backend(n), 2, 4);
        cludi_model *model = fit(context, &X, "model");
        const cludi_model_info info = info_of(model);
        answers a = predict(context, model, &X);
        size_t size;
        double shift = 0;
        int32_t used = 0;
        unsigned char *file = read_whole(io_path("model"), &size);
        float numbers[CLUSTERS * COLS + 1]; /* the last ones of the file: centroids, variance */
        memcpy(numbers, file + size - sizeof numbers, sizeof numbers);
        w = (formulas){.centroids = numbers, .variance = (double)numbers[CLUSTERS * COLS]};
        for (int64_t i = 0; i < ROWS; i++)
            check_row(&w, &a, i);
        assert_true(fabs(w.inertia / ROWS / COLS - w.variance) < 1e-5 * w.variance);
        assert_true(fabs(w.inertia / ROWS - info.loss) < 1e-5 * info.loss);
        for (int k = 0; k < CLUSTERS; k++) {
            used += w.counts[k] > 0;
            for (int j = 0; w.counts[k] > 0 && j < COLS; j++)
                shift += pow(w.sums[k][j] / (double)w.counts[k] - (double)numbers[k * COLS + j], 2);
        }
        assert_int_equal(used, info.clusters_in_use);
        assert_true(shift <= 1e-4 / COLS);
        free(file);
        answers_clear(&a);
        cludi_model_free(model);
        cludi_context_free(context);
    }
}

/* Rows on their centroids: the smallest variance, and probabilities of 0 and 1. */
static void test_no_variance(void **state)
{
    (void)state;
    const float rows[4][2] = {{1, 0}, {2, 0}, {0, 3}, {0, 0.5F}};
    const cludi_matrix X = {rows[0], 4, 2, 2};
    const cludi_config config = kmeans_config();
    cludi_context *context = blobs_context("ref", 1, 1);
    cludi_model *model = blobs_fit(context, &X, 2, &config);
    answers a = predict(context, model, &X);
    assert_true(info_of(model).loss < 1e-12);
    assert_int_equal(a.labels[0], a.labels[1]);
    assert_int_equal(a.labels[2], a.labels[3]);
    assert_int_equal(a.labels[0] + a.labels[2], 1);
    for (int i = 0; i < 4; i++) {
        assert_true(a.probabilities[2 * i + a.labels[i]] == 1);
        assert_true(a.probabilities[2 * i + 1 - a.labels[i]] < 1e-30F);
    }
    answers_clear(&a);
    cludi_model_free(model);
    cludi_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blobs_are_found), cmocka_unit_test(test_threads_and_precision),
        cmocka_unit_test(test_order),           cmocka_unit_test(test_seed_source_and_file),
        cmocka_unit_test(test_formulas),        cmocka_unit_test(test_no_variance),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
