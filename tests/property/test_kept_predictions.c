/* What a prediction set up is kept in the context for the next: that takes no memory then, and models, options and trainings in
   between change no bit. */
#include "blobs.h"
#include "cmocka_all.h"
#include "counting_allocator.h"
#include "tensor_support.h"

static const int32_t SAMPLES[] = {0, 3, 8};

/* From a context that has predicted nothing before. */
static answers predict_afresh(const char *name, const cludi_model *model, const cludi_matrix *X, int32_t draws)
{
    cludi_context *context = blobs_context(name, 1, 5);
    answers a = blobs_predict(context, model, X, draws);
    cludi_context_free(context);
    return a;
}

static cludi_model *fit(cludi_context *context, const blobs *b, int32_t steps)
{
    cludi_config config = blobs_config();
    const cludi_matrix X = blobs_matrix(b);
    config.steps = steps;
    return blobs_fit(context, &X, BLOB_CLUSTERS, &config);
}

/* The model is freed before the next one is made, so that its address comes again. */
static void test_models_and_options_in_turn(void **state)
{
    (void)state;
    blobs b;
    blobs_fill(&b, 0.3);
    for (int n = 0; float_backend(n); n++) {
        cludi_context *context = blobs_context(float_backend(n), 2, 5),
                      *trainer = blobs_context(float_backend(n), 1, 5);
        for (int turn = 0; turn < 12; turn++) {
            const cludi_matrix X = {b.data, turn % 4 == 0 ? BLOB_ROWS : 1 + turn, BLOB_COLS, BLOB_COLS};
            cludi_model *model = fit(turn % 3 == 0 ? context : trainer, &b, 10 + turn % 5);
            for (int i = 0; i < 4; i++) {
                const int32_t draws = SAMPLES[(turn + i / 2) % 3];
                answers got = blobs_predict(context, model, &X, draws);
                answers wanted = predict_afresh(float_backend(n), model, &X, draws);
                answers_expect_same(&got, &wanted, float_backend(n));
                answers_clear(&got);
                answers_clear(&wanted);
            }
            cludi_model_free(model);
        }
        cludi_context_free(trainer);
        cludi_context_free(context);
    }
}

static void test_no_memory_the_second_time(void **state)
{
    (void)state;
    blobs b;
    blobs_fill(&b, 0.3);
    for (int n = 0; float_backend(n); n++) {
        counting_allocator counter = {0};
        cludi_context_options options;
        cludi_context *context, *trainer = blobs_context(float_backend(n), 1, 5);
        cludi_context_options_init(&options);
        blobs_choose(&options, float_backend(n));
        options.allocator = counting_allocator_table(&counter);
        assert_int_equal(cludi_context_new(&options, &context, NULL), CLUDI_OK);
        cludi_model *model = fit(trainer, &b, 10);
        int32_t labels[BLOB_ROWS];
        int64_t calls = 0;
        for (int64_t rows = 20; rows > 0; rows--) {
            const cludi_matrix X = {b.data, rows, BLOB_COLS, BLOB_COLS};
            calls = counter.calls;
            assert_int_equal(cludi_predict(context, model, &X, NULL, &(cludi_prediction){.labels = labels}, NULL),
                             CLUDI_OK);
            assert_true(rows == 20 ? counter.calls > calls : counter.calls == calls);
        }
        cludi_context_free(context);
        assert_int_equal(counter.live, 0);
        cludi_model_free(model);
        cludi_context_free(trainer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_models_and_options_in_turn),
                                       cmocka_unit_test(test_no_memory_the_second_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
