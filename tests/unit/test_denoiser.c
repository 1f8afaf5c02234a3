/* denoiser.c: the list of tensors, and the forward pass against S3 written out row by row in double. Its backward:
   tests/grad. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "noise_schedule.h"
#include "step_support.h"

enum { FEATURES = 7, CLUSTERS = 4 };

/* ---- the list ---- */

typedef struct wanted_spec {
    const char *name;
    int64_t rows, cols;
    double deviation;
} wanted_spec;

static void test_specs(void **state)
{
    (void)state;
    const cludi_config config = step_config(); /* d 5, w 9, R 2 */
    param_spec specs[DENOISER_MAX_PARAMS];
    const wanted_spec wanted[] = {
        {"x1.weight", 9, 7, 1 / sqrt(7)},
        {"x1.bias", 1, 9, 0},
        {"x2.weight", 9, 9, 1.0 / 3},
        {"x2.bias", 1, 9, 0},
        {"zin.weight", 9, 10, 1 / sqrt(10)},
        {"zin.bias", 1, 9, 0},
        {"te.weight", 9, 128, 1 / sqrt(128)},
        {"te.bias", 1, 9, 0},
        {"ada.0.weight", 27, 9, 0},
        {"ada.0.bias", 1, 27, 0},
        {"ada.1.weight", 27, 9, 0},
        {"ada.1.bias", 1, 27, 0},
        {"f1.0.weight", 9, 9, 1.0 / 3},
        {"f1.0.bias", 1, 9, 0},
        {"f1.1.weight", 9, 9, 1.0 / 3},
        {"f1.1.bias", 1, 9, 0},
        {"f2.0.weight", 9, 9, 1.0 / 3},
        {"f2.0.bias", 1, 9, 0},
        {"f2.1.weight", 9, 9, 1.0 / 3},
        {"f2.1.bias", 1, 9, 0},
        {"out.weight", 5, 9, 1.0 / 3},
        {"out.bias", 1, 5, 0},
        {"L", 4, 5, 1},
        {"E", 4, 5, 0},
    };
    const int count = denoiser_specs(specs, FEATURES, CLUSTERS, &config);
    assert_int_equal(count, sizeof wanted / sizeof *wanted);
    for (int i = 0; i < count; i++) {
        const bool vector = strstr(wanted[i].name, "bias") != NULL, codes = strcmp(wanted[i].name, "E") == 0;
        assert_string_equal(specs[i].name, wanted[i].name);
        assert_int_equal(specs[i].rows, wanted[i].rows);
        assert_int_equal(specs[i].cols, wanted[i].cols);
        assert_true(fabs(specs[i].deviation - wanted[i].deviation) < 1e-15);
        assert_int_equal(specs[i].matrix, !vector);
        assert_int_equal(specs[i].trained, !codes);
        assert_int_equal(specs[i].unit, codes);
        const bool times = strncmp(wanted[i].name, "te.", 3) == 0 || strncmp(wanted[i].name, "ada.", 4) == 0;
        const bool inputs = strncmp(wanted[i].name, "x1.", 3) == 0 || strncmp(wanted[i].name, "zin.", 4) == 0;
        const param_products layer = inputs ? PARAM_FORWARD : PARAM_BOTH;
        assert_int_equal(specs[i].products, strstr(wanted[i].name, "weight") != NULL && !times ? layer : PARAM_FEW);
    }
}

static void test_most_blocks(void **state)
{
    (void)state;
    cludi_config config = step_config();
    param_spec specs[DENOISER_MAX_PARAMS];
    config.blocks = DENOISER_MAX_BLOCKS;
    assert_int_equal(denoiser_specs(specs, FEATURES, CLUSTERS, &config), 12 + 6 * DENOISER_MAX_BLOCKS);
    assert_true(12 + 6 * DENOISER_MAX_BLOCKS <= DENOISER_MAX_PARAMS);
    assert_string_equal(specs[8 + 2 * 15].name, "ada.15.weight");
}

/* ---- S3, one row at a time ---- */

enum { MOST = 64 };

static void add_layer(step_fixture *f, const char *name, const double *x, double *y)
{
    char full[32];
    for (int part = 0; part < 2; part++) {
        int i = 0;
        snprintf(full, sizeof full, "%s.%s", name, part ? "bias" : "weight");
        while (strcmp(f->specs[i].name, full) != 0)
            i++;
        double *W = read_tensor(&f->be, f->step.params.items[i].value);
        for (int64_t o = 0; o < (part ? f->specs[i].cols : f->specs[i].rows); o++) {
            if (part)
                y[o] += W[o];
            else
                for (int64_t j = 0; j < f->specs[i].cols; j++)
                    y[o] = (j ? y[o] : 0) + W[o * f->specs[i].cols + j] * x[j];
        }
        free(W);
    }
}

static void silu(double *x, int count)
{
    for (int i = 0; i < count; i++)
        x[i] = x[i] / (1 + exp(-x[i]));
}

/* LN(v) without affine, eps 1e-5 */
static void layer_norm(double *u, const double *v, int w)
{
    double mean = 0, variance = 0;
    for (int i = 0; i < w; i++)
        mean += v[i] / w;
    for (int i = 0; i < w; i++)
        variance += (v[i] - mean) * (v[i] - mean) / w;
    for (int i = 0; i < w; i++)
        u[i] = (v[i] - mean) / sqrt(variance + 1e-5);
}

static void naive_block(step_fixture *f, int index, const double *e, double *v)
{
    const int w = f->step.net.w;
    double m[3 * MOST], u[MOST], hidden[MOST], o[MOST];
    char name[16];
    snprintf(name, sizeof name, "ada.%d", index);
    add_layer(f, name, e, m);
    layer_norm(u, v, w);
    for (int i = 0; i < w; i++)
        u[i] = u[i] * (1 + m[i]) + m[w + i];
    snprintf(name, sizeof name, "f1.%d", index);
    add_layer(f, name, u, hidden);
    silu(hidden, w);
    snprintf(name, sizeof name, "f2.%d", index);
    add_layer(f, name, hidden, o);
    for (int i = 0; i < w; i++)
        v[i] += (1 + m[2 * w + i]) * o[i];
}

/* zt of one row: x of norm sqrt(n), input = [sc ; scaled z_t], time t. */
static void naive_denoiser(step_fixture *f, const double *x, const double *input, double t, double *zt)
{
    const int w = f->step.net.w, d = f->step.net.d;
    double a[MOST], h[MOST], v[MOST], e[MOST], u[MOST], time[TIME_EMBEDDING], square = 0;
    add_layer(f, "x1", x, a);
    silu(a, w);
    add_layer(f, "x2", a, h);
    noise_schedule_time(time, t);
    add_layer(f, "te", time, e);
    silu(e, w);
    add_layer(f, "zin", input, v);
    for (int i = 0; i < w; i++)
        v[i] += h[i];
    for (int i = 0; i < f->step.net.R; i++)
        naive_block(f, i, e, v);
    layer_norm(u, v, w);
    add_layer(f, "out", u, zt);
    for (int i = 0; i < d; i++)
        square += zt[i] * zt[i];
    for (int i = 0; i < d; i++)
        zt[i] *= sqrt(d / square);
}

/* ---- the comparison ---- */

/* One pass of `rows` rows at the given times; h for each row, or for N rows and repeated. */
static void check_forward(step_fixture *f, bool training, bool repeated)
{
    static const double TIMES[3] = {1000, 371, 1};
    const denoiser *net = &f->step.net;
    backend *be = &f->be;
    const int64_t N = 4, rows = 3 * N;
    arena a;
    denoiser_features features = {0};
    denoiser_times times = {0};
    denoiser_pass pass = {0};
    arena_begin(&a, be);
    for (int round = 0; round < 2; round++) {
        denoiser_features_layout(&features, &a, net, repeated ? N : rows, training);
        denoiser_times_layout(&times, &a, net, 5);
        denoiser_pass_layout(&pass, &a, net, rows, training);
        if (round == 0)
            assert_int_equal(arena_allocate(&a, "a test", NULL), CLUDI_OK);
    }
    tensor x = random_tensor(be, features.x.rows, net->n, 1, 1), input = random_tensor(be, rows, 2 * net->d, 2, 1);
    be->ops.copy(be, features.x, x);
    be->ops.copy(be, pass.input, input);
    be->ops.zero(be, times.table);
    for (int i = 0; i < 3; i++) { /* the pass uses rows 1, 2, 3 of the table */
        double time[TIME_EMBEDDING];
        noise_schedule_time(time, TIMES[i]);
        write_tensor(be, backend_rows(be, times.table, 1 + i, 1), time);
    }
    denoiser_features_forward(net, &features);
    denoiser_times_forward(net, &times);
    denoiser_forward(net, &pass, &times, (time_rows){1, 3}, features.h);
    double *got = read_tensor(be, pass.z), *xs = read_tensor(be, x), *inputs = read_tensor(be, input);
    for (int64_t r = 0; r < rows; r++) {
        double zt[MOST];
        const int64_t row = repeated ? r % N : r;
        naive_denoiser(f, xs + row * net->n, inputs + r * 2 * net->d, TIMES[r / N], zt);
        const double error = relative_error(got + r * net->d, zt, net->d);
        if (!(error <= 1e-12))
            fail_msg("row %d: relative error %g", (int)r, error);
    }
    free(got);
    free(xs);
    free(inputs);
    free_tensor(be, x);
    free_tensor(be, input);
    arena_clear(&a);
}

static void test_forward(void **state)
{
    (void)state;
    for (int32_t R = 0; R <= 3; R++)
        for (int kind = 0; kind < 4; kind++) {
            cludi_config config = step_config();
            step_fixture f;
            config.blocks = R;
            step_fixture_init(&f, "ref64", FEATURES, CLUSTERS, &config);
            check_forward(&f, kind % 2, kind / 2);
            step_fixture_clear(&f);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_specs),
        cmocka_unit_test(test_most_blocks),
        cmocka_unit_test(test_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
