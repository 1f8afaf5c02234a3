#include "real.h"

void KERNEL(ref_operations)(backend_ops *ops)
{
    ops->real_size = sizeof(real);
    KERNEL(ref_memory)(ops);
    KERNEL(ref_fill)(ops);
    KERNEL(ref_product)(ops);
    KERNEL(ref_nearest_rows)(ops);
    KERNEL(ref_top_rows)(ops);
    KERNEL(ref_elementwise)(ops);
    KERNEL(ref_unit_rows)(ops);
    KERNEL(ref_norm_modulate)(ops);
    KERNEL(ref_mix)(ops);
    KERNEL(ref_layer_norm)(ops);
    KERNEL(ref_attention)(ops);
    KERNEL(ref_softmax)(ops);
    KERNEL(ref_columns)(ops);
    KERNEL(ref_losses)(ops);
    KERNEL(ref_adamw)(ops);
}
