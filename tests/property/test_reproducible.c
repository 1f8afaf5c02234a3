/* What must not change a byte: the number of threads, the order of the rows, saving and loading, the stride; and what
   must: the seed. Both backends. */
#include <stdlib.h>
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "io_support.h"
#include "tensor_support.h"

static void save(const cludi_model *model, const char *name)
{
    cludi_error error;
    if (cludi_model_save(model, io_path(name), &error) != CLUDI_OK)
        fail_msg("%s", error.message);
}

/* A problem large enough that the backends start threads: N B w = 60 * 32 * 72 > 131072. */
static cludi_config wide_config(void)
{
    cludi_config config = blobs_config();
    config.batch_size = 60;
    config.views = 32;
    config.hidden_dim = 72;
    config.steps = 3;
    return config;
}

static void check_threads(const char *name)
{
    const cludi_config config = wide_config();
    const char *names[] = {"one", "two", "three"};
    blobs b;
    answers a[3];
    blobs_fill(&b, 0.2);
    const cludi_matrix X = blobs_matrix(&b);
    for (int32_t i = 0; i < 3; i++) {
        cludi_context *context = blobs_context(name, i + 1, 4);
        assert_int_equal(cludi_context_threads(context), i + 1);
        cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, &config);
        save(model, names[i]);
        a[i] = blobs_predict(context, model, &X, 8);
        cludi_model_free(model);
        cludi_context_free(context);
    }
    for (int i = 1; i < 3; i++) {
        expect_same_files(io_path(names[0]), io_path(names[i]));
        answers_expect_same(&a[i], &a[0], names[i]);
    }
    for (int i = 0; i < 3; i++)
        answers_clear(&a[i]);
}

/* Row i of the permuted rows is row order[i]. */
static void check_order(const char *name)
{
    blobs b, permuted;
    int order[BLOB_ROWS];
    blobs_fill(&b, 0.2);
    memcpy(b.data + 40 * BLOB_COLS, b.data + 3 * BLOB_COLS, BLOB_COLS * sizeof *b.data); /* a duplicate */
    for (int i = 0; i < BLOB_ROWS; i++) {
        order[i] = (i * 37 + 11) % BLOB_ROWS;
        memcpy(permuted.data + i * BLOB_COLS, b.data + order[i] * BLOB_COLS, BLOB_COLS * sizeof *b.data);
    }
    const cludi_matrix X = blobs_matrix(&b), Y = blobs_matrix(&permuted);
    cludi_context *context = blobs_context(name, 2, 4);
    cludi_model *first = blobs_fit(context, &X, BLOB_CLUSTERS, NULL);
    cludi_model *second = blobs_fit(context, &Y, BLOB_CLUSTERS, NULL);
    save(first, "first");
    save(second, "second");
    expect_same_files(io_path("first"), io_path("second"));
    answers x = blobs_predict(context, first, &X, 0), y = blobs_predict(context, second, &Y, 0);
    for (int i = 0; i < BLOB_ROWS; i++)
        answers_expect_same_row(&y, i, &x, order[i], "permuted");
    answers_expect_same_row(&x, 40, &x, 3, "duplicate");
    answers_clear(&x);
    answers_clear(&y);
    cludi_model_free(first);
    cludi_model_free(second);
    cludi_context_free(context);
}

static void check_save_and_load(const char *name)
{
    blobs b;
    cludi_model *loaded;
    cludi_model_info before = {.struct_size = sizeof before}, after = {.struct_size = sizeof after};
    blobs_fill(&b, 0.2);
    const cludi_matrix X = blobs_matrix(&b);
    cludi_context *context = blobs_context(name, 1, UINT64_C(0xfedcba9876543210));
    cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, NULL);
    save(model, "model");
    assert_int_equal(cludi_model_load(context, io_path("model"), &loaded, NULL), CLUDI_OK);
    save(loaded, "again");
    expect_same_files(io_path("model"), io_path("again"));
    assert_int_equal(cludi_model_get_info(model, &before, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_get_info(loaded, &after, NULL), CLUDI_OK);
    expect_same_info(&before, &after);
    answers x = blobs_predict(context, model, &X, 0), y = blobs_predict(context, loaded, &X, 0);
    answers_expect_same(&x, &y, "loaded");
    answers_clear(&x);
    answers_clear(&y);
    cludi_model_free(model);
    cludi_model_free(loaded);
    cludi_context_free(context);
}

/* Rows with numbers between them that must not be read. */
static void check_stride(const char *name)
{
    enum { STRIDE = BLOB_COLS + 3 };
    static float wide[BLOB_ROWS * STRIDE];
    blobs b;
    blobs_fill(&b, 0.2);
    memset(wide, 0xff, sizeof wide); /* NaN */
    for (int i = 0; i < BLOB_ROWS; i++)
        memcpy(wide + i * STRIDE, b.data + i * BLOB_COLS, BLOB_COLS * sizeof *wide);
    const cludi_matrix X = blobs_matrix(&b), Y = {wide, BLOB_ROWS, BLOB_COLS, STRIDE};
    cludi_context *context = blobs_context(name, 1, 4);
    cludi_model *first = blobs_fit(context, &X, BLOB_CLUSTERS, NULL);
    cludi_model *second = blobs_fit(context, &Y, BLOB_CLUSTERS, NULL);
    save(first, "first");
    save(second, "second");
    expect_same_files(io_path("first"), io_path("second"));
    answers x = blobs_predict(context, first, &X, 0), y = blobs_predict(context, first, &Y, 0);
    answers_expect_same(&x, &y, "stride");
    answers_clear(&x);
    answers_clear(&y);
    cludi_model_free(first);
    cludi_model_free(second);
    cludi_context_free(context);
}

static void check_seed(const char *name)
{
    blobs b;
    blobs_fill(&b, 0.2);
    const cludi_matrix X = blobs_matrix(&b);
    const uint64_t seeds[] = {4, 5, UINT64_C(4) << 32 | 4, 4};
    const char *names[] = {"4", "5", "high", "4-again"};
    answers a[4];
    for (int i = 0; i < 4; i++) {
        cludi_context *context = blobs_context(name, 1, seeds[i]);
        cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, NULL);
        save(model, names[i]);
        a[i] = blobs_predict(context, model, &X, 1);
        cludi_model_free(model);
        cludi_context_free(context);
    }
    expect_other_files(io_path("4"), io_path("5"));
    expect_other_files(io_path("4"), io_path("high"));
    expect_same_files(io_path("4"), io_path("4-again"));
    answers_expect_same(&a[0], &a[3], "the same seed");
    assert_memory_not_equal(a[0].probabilities, a[1].probabilities, BLOB_ROWS * BLOB_CLUSTERS * sizeof(float));
    for (int i = 0; i < 4; i++)
        answers_clear(&a[i]);
}

static void on_every_backend(void (*check)(const char *name))
{
    for (int i = 0; float_backend(i); i++)
        check(float_backend(i));
}

static void test_threads(void **state)
{
    (void)state;
    on_every_backend(check_threads);
}

static void test_order(void **state)
{
    (void)state;
    on_every_backend(check_order);
}

static void test_save_and_load(void **state)
{
    (void)state;
    on_every_backend(check_save_and_load);
}

static void test_stride(void **state)
{
    (void)state;
    on_every_backend(check_stride);
}

static void test_seed(void **state)
{
    (void)state;
    on_every_backend(check_seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads), cmocka_unit_test(test_order), cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_stride),  cmocka_unit_test(test_seed),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
