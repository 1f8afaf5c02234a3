/* The numbers of the PyTorch oracle: with its parameters and its noise, every backend must give its outputs, losses,
   gradients and ten optimizer steps. oracle.safetensors was written by

     tests/golden/make_oracle.py PATH/TO/cludi_reference.py tests/golden/oracle.safetensors

   and holds inputs, noise and results (d 8, w 24, R 2, B 3, N 20, S 4, n 12, K 5). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "golden_file.h"
#include "lr_schedule.h"
#include "noise_schedule.h"
#include "step.h"

enum { N = 20, B = 3, n = 12, K = 5, S = 4, d = 8, w = 24, MOST = 4 * 3 * 20 * 24 };

static golden_file oracle;

/* Largest relative distances allowed: float32 backends to rounding, the double precision one to nearly nothing. */
typedef struct bounds {
    const char *backend;
    double forward, gradient, loss, trained;
} bounds;

static bounds ref = {"ref", 1e-5, 1e-4, 1e-3, 1e-3}, ref64 = {"ref64", 1e-11, 1e-10, 1e-9, 1e-9};
#ifdef CLUDI_WITH_ONEDNN
static bounds onednn = {"onednn", 1e-5, 1e-4, 1e-3, 1e-3};
#endif

typedef struct bench {
    backend be;
    cludi_allocator allocator;
    param_spec specs[DENOISER_MAX_PARAMS];
    int count;
    train_step step;
    double teacher[S * B * N * d];
    double spare[MOST];
} bench;

/* The largest distances seen on the running backend. */
static bounds seen;

static void note(double *largest, double distance)
{
    *largest = distance > *largest ? distance : *largest;
}

/* ---- set-up ---- */

static void recorded_noise(void *self, backend *be, tensor eps, noise_part part)
{
    const bench *b = self;
    be->ops.copy_in(be, eps, HOST_F64, b->teacher + ((part.step * B + part.view) * N + part.first) * d);
}

static void load_tensor(bench *b, tensor to, const char *format, const char *name)
{
    char full[64];
    snprintf(full, sizeof full, format, name);
    golden_read(&oracle, full, b->spare, to.rows * to.cols);
    b->be.ops.copy_in(&b->be, to, HOST_F64, b->spare);
}

/* prefix: "noise/%s" or "steps/3/noise/%s" */
static void load_noise(bench *b, const char *prefix)
{
    train_noise *z = &b->step.noise;
    char full[64];
    double times[B], coin;
    load_tensor(b, z->drop, prefix, "drop");
    load_tensor(b, z->gauss, prefix, "gauss");
    load_tensor(b, z->variance, prefix, "var");
    load_tensor(b, z->forward, prefix, "zt");
    load_tensor(b, z->keep, prefix, "keep");
    snprintf(full, sizeof full, prefix, "teacher");
    golden_read(&oracle, full, b->teacher, S * B * N * d);
    snprintf(full, sizeof full, prefix, "t");
    golden_read(&oracle, full, times, B);
    snprintf(full, sizeof full, prefix, "self_cond");
    golden_read(&oracle, full, &coin, 1);
    for (int i = 0; i < B; i++)
        z->t[i] = (int32_t)times[i];
    z->self_condition = coin < 0.5;
}

static void load_params(bench *b)
{
    for (int i = 0; i < b->count; i++)
        load_tensor(b, b->step.params.items[i].value, "param/%s", b->specs[i].name);
}

static void set_up(bench *b, const char *backend_name, const char *variant)
{
    cludi_config config;
    cludi_error error;
    cludi_config_init(&config);
    config.embedding_dim = d;
    config.hidden_dim = w;
    config.views = B;
    config.batch_size = N;
    config.teacher_steps = S;
    if (strcmp(variant, "paper") == 0) {
        config.view_pairing = CLUDI_VIEW_PAIRING_SAME;
        config.column_scope = CLUDI_COLUMN_SCOPE_BATCH;
        config.embedding_loss = CLUDI_EMBEDDING_DIRECT;
        config.logits = CLUDI_LOGITS_LINEAR;
    }
    if (strcmp(variant, "snr_min") == 0)
        config.snr_weight = CLUDI_SNR_MIN;
    b->allocator = alloc_system();
    assert_int_equal(backend_open(&b->be, backend_name, "f32", 2, &b->allocator, &error), CLUDI_OK);
    b->count = denoiser_specs(b->specs, n, K, &config);
    const train_shape shape = {.n = n, .K = K, .specs = b->specs, .count = b->count};
    assert_int_equal(train_step_init(&b->step, &b->be, &shape, &config, &error), CLUDI_OK);
    b->step.noise.teacher = (noise_source){recorded_noise, b};
    load_params(b);
    load_tensor(b, b->step.x, "%s", "x");
    train_step_same_views(&b->step);
}

static void tear_down(bench *b)
{
    train_step_clear(&b->step);
    backend_close(&b->be);
}

/* ---- comparison ---- */

/* Norm of the difference over the norm of what is wanted. */
static double distance(const double *got, const double *wanted, int64_t count)
{
    double difference = 0, norm = 0;
    for (int64_t i = 0; i < count; i++) {
        difference += (got[i] - wanted[i]) * (got[i] - wanted[i]);
        norm += wanted[i] * wanted[i];
    }
    return norm > 0 ? sqrt(difference / norm) : sqrt(difference);
}

static void expect(bench *b, tensor got, const char *name, double bound, double *largest)
{
    const int64_t count = got.rows * got.cols;
    double *numbers = malloc((size_t)count * 2 * sizeof *numbers);
    assert_non_null(numbers);
    b->be.ops.copy_out(&b->be, HOST_F64, numbers, got);
    golden_read(&oracle, name, numbers + count, count);
    const double apart = distance(numbers, numbers + count, count);
    free(numbers);
    note(largest, apart);
    if (!(apart <= bound))
        fail_msg("%s on %s: relative distance %.3g, wanted at most %.3g", name, b->be.ops.name, apart, bound);
}

static void expect_loss(const char *name, int row, train_loss loss, double bound, double *largest)
{
    double all[30];
    const double got[3] = {loss.total, loss.embedding, loss.classes};
    golden_read(&oracle, name, all, row < 0 ? 3 : 30);
    const double *wanted = all + (row < 0 ? 0 : 3 * row);
    for (int i = 0; i < 3; i++)
        note(largest, fabs(got[i] - wanted[i]) / fabs(wanted[i]));
    for (int i = 0; i < 3; i++)
        if (!(fabs(got[i] - wanted[i]) <= bound * fabs(wanted[i])))
            fail_msg("%s, row %d, part %d: got %.9g, wanted %.9g", name, row, i, got[i], wanted[i]);
}

/* ---- tests ---- */

static void check_variant(const bounds *most, const char *variant)
{
    bench *b = calloc(1, sizeof *b);
    train_loss loss;
    char name[64];
    assert_non_null(b);
    set_up(b, most->backend, variant);
    load_noise(b, "noise/%s");
    assert_int_equal(train_step_gradient(&b->step, &loss, NULL), CLUDI_OK);
    expect(b, b->step.teacher.z, "teacher_z", most->forward, &seen.forward);
    if (strcmp(variant, "paper") != 0)
        expect(b, b->step.teacher_head.l, "teacher_logits", most->forward, &seen.forward);
    snprintf(name, sizeof name, "loss/%s", variant);
    expect_loss(name, -1, loss, most->forward, &seen.forward);
    for (int i = 0; i < b->count; i++) {
        snprintf(name, sizeof name, "grad/%s/%s", variant, b->specs[i].name);
        if (b->specs[i].trained)
            expect(b, b->step.params.items[i].gradient, name, most->gradient, &seen.gradient);
    }
    tear_down(b);
    free(b);
}

static void check_ten_steps(const bounds *most)
{
    bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    set_up(b, most->backend, "default");
    for (int i = 0; i < 10; i++) {
        char prefix[64];
        train_loss loss;
        snprintf(prefix, sizeof prefix, "steps/%d/noise/%%s", i);
        load_noise(b, prefix);
        assert_int_equal(train_step_gradient(&b->step, &loss, NULL), CLUDI_OK);
        expect_loss("steps/loss", i, loss, most->loss, &seen.loss);
        train_step_update(&b->step, b->step.config.lr, i + 1);
    }
    for (int i = 0; i < b->count; i++) {
        char name[64];
        snprintf(name, sizeof name, "steps/param/%s", b->specs[i].name);
        expect(b, b->step.params.items[i].value, name, most->trained, &seen.trained);
    }
    tear_down(b);
    free(b);
}

static void test_default(void **state)
{
    check_variant(*state, "default");
}

static void test_paper(void **state)
{
    check_variant(*state, "paper");
}

static void test_snr_min(void **state)
{
    check_variant(*state, "snr_min");
}

/* The last test of a backend: it also prints how far apart things were. */
static void test_ten_steps(void **state)
{
    const bounds *most = *state;
    check_ten_steps(most);
    print_message("golden, %s: largest relative distances: forward %.1e, gradients %.1e, losses of ten steps %.1e, "
                  "parameters after them %.1e\n",
                  most->backend, seen.forward, seen.gradient, seen.loss, seen.trained);
    seen = (bounds){0};
}

static void test_schedule(void **state)
{
    (void)state;
    double ab[1001], wanted[1001], grid_wanted[5];
    int32_t grid[5];
    noise_schedule_fill(ab, 1000);
    golden_read(&oracle, "alpha_bar", wanted, 1001);
    for (int t = 0; t <= 1000; t++)
        assert_true(fabs(ab[t] - wanted[t]) <= 1e-12 * wanted[t]);
    noise_schedule_grid(grid, 1000, 4);
    golden_read(&oracle, "time_grid_4", grid_wanted, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(grid[i], (int32_t)grid_wanted[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schedule),
        cmocka_unit_test_prestate(test_default, &ref),
        cmocka_unit_test_prestate(test_paper, &ref),
        cmocka_unit_test_prestate(test_snr_min, &ref),
        cmocka_unit_test_prestate(test_ten_steps, &ref),
        cmocka_unit_test_prestate(test_default, &ref64),
        cmocka_unit_test_prestate(test_paper, &ref64),
        cmocka_unit_test_prestate(test_snr_min, &ref64),
        cmocka_unit_test_prestate(test_ten_steps, &ref64),
#ifdef CLUDI_WITH_ONEDNN
        cmocka_unit_test_prestate(test_default, &onednn),
        cmocka_unit_test_prestate(test_paper, &onednn),
        cmocka_unit_test_prestate(test_snr_min, &onednn),
        cmocka_unit_test_prestate(test_ten_steps, &onednn),
#endif
    };
    golden_open(&oracle, GOLDEN_ORACLE);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    golden_close(&oracle);
    return failures;
}
