/* trainer.c: a run is the steps of train_step.c on the rows of row_order.c with the seed's noise and the schedule's rate,
   to the bit; and a run that blows up says so. */
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "lr_schedule.h"
#include "model.h"
#include "row_order.h"
#include "rows.h"
#include "step_support.h"
#include "trainer.h"

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
static void by_hand(backend *be, const trainer_args *args, double loss[STEPS], float *values)
{
    param_spec specs[DENOISER_MAX_PARAMS];
    const cludi_config *config = args->config;
    float batch[16 * BLOB_COLS];
    row_order order;
    train_step s;
    const int count = denoiser_specs(specs, BLOB_COLS, args->clusters, config);
    const train_shape shape = {.n = BLOB_COLS, .K = args->clusters, .specs = specs, .count = count};
    assert_int_equal(train_step_init(&s, be, &shape, config, NULL), CLUDI_OK);
    assert_int_equal(row_order_init(&order, &be->allocator, args->X, args->seed, NULL), CLUDI_OK);
    param_specs_initialize(specs, count, args->seed, values);
    param_set_copy_in(&s.params, HOST_F32, values);
    for (int64_t step = 0; step < STEPS; step++) {
        train_loss now;
        for (int i = 0; i < 16; i++)
            rows_gather(batch + i * BLOB_COLS, args->X, row_order_next(&order));
        be->ops.copy_in(be, s.x, HOST_F32, batch);
        be->ops.unit_rows(be, s.x, s.x, 1);
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
    const messenger messages = {.progress = note_loss, .progress_user = &seen};
    config.steps = STEPS;
    config.warmup = 2;
    blobs_fill(&b, 0.2);
    const cludi_matrix X = blobs_matrix(&b);
    open_backend(&be, "ref", 1);
    const trainer_args args = {&be, &messages, 12, &X, BLOB_CLUSTERS, &config};
    assert_int_equal(trainer_run(&args, &model, NULL), CLUDI_OK);
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
        const messenger messages = {.progress = NULL};
        config.steps = LENGTHS[i];
        config.warmup = 0;
        config.lr = 1e40;
        blobs_fill(&b, 0.2);
        const cludi_matrix X = blobs_matrix(&b);
        open_backend(&be, "ref", 1);
        const trainer_args args = {&be, &messages, 12, &X, BLOB_CLUSTERS, &config};
        assert_int_equal(trainer_run(&args, &model, &error), CLUDI_ERROR_DIVERGED);
        assert_int_equal(error.status, CLUDI_ERROR_DIVERGED);
        assert_non_null(strstr(error.message, "not finite"));
        assert_null(model);
        backend_close(&be);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps), cmocka_unit_test(test_diverged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
