/* The stop callback: asked within steps and blocks, it ends any call with CLUDI_STOPPED, whenever it says so. A training that goes
   on from what a stopped one left gives the bytes of one that was never stopped; the same context then works as before. */
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "context_private.h"
#include "full_run.h"
#include "io_support.h"
#include "method.h"
#include "rows.h"
#include "tensor_support.h"

/* How many questions, spread over all of them, a call is stopped at. */
static int64_t points(void)
{
    return is_full_run() ? 40 : 12;
}

static int64_t rival_points(void)
{
    return is_full_run() ? 10 : 3;
}

typedef struct asked {
    int64_t count; /* questions so far */
    int64_t at;    /* the one that is answered with stop; -1: none */
} asked;

static int answer(void *user)
{
    asked *a = user;
    return a->count++ == a->at;
}

typedef struct scene {
    asked asked;
    blobs b;
    cludi_matrix X;
    cludi_config config;
    cludi_context *context;
} scene;

/* Every question is put: usually it is one in a tenth of a second. On one thread there are as many each time. */
static void begin(scene *s, const char *on, int32_t threads)
{
    cludi_context_options options;
    cludi_context_options_init(&options);
    blobs_choose(&options, on);
    options.threads = threads;
    options.seed = 4;
    options.stop = answer;
    options.stop_user = &s->asked;
    s->asked = (asked){0, -1};
    blobs_fill(&s->b, 0.3);
    s->X = blobs_matrix(&s->b);
    s->config = blobs_recipe();
    s->config.steps = 6;
    s->config.init_steps = 3;
    s->config.init_runs = 3;
    assert_int_equal(cludi_context_new(&options, &s->context, NULL), CLUDI_OK);
    s->context->stop.every = 0;
}

static void keep_checkpoint(scene *s, int resume)
{
    cludi_checkpoint checkpoint;
    cludi_checkpoint_init(&checkpoint);
    checkpoint.path = io_path("checkpoint");
    checkpoint.resume = resume;
    assert_int_equal(cludi_fit_set_checkpoint(s->context, &checkpoint, NULL), CLUDI_OK);
}

/* at: the question that is answered with stop. The model goes to the file `name` if there is one. */
static cludi_status fit(scene *s, int64_t at, const char *name, cludi_error *error)
{
    cludi_model *model = NULL;
    s->asked = (asked){0, at};
    const cludi_status status = cludi_fit(s->context, &s->X, BLOB_CLUSTERS, &s->config, &model, error);
    if (model)
        assert_int_equal(cludi_model_save(model, io_path(name), NULL), CLUDI_OK);
    cludi_model_free(model);
    return status;
}

static void expect_resumes(scene *s)
{
    cludi_error error;
    int64_t steps_kept = 0;
    keep_checkpoint(s, 0);
    assert_int_equal(fit(s, -1, "whole", &error), CLUDI_OK);
    const int64_t all = s->asked.count;
    assert_true(all > points());
    for (int64_t i = 0; i < points(); i++) {
        remove(io_path("checkpoint"));
        keep_checkpoint(s, 0);
        const cludi_status status = fit(s, i == points() - 1 ? all - 1 : all * i / points(), "part", &error);
        if (cludi_context_threads(s->context) == 1 || status != CLUDI_OK)
            io_expect_error(&error, status, CLUDI_STOPPED, "Training was stopped ");
        steps_kept += access(io_path("checkpoint"), F_OK) == 0;
        keep_checkpoint(s, 1);
        assert_int_equal(fit(s, -1, "resumed", &error), CLUDI_OK);
        expect_same_files(io_path("whole"), io_path("resumed"));
    }
    if (cludi_context_threads(s->context) == 1)
        assert_in_range(steps_kept, s->config.init_runs > 0 ? 1 : points() / 4, points() - 1);
    (void)io_empty();
}

static void test_fit(void **state)
{
    (void)state;
    for (int n = 0; float_backend(n); n++)
        for (int32_t threads = 1; threads <= 2; threads++) {
            scene s;
            begin(&s, float_backend(n), threads);
            expect_resumes(&s);
            s.config.init_runs = 0; /* no first partition, nothing that takes long before the first step */
            s.config.n_neighbors = 0;
            expect_resumes(&s);
            cludi_context_free(s.context);
        }
}

/* A call that was stopped is forgotten by the next. */
static void test_kmeans(void **state)
{
    (void)state;
    cludi_error error;
    scene s;
    begin(&s, "ref", 1);
    s.config.method = CLUDI_METHOD_KMEANS;
    assert_int_equal(fit(&s, -1, "whole", &error), CLUDI_OK);
    const int64_t all = s.asked.count;
    for (int64_t i = 0; i < points(); i++) {
        assert_int_equal(fit(&s, all * i / points(), "part", &error), CLUDI_STOPPED);
        assert_int_equal(access(io_path("part"), F_OK), -1);
    }
    assert_int_equal(fit(&s, -1, "again", &error), CLUDI_OK);
    expect_same_files(io_path("whole"), io_path("again"));
    cludi_context_free(s.context);
    (void)io_empty();
}

/* Stopped anywhere, a training of heads goes on to the same bytes, and leaves nothing behind that the next one would see. */
static void test_rivals(void **state)
{
    (void)state;
    cludi_error error;
    for (cludi_method chosen = CLUDI_METHOD_SELF_CLASSIFIER; (int32_t)chosen < method_count(); chosen++) {
        scene s;
        begin(&s, "ref", 1);
        s.config.method = chosen;
        s.config.steps = 4;
        assert_int_equal(fit(&s, -1, "whole", &error), CLUDI_OK);
        const int64_t all = s.asked.count;
        assert_true(all > rival_points());
        for (int64_t i = 0; i < rival_points(); i++) {
            remove(io_path("checkpoint"));
            keep_checkpoint(&s, 0);
            assert_int_equal(fit(&s, all * i / rival_points(), "part", &error), CLUDI_STOPPED);
            keep_checkpoint(&s, 1);
            assert_int_equal(fit(&s, -1, "resumed", &error), CLUDI_OK);
            expect_same_files(io_path("whole"), io_path("resumed"));
        }
        assert_int_equal(cludi_fit_set_checkpoint(s.context, NULL, NULL), CLUDI_OK);
        assert_int_equal(fit(&s, -1, "again", &error), CLUDI_OK);
        expect_same_files(io_path("whole"), io_path("again"));
        cludi_context_free(s.context);
        (void)io_empty();
    }
}

static cludi_status predict(scene *s, const cludi_model *model, int64_t at, int32_t *labels)
{
    cludi_predict_options options;
    cludi_predict_options_init(&options);
    s->asked = (asked){0, at};
    return cludi_predict(s->context, model, &s->X, &options, &(cludi_prediction){.labels = labels}, NULL);
}

static cludi_status verify(scene *s, const cludi_model *model, int64_t at, cludi_verification *found)
{
    const cludi_source rows = rows_of_matrix(&s->X);
    *found = (cludi_verification){.struct_size = sizeof *found};
    s->asked = (asked){0, at};
    return cludi_model_verify(s->context, model, &rows, found, NULL);
}

static void test_predict_and_verify(void **state)
{
    (void)state;
    for (cludi_method chosen = CLUDI_METHOD_CLUDI; (int32_t)chosen < method_count(); chosen++) {
        int32_t whole[BLOB_ROWS], labels[BLOB_ROWS];
        cludi_verification found;
        scene s;
        begin(&s, "auto", 1);
        s.config.method = chosen;
        cludi_model *model = blobs_fit(s.context, &s.X, BLOB_CLUSTERS, &s.config);
        assert_int_equal(predict(&s, model, -1, whole), CLUDI_OK);
        for (int64_t all = s.asked.count, at = 0; at < all; at += 1 + all / points())
            assert_int_equal(predict(&s, model, at, labels), CLUDI_STOPPED);
        assert_int_equal(predict(&s, model, -1, labels), CLUDI_OK);
        assert_memory_equal(labels, whole, sizeof labels);
        assert_int_equal(verify(&s, model, -1, &found), CLUDI_OK);
        for (int64_t all = s.asked.count, at = 0; at < all; at += 1 + all / points())
            assert_int_equal(verify(&s, model, at, &found), CLUDI_STOPPED);
        assert_int_equal(verify(&s, model, -1, &found), CLUDI_OK);
        assert_true(found.same_rows && found.same_labels);
        cludi_model_free(model);
        cludi_context_free(s.context);
    }
}

static void test_source_check(void **state)
{
    (void)state;
    scene s;
    begin(&s, "ref", 1);
    const cludi_source rows = rows_of_matrix(&s.X);
    s.asked.at = 0;
    assert_int_equal(cludi_source_check(s.context, &rows, NULL), CLUDI_STOPPED);
    assert_int_equal(cludi_source_check(s.context, &rows, NULL), CLUDI_OK);
    cludi_context_free(s.context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit),          cmocka_unit_test(test_kmeans),
        cmocka_unit_test(test_rivals),       cmocka_unit_test(test_predict_and_verify),
        cmocka_unit_test(test_source_check),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
