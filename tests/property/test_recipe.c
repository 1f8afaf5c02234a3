/* The default recipe through the public API: separated blobs are found whatever their offset and scale; neither threads, the
   order of the rows, a source in place of a matrix, nor saving and loading change a byte; uneven clusters stay uneven. */
#include <stdlib.h>
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "io_support.h"
#include "rng.h"
#include "tensor_support.h"

static void save(const cludi_model *model, const char *name)
{
    cludi_error error;
    if (cludi_model_save(model, io_path(name), &error) != CLUDI_OK)
        fail_msg("%s", error.message);
}

static cludi_config short_recipe(void)
{
    cludi_config config = blobs_recipe();
    config.steps = 20;
    config.init_steps = 10;
    config.init_runs = 13; /* one smoothing has two voters */
    return config;
}

static cludi_model *fit(cludi_context *context, const cludi_matrix *X, const char *name)
{
    const cludi_config config = short_recipe();
    cludi_model *model = blobs_fit(context, X, BLOB_CLUSTERS, &config);
    save(model, name);
    return model;
}

static void test_blobs_are_found(void **state)
{
    static const float MOVES[][2] = {{1, 0}, {1e-6F, 0}, {3e4F, -1e7F}};
    (void)state;
    for (int n = 0; float_backend(n); n++)
        for (int m = 0; m < 3; m++) {
            blobs b;
            cludi_config config = short_recipe();
            cludi_scores scores = {.struct_size = sizeof scores};
            cludi_model_info info = {.struct_size = sizeof info};
            config.steps = 100;
            config.init_steps = 60; /* as by default: it takes so long to learn the first partition */
            config.lr = 1e-3;
            config.batch_size = 32;
            config.hidden_dim = 32;
            config.embedding_dim = 8;
            blobs_fill(&b, 0.1);
            for (int i = 0; i < BLOB_ROWS * BLOB_COLS; i++)
                b.data[i] = b.data[i] * MOVES[m][0] + MOVES[m][1];
            const cludi_matrix X = blobs_matrix(&b);
            cludi_context *context = blobs_context(float_backend(n), 2, (uint64_t)m);
            cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, &config);
            answers a = blobs_predict(context, model, &X, 4);
            assert_int_equal(cludi_score(context, b.truth, a.labels, BLOB_ROWS, &scores, NULL), CLUDI_OK);
            assert_true(scores.ari == 1);
            assert_int_equal(cludi_model_get_info(model, &info, NULL), CLUDI_OK);
            assert_int_equal(info.config.preprocessing, CLUDI_PREPROCESSING_COORDINATES); /* what auto meant */
            answers_clear(&a);
            cludi_model_free(model);
            cludi_context_free(context);
        }
}

static void test_threads_and_order(void **state)
{
    (void)state;
    for (int n = 0; float_backend(n); n++) {
        blobs b, permuted;
        blobs_fill(&b, 0.3);
        memcpy(b.data + 40 * BLOB_COLS, b.data + 3 * BLOB_COLS, BLOB_COLS * sizeof *b.data); /* a duplicate */
        for (int i = 0; i < BLOB_ROWS; i++)
            memcpy(permuted.data + i * BLOB_COLS, b.data + (i * 37 + 11) % BLOB_ROWS * BLOB_COLS,
                   BLOB_COLS * sizeof *b.data);
        const cludi_matrix X = blobs_matrix(&b), Y = blobs_matrix(&permuted);
        cludi_context *one = blobs_context(float_backend(n), 1, 4), *two = blobs_context(float_backend(n), 2, 4);
        cludi_model *models[] = {fit(one, &X, "one"), fit(two, &X, "two"), fit(two, &Y, "permuted")};
        expect_same_files(io_path("one"), io_path("two"));
        expect_same_files(io_path("one"), io_path("permuted"));
        answers x = blobs_predict(one, models[0], &X, 0), y = blobs_predict(two, models[0], &Y, 0);
        for (int i = 0; i < BLOB_ROWS; i++)
            answers_expect_same_row(&y, i, &x, (i * 37 + 11) % BLOB_ROWS, "permuted");
        answers_clear(&x);
        answers_clear(&y);
        for (int i = 0; i < 3; i++)
            cludi_model_free(models[i]);
        cludi_context_free(one);
        cludi_context_free(two);
    }
}

static void test_source_and_file(void **state)
{
    (void)state;
    blobs b;
    cludi_dataset *dataset;
    cludi_model *third, *loaded;
    cludi_model_info before = {.struct_size = sizeof before}, after = {.struct_size = sizeof after};
    const cludi_config config = short_recipe();
    blobs_fill(&b, 0.3);
    const cludi_matrix X = blobs_matrix(&b);
    cludi_context *context = blobs_context("ref", 2, 4), *other = blobs_context("ref", 2, 5);
    cludi_model *model = fit(context, &X, "model"), *second = fit(other, &X, "seed");
    expect_other_files(io_path("model"), io_path("seed"));
    assert_int_equal(cludi_matrix_write(io_path("rows.npy"), &X, NULL), CLUDI_OK);
    assert_int_equal(cludi_dataset_open(context, io_path("rows.npy"), &dataset, NULL), CLUDI_OK);
    const cludi_source rows = cludi_dataset_get_source(dataset);
    assert_int_equal(cludi_fit_source(context, &rows, BLOB_CLUSTERS, &config, &third, NULL), CLUDI_OK);
    save(third, "source");
    expect_same_files(io_path("model"), io_path("source"));
    assert_int_equal(cludi_model_load(context, io_path("model"), &loaded, NULL), CLUDI_OK);
    save(loaded, "again");
    expect_same_files(io_path("model"), io_path("again"));
    assert_int_equal(cludi_model_get_info(model, &before, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_get_info(loaded, &after, NULL), CLUDI_OK);
    expect_same_info(&before, &after);
    assert_true(after.confidence > 0 && after.confidence <= 1);
    answers x = blobs_predict(context, model, &X, 0), y = blobs_predict(context, loaded, &X, 0);
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

/* Three blobs of 80, 15 and 5 %: the ARI of what is found. */
static double uneven_ari(cludi_cluster_sizes sizes)
{
    enum { ROWS = 400, COLS = 4 };
    static float data[ROWS * COLS];
    static int32_t truth[ROWS];
    cludi_config config = short_recipe();
    config.cluster_sizes = sizes;
    cludi_scores scores = {.struct_size = sizeof scores};
    config.steps = 200;
    config.lr = 1e-3;
    config.batch_size = 64;
    config.hidden_dim = 32;
    config.embedding_dim = 8;
    for (int i = 0; i < ROWS; i++) {
        truth[i] = i % 20 < 16 ? 0 : i % 20 < 19 ? 1 : 2;
        rng_normal((rng_stream){6, 220, 0}, (uint64_t)i, data + i * COLS, COLS);
        data[i * COLS + truth[i]] += 4;
    }
    const cludi_matrix X = {data, ROWS, COLS, COLS};
    cludi_context *context = blobs_context("ref", 2, 5);
    cludi_model *model = blobs_fit(context, &X, 3, &config);
    answers a = blobs_predict(context, model, &X, 4);
    assert_int_equal(cludi_score(context, truth, a.labels, ROWS, &scores, NULL), CLUDI_OK);
    answers_clear(&a);
    cludi_model_free(model);
    cludi_context_free(context);
    return scores.ari;
}

/* Found with the sizes of the first partition; expected to be even, the largest is cut: with this seed. From a first partition that is right
   most trainings stay right, whatever sizes they expect. */
static void test_uneven_sizes(void **state)
{
    (void)state;
    const double learned = uneven_ari(CLUDI_CLUSTER_SIZES_LEARNED), equal = uneven_ari(CLUDI_CLUSTER_SIZES_EQUAL);
    print_message("uneven blobs: ARI %.3f, with equal sizes %.3f\n", learned, equal);
    assert_true(learned > 0.95);
    assert_true(equal < 0.6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_blobs_are_found), cmocka_unit_test(test_threads_and_order),
                                       cmocka_unit_test(test_source_and_file), cmocka_unit_test(test_uneven_sizes)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
