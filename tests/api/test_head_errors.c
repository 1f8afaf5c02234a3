/* The methods of src/methods/heads that train heads: what they have not (embeddings, phases), what stays of a training that was stopped, and
   how many steps they take. */
#include <stdlib.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"

typedef struct watch {
    int64_t seen, stop_at; /* steps reported; stops at this one, 0: never */
    cludi_progress last;
} watch;

static int note(void *user, const cludi_progress *progress)
{
    watch *w = user;
    w->last = *progress;
    return ++w->seen == w->stop_at;
}

static struct {
    blobs b;
    cludi_matrix X;
    cludi_config config;
    cludi_context *context;
    watch watch;
} fix;

static int setup(void **state)
{
    (void)state;
    cludi_context_options options;
    cludi_context_options_init(&options);
    blobs_fill(&fix.b, 0.2);
    fix.X = blobs_matrix(&fix.b);
    blobs_choose(&options, "ref");
    options.threads = 1;
    options.progress = note;
    options.progress_user = &fix.watch;
    return cludi_context_new(&options, &fix.context, NULL) == CLUDI_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    cludi_context_free(fix.context);
    return 0;
}

static cludi_status fit(cludi_method method, int32_t steps, int64_t stop_at, cludi_model **model, cludi_error *error)
{
    fix.config = blobs_config();
    fix.config.method = method;
    fix.config.steps = steps;
    fix.watch = (watch){.stop_at = stop_at};
    return cludi_fit(fix.context, &fix.X, BLOB_CLUSTERS, &fix.config, model, error);
}

static void test_each(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"self-classifier", "temi", "scan", "tsp", "turtle"};
    for (int i = 0; i < 5; i++) {
        char wanted[100];
        float embedding[BLOB_ROWS * BLOB_D];
        int32_t labels[BLOB_ROWS], draws[BLOB_ROWS];
        cludi_profile profile = {.struct_size = sizeof profile};
        cludi_model *model;
        assert_int_equal(fit(CLUDI_METHOD_SELF_CLASSIFIER + (cludi_method)i, 3, 0, &model, NULL), CLUDI_OK);
        assert_true(fix.watch.last.step == 3 && fix.watch.last.steps == 3);
        snprintf(wanted, sizeof wanted, "A model of the method %s has no embeddings; embedding must be NULL.",
                 NAMES[i]);
        EXPECT(CLUDI_ERROR_UNSUPPORTED, wanted, cludi_predict, fix.context, model, &fix.X, NULL,
               &(cludi_prediction){.labels = labels, .embedding = embedding});
        assert_int_equal(cludi_fit_get_profile(fix.context, &profile, NULL), CLUDI_OK);
        assert_true(profile.phases > 4 && profile.steps == 3);
        draws[0] = -1;
        assert_int_equal(cludi_predict(fix.context, model, &fix.X, NULL,
                                       &(cludi_prediction){.labels = labels, .draws = draws}, NULL),
                         CLUDI_OK);
        assert_true(draws[0] == 0 && draws[BLOB_ROWS - 1] == 0);
        cludi_model_free(model);
    }
}

/* The model as far as it was trained. */
static void test_stopped(void **state)
{
    (void)state;
    cludi_error error;
    cludi_model *model;
    cludi_model_info info = {.struct_size = sizeof info};
    assert_int_equal(fit(CLUDI_METHOD_TEMI, 100, 5, &model, &error), CLUDI_STOPPED);
    assert_int_equal(cludi_model_get_info(model, &info, &error), CLUDI_OK);
    cludi_model_free(model);
    assert_int_equal(fit(CLUDI_METHOD_TEMI, 100, 2, &model, &error), CLUDI_STOPPED);
    cludi_model_free(model);
}

/* At least 1000 steps; the second half of scan is of its own labels. */
static void test_steps(void **state)
{
    (void)state;
    cludi_error error;
    cludi_model *model;
    assert_int_equal(fit(CLUDI_METHOD_SCAN, 0, 0, &model, &error), CLUDI_OK);
    assert_true(fix.watch.last.steps >= 1000 && fix.watch.last.clusters_in_use == BLOB_CLUSTERS);
    cludi_model_free(model);
}

/* Counts, most of them 0: zero is a natural origin, and turtle alone takes the mean away all the same. */
static void test_origin(void **state)
{
    (void)state;
    enum { MANY = 24 };
    static float rows[BLOB_ROWS * MANY];
    static const struct {
        cludi_method method;
        cludi_preprocessing wanted;
    } CASES[] = {{CLUDI_METHOD_SCAN, CLUDI_PREPROCESSING_UNIT}, {CLUDI_METHOD_TURTLE, CLUDI_PREPROCESSING_DIRECTIONS}};
    for (int i = 0; i < BLOB_ROWS; i++)
        for (int j = 0; j < MANY; j++)
            rows[i * MANY + j] = (i + j) % 3 == 0 ? (float)(1 + (i * 7 + j * 5) % 11) : 0;
    const cludi_matrix X = {rows, BLOB_ROWS, MANY, MANY};
    for (int i = 0; i < 2; i++) {
        cludi_config config = blobs_config();
        cludi_model_info info = {.struct_size = sizeof info};
        config.method = CASES[i].method;
        config.preprocessing = CLUDI_PREPROCESSING_AUTO;
        config.steps = 1;
        cludi_model *model = blobs_fit(fix.context, &X, BLOB_CLUSTERS, &config);
        assert_int_equal(cludi_model_get_info(model, &info, NULL), CLUDI_OK);
        assert_int_equal(info.config.preprocessing, CASES[i].wanted);
        cludi_model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each),
        cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_origin),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
