#include "model.h"

#include "alloc.h"
#include "error.h"
#include "method.h"

static int64_t trained_numbers(const cludi_model *model)
{
    int64_t sum = 0;
    for (int i = 0; i < model->spec_count; i++)
        if (model->specs[i].trained)
            sum += model->specs[i].rows * model->specs[i].cols;
    return sum;
}

cludi_status model_new(cludi_model **out, const cludi_allocator *allocator, int64_t n, int32_t K,
                       const cludi_config *config, cludi_error *error)
{
    cludi_model *model = alloc_zeroed(allocator, 1, sizeof *model);
    *out = NULL;
    if (!model)
        return error_memory(error, "the model");
    model->allocator = *allocator;
    model->info =
        (cludi_model_info){.struct_size = sizeof model->info, .features = n, .clusters = K, .config = *config};
    model->spec_count = method_of(config)->specs(model->specs, n, K, config);
    model->total = param_specs_total(model->specs, model->spec_count);
    model->info.parameters = trained_numbers(model);
    model->values = alloc_array(allocator, model->total, sizeof *model->values);
    if (!model->values) {
        model_free(model);
        return error_memory(error, "the parameters of the model");
    }
    *out = model;
    return CLUDI_OK;
}

void model_free(cludi_model *model)
{
    if (!model)
        return;
    const cludi_allocator allocator = model->allocator;
    alloc_free(&allocator, model->values);
    alloc_free(&allocator, model);
}
