/* Three steps of turtle on the numbers of turtle.safetensors, which tests/golden/make_turtle.py has from automatic differentiation in
   double: the classifiers that were trained, the loss, the gradient of the labeling, and the labeling in the end, on every backend.
   The method is one file without a header, so the test is compiled with it. */
#include "turtle.c"

#include "cmocka_all.h"
#include "golden_file.h"
#include "tensor_support.h"

enum { ROWS = 12, FEATURES = 4, CLUSTERS = 3, ORACLE_STEPS = 3, MOST = ROWS * FEATURES };

static const double ORACLE_RATE = 1e-2;

static golden_file oracle;

static void read(const char *format, int step, double *out, int64_t count)
{
    char name[64];
    snprintf(name, sizeof name, format, step);
    golden_read(&oracle, name, out, count);
}

static void put(turtle *t, tensor to, const char *format, int step)
{
    double numbers[MOST];
    read(format, step, numbers, to.rows * to.cols);
    t->be->ops.copy_in(t->be, to, HOST_F64, numbers);
}

static void expect(turtle *t, tensor got, const char *format, int step, double most)
{
    double wanted[MOST];
    double *numbers = read_tensor(t->be, got);
    read(format, step, wanted, got.rows * got.cols);
    const double error = relative_error(numbers, wanted, got.rows * got.cols);
    if (!(error <= most))
        fail_msg("%s: %s of step %d: relative error %g", t->be->ops.name, format, step, error);
    free(numbers);
}

static void begin(turtle *t, backend *be)
{
    *t = (turtle){.be = be, .shape = {.n = FEATURES, .K = CLUSTERS}, .N = ROWS, .inner = 2, .rate = ORACLE_RATE};
    assert_int_equal(init(t, NULL), CLUDI_OK);
    put(t, t->x, "rows.0", 0);
    put(t, t->labeling.items[DIRECTION].value, "first.0.direction", 0);
    put(t, t->labeling.items[BIAS].value, "first.0.bias", 0);
    double *v = read_tensor(be, t->labeling.items[DIRECTION].value);
    for (int k = 0; k < CLUSTERS; k++) {
        double square = 0;
        for (int j = 0; j < FEATURES; j++)
            square += v[k * FEATURES + j] * v[k * FEATURES + j];
        set_element(be, t->labeling.items[LENGTH].value, k, sqrt(square));
    }
    free(v);
}

static void expect_loss(turtle *t, int step, double most)
{
    double losses[4]; /* of the two inner steps; cross-entropy, entropy */
    read("one.%d.losses", step, losses, 4);
    const double wanted = losses[2] - 10 * losses[3], got = get_element(t->be, t->loss, 0);
    if (!(fabs(got - wanted) <= most * fabs(wanted)))
        fail_msg("%s: the loss of step %d is %.15g, not %.15g", t->be->ops.name, step, got, wanted);
}

static void one_step(turtle *t, int step, double most)
{
    const param_tensors *labeling = t->labeling.items, *classifier = t->classifier.items;
    char weight[32], bias[32];
    snprintf(weight, sizeof weight, "classifier.%d.0.weight", step);
    snprintf(bias, sizeof bias, "classifier.%d.0.bias", step);
    forget_moments(t);
    put(t, classifier[0].value, weight, step);
    put(t, classifier[1].value, bias, step);
    label_rows(t);
    learn_labels(t);
    find_loss(t);
    find_gradient(t);
    expect_loss(t, step, most);
    expect(t, classifier[0].value, "one.%d.classifier.0.weight", step, most);
    expect(t, classifier[1].value, "one.%d.classifier.0.bias", step, most);
    expect(t, labeling[DIRECTION].gradient, "one.%d.gradient.0.direction", step, most);
    expect(t, labeling[LENGTH].gradient, "one.%d.gradient.0.length", step, most);
    expect(t, labeling[BIAS].gradient, "one.%d.gradient.0.bias", step, most);
    update(&t->labeling, t->rate, step + 1);
}

static void run(const char *name, double most)
{
    backend be;
    turtle t;
    open_backend(&be, name, 2);
    begin(&t, &be);
    for (int step = 0; step < ORACLE_STEPS; step++)
        one_step(&t, step, most);
    find_weight(&t);
    expect(&t, t.weight, "one.end.0.weight", 0, most);
    expect(&t, t.labeling.items[BIAS].value, "one.end.0.bias", 0, most);
    clear(&t);
    backend_close(&be);
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
