#include "pseudo_label.h"

#include "bounds.h"

static const float SURE = 0.99F;
static const float NEVER = -1e30F; /* logarithm of a label that a row has not */

/* The labels of sure rows, and how many there are of each. */
static void choose_labels(const head_step *s)
{
    const int64_t K = s->shape.K;
    for (int64_t k = 0; k < K; k++)
        s->host_counts[k] = 0;
    for (int64_t i = 0; i < s->N; i++) {
        const float *p = s->host_p + i * K;
        const int64_t best = argmax_float(p, K);
        s->host_labels[i] = p[best] > SURE ? best : -1;
        if (p[best] > SURE)
            s->host_counts[best] += 1;
    }
}

/* Sum of c_y: the clusters that there are. */
static double clusters_present(const head_step *s)
{
    double sum = 0;
    for (int64_t k = 0; k < s->shape.K; k++)
        sum += s->host_counts[k] > 0;
    return sum;
}

static void fill_targets(const head_step *s)
{
    const int64_t K = s->shape.K;
    const double clusters = clusters_present(s);
    for (int64_t i = 0; i < s->N; i++) {
        const int64_t label = s->host_labels[i];
        s->host_weights[i] = label < 0 ? 0 : 1 / (s->host_counts[label] * clusters);
        for (int64_t k = 0; k < K; k++)
            s->host_p[i * K + k] = k == label ? 0 : NEVER;
    }
}

void pseudo_label_loss(const head_step *s, trained_head *head, backend *be)
{
    const tensor sure = backend_rows(be, head->p, 0, s->N), views = backend_rows(be, head->log_p, s->N, s->N);
    const pair_terms pair = {.log_a = views,
                             .log_b = s->targets,
                             .weight = s->pair_weight,
                             .power = 1,
                             .coefficient = 1,
                             .slope = 1,
                             .inverse_tau = 1};
    be->ops.softmax(be, sure, backend_rows(be, head->pass.l, 0, s->N), 1);
    be->ops.copy_out(be, HOST_F32, s->host_p, sure);
    choose_labels(s);
    fill_targets(s);
    be->ops.copy_in(be, s->targets, HOST_F32, s->host_p);
    be->ops.copy_in(be, s->pair_weight, HOST_F64, s->host_weights);
    be->ops.log_softmax(be, head->log_p, head->pass.l, 1);
    be->ops.zero(be, head->row_loss);
    be->ops.zero(be, head->dl);
    be->ops.pair_loss(be, backend_rows(be, head->row_loss, s->N, s->N), backend_rows(be, head->dl, s->N, s->N), &pair);
    trained_head_sum(head, be);
}
