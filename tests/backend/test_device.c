/* What a device needs of the code above it: few large operations in a step, which has the same loss and gradients, and host work
   that leaves for_each alone. */
#include <stdlib.h>

#include "average.h"
#include "cmocka_all.h"
#include "rows.h"
#include "silhouette.h"
#include "step_support.h"

enum { FEATURES = 7, CLUSTERS = 4, N = 130, VIEWS = 3, STEPS = 4 };

/* ---- a step ---- */

static backend_ops plain;
static int64_t products;

static void count_product(backend *be, tensor y, tensor pre, tensor x, tensor W, tensor b)
{
    products++;
    plain.linear_silu(be, y, pre, x, W, b);
}

/* Loss and gradients of a step at the fixture's weights and noise; how often it called linear_silu. */
static double *run_step(const char *name, train_loss *loss, int64_t *count)
{
    cludi_config config = step_config();
    step_fixture f;
    config.batch_size = N;
    config.views = VIEWS;
    config.teacher_steps = STEPS;
    step_fixture_init(&f, name, FEATURES, CLUSTERS, &config);
    plain = f.be.ops;
    products = 0;
    f.be.ops.linear_silu = count_product;
    for (int i = 0; i < f.step.teacher.workers; i++)
        f.step.teacher.team[i].be.ops.linear_silu = count_product;
    assert_int_equal(train_step_gradient(&f.step, loss, NULL), CLUDI_OK);
    double *gradient = read_tensor(&f.be, f.step.params.gradient_all);
    *count = products;
    step_fixture_clear(&f);
    return gradient;
}

static int64_t parameters(void)
{
    cludi_config config = step_config();
    param_spec specs[DENOISER_MAX_PARAMS];
    config.batch_size = N;
    return param_specs_total(specs, denoiser_specs(specs, FEATURES, CLUSTERS, &config));
}

static void test_step(void **state)
{
    train_loss cpu, device;
    int64_t many, few;
    (void)state;
    double *wanted = run_step("ref64", &cpu, &many), *got = run_step("ref64 device", &device, &few);
    assert_true(relative_error(&device.total, &cpu.total, 1) <= 1e-12);
    assert_true(relative_error(got, wanted, parameters()) <= 1e-10);
    /* the times twice; features once, and the residual blocks for each of STEPS, at once for all views */
    const int64_t R = 2, teacher = 1 + 1 + STEPS * R, student = 1 + VIEWS * (1 + 2 * R);
    assert_in_range(few, teacher + 1, teacher + student);
    assert_true(many > 3 * few);
    free(wanted);
    free(got);
}

/* ---- host work ---- */

static void refuse(backend *be, int64_t tasks, backend_task *task, void *self)
{
    (void)be;
    (void)task;
    (void)self;
    fail_msg("host work asks the backend for %d tasks", (int)tasks);
}

static void count_task(void *self, int worker, int64_t index)
{
    (void)worker;
    ((int *)self)[index]++;
}

static void test_host_work(void **state)
{
    enum { ROWS = 40, TASKS = 100 };
    static int counts[TASKS];
    float rows[ROWS * FEATURES], out[ROWS * FEATURES];
    int32_t neighbors[ROWS], labels[ROWS];
    float similarity[ROWS];
    double mean;
    backend be;
    (void)state;
    open_backend(&be, "ref device", 3);
    be.ops.for_each = refuse;
    assert_int_equal(backend_workers(&be), 1);
    for (int i = 0; i < ROWS; i++) {
        rng_normal((rng_stream){4, RNG_INIT, 0}, (uint64_t)i, rows + i * FEATURES, FEATURES);
        neighbors[i] = (i + 1) % ROWS;
        similarity[i] = 0.5F;
        labels[i] = i % 2;
    }
    const cludi_matrix X = {rows, ROWS, FEATURES, FEATURES};
    const neighbor_graph graph = {.rows = ROWS, .degree = 1, .neighbor = neighbors, .similarity = similarity};
    host_each(&be, TASKS, count_task, counts);
    for (int i = 0; i < TASKS; i++)
        assert_int_equal(counts[i], 1);
    graph_average(&be, &X, &graph, 1, out);
    assert_int_equal(silhouette_mean(&be, &X, labels, 0, 0, &mean, NULL), CLUDI_OK);
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_step), cmocka_unit_test(test_host_work)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
