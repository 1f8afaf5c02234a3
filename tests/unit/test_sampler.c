/* sampler.c: S5 as it is written, step by step in double, with the denoiser (test_denoiser.c) as a given; in particular
   the self-conditioning on the step before, the noise it asks for, that the last step returns zt, and the blocks, also those of a device. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "noise_schedule.h"
#include "step_support.h"

enum { FEATURES = 7, CLUSTERS = 4, N = 100, VIEWS = 3, ROWS = N * VIEWS, D = 5, MOST_STEPS = 8 };

/* The noise of every step, and how often each row of it was asked for. */
typedef struct tape {
    tensor eps[MOST_STEPS]; /* (B N, d) view after view */
    int asked[MOST_STEPS][ROWS];
} tape;

static void play(void *self, backend *be, tensor eps, noise_part part)
{
    tape *t = self;
    const int64_t first = part.view * N + part.first;
    assert_int_equal(eps.rows, part.count);
    for (int64_t i = 0; i < part.count; i++)
        t->asked[part.step][first + i]++;
    be->ops.copy(be, eps, backend_rows(be, t->eps[part.step], first, part.count));
}

typedef struct walk {
    step_fixture f;
    arena memory;
    denoiser_features features;
    denoiser_times times;
    denoiser_pass pass;
} walk;

static void walk_init(walk *w, const char *name, const cludi_config *config)
{
    step_fixture_init(&w->f, name, FEATURES, CLUSTERS, config);
    arena_begin(&w->memory, &w->f.be);
    for (int round = 0; round < 2; round++) {
        denoiser_features_layout(&w->features, &w->memory, &w->f.step.net, N, false);
        denoiser_times_layout(&w->times, &w->memory, &w->f.step.net, 1);
        denoiser_pass_layout(&w->pass, &w->memory, &w->f.step.net, ROWS, true);
        if (round == 0)
            assert_int_equal(arena_allocate(&w->memory, "a test", NULL), CLUDI_OK);
    }
}

/* zt(z, x, t, sc) into zt. */
static void denoise(walk *w, double *zt, const double *z, const double *sc, int32_t t, double ab, double F)
{
    const denoiser *net = &w->f.step.net;
    double input[ROWS * 2 * D], time[TIME_EMBEDDING];
    for (int r = 0; r < ROWS; r++)
        for (int j = 0; j < D; j++) {
            input[r * 2 * D + j] = sc[r * D + j];
            input[r * 2 * D + D + j] = z[r * D + j] / sqrt(ab + (1 - ab) * F * F);
        }
    noise_schedule_time(time, t);
    write_tensor(&w->f.be, w->pass.input, input);
    write_tensor(&w->f.be, w->times.table, time);
    denoiser_times_forward(net, &w->times);
    denoiser_forward(net, &w->pass, &w->times, (time_rows){0, 1}, w->features.h);
    w->f.be.ops.copy_out(&w->f.be, HOST_F64, zt, w->pass.z);
}

/* S5 from noise to zt. */
static void naive_sampler(walk *w, double *zt, const tape *noise, const double *ab, const cludi_config *config)
{
    int32_t grid[MOST_STEPS + 1];
    double z[ROWS * D], sc[ROWS * D] = {0};
    double *eps = read_tensor(&w->f.be, noise->eps[0]);
    noise_schedule_grid(grid, config->diffusion_steps, config->teacher_steps);
    for (int i = 0; i < ROWS * D; i++)
        z[i] = config->noise_scale * eps[i];
    free(eps);
    for (int32_t step = 0; step < config->teacher_steps; step++) {
        const double t = ab[grid[step]], s = ab[grid[step + 1]], var = (1 - s) / (1 - t) * (1 - t / s);
        denoise(w, zt, z, sc, grid[step], t, config->noise_scale);
        if (step + 1 == config->teacher_steps)
            break;
        eps = read_tensor(&w->f.be, noise->eps[step + 1]);
        for (int i = 0; i < ROWS * D; i++) {
            const double eps_hat = (z[i] - sqrt(t) * zt[i]) / sqrt(1 - t);
            z[i] = sqrt(s) * zt[i] + sqrt(1 - s - var) * eps_hat + sqrt(var) * config->noise_scale * eps[i];
            sc[i] = zt[i];
        }
        free(eps);
    }
}

static void check_steps(const char *name, int32_t S, int32_t T)
{
    cludi_config config = step_config();
    walk w = {0};
    static tape noise;
    sampler s = {0};
    arena a;
    static double ab[1001];
    double wanted[ROWS * D];
    config.teacher_steps = S;
    config.diffusion_steps = T;
    config.views = VIEWS;
    noise = (tape){0};
    walk_init(&w, name, &config);
    noise_schedule_fill(ab, T);
    w.f.be.threads = 3;
    w.f.be.team = team_new(3, &w.f.be.allocator);
    assert_int_equal(sampler_begin(&s, &w.f.step.net, N, VIEWS, S, NULL), CLUDI_OK);
    arena_begin(&a, &w.f.be);
    sampler_layout(&s, &a);
    assert_int_equal(arena_allocate(&a, "a test", NULL), CLUDI_OK);
    sampler_layout(&s, &a);
    assert_int_equal(sampler_init(&s, &config, ab, NULL), CLUDI_OK);
    if (w.f.be.block_rows == BACKEND_ALL_ROWS)
        assert_int_equal(s.block, ROWS); /* all views in one */
    else
        assert_true(s.block < N && N % s.block != 0); /* several blocks, the last one shorter */
    tensor x = random_tensor(&w.f.be, N, FEATURES, 50, 1);
    w.f.be.ops.copy(&w.f.be, s.x, x);
    w.f.be.ops.copy(&w.f.be, w.features.x, x);
    denoiser_features_forward(&w.f.step.net, &w.features);
    for (int i = 0; i < S; i++)
        noise.eps[i] = random_tensor(&w.f.be, ROWS, D, 60 + (uint64_t)i, 1);
    naive_sampler(&w, wanted, &noise, ab, &config);
    sampler_prepare(&s);
    sampler_run(&s, &(noise_source){play, &noise});
    for (int i = 0; i < S; i++)
        for (int r = 0; r < ROWS; r++)
            assert_int_equal(noise.asked[i][r], 1);
    double *got = read_tensor(&w.f.be, s.z);
    const double error = relative_error(got, wanted, ROWS * D);
    if (!(error <= 1e-10))
        fail_msg("S %d, T %d: relative error %g", S, T, error);
    free(got);
    for (int i = 0; i < S; i++)
        free_tensor(&w.f.be, noise.eps[i]);
    free_tensor(&w.f.be, x);
    sampler_clear(&s);
    arena_clear(&a);
    arena_clear(&w.memory);
    step_fixture_clear(&w.f);
}

static void test_steps(void **state)
{
    (void)state;
    check_steps("ref64", 1, 1000);
    check_steps("ref64", 2, 1000);
    check_steps("ref64", 8, 1000);
    check_steps("ref64", 7, 10);
    check_steps("ref64", 2, 2);
}

static void test_device(void **state)
{
    (void)state;
    check_steps("ref64 device", 1, 1000);
    check_steps("ref64 device", 8, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps), cmocka_unit_test(test_device)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
