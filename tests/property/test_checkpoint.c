/* Checkpoints through the public API: a training that was stopped after any of its steps, also in the middle of one, and goes
   on gives the bytes of one that never was; other rows, options, seeds and files are refused by name. */
#include <math.h>
#include <string.h>

#include "bit_flips.h"
#include "blobs.h"
#include "cmocka_all.h"
#include "io_support.h"
#include "rng.h"
#include "rows.h"
#include "tensor_support.h"

enum { MANY = 16500, MANY_COLS = 3, FLIPS = 200 }; /* MANY: more rows than the sample */

typedef struct stop {
    int64_t at;    /* steps */
    int64_t reads; /* of the source, until one asks to stop */
    cludi_source rows;
} stop;

static int stop_after(void *user, const cludi_progress *progress)
{
    const stop *s = user;
    return progress->phase == CLUDI_PHASE_FIT && progress->step == s->at;
}

static cludi_status read_or_stop(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    stop *s = user;
    if (s->reads-- == 0) {
        snprintf(error->message, sizeof error->message, "Enough.");
        return CLUDI_STOPPED;
    }
    return s->rows.read(s->rows.user, first, count, out, error);
}

typedef struct scene {
    const char *backend;
    cludi_matrix X;
    int32_t clusters;
    cludi_config config;
    uint64_t seed;
    stop stop;
    cludi_progress_fn progress; /* NULL: stop_after */
    void *progress_user;
} scene;

/* One run; the model goes to the file `name` when there is one. */
static cludi_status run(scene *s, int32_t threads, bool resume, int64_t every_steps, const char *name,
                        cludi_error *error)
{
    cludi_context_options options;
    cludi_context *context;
    cludi_model *model;
    cludi_checkpoint checkpoint;
    const char *path = io_path("checkpoint");
    cludi_context_options_init(&options);
    blobs_choose(&options, s->backend);
    options.threads = threads;
    options.seed = s->seed;
    options.progress = s->progress ? s->progress : stop_after;
    options.progress_user = s->progress ? s->progress_user : &s->stop;
    assert_int_equal(cludi_context_new(&options, &context, NULL), CLUDI_OK);
    cludi_checkpoint_init(&checkpoint);
    assert_true(checkpoint.every_seconds == 60);
    checkpoint.path = path;
    checkpoint.every_steps = every_steps;
    checkpoint.resume = resume;
    assert_int_equal(cludi_fit_set_checkpoint(context, &checkpoint, NULL), CLUDI_OK);
    s->stop.rows = rows_of_matrix(&s->X);
    const cludi_source rows = {s->X.rows, s->X.cols, read_or_stop, &s->stop, 0, NULL};
    const cludi_status status = cludi_fit_source(context, &rows, s->clusters, &s->config, &model, error);
    if (model && name)
        assert_int_equal(cludi_model_save(model, io_path(name), NULL), CLUDI_OK);
    cludi_model_free(model);
    cludi_context_free(context);
    return status;
}

static scene begin(const char *on, blobs *b)
{
    blobs_fill(b, 0.3);
    scene s = {on, blobs_matrix(b), BLOB_CLUSTERS, blobs_recipe(), 4, {-1, -1, {0}}, NULL, NULL};
    s.config.steps = 12;
    s.config.init_steps = 5;
    s.config.init_runs = 3;
    return s;
}

static void expect_whole(scene *s, const char *name)
{
    remove(io_path("checkpoint"));
    s->stop.at = s->stop.reads = -1;
    assert_int_equal(run(s, 1, false, 0, name, NULL), CLUDI_OK);
    assert_int_not_equal(access(io_path("checkpoint"), F_OK), 0); /* a short run has none */
}

/* To its end, from the checkpoint that is there or from the beginning. */
static void expect_end(scene *s, bool resume, int64_t every_steps)
{
    assert_int_equal(run(s, 1, resume, every_steps, "again", NULL), CLUDI_OK);
    expect_same_files(io_path("whole"), io_path("again"));
}

/* Leaves the checkpoint of so many steps. */
static void expect_stop(scene *s, int64_t step)
{
    cludi_error error;
    char words[64];
    snprintf(words, sizeof words, "Training was stopped after step %d", (int)step);
    remove(io_path("checkpoint"));
    s->stop.at = step;
    io_expect_error(&error, run(s, 1, false, 0, NULL, &error), CLUDI_STOPPED, words);
    s->stop.at = -1;
}

/* Stopped after each step, and once more on the way. */
static void expect_resumes(scene *s, int64_t steps, int64_t stride)
{
    expect_whole(s, "whole");
    for (int64_t at = 1; at < steps; at += stride) {
        expect_stop(s, at);
        s->stop.at = at + 2 < steps ? at + 2 : -1;
        assert_int_equal(run(s, 2, true, 0, NULL, NULL), s->stop.at > 0 ? CLUDI_STOPPED : CLUDI_OK);
        s->stop.at = -1;
        expect_end(s, true, 0);
    }
}

static void test_every_step(void **state)
{
    (void)state;
    for (int n = 0; float_backend(n); n++) {
        blobs b;
        scene s = begin(float_backend(n), &b);
        expect_resumes(&s, 12, 1);
        s.config.init_runs = 0; /* no first partition */
        s.config.n_neighbors = 0;
        expect_resumes(&s, 12, 5);
    }
}

/* The length is found on the way; neighbors that tell nothing keep the start to the end. */
static void test_length_and_doubt(void **state)
{
    static float noise[BLOB_ROWS * 40];
    (void)state;
    blobs b;
    scene s = begin("ref", &b);
    s.config.steps = 0;
    s.config.init_steps = 60;
    expect_resumes(&s, 200, 41);
    rng_normal((rng_stream){3, 231, 0}, 0, noise, (int64_t)BLOB_ROWS * 40);
    s.X = (cludi_matrix){noise, BLOB_ROWS, 40, 40};
    s.config.steps = 12;
    expect_resumes(&s, 12, 4);
}

/* Rows beyond the sample; and a read within a step asks to stop, when some rows of it have been taken. */
static void test_stop_within_a_step(void **state)
{
    static float data[MANY * MANY_COLS];
    (void)state;
    blobs b;
    scene s = begin("ref", &b);
    rng_normal((rng_stream){9, 232, 0}, 0, data, (int64_t)MANY * MANY_COLS);
    s.X = (cludi_matrix){data, MANY, MANY_COLS, MANY_COLS};
    s.config.n_neighbors = 0;
    s.config.init_runs = 0;
    s.config.batch_size = 512;
    s.config.steps = 4;
    expect_whole(&s, "whole");
    s.stop = (stop){.at = -1, .reads = INT64_MAX};
    assert_int_equal(run(&s, 1, false, 0, NULL, NULL), CLUDI_OK);
    const int64_t all = INT64_MAX - s.stop.reads;
    for (int64_t back = 2; back < 12; back += 4) {
        remove(io_path("checkpoint"));
        s.stop.reads = all - back;
        cludi_error error;
        io_expect_error(&error, run(&s, 1, false, 0, NULL, &error), CLUDI_STOPPED, "Enough.");
        s.stop.reads = -1;
        expect_end(&s, true, 0);
    }
}

static void expect_refused(scene *s, cludi_status status, const char *words)
{
    cludi_error error = {0};
    io_expect_error(&error, run(s, 1, true, 0, NULL, &error), status, words);
}

static void test_others_are_refused(void **state)
{
    (void)state;
    blobs b, other;
    const scene first = begin("ref", &b);
    scene s = first;
    expect_stop(&s, 7);
    s.seed = 5;
    expect_refused(&s, CLUDI_ERROR_ARGUMENT, "is the checkpoint of another training: its seed is 4, now 5 was given.");
    s = first;
    s.clusters = 4;
    expect_refused(&s, CLUDI_ERROR_ARGUMENT, "its n_clusters is 3, now 4 was given.");
    s = first;
    s.config.lr = 0.001;
    expect_refused(&s, CLUDI_ERROR_ARGUMENT, "its lr is 0.0003, now 0.001 was given.");
    s = first;
    s.config.preprocessing = CLUDI_PREPROCESSING_UNIT;
    expect_refused(&s, CLUDI_ERROR_ARGUMENT, "its preprocessing is auto, now unit was given.");
    s = first;
    s.X.rows--;
    expect_refused(&s, CLUDI_ERROR_ARGUMENT, "its rows is 60, now 59 was given.");
    if (float_backend(1)) {
        s = first;
        s.backend = "onednn";
        expect_refused(&s, CLUDI_ERROR_ARGUMENT, "its backend is ref, now onednn was given.");
    }
    memcpy(&other, &b, sizeof b);
    other.data[17] = nextafterf(other.data[17], 9);
    s = first;
    s.X = blobs_matrix(&other);
    expect_refused(&s, CLUDI_ERROR_DATA, "is from a training on other rows: their digest differs.");
    io_put("checkpoint", "{}", 2);
    s = first;
    expect_refused(&s, CLUDI_ERROR_FORMAT, "checkpoint\"");
}

/* A checkpoint that was changed is refused with one sentence, or gives the bytes of the one that was not. */
static bool is_refused(void *user, const unsigned char *bytes, size_t size)
{
    scene *s = user;
    cludi_error error = {0};
    io_put("checkpoint", bytes, size);
    const cludi_status status = run(s, 1, true, 0, "damaged", &error);
    if (status == CLUDI_OK) {
        expect_same_files(io_path("whole"), io_path("damaged"));
        return false;
    }
    assert_int_equal(status, CLUDI_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "checkpoint\""));
    return true;
}

/* As begin(), with a checkpoint of 7 steps of 12 and the model of the whole run. */
static scene leave_one(blobs *b, unsigned char **bytes, size_t *size)
{
    scene s = begin("ref", b);
    expect_whole(&s, "whole");
    expect_stop(&s, 7);
    *bytes = read_whole(io_path("checkpoint"), size);
    return s;
}

/* Of the numbers all count. */
static void test_one_bit(void **state)
{
    (void)state;
    blobs b;
    size_t size;
    unsigned char *whole;
    scene s = leave_one(&b, &whole, &size);
    int in_header;
    assert_int_equal(count_refused_flips(whole, size, FLIPS, 5, is_refused, &s, &in_header), FLIPS);
    assert_false(is_refused(&s, whole, size));
    free(whole);
}

/* Cut, longer, with blocks of zeros, with what belongs to others. */
static void test_damage(void **state)
{
    (void)state;
    blobs b;
    size_t size;
    unsigned char *whole;
    scene s = leave_one(&b, &whole, &size);
    const size_t data = find_numbers(whole),
                 part = (size_t)(strtoull(strstr((const char *)whole + 8, "[0,") + 3, NULL, 10));
    unsigned char *bad = malloc(size + 8);
    assert_non_null(bad);
    for (size_t length = 0; length < size; length += 1499)
        assert_true(is_refused(&s, whole, length));
    for (size_t more = 1; more <= 8; more += 7) {
        memcpy(bad, whole, size);
        memset(bad + size, 0, 8);
        assert_true(is_refused(&s, bad, size + more));
    }
    for (size_t at = data; at + 512 <= size; at += 4096) {
        memcpy(bad, whole, size);
        memset(bad + at, 0, 512);
        assert_true(memcmp(bad, whole, size) == 0 || is_refused(&s, bad, size));
    }
    memcpy(bad, whole, size); /* values and m, of one size */
    memcpy(bad + data, whole + data + part, part);
    memcpy(bad + data + part, whole + data, part);
    assert_true(is_refused(&s, bad, size));
    free(bad);
    free(whole);
}

/* Of a version that had no digest: refused by its name. */
static void test_older_version(void **state)
{
    (void)state;
    blobs b;
    size_t size;
    unsigned char *whole;
    scene s = leave_one(&b, &whole, &size);
    char *version = strstr((char *)whole + 8, "\"format_version\":\"3\"");
    assert_non_null(version);
    version[strlen("\"format_version\":\"")] = '1';
    io_put("checkpoint", whole, size);
    expect_refused(&s, CLUDI_ERROR_FORMAT, "is a checkpoint of format version 1, by cludi ");
    free(whole);
}

/* Whoever keeps its state in the file of a training that runs is refused, and that training goes on. */
static int fit_meanwhile(void *user, const cludi_progress *progress)
{
    scene *second = user;
    cludi_error error;
    if (progress->phase == CLUDI_PHASE_FIT && progress->step == 5)
        io_expect_error(&error, run(second, 1, false, 0, NULL, &error), CLUDI_ERROR_FILE,
                        "Another cludi is writing to");
    return 0;
}

static void test_one_at_a_time(void **state)
{
    (void)state;
    blobs b;
    scene s = begin("ref", &b), second = s;
    expect_whole(&s, "whole");
    s.progress = fit_meanwhile;
    s.progress_user = &second;
    expect_end(&s, false, 0);
}

/* By steps: the last one written is at step 9; without a file a resumed training begins at its beginning. */
static void test_by_steps_and_from_nothing(void **state)
{
    (void)state;
    blobs b;
    scene s = begin("ref", &b);
    expect_whole(&s, "whole");
    expect_end(&s, true, 0);
    expect_end(&s, false, 3);
    size_t size;
    unsigned char *file = read_whole(io_path("checkpoint"), &size);
    file[size - 1] = 0;
    assert_non_null(strstr((const char *)file + 8, "\"done\":\"9\""));
    free(file);
    expect_end(&s, true, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_step),
        cmocka_unit_test(test_length_and_doubt),
        cmocka_unit_test(test_stop_within_a_step),
        cmocka_unit_test(test_others_are_refused),
        cmocka_unit_test(test_one_bit),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_older_version),
        cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_by_steps_and_from_nothing),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
