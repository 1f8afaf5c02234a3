/* The method kmeans: what it has not (embeddings, phases, a part of a model), what it ignores, progress and stopping, and
   edited model files. */
#include <math.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "counting_allocator.h"
#include "expect_error.h"
#include "io_support.h"
#include "model_edit.h"

typedef struct watcher {
    counting_allocator counter;
    int64_t seen, stop_at; /* calls so far; the one that asks to stop, 0: none */
    int64_t most;          /* steps, as the first call has them */
    cludi_progress last;
} watcher;

typedef struct fixture {
    blobs b;
    cludi_matrix X;
    watcher watch;
    cludi_context *context;
    cludi_model *model;
    cludi_config config;
} fixture;

static fixture fix;

static int note(void *user, const cludi_progress *progress)
{
    watcher *w = user;
    if (w->seen++ > 0 && progress->phase == CLUDI_PHASE_FIT)
        assert_true(progress->step > w->last.step && progress->step <= progress->steps &&
                    progress->seconds >= w->last.seconds);
    w->most = w->seen == 1 ? progress->steps : w->most;
    w->last = *progress;
    return w->seen == w->stop_at;
}

static void forget(int64_t stop_at)
{
    fix.watch.seen = 0;
    fix.watch.stop_at = stop_at;
}

static int setup(void **state)
{
    cludi_context_options options;
    cludi_context_options_init(&options);
    blobs_fill(&fix.b, 0.2);
    fix.X = blobs_matrix(&fix.b);
    fix.config = blobs_config();
    fix.config.method = CLUDI_METHOD_KMEANS;
    blobs_choose(&options, "ref");
    options.threads = 1;
    options.allocator = counting_allocator_table(&fix.watch.counter);
    options.progress = note;
    options.progress_user = &fix.watch;
    if (io_setup(state) != 0 || cludi_context_new(&options, &fix.context, NULL) != CLUDI_OK)
        return -1;
    fix.model = blobs_fit(fix.context, &fix.X, BLOB_CLUSTERS, &fix.config);
    return cludi_model_save(fix.model, io_path("good"), NULL) == CLUDI_OK ? 0 : -1;
}

static int teardown(void **state)
{
    cludi_model_free(fix.model);
    cludi_context_free(fix.context);
    return fix.watch.counter.live == 0 ? io_teardown(state) : -1;
}

/* ---- what it has not ---- */

static void test_no_embedding(void **state)
{
    (void)state;
    int32_t labels[BLOB_ROWS];
    float embedding[BLOB_ROWS * BLOB_D];
    const cludi_prediction out = {.labels = labels, .embedding = embedding};
    EXPECT(CLUDI_ERROR_UNSUPPORTED, "A model of the method kmeans has no embeddings; embedding must be NULL.",
           cludi_predict, fix.context, fix.model, &fix.X, NULL, &out);
}

static void test_no_profile(void **state)
{
    (void)state;
    cludi_profile profile = {.struct_size = sizeof profile};
    cludi_context *context = blobs_context("ref", 1, 1);
    cludi_model_free(blobs_fit(context, &fix.X, BLOB_CLUSTERS, NULL));
    assert_int_equal(cludi_fit_get_profile(context, &profile, NULL), CLUDI_OK);
    cludi_model_free(blobs_fit(context, &fix.X, BLOB_CLUSTERS, &fix.config));
    EXPECT_ARGUMENT("or by a method that has no phases.", cludi_fit_get_profile, context, &profile);
    cludi_context_free(context);
}

/* Parameters of the diffusion model, and settings of its predictions. */
static void test_ignored(void **state)
{
    (void)state;
    int32_t labels[2][BLOB_ROWS], draws[BLOB_ROWS];
    float probabilities[2][BLOB_ROWS * BLOB_CLUSTERS];
    cludi_predict_options options;
    cludi_predict_options_init(&options);
    options.draws = 7;
    options.denoise_steps = 2;
    options.adaptive = 1;
    memset(draws, 0xff, sizeof draws);
    for (int i = 0; i < 2; i++) {
        const cludi_prediction out = {labels[i], probabilities[i], NULL, i ? draws : NULL};
        assert_int_equal(cludi_predict(fix.context, fix.model, &fix.X, i ? &options : NULL, &out, NULL), CLUDI_OK);
    }
    assert_memory_equal(labels[0], labels[1], sizeof labels[0]);
    assert_memory_equal(probabilities[0], probabilities[1], sizeof probabilities[0]);
    for (int i = 0; i < BLOB_ROWS; i++)
        assert_int_equal(draws[i], 0);
    assert_int_equal(cludi_predict(fix.context, fix.model, &fix.X, NULL, &(cludi_prediction){0}, NULL), CLUDI_OK);
    options.draws = -1;
    EXPECT_ARGUMENT("draws is -1;", cludi_predict, fix.context, fix.model, &fix.X, &options, &(cludi_prediction){0});
}

static void test_bad_rows(void **state)
{
    (void)state;
    cludi_model *model = fix.model;
    blobs b = fix.b;
    const cludi_matrix X = blobs_matrix(&b);
    int32_t labels[BLOB_ROWS];
    b.data[17 * BLOB_COLS + 4] = NAN;
    EXPECT(CLUDI_ERROR_DATA, "X has NaN in row 17, column 4", cludi_fit, fix.context, &X, 3, &fix.config, &model);
    assert_null(model);
    EXPECT(CLUDI_ERROR_DATA, "X has NaN in row 17, column 4", cludi_predict, fix.context, fix.model, &X, NULL,
           &(cludi_prediction){.labels = labels});
    EXPECT_ARGUMENT("K is 61, but X has only 60 rows;", cludi_fit, fix.context, &fix.X, 61, &fix.config, &model);
    fix.config.method = (cludi_method)8;
    EXPECT_ARGUMENT("method is 8; it must be between 0 and 7.", cludi_fit, fix.context, &fix.X, 3, &fix.config, &model);
    fix.config.method = CLUDI_METHOD_KMEANS;
}

/* ---- progress ---- */

static void test_progress(void **state)
{
    (void)state;
    cludi_model_info info = {.struct_size = sizeof info};
    assert_int_equal(cludi_model_get_info(fix.model, &info, NULL), CLUDI_OK);
    forget(0);
    cludi_model_free(blobs_fit(fix.context, &fix.X, BLOB_CLUSTERS, &fix.config));
    const cludi_progress last = fix.watch.last;
    const int64_t calls = fix.watch.seen;
    assert_int_equal(last.phase, CLUDI_PHASE_FIT);
    assert_int_equal(fix.watch.most,
                     BLOB_CLUSTERS + 300 + 2); /* the last assignment and the end come behind the rounds */
    assert_true(last.step == last.steps && last.step == calls && calls >= BLOB_CLUSTERS + info.steps + 1);
    assert_true(last.loss == info.loss && last.clusters_in_use == 3 && last.clusters == 3 && last.seconds > 0);
    for (int64_t stop = 1; stop < calls; stop++) {
        cludi_model *model = fix.model;
        cludi_error error = {0};
        char words[64];
        snprintf(words, sizeof words, "k-means was stopped at step %d, before it had a model.", (int)stop);
        forget(stop);
        const cludi_status status = cludi_fit(fix.context, &fix.X, BLOB_CLUSTERS, &fix.config, &model, &error);
        io_expect_error(&error, status, CLUDI_STOPPED, words);
        assert_null(model);
        assert_int_equal(fix.watch.seen, stop);
    }
    forget(calls); /* all is done: there is nothing to stop */
    cludi_model_free(blobs_fit(fix.context, &fix.X, BLOB_CLUSTERS, &fix.config));
    forget(0);
}

/* Three blocks of 2^22 numbers. */
static void test_stop_predicting(void **state)
{
    enum { WIDE = 4096, BLOCK = 1024, ROWS = 2 * BLOCK + 50 };
    static int32_t labels[ROWS];
    (void)state;
    float *data = calloc((size_t)ROWS * WIDE, sizeof *data);
    cludi_model *model;
    cludi_error error = {0};
    const cludi_prediction out = {.labels = labels};
    const cludi_matrix X = {data, ROWS, WIDE, WIDE}, few = {data, 4, WIDE, WIDE};
    assert_non_null(data);
    for (int i = 0; i < ROWS; i++)
        data[i * WIDE + i % 2] = 1;
    assert_int_equal(cludi_fit(fix.context, &few, 2, &fix.config, &model, &error), CLUDI_OK);
    memset(labels, 0xff, sizeof labels);
    forget(2);
    io_expect_error(&error, cludi_predict(fix.context, model, &X, NULL, &out, &error), CLUDI_STOPPED,
                    "Prediction was stopped after row 2048 of 2098.");
    assert_true(labels[2 * BLOCK - 1] == labels[1] && labels[2] != labels[1] && labels[2 * BLOCK] == -1);
    forget(3);
    assert_int_equal(cludi_predict(fix.context, model, &X, NULL, &out, NULL), CLUDI_OK);
    assert_int_equal(labels[ROWS - 1], labels[1]);
    forget(0);
    cludi_model_free(model);
    free(data);
}

/* ---- model files ---- */

static void expect_refused(const model_edit *edit, const char *words)
{
    cludi_model *model = fix.model;
    model_edit_write(edit, io_path("bad"));
    EXPECT(CLUDI_ERROR_FORMAT, words, cludi_model_load, fix.context, io_path("bad"), &model);
    assert_null(model);
}

static void test_contents(void **state)
{
    (void)state;
    model_edit edit;
    cludi_model *model;
    model_edit_read(&edit, io_path("good"));
    assert_int_equal(edit.count, 2);
    const safetensors_array *centroids = model_edit_array(&edit, "centroids");
    const safetensors_array *variance = model_edit_array(&edit, "variance");
    assert_true(centroids->rank == 2 && centroids->shape[0] == BLOB_CLUSTERS && centroids->shape[1] == BLOB_COLS);
    assert_true(variance->rank == 1 && variance->shape[0] == 1);
    assert_non_null(strstr(model_edit_pair(&edit, "config")->value, "{\"method\":\"kmeans\","));
    model_edit_write(&edit, io_path("copy"));
    expect_same_files(io_path("good"), io_path("copy"));
    edit.values[variance - edit.arrays][0] = -1; /* of no use, but no harm either: there is a least variance */
    model_edit_sign(&edit);
    model_edit_write(&edit, io_path("copy"));
    assert_int_equal(cludi_model_load(fix.context, io_path("copy"), &model, NULL), CLUDI_OK);
    answers a = {.probabilities = calloc(BLOB_ROWS * BLOB_CLUSTERS, sizeof(float))};
    const cludi_prediction out = {.probabilities = a.probabilities};
    assert_int_equal(cludi_predict(fix.context, model, &fix.X, NULL, &out, NULL), CLUDI_OK);
    for (int i = 0; i < BLOB_ROWS * BLOB_CLUSTERS; i++)
        assert_true(a.probabilities[i] >= 0 && a.probabilities[i] <= 1);
    answers_clear(&a);
    cludi_model_free(model);
    model_edit_clear(&edit);
}

static void test_wrong_tensors(void **state)
{
    static const char *const NAMES[] = {"centroids", "variance"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        model_edit edit;
        char words[100];
        model_edit_read(&edit, io_path("good"));
        safetensors_array *array = model_edit_array(&edit, NAMES[i]);
        const safetensors_array kept = *array;
        float *values = edit.values[array - edit.arrays];
        snprintf(words, sizeof words, "another shape is wanted for the tensor %s.", NAMES[i]);
        array->shape[0]--;
        expect_refused(&edit, words);
        *array = kept;
        array->rank = kept.rank == 2 ? 1 : 2;
        array->shape[1] = 1;
        expect_refused(&edit, words);
        *array = kept;
        values[0] = i ? NAN : INFINITY;
        expect_refused(&edit, "its tensors hold NaN or infinity.");
        values[0] = 1;
        model_edit_drop_array(&edit, NAMES[i]);
        snprintf(words, sizeof words, "it lacks the tensor %s.", NAMES[i]);
        expect_refused(&edit, words);
        model_edit_clear(&edit);
    }
}

static void test_wrong_config(void **state)
{
    static const char *const CHANGES[][2] = {
        {"\"method\":\"cludi\"", "it lacks the tensor "},
        {"\"method\":\"k-means\"", "its config has no valid method."},
        {"\"method\":1", "its config has no valid method."},
        {"\"methods\":\"kmeans\"", "its config lacks method."},
        {"\"method\":\"kmeans\",\"methods\":1", "its config has parameters that this version does not know."},
    };
    (void)state;
    model_edit edit;
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        model_edit_read(&edit, io_path("good"));
        model_edit_replace(&edit, "config", "\"method\":\"kmeans\"", CHANGES[i][0]);
        expect_refused(&edit, CHANGES[i][1]);
        model_edit_clear(&edit);
    }
    model_edit_read(&edit, io_path("good"));
    edit.arrays[edit.count] = *model_edit_array(&edit, "variance");
    edit.arrays[edit.count++].name = "more";
    expect_refused(&edit, "it has tensors that do not belong to it.");
    model_edit_clear(&edit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_embedding), cmocka_unit_test(test_no_profile),
        cmocka_unit_test(test_ignored),      cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_progress),     cmocka_unit_test(test_stop_predicting),
        cmocka_unit_test(test_contents),     cmocka_unit_test(test_wrong_tensors),
        cmocka_unit_test(test_wrong_config),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
