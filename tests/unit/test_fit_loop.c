/* fit_loop.c: a run is the steps of step.c on the rows of row_order.c with the seed's noise and the schedule's rate,
   to the bit; and a run that blows up says so. */
#include <stdio.h>
#include <string.h>

#include "average.h"
#include "blobs.h"
#include "cmocka_all.h"
#include "counting_allocator.h"
#include "fit_loop.h"
#include "lr_schedule.h"
#include "model.h"
#include "row_order.h"
#include "rows.h"
#include "step_support.h"

enum { STEPS = 3 };

typedef struct record {
    double loss[STEPS];
    int count;
} record;

static int note_loss(void *user, const cludi_progress *progress)
{
    record *r = user;
    assert_true(r->count < STEPS);
    r->loss[r->count++] = progress->loss;
    return 0;
}

/* The three steps by hand; values: the parameters after them. */
static void by_hand(backend *be, const fit_args *args, double loss[STEPS], float *values)
{
    param_spec specs[DENOISER_MAX_PARAMS];
    const cludi_config *config = args->config;
    const float *rows = ((const cludi_matrix *)args->X->user)->data;
    const input_map map = input_map_bind(CLUDI_PREPROCESSING_UNIT, BLOB_COLS, NULL);
    float batch[16 * BLOB_COLS];
    row_order order;
    train_step s;
    const int count = denoiser_specs(specs, BLOB_COLS, args->clusters, config);
    const train_shape shape = {.n = BLOB_COLS, .K = args->clusters, .specs = specs, .count = count};
    assert_int_equal(train_step_init(&s, be, &shape, config, NULL), CLUDI_OK);
    assert_int_equal(row_order_init(&order, &be->allocator, args->X, args->seed, NULL), CLUDI_OK);
    param_specs_initialize(be, specs, count, args->seed, values);
    param_set_copy_in(&s.params, HOST_F32, values);
    for (int64_t step = 0; step < STEPS; step++) {
        train_loss now;
        for (int i = 0; i < 16; i++)
            input_map_row(&map, rows + order.canonical[row_order_next(&order)] * BLOB_COLS, batch + i * BLOB_COLS);
        be->ops.copy_in(be, s.x, HOST_F32, batch);
        train_step_same_views(&s);
        for (int i = 0; i < 16; i++) /* the teacher's rows are averages, though of one row each */
            (void)rows_unit(batch + i * BLOB_COLS, BLOB_COLS);
        be->ops.copy_in(be, s.x, HOST_F32, batch);
        train_noise_draw(&s, args->seed, (uint32_t)step);
        assert_int_equal(train_step_gradient(&s, &now, NULL), CLUDI_OK);
        loss[step] = now.total;
        train_step_update(&s, lr_schedule(config->lr, step, STEPS, config->warmup), step + 1);
    }
    param_set_copy_out(&s.params, HOST_F32, values);
    row_order_clear(&order);
    train_step_clear(&s);
}

static void test_steps(void **state)
{
    (void)state;
    backend be;
    blobs b;
    record seen = {.count = 0};
    cludi_config config = blobs_config();
    cludi_model *model;
    double loss[STEPS];
    static float values[100000];
    const callbacks messages = {.progress = note_loss, .progress_user = &seen};
    config.steps = STEPS;
    config.warmup = 2;
    blobs_fill(&b, 0.2);
    const cludi_matrix matrix = blobs_matrix(&b);
    const cludi_source X = rows_of_matrix(&matrix);
    open_backend(&be, "ref", 1);
    const fit_args args = {&be, &messages, 12, &X, BLOB_CLUSTERS, &config, NULL, NULL, NULL, {0}};
    assert_int_equal(fit_loop_run(&args, &model, NULL), CLUDI_OK);
    assert_true(model->total <= 100000);
    by_hand(&be, &args, loss, values);
    assert_memory_equal(seen.loss, loss, sizeof loss);
    assert_memory_equal(model->values, values, (size_t)model->total * sizeof *values);
    model_free(model);
    backend_close(&be);
}

/* A learning rate far beyond the table's bound: CLUDI_ERROR_DIVERGED in place of a model of NaN. */
static void test_diverged(void **state)
{
    (void)state;
    static const int32_t LENGTHS[] = {1, 10};
    for (int i = 0; i < 2; i++) {
        backend be;
        blobs b;
        cludi_config config = blobs_config();
        cludi_model *model = (cludi_model *)&b;
        cludi_error error = {0};
        const callbacks messages = {.progress = NULL};
        config.steps = LENGTHS[i];
        config.warmup = 0;
        config.lr = 1e40;
        blobs_fill(&b, 0.2);
        const cludi_matrix matrix = blobs_matrix(&b);
        const cludi_source X = rows_of_matrix(&matrix);
        open_backend(&be, "ref", 1);
        const fit_args args = {&be, &messages, 12, &X, BLOB_CLUSTERS, &config, NULL, NULL, NULL, {0}};
        assert_int_equal(fit_loop_run(&args, &model, &error), CLUDI_ERROR_DIVERGED);
        assert_int_equal(error.status, CLUDI_ERROR_DIVERGED);
        assert_non_null(strstr(error.message, "not finite"));
        assert_null(model);
        backend_close(&be);
    }
}

/* ---- a source that fails ---- */

enum {
    MANY = 17000,
    FEW_COLS = 3,
    BATCH = 512
}; /* 16384 rows are kept in memory: each step reads some of the others */

typedef struct failing_rows {
    cludi_source rows;
    int64_t left; /* reads that go well */
    cludi_status status;
    int64_t reads;        /* so far */
    int64_t after[STEPS]; /* reads when a step was done */
} failing_rows;

static cludi_status read_or_fail(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    failing_rows *own = user;
    own->reads++;
    if (own->left-- > 0)
        return own->rows.read(own->rows.user, first, count, out, error);
    snprintf(error->message, sizeof error->message, "The tape tore.");
    return own->status;
}

static int note_reads(void *user, const cludi_progress *progress)
{
    failing_rows *own = user;
    own->after[progress->step - 1] = own->reads;
    return 0;
}

/* Three steps; all reads but the first `reads` fail. */
static cludi_status fit_until(failing_rows *own, int64_t reads, cludi_status wanted, cludi_model **model,
                              cludi_error *error)
{
    static float data[MANY * FEW_COLS];
    backend be;
    cludi_config config = blobs_config();
    const callbacks messages = {.progress = note_reads, .progress_user = own};
    config.steps = STEPS;
    config.batch_size = BATCH;
    rng_normal((rng_stream){5, 5, 5}, 0, data, (int64_t)MANY * FEW_COLS);
    const cludi_matrix matrix = {data, MANY, FEW_COLS, FEW_COLS};
    *own = (failing_rows){rows_of_matrix(&matrix), reads, wanted, 0, {0}};
    const cludi_source X = {MANY, FEW_COLS, read_or_fail, own, 0, NULL};
    open_backend(&be, "ref", 1);
    const fit_args args = {&be, &messages, 12, &X, BLOB_CLUSTERS, &config, NULL, NULL, NULL, {0}};
    const cludi_status got = fit_loop_run(&args, model, error);
    backend_close(&be);
    return got;
}

/* In the pass over all rows, in the reading of the sample, at the first row of the second step and in the middle of it. */
static void test_reads_that_fail(void **state)
{
    (void)state;
    failing_rows own;
    cludi_model *model;
    assert_int_equal(fit_until(&own, INT64_MAX, CLUDI_ERROR_FILE, &model, NULL), CLUDI_OK);
    model_free(model);
    assert_true(own.after[1] >= own.after[0] + 3 && own.after[0] > 16384);
    const int64_t reads[] = {0, 100, own.after[0], own.after[0] + 2};
    for (int i = 0; i < 4; i++) {
        cludi_error error = {0};
        model = (cludi_model *)&error;
        assert_int_equal(fit_until(&own, reads[i], CLUDI_ERROR_FILE, &model, &error), CLUDI_ERROR_FILE);
        assert_string_equal(error.message, "The tape tore.");
        assert_int_equal(error.status, CLUDI_ERROR_FILE);
        assert_null(model);
        assert_int_equal(fit_until(&own, reads[i], CLUDI_STOPPED, &model, &error), CLUDI_STOPPED);
        if (i < 2) {
            assert_null(model); /* nothing was learned */
            continue;
        }
        assert_int_equal(model->info.steps, 1);
        model_free(model);
    }
}

/* ---- a stop ---- */

typedef struct live_writes {
    counting_allocator counter;
    int64_t steps[2], live[2]; /* of the writes of a checkpoint so far */
    int count;
} live_writes;

static int stop_at_two(void *user, const cludi_progress *progress)
{
    (void)user;
    return progress->step == 2;
}

static cludi_status note_live(void *user, const checkpoint_state *checkpoint, cludi_error *error)
{
    (void)error;
    live_writes *own = user;
    assert_true(own->count < 2);
    own->steps[own->count] = checkpoint->number[STATE_DONE];
    own->live[own->count++] = own->counter.live;
    return CLUDI_OK;
}

/* The checkpoint of the end is written when the memory of the training has gone back; that of the first step is not. */
static void test_stop_frees_before_it_writes(void **state)
{
    (void)state;
    backend be;
    blobs b;
    cludi_config config = blobs_config();
    cludi_model *model;
    live_writes seen = {.count = 0};
    cludi_profile profile = {0};
    double flop = 0;
    const cludi_allocator allocator = counting_allocator_table(&seen.counter);
    const callbacks messages = {.progress = stop_at_two};
    const checkpoint_writer writer = {.every_steps = 1, .write = note_live, .user = &seen};
    config.steps = STEPS;
    blobs_fill(&b, 0.2);
    const cludi_matrix matrix = blobs_matrix(&b);
    const cludi_source X = rows_of_matrix(&matrix);
    assert_int_equal(backend_open(&be, "ref", "auto", 1, &allocator, NULL), CLUDI_OK);
    const fit_args args = {&be, &messages, 12, &X, BLOB_CLUSTERS, &config, &profile, &writer, NULL, {0}};
    assert_int_equal(fit_loop_run(&args, &model, NULL), CLUDI_STOPPED);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.steps[1], 2);
    assert_true(seen.live[1] < seen.live[0]);
    for (int i = 0; i < profile.phases; i++)
        flop += profile.phase[i].flop;
    assert_true(flop > 0); /* the profile of a stopped training is whole */
    model_free(model);
    backend_close(&be);
    assert_int_equal(seen.counter.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps), cmocka_unit_test(test_diverged),
                                       cmocka_unit_test(test_reads_that_fail),
                                       cmocka_unit_test(test_stop_frees_before_it_writes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
