/* param_set.c: initial values, the flat order, and the optimizer step: clipping tensor by tensor, decay on matrices
   only, AdamW. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "param_set.h"
#include "tensor_support.h"

enum { COUNT = 4, TOTAL = 300 * 50 + 50 + 7 * 3 + 2 * 5 };

static const param_spec SPECS[COUNT] = {
    {"matrix", 300, 50, true, true, PARAM_FORWARD, 0.5, false},
    {"vector", 1, 50, false, true, PARAM_FEW, 0, false},
    {"fixed", 7, 3, true, false, PARAM_FEW, 0, true},
    {"small", 2, 5, true, true, PARAM_BOTH, 3, false},
};
static const int64_t STARTS[COUNT] = {0, 300 * 50, 300 * 50 + 50, 300 * 50 + 50 + 7 * 3};

static void test_initial_values(void **state)
{
    (void)state;
    backend be;
    static float flat[TOTAL], again[TOTAL];
    double sum = 0, square = 0;
    open_backend(&be, "ref", 2);
    assert_int_equal(param_specs_total(SPECS, COUNT), TOTAL);
    param_specs_initialize(&be, SPECS, COUNT, 9, flat);
    for (int i = 0; i < 300 * 50; i++) {
        sum += (double)flat[i];
        square += (double)flat[i] * (double)flat[i];
    }
    assert_true(fabs(sum / 15000) < 5 * 0.5 / sqrt(15000));
    assert_true(fabs(square / 15000 - 0.25) < 5 * 0.25 * sqrt(2.0 / 15000));
    for (int i = 0; i < 50; i++)
        assert_true(flat[STARTS[1] + i] == 0);
    for (int r = 0; r < 7; r++) {
        const float *row = flat + STARTS[2] + 3 * r;
        const double norm =
            (double)row[0] * (double)row[0] + (double)row[1] * (double)row[1] + (double)row[2] * (double)row[2];
        assert_true(fabs(norm - 1) < 1e-6);
    }
    float normals[5]; /* stream (seed, RNG_INIT, index of the tensor), row by row */
    rng_normal((rng_stream){9, RNG_INIT, 3}, 1, normals, 5);
    for (int j = 0; j < 5; j++)
        assert_true(flat[STARTS[3] + 5 + j] == (float)(3 * (double)normals[j]));
    param_specs_initialize(&be, SPECS, COUNT, 10, again);
    assert_memory_not_equal(flat, again, sizeof flat);
    backend_close(&be);
}

static void test_flat_order(void **state)
{
    (void)state;
    backend be;
    param_set set;
    static float flat[TOTAL], back[TOTAL];
    static double wide[TOTAL];
    open_backend(&be, "ref", 1);
    param_specs_initialize(&be, SPECS, COUNT, 1, flat);
    assert_int_equal(param_set_init(&set, &be, SPECS, COUNT, false, NULL), CLUDI_OK);
    param_set_copy_in(&set, HOST_F32, flat);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(set.items[i].value.rows, SPECS[i].rows);
        assert_int_equal(set.items[i].value.cols, SPECS[i].cols);
        assert_true(get_element(&be, set.items[i].value, 4) == (double)flat[STARTS[i] + 4]);
        assert_null(set.items[i].gradient.data); /* not for training */
    }
    assert_int_equal(set.both, 1);
    assert_ptr_equal(set.prepared[0].data, set.items[3].value.data);
    assert_int_equal(set.forward, 1);
    assert_ptr_equal(set.prepared[1].data, set.items[0].value.data);
    param_set_copy_out(&set, HOST_F32, back);
    assert_memory_equal(flat, back, sizeof flat);
    param_set_copy_out(&set, HOST_F64, wide);
    for (int i = 0; i < TOTAL; i++)
        assert_true(wide[i] == (double)flat[i]);
    memset(back, 0, sizeof back);
    param_set_copy_in(&set, HOST_F64, wide);
    param_set_copy_out(&set, HOST_F32, back);
    assert_memory_equal(flat, back, sizeof flat);
    param_set_clear(&set);
    param_set_clear(&set);
    backend_close(&be);
}

/* ---- the optimizer, written out again for one tensor ---- */

typedef struct moments {
    double p, m, v;
} moments;

static void adamw_once(moments *x, double g, double shrink, double decay, const adamw_args *a)
{
    g *= shrink;
    x->p *= 1 - a->lr * decay;
    x->m = a->beta1 * x->m + (1 - a->beta1) * g;
    x->v = a->beta2 * x->v + (1 - a->beta2) * g * g;
    const double mean = x->m / (1 - pow(a->beta1, (double)a->step));
    const double deviation = sqrt(x->v / (1 - pow(a->beta2, (double)a->step)));
    x->p -= a->lr * mean / (deviation + a->epsilon);
}

static double clip_factor(const double *g, int64_t count, double clip)
{
    double square = 0;
    for (int64_t i = 0; i < count; i++)
        square += g[i] * g[i];
    return fmin(1, clip / (sqrt(square) + 1e-6)); /* as torch.nn.utils.clip_grad_norm_ */
}

/* Three steps with other gradients each; the large tensor is clipped, the others are not. */
static void test_update(void **state)
{
    (void)state;
    backend be;
    param_set set;
    static float flat[TOTAL];
    static moments wanted[TOTAL];
    open_backend(&be, "ref64", 1);
    param_specs_initialize(&be, SPECS, COUNT, 1, flat);
    assert_int_equal(param_set_init(&set, &be, SPECS, COUNT, true, NULL), CLUDI_OK);
    param_set_copy_in(&set, HOST_F32, flat);
    for (int i = 0; i < TOTAL; i++)
        wanted[i] = (moments){(double)flat[i], 0, 0};
    for (int64_t step = 1; step <= 3; step++) {
        const adamw_args args = {1e-2, 0.1, 0.9, 0.98, 1e-8, 30, step};
        for (int i = 0; i < COUNT; i++) {
            if (!SPECS[i].trained)
                continue;
            const tensor gradient = set.items[i].gradient;
            const int64_t size = gradient.rows * gradient.cols;
            tensor drawn = random_tensor(&be, gradient.rows, gradient.cols, (uint64_t)(step * 10 + i), 1);
            double *g = read_tensor(&be, drawn);
            be.ops.copy(&be, gradient, drawn);
            const double shrink = clip_factor(g, size, args.clip);
            assert_true(i == 0 ? shrink < 0.5 : shrink == 1);
            for (int64_t j = 0; j < size; j++)
                adamw_once(&wanted[STARTS[i] + j], g[j], shrink, SPECS[i].matrix ? 0.1 : 0, &args);
            free(g);
            free_tensor(&be, drawn);
        }
        param_set_update(&set, &args);
    }
    double *got = malloc(TOTAL * sizeof *got);
    assert_non_null(got);
    param_set_copy_out(&set, HOST_F64, got);
    for (int i = 0; i < TOTAL; i++)
        if (!(fabs(got[i] - wanted[i].p) <= 1e-12 * (1 + fabs(wanted[i].p))))
            fail_msg("number %d is %.17g, wanted %.17g", i, got[i], wanted[i].p);
    for (int i = 0; i < 7 * 3; i++)
        assert_true(got[STARTS[2] + i] == (double)flat[STARTS[2] + i]); /* not trained */
    free(got);
    param_set_clear(&set);
    backend_close(&be);
}

/* gradient_all covers every gradient, and nothing else. */
static void test_gradient_all(void **state)
{
    (void)state;
    backend be;
    param_set set;
    open_backend(&be, "ref", 1);
    assert_int_equal(param_set_init(&set, &be, SPECS, COUNT, true, NULL), CLUDI_OK);
    assert_null(set.items[2].gradient.data); /* not trained */
    assert_true(dot_tensors(&be, set.gradient_all, set.gradient_all) == 0);
    for (int i = 0; i < COUNT; i++)
        if (SPECS[i].trained)
            set_element(&be, set.items[i].gradient, SPECS[i].rows * SPECS[i].cols - 1, i + 1);
    assert_true(dot_tensors(&be, set.gradient_all, set.gradient_all) == 1 + 4 + 16);
    be.ops.zero(&be, set.gradient_all);
    for (int i = 0; i < COUNT; i++)
        if (SPECS[i].trained)
            assert_true(dot_tensors(&be, set.items[i].gradient, set.items[i].gradient) == 0);
    param_set_clear(&set);
    backend_close(&be);
}

/* Moments go out and in again, tensor by tensor; what is not trained has none. */
static void test_moments(void **state)
{
    (void)state;
    backend be;
    param_set set;
    static float m[TOTAL], v[TOTAL], m_again[TOTAL], v_again[TOTAL];
    open_backend(&be, "ref", 1);
    assert_int_equal(param_set_init(&set, &be, SPECS, COUNT, true, NULL), CLUDI_OK);
    for (int i = 0; i < TOTAL; i++) {
        const bool fixed = i >= STARTS[2] && i < STARTS[3];
        m[i] = fixed ? 0 : (float)i;
        v[i] = fixed ? 0 : (float)(2 * i + 1);
    }
    param_set_moments_in(&set, HOST_F32, m, v);
    param_set_moments_out(&set, HOST_F32, m_again, v_again);
    assert_memory_equal(m, m_again, sizeof m);
    assert_memory_equal(v, v_again, sizeof v);
    be.ops.copy_out(&be, HOST_F32, m_again, set.items[3].m);
    assert_true(m_again[0] == (float)STARTS[3]);
    param_set_clear(&set);
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments), cmocka_unit_test(test_initial_values), cmocka_unit_test(test_flat_order),
        cmocka_unit_test(test_update),  cmocka_unit_test(test_gradient_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
