/* step.c and all it calls: the gradient of every parameter tensor against central differences in double.

   What is held fixed while a parameter is moved: the teacher's logits, embeddings and class targets (S11: they are
   constants of the step), the conditioning input of the student (with self-conditioning there is deliberately no
   gradient through the first prediction), and all noise. After train_step_gradient() the step still holds all of them:
   teacher_head, classes.teacher, pass.input and features.x. student_loss() computes the student half alone from these,
   forward only, with the embedding loss written out again here; the class loss is class_loss.c's, whose values
   test_class_loss.c holds against the formulas. A gradient that leaked through the teacher or the first prediction
   would differ from these differences. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "noise_schedule.h"
#include "step_support.h"

static const double TOLERANCE = 1e-6;
static double largest; /* error seen */
static bool uneven;    /* shares of the clusters, R6 */

static double mean_embedding_loss(step_fixture *f)
{
    train_step *s = &f->step;
    backend *be = &f->be;
    const bool reembed = s->config.embedding_loss == CLUDI_EMBEDDING_REEMBED;
    const int64_t d = s->net.d, rows = s->N * s->config.views;
    if (reembed)
        head_embed(&s->head, &s->student_head);
    double *a = read_tensor(be, reembed ? s->student_head.z0 : s->pass.z), *b = read_tensor(be, s->teacher_head.z0);
    double sum = 0;
    for (int64_t r = 0; r < rows; r++) {
        double square = 0;
        for (int64_t j = 0; j < d; j++)
            square += (a[r * d + j] - b[r * d + j]) * (a[r * d + j] - b[r * d + j]);
        const double ab = s->ab[s->noise.t[r / s->N]];
        sum +=
            noise_schedule_weight(ab, s->config.snr_bound, s->config.snr_weight) * square / (reembed ? (double)d : 1);
    }
    free(a);
    free(b);
    return sum / (double)rows;
}

static double student_loss(step_fixture *f)
{
    train_step *s = &f->step;
    backend *be = &f->be;
    head_prepare(&s->head);
    denoiser_features_forward(&s->net, &s->features);
    be->ops.dropout(be, s->features.h, s->features.h, s->noise.keep, s->config.dropout);
    denoiser_times_forward(&s->net, &s->times);
    denoiser_forward(&s->net, &s->pass, &s->times, (time_rows){0, s->config.views}, s->features.h);
    head_assign(&s->head, &s->student_head, s->pass.z);
    class_loss_student(&s->classes, s->row_loss, s->dl, s->student_head.l, s->weight);
    double *rows = read_tensor(be, s->row_loss), classes = 0;
    for (int64_t r = 0; r < s->row_loss.rows; r++)
        classes += rows[r];
    free(rows);
    return mean_embedding_loss(f) + s->config.class_weight * classes;
}

/* Fourth-order central difference of the loss by one parameter. */
static double difference(step_fixture *f, tensor value, int64_t i)
{
    const double h = 1e-4, at = get_element(&f->be, value, i);
    double loss[4];
    for (int k = 0; k < 4; k++) {
        static const double moves[4] = {-2, -1, 1, 2};
        set_element(&f->be, value, i, at + moves[k] * h);
        loss[k] = student_loss(f);
    }
    set_element(&f->be, value, i, at);
    return (8 * (loss[2] - loss[1]) - (loss[3] - loss[0])) / (12 * h);
}

/* The tensors that the loss does not depend on: the time reaches the network through the blocks alone, and L only serves
   the logits. */
static bool must_vanish(const step_fixture *f, int index)
{
    const cludi_config *config = &f->step.config;
    return (config->blocks == 0 && strncmp(f->specs[index].name, "te.", 3) == 0) ||
           (config->class_weight == 0 && config->embedding_loss == CLUDI_EMBEDDING_DIRECT &&
            strcmp(f->specs[index].name, "L") == 0);
}

/* Up to `most` entries, spread over the tensor. gradients: of the whole tensor. */
static void check_tensor(step_fixture *f, int index, const double *gradients, int64_t most, const char *what)
{
    const param_tensors *item = &f->step.params.items[index];
    const int64_t size = item->value.rows * item->value.cols, count = size < most ? size : most;
    double *wanted = calloc((size_t)count, sizeof *wanted), *got = calloc((size_t)count, sizeof *got), norm = 0;
    assert_true(wanted && got);
    for (int64_t k = 0; k < count; k++) {
        const int64_t i = count == size ? k : (k * size + size / 2) / count;
        got[k] = gradients[i];
        wanted[k] = difference(f, item->value, i);
        norm += wanted[k] * wanted[k];
    }
    const double error = relative_error(got, wanted, count);
    largest = error > largest ? error : largest;
    if (must_vanish(f, index))
        assert_true(norm == 0 && error == 0);
    else if (!(error <= TOLERANCE && norm > 1e-12))
        fail_msg("%s: %s: relative error %g, norm %g", what, f->specs[index].name, error, sqrt(norm));
    free(wanted);
    free(got);
}

static void check_all(const cludi_config *config, bool self_condition, int64_t most)
{
    step_fixture f;
    train_loss loss;
    char what[200];
    double *gradients[DENOISER_MAX_PARAMS];
    snprintf(what, sizeof what, "R %d logits %d pairing %d column %d embedding %d snr %d self %d", config->blocks,
             config->logits, config->view_pairing, config->column_scope, config->embedding_loss, config->snr_weight,
             self_condition);
    step_fixture_init(&f, "ref64", 7, 4, config);
    f.step.noise.self_condition = self_condition;
    for (int k = 0; k < 4; k++) /* shares of 0.4 and 0.2 */
        set_element(&f.be, f.step.classes.expected, k, uneven ? -log(4 * (k == 0 ? 0.4 : 0.2)) : 0);
    assert_int_equal(train_step_gradient(&f.step, &loss, NULL), CLUDI_OK);
    for (int i = 0; i < f.count; i++)
        gradients[i] = f.specs[i].trained ? read_tensor(&f.be, f.step.params.items[i].gradient) : NULL;
    const double again = student_loss(&f);
    if (!(fabs(again - loss.total) <= 1e-12 * fabs(loss.total)))
        fail_msg("%s: the loss is %.17g, the student half alone gives %.17g", what, loss.total, again);
    for (int i = 0; i < f.count; i++) {
        if (gradients[i])
            check_tensor(&f, i, gradients[i], most, what);
        free(gradients[i]);
    }
    step_fixture_clear(&f);
}

static cludi_config paper_config(void)
{
    cludi_config config = step_config();
    config.logits = CLUDI_LOGITS_LINEAR;
    config.view_pairing = CLUDI_VIEW_PAIRING_SAME;
    config.column_scope = CLUDI_COLUMN_SCOPE_BATCH;
    config.embedding_loss = CLUDI_EMBEDDING_DIRECT;
    return config;
}

/* Many entries of every tensor: the defaults and the paper's combination, with 0, 1 and 2 blocks. */
static void test_default_and_paper(void **state)
{
    (void)state;
    for (int32_t R = 0; R <= 2; R++)
        for (int self = 0; self < 2; self++) {
            cludi_config config = step_config(), paper = paper_config();
            config.blocks = paper.blocks = R;
            check_all(&config, self, 40);
            check_all(&paper, self, 40);
        }
}

/* Some entries of every tensor: all 48 combinations of the five options, one and two blocks, self-conditioning off and
   on in turn. */
static void test_every_combination(void **state)
{
    (void)state;
    for (int i = 0; i < 48; i++) {
        cludi_config config = step_config();
        config.logits = i % 2 ? CLUDI_LOGITS_LINEAR : CLUDI_LOGITS_COSINE;
        config.view_pairing = i / 2 % 2 ? CLUDI_VIEW_PAIRING_SAME : CLUDI_VIEW_PAIRING_ALL;
        config.column_scope = i / 4 % 2 ? CLUDI_COLUMN_SCOPE_BATCH : CLUDI_COLUMN_SCOPE_VIEW;
        config.embedding_loss = i / 8 % 2 ? CLUDI_EMBEDDING_DIRECT : CLUDI_EMBEDDING_REEMBED;
        config.snr_weight = (cludi_snr_weight)(i / 16);
        config.blocks = 1 + (i + i / 16) % 2;
        check_all(&config, (i / 2 + i / 16) % 2 == 0, 6);
    }
}

/* The two parts of the loss alone, so that neither hides behind the other. */
static void test_parts(void **state)
{
    (void)state;
    cludi_config config = step_config(), paper = paper_config();
    config.class_weight = paper.class_weight = 0;
    check_all(&config, true, 20);
    check_all(&paper, true, 20);
}

/* Clusters of uneven shares, for both pairings and both column modes. */
static void test_uneven_shares(void **state)
{
    (void)state;
    uneven = true;
    for (int i = 0; i < 4; i++) {
        cludi_config config = step_config();
        config.view_pairing = i % 2 ? CLUDI_VIEW_PAIRING_SAME : CLUDI_VIEW_PAIRING_ALL;
        config.column_scope = i / 2 ? CLUDI_COLUMN_SCOPE_BATCH : CLUDI_COLUMN_SCOPE_VIEW;
        check_all(&config, true, 20);
    }
    uneven = false;
}

/* Shapes at the border: one feature, one row per view and group, one view, one teacher step; the default temperatures. */
static void test_borders(void **state)
{
    (void)state;
    cludi_config config = step_config();
    step_fixture f;
    train_loss loss;
    config.views = 1;
    config.teacher_steps = 1;
    config.embedding_dim = 2;
    config.temperature = 0.1;
    config.column_temperature = 0.05;
    check_all(&config, true, 20);
    step_fixture_init(&f, "ref64", 1, 2, &config);
    assert_int_equal(train_step_gradient(&f.step, &loss, NULL), CLUDI_OK);
    assert_true(isfinite(loss.total));
    step_fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_and_paper),
        cmocka_unit_test(test_every_combination),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_uneven_shares),
        cmocka_unit_test(test_borders),
    };
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    printf("gradients, ref64: largest relative error against central differences %.1e\n", largest);
    return failures;
}
