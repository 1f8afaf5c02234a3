#include "mlp_head.h"

#include <math.h>
#include <string.h>

static const double LAST =
    0.1; /* the logits start near zero, because confident predictions of random weights would persist */

static void add_layer(param_spec *specs, const char *weight, const char *bias, int64_t out, int64_t in)
{
    specs[0] = (param_spec){.rows = out, .cols = in, .matrix = true, .products = PARAM_BOTH, .trained = true};
    specs[1] = (param_spec){.rows = 1, .cols = out, .trained = true};
    specs[0].deviation = 1 / sqrt((double)in);
    strcpy(specs[0].name, weight);
    strcpy(specs[1].name, bias);
}

int mlp_head_specs(param_spec *specs, const mlp_head_shape *shape)
{
    int count = 0;
    if (shape->hidden > 0) {
        add_layer(specs, "first.weight", "first.bias", shape->hidden, shape->n);
        count = 2;
    }
    add_layer(specs + count, "last.weight", "last.bias", shape->K, shape->hidden > 0 ? shape->hidden : shape->n);
    specs[count].deviation *= LAST;
    specs[0].products = PARAM_FORWARD; /* nothing needs the gradient by the rows */
    return count + 2;
}

mlp_head mlp_head_bind(const param_set *set, const mlp_head_shape *shape, int index)
{
    mlp_head head = {.linear = shape->hidden == 0};
    if (head.linear) {
        head.last = linear_bind(set, 2 * index);
    } else {
        head.first = linear_bind(set, MLP_HEAD_PARAMS * index);
        head.last = linear_bind(set, MLP_HEAD_PARAMS * index + 2);
    }
    return head;
}

void mlp_head_pass_layout(mlp_head_pass *p, arena *a, const mlp_head_shape *shape, int64_t rows, bool training)
{
    *p = (mlp_head_pass){.l = arena_take(a, rows, shape->K)};
    if (shape->hidden == 0)
        return;
    p->h = arena_take_operand(a, rows, shape->hidden);
    if (training) {
        p->pre = arena_take(a, rows, shape->hidden);
        p->dh = arena_take(a, rows, shape->hidden);
        p->dpre = arena_take_operand(a, rows, shape->hidden);
    }
}

void mlp_head_forward(backend *be, const mlp_head *head, const mlp_head_pass *p, tensor x)
{
    if (!head->linear)
        linear_forward_silu(be, &head->first, p->h, p->pre, x);
    linear_forward(be, &head->last, p->l, head->linear ? x : p->h);
}

void mlp_head_backward(backend *be, const mlp_head *head, const mlp_head_pass *p, tensor dl, tensor x)
{
    linear_backward_weights(be, &head->last, dl, head->linear ? x : p->h);
    if (head->linear)
        return;
    linear_backward_input(be, &head->last, p->dh, dl);
    be->ops.silu_backward(be, p->dpre, p->dh, p->pre);
    linear_backward_weights(be, &head->first, p->dpre, x);
}
