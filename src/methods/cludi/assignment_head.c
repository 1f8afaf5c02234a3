#include "assignment_head.h"

#include <math.h>

void head_layout(assignment_head *hd, arena *a, const denoiser *net, const cludi_config *config)
{
    hd->net = net;
    hd->kind = config->logits;
    hd->inverse_tau = 1 / config->temperature;
    hd->directions = arena_take(a, net->K, net->d);
    hd->d_directions = arena_take(a, net->K, net->d);
}

void head_pass_layout(head_pass *p, arena *a, const assignment_head *hd, int64_t rows)
{
    p->zu = hd->kind == CLUDI_LOGITS_COSINE ? arena_take(a, rows, hd->net->d) : (tensor){0};
    p->l = arena_take(a, rows, hd->net->K);
    p->u = arena_take(a, rows, hd->net->K);
    p->raw = arena_take(a, rows, hd->net->d);
    p->z0 = arena_take(a, rows, hd->net->d);
}

head_pass head_pass_rows(const assignment_head *hd, const head_pass *p, int64_t first, int64_t rows)
{
    const backend *be = hd->net->be;
    return (head_pass){.zu = backend_rows(be, p->zu, first, rows),
                       .l = backend_rows(be, p->l, first, rows),
                       .u = backend_rows(be, p->u, first, rows),
                       .raw = backend_rows(be, p->raw, first, rows),
                       .z0 = backend_rows(be, p->z0, first, rows)};
}

static double root_d(const assignment_head *hd)
{
    return sqrt((double)hd->net->d);
}

void head_prepare(assignment_head *hd)
{
    backend *be = hd->net->be;
    if (hd->kind == CLUDI_LOGITS_COSINE)
        be->ops.unit_rows(be, hd->directions, hd->net->L, 1);
    else
        be->ops.scale(be, hd->directions, hd->net->L, 1 / root_d(hd));
}

void head_assign(const assignment_head *hd, head_pass *p, tensor z)
{
    backend *be = hd->net->be;
    if (hd->kind == CLUDI_LOGITS_COSINE)
        be->ops.unit_rows(be, p->zu, z, 1);
    be->ops.linear(be, p->l, hd->kind == CLUDI_LOGITS_COSINE ? p->zu : z, hd->directions, (tensor){0});
    be->ops.softmax(be, p->u, p->l, hd->inverse_tau);
}

void head_embed(const assignment_head *hd, head_pass *p)
{
    backend *be = hd->net->be;
    be->ops.linear_dx(be, p->raw, p->u, hd->net->E);
    be->ops.unit_rows(be, p->z0, p->raw, root_d(hd));
}

void head_embed_backward(const assignment_head *hd, const head_pass *p, tensor dl, tensor d_z0, tensor du)
{
    backend *be = hd->net->be;
    be->ops.unit_rows_backward(be, d_z0, d_z0, p->raw, root_d(hd));
    be->ops.linear(be, du, d_z0, hd->net->E, (tensor){0});
    be->ops.softmax_backward(be, dl, du, p->u, hd->inverse_tau);
}

void head_assign_backward(const assignment_head *hd, const head_pass *p, tensor dz, tensor dl, tensor z)
{
    backend *be = hd->net->be;
    const bool cosine = hd->kind == CLUDI_LOGITS_COSINE;
    be->ops.linear_dw(be, hd->d_directions, (tensor){0}, dl, cosine ? p->zu : z);
    be->ops.linear_dx(be, dz, dl, hd->directions);
    if (cosine) {
        be->ops.unit_rows_backward(be, hd->net->dL, hd->d_directions, hd->net->L, 1);
        be->ops.unit_rows_backward(be, dz, dz, z, 1);
    } else {
        be->ops.scale(be, hd->net->dL, hd->d_directions, 1 / root_d(hd));
    }
}
