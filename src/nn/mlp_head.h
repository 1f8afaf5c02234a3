/* Clustering heads: a linear layer, or a perceptron with one hidden layer, from rows to K logits.

     l = W2 silu(W1 x + b1) + b2        or, without a hidden layer,        l = W2 x + b2

   Several heads see the same rows and know nothing of each other; their tensors are one param_set, head after head. */
#ifndef NN_MLP_HEAD_H
#define NN_MLP_HEAD_H

#include "linear.h"

enum { MLP_HEAD_PARAMS = 4 }; /* tensors of a head, at most */

typedef struct mlp_head_shape {
    int64_t n, hidden, K; /* hidden 0: a linear layer */
} mlp_head_shape;

/* The tensors of one head, in the order of the model file: specs MLP_HEAD_PARAMS. Returns how many. */
int mlp_head_specs(param_spec *specs, const mlp_head_shape *shape);

typedef struct mlp_head {
    bool linear;
    linear_layer first, last; /* no first: linear */
} mlp_head;

/* Head `index` of a set that has nothing but heads of this shape. */
mlp_head mlp_head_bind(const param_set *set, const mlp_head_shape *shape, int index);

/* What a head computes for `rows` rows. */
typedef struct mlp_head_pass {
    tensor pre, h; /* (rows, hidden) W1 x + b1 and silu of it; absent: linear; pre: training only */
    tensor l;      /* (rows, K) */
    tensor dh;     /* (rows, hidden) training only */
    tensor dpre;
} mlp_head_pass;

void mlp_head_pass_layout(mlp_head_pass *p, arena *a, const mlp_head_shape *shape, int64_t rows, bool training);

/* Fills p->l. x (rows, n), may be bf16 where the weights were prepared. */
void mlp_head_forward(backend *be, const mlp_head *head, const mlp_head_pass *p, tensor x);

/* Gradients of the head's tensors from dl (rows, K). */
void mlp_head_backward(backend *be, const mlp_head *head, const mlp_head_pass *p, tensor dl, tensor x);

#endif
