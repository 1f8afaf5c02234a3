/* A linear layer y = x W^T + b, W (out, in): the parameter tensors and their gradients, as one thing to pass around.
   Forward and backward are single operations of the backend. */
#ifndef NN_LINEAR_H
#define NN_LINEAR_H

#include "param_set.h"

typedef struct linear_layer {
    tensor W, b;   /* (out, in), (1, out) */
    tensor dW, db; /* gradients; absent without training */
} linear_layer;

/* The layer whose weight is item `index` of the set and whose bias is the next item. */
linear_layer linear_bind(const param_set *set, int index);

void linear_forward(backend *be, const linear_layer *layer, tensor y, tensor x);

/* y = silu(pre), pre = x W^T + b; pre is kept if present. */
void linear_forward_silu(backend *be, const linear_layer *layer, tensor y, tensor pre, tensor x);

/* y[r] = (x W^T + b)[r] + add[r % add.rows] */
void linear_forward_add(backend *be, const linear_layer *layer, tensor y, tensor x, tensor add);

/* sum->o = x W^T + b; sum->v = sum->from + (1 + g) sum->o */
void linear_forward_gate(backend *be, const linear_layer *layer, const gated_sum *sum, tensor x);

/* The backward in two parts: dx = dy W, and dW, db from dy and the forward's x. */
void linear_backward_input(backend *be, const linear_layer *layer, tensor dx, tensor dy);
void linear_backward_weights(backend *be, const linear_layer *layer, tensor dy, tensor x);

#endif
