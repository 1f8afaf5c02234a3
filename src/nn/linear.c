#include "linear.h"

linear_layer linear_bind(const param_set *set, int index)
{
    const param_tensors *weight = &set->items[index], *bias = &set->items[index + 1];
    return (linear_layer){weight->value, bias->value, weight->gradient, bias->gradient};
}

void linear_forward(backend *be, const linear_layer *layer, tensor y, tensor x)
{
    be->ops.linear(be, y, x, layer->W, layer->b);
}

void linear_forward_silu(backend *be, const linear_layer *layer, tensor y, tensor pre, tensor x)
{
    be->ops.linear_silu(be, y, pre, x, layer->W, layer->b);
}

void linear_forward_add(backend *be, const linear_layer *layer, tensor y, tensor x, tensor add)
{
    be->ops.linear_add(be, y, add, &(linear_operands){x, layer->W, layer->b});
}

void linear_forward_gate(backend *be, const linear_layer *layer, const gated_sum *sum, tensor x)
{
    be->ops.linear_gate(be, sum, &(linear_operands){x, layer->W, layer->b});
}

void linear_backward_input(backend *be, const linear_layer *layer, tensor dx, tensor dy)
{
    be->ops.linear_dx(be, dx, dy, layer->W);
}

void linear_backward_weights(backend *be, const linear_layer *layer, tensor dy, tensor x)
{
    be->ops.linear_dw(be, layer->dW, layer->db, dy, x);
}
