/* The losses of src/methods/heads through their heads: the gradient of every tensor of every head against central differences in double, and
   the loss itself against its formula, summed naively. What the paper holds constant is held: the teacher of temi, the weights of its
   pairs and its shares of the clusters; the labels of scan's second step. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "head_step.h"
#include "tensor_support.h"

enum { n = 5, K = 4, MOST = 12 /* entries tried of a tensor */ };

typedef struct fixture {
    backend be;
    head_recipe how;
    head_step step;
} fixture;

static void begin(fixture *f, const head_recipe *how)
{
    open_backend(&f->be, "ref64", 1);
    f->how = *how;
    f->how.heads = 2;
    f->how.hidden = how->hidden > 0 ? 7 : 0;
    const mlp_head_shape shape = {n, f->how.hidden, K};
    assert_int_equal(head_step_init(&f->step, &f->be, &f->how, &shape, 64, 3, NULL), CLUDI_OK);
    for (int i = 0; i < f->step.params.count; i++) { /* not near zero, and the teacher apart from the student */
        tensor value = f->step.params.items[i].value,
               other = random_tensor(&f->be, value.rows, value.cols, 50 + (uint64_t)i, 0.4);
        f->be.ops.copy(&f->be, value, other);
        free_tensor(&f->be, other);
    }
    tensor given = random_tensor(&f->be, f->step.given.rows, n, 9, 1);
    f->be.ops.copy(&f->be, f->step.given, given);
    free_tensor(&f->be, given);
}

static void end(fixture *f)
{
    head_step_clear(&f->step);
    backend_close(&f->be);
}

/* Shares that have moved away from 1 / K would move again with every call: held as after one call. */
static double *hold(fixture *f, int h)
{
    return f->how.teacher_forward ? read_tensor(&f->be, f->step.heads[h].share) : NULL;
}

static double loss_of(fixture *f, int h, const double *share)
{
    if (share)
        write_tensor(&f->be, f->step.heads[h].share, share);
    assert_int_equal(head_step_losses(&f->step, NULL), CLUDI_OK);
    return f->step.losses[h];
}

static double difference(fixture *f, int h, const double *share, tensor value, int64_t i)
{
    static const double MOVES[4] = {-2, -1, 1, 2};
    const double step = 1e-4, at = get_element(&f->be, value, i);
    double loss[4];
    for (int k = 0; k < 4; k++) {
        set_element(&f->be, value, i, at + MOVES[k] * step);
        loss[k] = loss_of(f, h, share);
    }
    set_element(&f->be, value, i, at);
    return (8 * (loss[2] - loss[1]) - (loss[3] - loss[0])) / (12 * step);
}

static void check_tensor(fixture *f, int h, const double *share, int index, const double *gradient)
{
    const param_tensors *item = &f->step.params.items[index];
    const int64_t size = item->value.rows * item->value.cols, count = size < MOST ? size : MOST;
    double got[MOST], wanted[MOST], norm = 0;
    for (int64_t k = 0; k < count; k++) {
        const int64_t i = k * size / count;
        got[k] = gradient[i];
        wanted[k] = difference(f, h, share, item->value, i);
        norm += wanted[k] * wanted[k];
    }
    const double error = relative_error(got, wanted, count);
    if (!(error <= 1e-6 && norm > 1e-12))
        fail_msg("head %d of %d, %s: relative error %g, norm %g", h, f->how.heads, f->step.specs[index].name, error,
                 sqrt(norm));
}

static void check_heads(fixture *f)
{
    double *gradients[2 * MLP_HEAD_PARAMS], *share[2];
    for (int h = f->step.first; h < f->step.first + f->step.count; h++)
        share[h] = hold(f, h);
    assert_int_equal(head_step_losses(&f->step, NULL), CLUDI_OK);
    for (int i = 0; i < f->step.params.count; i++)
        gradients[i] = read_tensor(&f->be, f->step.params.items[i].gradient);
    for (int h = f->step.first; h < f->step.first + f->step.count; h++) {
        for (int i = 0; i < f->step.head_specs; i++)
            check_tensor(f, h, share[h], h * f->step.head_specs + i, gradients[h * f->step.head_specs + i]);
        free(share[h]);
    }
    for (int i = 0; i < f->step.params.count; i++)
        free(gradients[i]);
}

/* Probabilities softmax(l / tau) of row r of logits. */
static void softmax_of(double *p, const double *l, int64_t r, double tau)
{
    double sum = 0;
    for (int k = 0; k < K; k++)
        sum += exp(l[r * K + k] / tau);
    for (int k = 0; k < K; k++)
        p[k] = exp(l[r * K + k] / tau) / sum;
}

static double naive_temi(fixture *f, int h, const double *share)
{
    const int64_t N = f->step.N;
    double *l = read_tensor(&f->be, f->step.heads[h].pass.l), sum = 0;
    double *t[2] = {read_tensor(&f->be, f->step.heads[0].teacher_pass.l),
                    read_tensor(&f->be, f->step.heads[1].teacher_pass.l)};
    for (int64_t r = 0; r < N; r++) {
        double p[2][K], q[2][K], weight = 0, pmi[2] = {0, 0};
        for (int head = 0; head < 2; head++) {
            softmax_of(q[0], t[head], r, 0.04);
            softmax_of(q[1], t[head], N + r, 0.04);
            for (int k = 0; k < K; k++)
                weight += q[0][k] * q[1][k] / 2;
        }
        for (int side = 0; side < 2; side++) {
            softmax_of(p[side], l, side * N + r, 0.1);
            softmax_of(q[side], t[h], side * N + r, 0.04);
        }
        for (int k = 0; k < K; k++) {
            pmi[0] += pow(p[0][k] * q[1][k], 0.6) / share[k];
            pmi[1] += pow(p[1][k] * q[0][k], 0.6) / share[k];
        }
        sum -= weight * (log(pmi[0]) + log(pmi[1])) / 2 / (double)N;
    }
    free(l);
    free(t[0]);
    free(t[1]);
    return sum;
}

static double naive_scan(fixture *f, int h)
{
    const int64_t N = f->step.N;
    double *l = read_tensor(&f->be, f->step.heads[h].pass.l), mean[K] = {0}, sum = 0;
    for (int64_t r = 0; r < N; r++) {
        double a[K], b[K], dot = 0;
        softmax_of(a, l, r, 1);
        softmax_of(b, l, N + r, 1);
        for (int k = 0; k < K; k++) {
            dot += a[k] * b[k];
            mean[k] += (a[k] + b[k]) / (2 * (double)N);
        }
        sum -= log(dot) / (double)N;
    }
    for (int k = 0; k < K; k++)
        sum += 5 * mean[k] * log(mean[k]);
    free(l);
    return sum;
}

/* Column shares over the rows of view v. */
static double naive_classes(fixture *f, int h)
{
    const int64_t N = f->step.N;
    double *l = read_tensor(&f->be, f->step.heads[h].pass.l), column[2][K] = {{0}}, row[2][K] = {{0}}, sum = 0, p[K];
    for (int64_t r = 0; r < 2 * N; r++) {
        softmax_of(p, l, r, 0.1);
        for (int k = 0; k < K; k++) {
            column[r / N][k] += exp(l[r * K + k] / 0.05);
            row[r / N][k] += p[k];
        }
    }
    for (int64_t r = 0; r < 2 * N; r++) { /* p of this view meets g of the other */
        const int64_t v = r / N, other = (r + N) % (2 * N);
        double q[K], total = 0;
        for (int k = 0; k < K; k++)
            total += q[k] = exp(l[r * K + k] / 0.05) / column[v][k];
        softmax_of(p, l, other, 0.1);
        for (int k = 0; k < K; k++)
            sum -= q[k] / total * log((double)N / K * p[k] / row[1 - v][k]) / (2 * (double)N);
    }
    free(l);
    return sum;
}

static void check_value(double got, double wanted, const char *what)
{
    if (!(fabs(got - wanted) <= 1e-10 * fabs(wanted)))
        fail_msg("%s: the loss is %.15g, by the formula %.15g", what, got, wanted);
}

static void test_self_classifier(void **state)
{
    (void)state;
    fixture f;
    begin(&f, &RECIPE_SELF_CLASSIFIER);
    head_step_rows(&f.step, 1, 0);
    assert_int_equal(head_step_losses(&f.step, NULL), CLUDI_OK);
    check_value(f.step.losses[1], naive_classes(&f, 1), "self-classifier");
    check_heads(&f);
    end(&f);
}

static void test_temi(void **state)
{
    (void)state;
    fixture f;
    begin(&f, &RECIPE_TEMI);
    head_step_rows(&f.step, 1, 0);
    for (int i = 0; i < 3; i++) /* the shares move away from 1 / K */
        assert_int_equal(head_step_losses(&f.step, NULL), CLUDI_OK);
    double *share = hold(&f, 1);
    assert_true(fabs(share[0] - 1.0 / K) > 1e-3);
    check_value(f.step.losses[1], naive_temi(&f, 1, share), "temi");
    free(share);
    check_heads(&f);
    end(&f);
}

static void test_neighbors(void **state)
{
    (void)state;
    const head_recipe *const hows[] = {&RECIPE_SCAN, &RECIPE_TSP};
    for (int i = 0; i < 2; i++) {
        fixture f;
        begin(&f, hows[i]);
        head_step_rows(&f.step, 1, 0);
        assert_int_equal(head_step_losses(&f.step, NULL), CLUDI_OK);
        check_value(f.step.losses[1], naive_scan(&f, 1), i ? "tsp" : "scan");
        check_heads(&f);
        end(&f);
    }
}

/* With c_y = 1 / how many sure rows have cluster y. */
static double naive_labels(fixture *f, int h, int64_t *sure)
{
    const int64_t N = f->step.N;
    double *l = read_tensor(&f->be, f->step.heads[h].pass.l), count[K] = {0}, sum = 0, weight = 0, p[K];
    for (int pass = 0; pass < 2; pass++) {
        *sure = 0;
        for (int64_t r = 0; r < N; r++) {
            int best = 0;
            softmax_of(p, l, r, 1);
            for (int k = 1; k < K; k++)
                best = p[k] > p[best] ? k : best;
            if ((float)p[best] <= 0.99F)
                continue;
            ++*sure;
            if (pass == 0) {
                count[best] += 1;
                continue;
            }
            softmax_of(p, l, N + r, 1);
            sum -= log(p[best]) / count[best];
            weight += 1 / count[best];
        }
    }
    free(l);
    return sum / weight;
}

static void test_labels(void **state)
{
    (void)state;
    fixture f;
    int64_t sure;
    begin(&f, &RECIPE_SCAN);
    tensor last = f.step.params.items[2].value;
    f.be.ops.scale(&f.be, last, last, 6); /* sure of some rows */
    head_step_label(&f.step, 1);
    head_step_rows(&f.step, 1, 0);
    assert_int_equal(head_step_losses(&f.step, NULL), CLUDI_OK);
    const double wanted = naive_labels(&f, 1, &sure);
    assert_true(sure > 3 && sure < f.step.N - 3);
    check_value(f.step.losses[1], wanted, "self-labeling");
    check_heads(&f);
    f.be.ops.zero(&f.be, last); /* sure of nothing: no loss, no gradient */
    assert_int_equal(head_step_losses(&f.step, NULL), CLUDI_OK);
    assert_true(f.step.losses[1] == 0);
    double *gradient = read_tensor(&f.be, f.step.params.items[2].gradient);
    for (int i = 0; i < n * K; i++)
        assert_true(gradient[i] == 0);
    free(gradient);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_classifier),
        cmocka_unit_test(test_temi),
        cmocka_unit_test(test_neighbors),
        cmocka_unit_test(test_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
