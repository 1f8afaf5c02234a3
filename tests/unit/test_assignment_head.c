/* assignment_head.c: logits (S4), probabilities and target embedding (S6) against the formulas. Its backward: tests/grad. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "step_support.h"

enum { FEATURES = 7, CLUSTERS = 4, ROWS = 10, D = 5 };

typedef struct numbers {
    double l[CLUSTERS], u[CLUSTERS], z0[D];
} numbers;

static double norm_of(const double *x, int count)
{
    double square = 0;
    for (int i = 0; i < count; i++)
        square += x[i] * x[i];
    return sqrt(square);
}

/* One row: l, u = softmax(l / tau), z0 = sqrt(d) unit(u E). */
static numbers naive_head(const double *z, const double *L, const double *E, cludi_logits kind, double tau)
{
    numbers n = {{0}, {0}, {0}};
    double sum = 0;
    for (int k = 0; k < CLUSTERS; k++) {
        for (int j = 0; j < D; j++)
            n.l[k] += z[j] * L[k * D + j];
        n.l[k] /= kind == CLUDI_LOGITS_COSINE ? norm_of(z, D) * norm_of(L + k * D, D) : sqrt(D);
        sum += exp(n.l[k] / tau);
    }
    for (int k = 0; k < CLUSTERS; k++)
        n.u[k] = exp(n.l[k] / tau) / sum;
    for (int j = 0; j < D; j++)
        for (int k = 0; k < CLUSTERS; k++)
            n.z0[j] += n.u[k] * E[k * D + j];
    const double length = norm_of(n.z0, D);
    for (int j = 0; j < D; j++)
        n.z0[j] *= sqrt(D) / length;
    return n;
}

static void expect_close(backend *be, tensor got, int64_t row, const double *wanted, const char *what)
{
    double *all = read_tensor(be, got);
    const double error = relative_error(all + row * got.cols, wanted, got.cols);
    if (!(error <= 1e-12))
        fail_msg("%s, row %d: relative error %g", what, (int)row, error);
    free(all);
}

static void check_kind(cludi_logits kind)
{
    cludi_config config = step_config();
    step_fixture f;
    arena a;
    assignment_head hd;
    head_pass pass;
    config.logits = kind;
    step_fixture_init(&f, "ref64", FEATURES, CLUSTERS, &config);
    arena_begin(&a, &f.be);
    for (int round = 0; round < 2; round++) {
        head_layout(&hd, &a, &f.step.net, &config);
        head_pass_layout(&pass, &a, &hd, ROWS);
        if (round == 0)
            assert_int_equal(arena_allocate(&a, "a test", NULL), CLUDI_OK);
    }
    tensor z = random_tensor(&f.be, ROWS, D, 1, 1.3);
    head_prepare(&hd);
    head_assign(&hd, &pass, z);
    head_embed(&hd, &pass);
    double *zs = read_tensor(&f.be, z), *L = read_tensor(&f.be, f.step.net.L), *E = read_tensor(&f.be, f.step.net.E);
    for (int r = 0; r < ROWS; r++) {
        const numbers wanted = naive_head(zs + r * D, L, E, kind, config.temperature);
        expect_close(&f.be, pass.l, r, wanted.l, "logits");
        expect_close(&f.be, pass.u, r, wanted.u, "probabilities");
        expect_close(&f.be, pass.z0, r, wanted.z0, "target embedding");
    }
    free(zs);
    free(L);
    free(E);
    free_tensor(&f.be, z);
    arena_clear(&a);
    step_fixture_clear(&f);
}

static void test_cosine(void **state)
{
    (void)state;
    check_kind(CLUDI_LOGITS_COSINE);
}

static void test_linear(void **state)
{
    (void)state;
    check_kind(CLUDI_LOGITS_LINEAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cosine), cmocka_unit_test(test_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
