/* The method "scan": Van Gansbeke, Vandenhende, Georgoulis, Proesmans, Van Gool 2020, "SCAN: learning to classify images without
   labels", ECCV, doi:10.1007/978-3-030-58607-2_16, arXiv:2005.12320: its clustering step and its self-labeling step, on frozen
   features.

   Clustering: a row x is paired with one of its 20 nearest neighbors x'; p = softmax(l), m = mean of p over all rows of the step

     loss = - mean over pairs of log p(x).p(x') + 5 sum_k m_k log m_k

   Ten linear heads; the one of least loss is kept. Self-labeling (pseudo_label.h): it learns the labels of which it is sure.

   Taken here: m is the mean over rows and partners alike (the paper: over the rows); nothing is augmented in the clustering step, for
   there are no images; half of the steps for each of the two; learning rate 1e-3 (the paper: 1e-4, with many times the steps),
   falling by a cosine over all steps. */
#include "scan.h"

#include "head_method.h"
#include "pseudo_label.h"

static const double ENTROPY = 5;

void scan_layout(trained_head *head, arena *a, const head_step *s)
{
    const int64_t K = s->shape.K;
    trained_head_layout(head, a, s);
    head->p = arena_take(a, s->rows, K);
    head->du = arena_take(a, s->rows, K);
    head->share = arena_take(a, 1, K);
    head->log_share = arena_take(a, 1, K);
    head->scratch = arena_take(a, 1, K);
}

/* share = m, log_share = log m, which is finite whatever the logits. */
static void find_share(const head_step *s, trained_head *head, backend *be)
{
    const double mean = 1 / (double)s->rows;
    be->ops.column_sum(be, head->share, head->p, s->rows);
    be->ops.scale(be, head->share, head->share, mean);
    be->ops.column_max(be, head->log_share, head->log_p, 1, s->rows);
    be->ops.column_sum_exp(be, head->scratch, head->log_p, 1, head->log_share);
    be->ops.scale(be, head->scratch, head->scratch, mean);
    be->ops.add_log(be, head->log_share, head->scratch);
}

/* By p of a row: 5 (log m + 1) / rows; what is the same for all k does not reach the logits. */
static void entropy_gradient(const head_step *s, trained_head *head, backend *be)
{
    be->ops.scale(be, head->scratch, head->log_share, ENTROPY / (double)s->rows);
    be->ops.zero(be, head->du);
    be->ops.add_repeated(be, head->du, head->scratch);
    be->ops.softmax_backward(be, head->dl, head->du, head->p, 1);
}

/* Each pair is there from both sides: half of its loss, all of the gradient by that side. */
void scan_loss(const head_step *s, trained_head *head, backend *be)
{
    const pair_terms pair = {.log_a = head->log_p,
                             .log_b = head->log_p,
                             .offset = s->N,
                             .power = 1,
                             .coefficient = 1 / (double)s->rows,
                             .slope = 2 / (double)s->rows,
                             .inverse_tau = 1};
    be->ops.log_softmax(be, head->log_p, head->pass.l, 1);
    be->ops.softmax(be, head->p, head->pass.l, 1);
    be->ops.pair_loss(be, head->row_loss, head->dl, &pair);
    trained_head_sum(head, be);
    find_share(s, head, be);
    be->ops.add_row_dots(be, head->loss, head->share, head->log_share, ENTROPY);
    entropy_gradient(s, head, be);
}

const head_recipe RECIPE_SCAN = {.heads = 10,
                                 .neighbors = 20,
                                 .temperature = 1,
                                 .rate = 1e-3,
                                 .cosine_decay = true,
                                 .epochs = 100,
                                 .labeling = 0.5,
                                 .layout = scan_layout,
                                 .loss = scan_loss,
                                 .label_loss = pseudo_label_loss};

const method METHOD_SCAN =
    HEAD_METHOD(CLUDI_METHOD_SCAN, "scan", RECIPE_SCAN,
                "a head that puts neighbors into one cluster, then learns its own labels (Van Gansbeke et al. 2020)");
