/* Three steps of turtle on the numbers of turtle.safetensors, which tests/golden/make_turtle.py has from automatic differentiation in
   double: the classifiers that were trained, the loss, the gradient of the labeling, and the labeling in the end, on every backend, for
   one space of features and for two. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "golden_file.h"
#include "tensor_support.h"
#include "turtle_step.h"

enum { ROWS = 12, FEATURES = 4, CLUSTERS = 3, STEPS = 3, MOST = ROWS * FEATURES };

static golden_file oracle;

typedef struct scene {
    backend be;
    turtle_step step;
    const char *name; /* in the file */
    double most;      /* largest relative distance allowed */
} scene;

__attribute__((format(printf, 3, 4))) static void read(double *out, int64_t count, const char *format, ...)
{
    char name[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    golden_read(&oracle, name, out, count);
}

static void put(scene *s, tensor to, const double *numbers)
{
    s->be.ops.copy_in(&s->be, to, HOST_F64, numbers);
}

static void expect(scene *s, tensor got, const double *wanted, const char *what, int step)
{
    double *numbers = read_tensor(&s->be, got);
    const double error = relative_error(numbers, wanted, got.rows * got.cols);
    if (!(error <= s->most))
        fail_msg("%s, %s: %s of step %d: relative error %g", s->be.ops.name, s->name, what, step, error);
    free(numbers);
}

static void put_labeling(scene *s, int i)
{
    const turtle_space *space = &s->step.space[i];
    double v[MOST], length[CLUSTERS] = {0};
    read(v, CLUSTERS * FEATURES, "first.%d.direction", i);
    put(s, space->v->value, v);
    for (int k = 0; k < CLUSTERS; k++) {
        for (int j = 0; j < FEATURES; j++)
            length[k] += v[k * FEATURES + j] * v[k * FEATURES + j];
        length[k] = sqrt(length[k]);
    }
    put(s, space->g->value, length);
    read(v, CLUSTERS, "first.%d.bias", i);
    put(s, space->b->value, v);
}

static void begin(scene *s, const char *backend_name, int spaces)
{
    double x[MOST];
    open_backend(&s->be, backend_name, 2);
    s->step = (turtle_step){.be = &s->be, .N = ROWS, .K = CLUSTERS, .spaces = spaces, .inner = 2, .rate = 1e-2};
    for (int i = 0; i < spaces; i++)
        s->step.space[i].n = FEATURES;
    assert_int_equal(turtle_step_init(&s->step, NULL), CLUDI_OK);
    for (int i = 0; i < spaces; i++) {
        read(x, ROWS * FEATURES, "rows.%d", i);
        put(s, s->step.space[i].x, x);
        put_labeling(s, i);
    }
}

static void put_classifiers(scene *s, int step)
{
    for (int i = 0; i < s->step.spaces; i++) {
        const linear_layer *layer = &s->step.space[i].classifier;
        double numbers[MOST];
        read(numbers, CLUSTERS * FEATURES, "classifier.%d.%d.weight", step, i);
        put(s, layer->W, numbers);
        read(numbers, CLUSTERS, "classifier.%d.%d.bias", step, i);
        put(s, layer->b, numbers);
    }
}

static void expect_loss(const scene *s, int step)
{
    double losses[4]; /* of the two inner steps; cross-entropy, entropy */
    read(losses, 4, "%s.%d.losses", s->name, step);
    const double wanted = losses[2] - 10 * losses[3], got = get_element(s->step.be, s->step.loss, 0);
    if (!(fabs(got - wanted) <= s->most * fabs(wanted)))
        fail_msg("%s, %s: the loss of step %d is %.15g, not %.15g", s->be.ops.name, s->name, step, got, wanted);
}

static void expect_step(scene *s, int step)
{
    expect_loss(s, step);
    for (int i = 0; i < s->step.spaces; i++) {
        const turtle_space *space = &s->step.space[i];
        const struct {
            const char *kind, *part;
            tensor got;
        } wanted[] = {{"classifier", "weight", space->classifier.W},
                      {"classifier", "bias", space->classifier.b},
                      {"gradient", "direction", space->v->gradient},
                      {"gradient", "length", space->g->gradient},
                      {"gradient", "bias", space->b->gradient}};
        for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++) {
            double numbers[MOST];
            read(numbers, wanted[j].got.rows * wanted[j].got.cols, "%s.%d.%s.%d.%s", s->name, step, wanted[j].kind, i,
                 wanted[j].part);
            expect(s, wanted[j].got, numbers, wanted[j].part, step);
        }
    }
}

static void expect_end(scene *s)
{
    float values[2 * (CLUSTERS * FEATURES + CLUSTERS)], *at = values;
    turtle_step_copy_out(&s->step, values);
    for (int i = 0; i < s->step.spaces; i++) {
        double weight[MOST], bias[CLUSTERS];
        read(weight, CLUSTERS * FEATURES, "%s.end.%d.weight", s->name, i);
        read(bias, CLUSTERS, "%s.end.%d.bias", s->name, i);
        expect(s, s->step.space[i].weight, weight, "weight", STEPS);
        expect(s, s->step.space[i].b->value, bias, "bias", STEPS);
        for (int k = 0; k < CLUSTERS; k++)
            assert_true(fabs((double)at[CLUSTERS * FEATURES + k] - bias[k]) <= 1e-5);
        at += CLUSTERS * FEATURES + CLUSTERS;
    }
}

static void run(const char *backend_name, double most)
{
    static const char *const NAMES[] = {"one", "cold"}; /* one space, two */
    for (int spaces = 1; spaces <= 2; spaces++) {
        scene s = {.name = NAMES[spaces - 1], .most = most};
        begin(&s, backend_name, spaces);
        for (int step = 0; step < STEPS; step++) {
            put_classifiers(&s, step);
            turtle_step_learn(&s.step);
            expect_step(&s, step);
            turtle_step_update(&s.step, step + 1);
        }
        expect_end(&s);
        turtle_step_clear(&s.step);
        backend_close(&s.be);
    }
}

static void test_double(void **state)
{
    (void)state;
    run("ref64", 1e-9);
}

static void test_float(void **state)
{
    (void)state;
    run("ref", 1e-5);
    if (has_backend("onednn"))
        run("onednn", 1e-5);
}

static int open_oracle(void **state)
{
    (void)state;
    golden_open(&oracle, GOLDEN_TURTLE);
    return 0;
}

static int close_oracle(void **state)
{
    (void)state;
    golden_close(&oracle);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_double), cmocka_unit_test(test_float)};
    return cmocka_run_group_tests(tests, open_oracle, close_oracle);
}
