/* class_loss.c: values of S8-S10 against the formulas as they are written, summed naively in double, for both pairings and
   both column modes; extreme logits; and no gain from collapse. Its gradient: tests/grad. */
#include <math.h>
#include <stdlib.h>

#include "class_loss.h"
#include "cmocka_all.h"
#include "config_table.h"
#include "tensor_support.h"

enum { N = 5, B = 3, K = 4, ROWS = N * B };

/* Shares of the rows that clusters are expected to have, R6. */
static double expected[K];

/* q = softmax over the rows of l / tau_col times K pi_k, p = q / sum_k q: S8. Rows first .. first + rows. */
static void naive_posterior(double p[ROWS][K], const double *l, int first, int rows, double tau_col)
{
    for (int k = 0; k < K; k++) {
        double sum = 0;
        for (int r = first; r < first + rows; r++)
            sum += exp(l[r * K + k] / tau_col);
        for (int r = first; r < first + rows; r++)
            p[r][k] = K * expected[k] * exp(l[r * K + k] / tau_col) / sum;
    }
    for (int r = first; r < first + rows; r++) {
        double sum = 0;
        for (int k = 0; k < K; k++)
            sum += p[r][k];
        for (int k = 0; k < K; k++)
            p[r][k] /= sum;
    }
}

/* g = log( rows pi_k r / sum_rows r ), r = softmax over k of l / tau: S9. */
static void naive_term(double g[ROWS][K], const double *l, int first, int rows, double tau)
{
    double share[ROWS][K];
    for (int r = first; r < first + rows; r++) {
        double sum = 0;
        for (int k = 0; k < K; k++)
            sum += exp(l[r * K + k] / tau);
        for (int k = 0; k < K; k++)
            share[r][k] = exp(l[r * K + k] / tau) / sum;
    }
    for (int k = 0; k < K; k++) {
        double sum = 0;
        for (int r = first; r < first + rows; r++)
            sum += share[r][k];
        for (int r = first; r < first + rows; r++)
            g[r][k] = log((double)rows * expected[k] * share[r][k] / sum);
    }
}

typedef struct side {
    double p[ROWS][K], g[ROWS][K];
} side;

static void naive_side(side *s, const double *l, const cludi_config *config)
{
    const int group = config->column_scope == CLUDI_COLUMN_SCOPE_BATCH ? ROWS : N;
    for (int first = 0; first < ROWS; first += group) {
        naive_posterior(s->p, l, first, group, config->column_temperature);
        naive_term(s->g, l, first, group, config->temperature);
    }
}

/* S10, mean over rows and student views j of w_j, mean over the teacher views i that j is compared with. */
static double naive_loss(const double *teacher, const double *student, const double *weight, const cludi_config *config)
{
    side t, s;
    double loss = 0;
    naive_side(&t, teacher, config);
    naive_side(&s, student, config);
    for (int j = 0; j < B; j++)
        for (int i = 0; i < B; i++) {
            if (config->view_pairing == CLUDI_VIEW_PAIRING_SAME && i != j)
                continue;
            const double share = config->view_pairing == CLUDI_VIEW_PAIRING_SAME ? 1.0 / B : 1.0 / (B * B);
            for (int r = 0; r < N; r++)
                for (int k = 0; k < K; k++)
                    loss -= share * weight[j] / 2 / N *
                            (t.p[i * N + r][k] * s.g[j * N + r][k] + s.p[j * N + r][k] * t.g[i * N + r][k]);
        }
    return loss;
}

/* ---- the module on the same numbers ---- */

typedef struct module {
    backend be;
    arena memory;
    class_loss loss;
    tensor teacher, student, weight, row_loss, dl;
} module;

static void module_init(module *m, const cludi_config *config, double scale)
{
    open_backend(&m->be, "ref64", 1);
    arena_begin(&m->memory, &m->be);
    class_loss_layout(&m->loss, &m->memory, N, K, config);
    assert_int_equal(arena_allocate(&m->memory, "a test", NULL), CLUDI_OK);
    class_loss_layout(&m->loss, &m->memory, N, K, config);
    m->loss.be = &m->be;
    for (int k = 0; k < K; k++)
        set_element(&m->be, m->loss.expected, k, -log(K * expected[k]));
    m->teacher = random_tensor(&m->be, ROWS, K, 1, scale);
    m->student = random_tensor(&m->be, ROWS, K, 2, scale);
    m->weight = uniform_tensor(&m->be, 1, B, 3);
    m->row_loss = blank_tensor(&m->be, ROWS, 1);
    m->dl = blank_tensor(&m->be, ROWS, K);
}

static void module_clear(module *m)
{
    const tensor tensors[] = {m->teacher, m->student, m->weight, m->row_loss, m->dl};
    for (int i = 0; i < 5; i++)
        free_tensor(&m->be, tensors[i]);
    arena_clear(&m->memory);
    backend_close(&m->be);
}

static double module_loss(module *m)
{
    double sum = 0;
    class_loss_set_teacher(&m->loss, m->teacher);
    class_loss_student(&m->loss, m->row_loss, m->dl, m->student, m->weight);
    for (int r = 0; r < ROWS; r++)
        sum += get_element(&m->be, m->row_loss, r);
    return sum;
}

static cludi_config config_of(int kind)
{
    cludi_config config;
    config_table_defaults(&config);
    config.views = B;
    config.temperature = 0.8;
    config.column_temperature = 0.6;
    config.view_pairing = kind % 2 ? CLUDI_VIEW_PAIRING_SAME : CLUDI_VIEW_PAIRING_ALL;
    config.column_scope = kind / 2 ? CLUDI_COLUMN_SCOPE_BATCH : CLUDI_COLUMN_SCOPE_VIEW;
    return config;
}

static void expect_shares(double first)
{
    for (int k = 0; k < K; k++)
        expected[k] = k == 0 ? first : (1 - first) / (K - 1);
}

static int equal_shares(void **state)
{
    (void)state;
    expect_shares(1.0 / K);
    return 0;
}

/* Equal shares and others. */
static void test_values(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        static const double FIRST[] = {1.0 / K, 0.6, 1e-3};
        const int kind = i % 4;
        const cludi_config config = config_of(kind);
        expect_shares(FIRST[i / 4]);
        module m;
        module_init(&m, &config, 1);
        double *t = read_tensor(&m.be, m.teacher), *s = read_tensor(&m.be, m.student),
               *w = read_tensor(&m.be, m.weight);
        const double wanted = naive_loss(t, s, w, &config), got = module_loss(&m);
        if (!(fabs(got - wanted) <= 1e-12 * fabs(wanted)))
            fail_msg("kind %d: %.17g, wanted %.17g", kind, got, wanted);
        free(t);
        free(s);
        free(w);
        module_clear(&m);
    }
}

/* Rows of uneven clusters, told apart surely: with the shares that they have the loss is 0, because g of a row's own
   cluster is log(rows pi_k / rows of k); with equal shares it is not. */
static void test_uneven_shares(void **state)
{
    (void)state;
    double loss[2];
    for (int which = 0; which < 2; which++) {
        const cludi_config config = config_of(0);
        module m;
        for (int k = 0; k < K; k++)
            expected[k] = which ? (k == 0 ? 0.4 : 0.2) : 1.0 / K;
        module_init(&m, &config, 0);
        for (int r = 0; r < ROWS; r++) {
            set_element(&m.be, m.teacher, r * K + r % N % K, 40);
            set_element(&m.be, m.student, r * K + r % N % K, 40);
        }
        for (int b = 0; b < B; b++)
            set_element(&m.be, m.weight, b, 1);
        loss[which] = module_loss(&m);
        module_clear(&m);
    }
    assert_true(fabs(loss[1]) < 1e-9);
    assert_true(loss[0] > 0.01);
}

/* Logits far beyond what exp can take: nothing overflows, loss and gradient stay finite. */
static void test_extreme_logits(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        const cludi_config config = config_of(kind);
        module m;
        module_init(&m, &config, 1e4);
        assert_true(isfinite(module_loss(&m)));
        for (int i = 0; i < ROWS * K; i++)
            assert_true(isfinite(get_element(&m.be, m.dl, i)));
        module_clear(&m);
    }
}

/* All rows in one cluster cost as much as knowing nothing, log K; each cluster its own share of the rows costs less. */
static void test_collapse_does_not_pay(void **state)
{
    (void)state;
    double loss[3];
    for (int which = 0; which < 3; which++) {
        const cludi_config config = config_of(0);
        module m;
        module_init(&m, &config, 0);
        for (int r = 0; r < ROWS; r++) {
            const int k = which == 1 ? 2 : (r % N) % K; /* collapsed; or spread, the same in each view */
            set_element(&m.be, m.teacher, r * K + k, which ? 5 : 0);
            set_element(&m.be, m.student, r * K + k, which ? 5 : 0);
        }
        for (int b = 0; b < B; b++)
            set_element(&m.be, m.weight, b, 1);
        loss[which] = module_loss(&m);
        module_clear(&m);
    }
    assert_true(fabs(loss[0] - log(K)) < 1e-12);
    assert_true(fabs(loss[1] - log(K)) < 1e-2 * log(K));
    assert_true(loss[2] < 0.5 * log(K));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_values, equal_shares),
        cmocka_unit_test_setup(test_uneven_shares, equal_shares),
        cmocka_unit_test_setup(test_extreme_logits, equal_shares),
        cmocka_unit_test_setup(test_collapse_does_not_pay, equal_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
