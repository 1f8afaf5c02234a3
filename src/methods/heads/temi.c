/* The method "temi": Adaloglou, Michels, Kalisch, Kollmann 2023, "Exploring the limits of deep image clustering using pretrained
   models", BMVC, arXiv:2303.17896.

   A row x is paired with one of its 50 nearest neighbors x'. A head has a student p = softmax(l / 0.1) and a teacher
   q = softmax(l' / 0.04), whose weights follow the student's: w' = 0.996 w' + 0.004 w. With the moving average
   s = 0.9 s + 0.1 mean q of the teacher's clusters and beta = 0.6

     pmi(x, x') = log sum_k (p_k(x) q_k(x'))^beta / s_k
     w(x, x')   = mean over the heads of sum_k q_k(x) q_k(x')
     loss       = mean over pairs of - w (pmi(x, x') + pmi(x', x)) / 2

   16 heads; the teacher of the head of least loss is kept.

   Taken here, where the text leaves it open or wants images: temperatures of DINO (Caron et al. 2021, arXiv:2104.14294); perceptrons
   with one hidden layer of 256; learning rate 1e-4 after a rise over a fifth of the steps, decay 1e-4; the row's neighbors come from the
   rows as they are mapped (R1). */
#include "head_method.h"
#include "head_step.h"

static const double STUDENT = 0.1, TEACHER = 0.04, BETA = 0.6, MARGINAL = 0.9;
static const double LEAST_SHARE = 1e-10; /* about what a cluster that nobody is in has for its share */

static void layout(trained_head *head, arena *a, const head_step *s)
{
    const int64_t K = s->shape.K;
    trained_head_layout(head, a, s);
    head->q = arena_take(a, s->rows, K);
    head->log_q = arena_take(a, s->rows, K);
    head->share = arena_take(a, 1, K);
    head->log_share = arena_take(a, 1, K);
    head->scratch = arena_take(a, 1, K);
}

static void begin(const head_step *s, trained_head *head)
{
    s->be->ops.scale(s->be, head->share, s->ones, 1 / (double)s->shape.K);
}

static void teacher_forward(const head_step *s, trained_head *head, backend *be)
{
    const double mix[3] = {(1 - MARGINAL) / (double)s->rows, MARGINAL, (1 - MARGINAL) * LEAST_SHARE};
    be->ops.softmax(be, head->q, head->teacher_pass.l, 1 / TEACHER);
    be->ops.log_softmax(be, head->log_q, head->teacher_pass.l, 1 / TEACHER);
    be->ops.column_sum(be, head->scratch, head->q, s->rows);
    be->ops.mix_three(be, head->share, head->scratch, s->ones, mix);
    be->ops.zero(be, head->log_share);
    be->ops.add_log(be, head->log_share, head->share);
}

static void joint_terms(head_step *s)
{
    backend *be = s->be;
    be->ops.zero(be, s->pair_weight);
    for (int h = s->first; h < s->first + s->count; h++) {
        const tensor q = s->heads[h].q;
        be->ops.add_row_dots(be, s->pair_weight, backend_rows(be, q, 0, s->N), backend_rows(be, q, s->N, s->N),
                             1.0 / s->count);
    }
}

static void loss_terms(const head_step *s, trained_head *head, backend *be)
{
    const double mean = 1 / (double)s->rows;
    const pair_terms pair = {.log_a = head->log_p,
                             .log_b = head->log_q,
                             .offset = s->N,
                             .shift = head->log_share,
                             .weight = s->pair_weight,
                             .power = BETA,
                             .coefficient = mean,
                             .slope = mean,
                             .inverse_tau = 1 / STUDENT};
    be->ops.log_softmax(be, head->log_p, head->pass.l, 1 / STUDENT);
    be->ops.pair_loss(be, head->row_loss, head->dl, &pair);
    trained_head_sum(head, be);
}

const head_recipe RECIPE_TEMI = {.heads = 16,
                                 .hidden = 256,
                                 .neighbors = 50,
                                 .momentum = 0.996,
                                 .temperature = 0.04,
                                 .rate = 1e-4,
                                 .decay = 1e-4,
                                 .warmup_share = 0.2,
                                 .epochs = 100,
                                 .layout = layout,
                                 .begin = begin,
                                 .teacher_forward = teacher_forward,
                                 .joint_terms = joint_terms,
                                 .loss = loss_terms};

const method METHOD_TEMI =
    HEAD_METHOD(CLUDI_METHOD_TEMI, "temi", RECIPE_TEMI,
                "heads that learn the mutual information of neighbors (Adaloglou, Michels, Kalisch, Kollmann 2023)");
