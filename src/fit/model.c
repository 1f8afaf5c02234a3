#include "model.h"

#include <stdatomic.h>

#include "alloc.h"
#include "column_names.h"
#include "error.h"

static int64_t trained_numbers(const cludi_model *model)
{
    int64_t sum = 0;
    for (int i = 0; i < model->spec_count; i++)
        if (model->specs[i].trained)
            sum += model->specs[i].rows * model->specs[i].cols;
    return sum;
}

static int own_specs(param_spec *specs, const model_shape *shape)
{
    const method *how = method_of(shape->config);
    input_map map = input_map_bind(shape->config->preprocessing, shape->n, NULL);
    map.spaces = shape->spaces;
    return how->specs(how, specs, &(method_shape){&map, shape->rows, shape->K, shape->config});
}

int model_specs(param_spec *specs, const model_shape *shape)
{
    const cludi_config *config = shape->config;
    const int own = own_specs(specs, shape);
    return own + input_map_specs(specs + own, config->preprocessing, shape->n,
                                 method_of(config)->needs == TRAINING_NEEDS_ALL);
}

input_map model_input(const cludi_model *model)
{
    input_map map = input_map_bind(model->info.config.preprocessing, model->info.features, model->input);
    map.spaces = model->spaces;
    return map;
}

/* An address would not do: that of a model that was freed may come again. */
static uint64_t new_number(void)
{
    static atomic_uint_fast64_t last;
    return atomic_fetch_add(&last, 1) + 1;
}

cludi_status model_new(cludi_model **out, const cludi_allocator *allocator, const model_shape *shape,
                       cludi_error *error)
{
    cludi_model *model = alloc_zeroed(allocator, 1, sizeof *model);
    *out = NULL;
    if (!model)
        return error_memory(error, "the model");
    model->allocator = *allocator;
    model->how = method_of(shape->config);
    model->number = new_number();
    model->info = (cludi_model_info){.struct_size = sizeof model->info,
                                     .features = shape->n,
                                     .rows = shape->rows,
                                     .clusters = shape->K,
                                     .config = *shape->config};
    model->spaces = shape->spaces;
    model->spec_count = model_specs(model->specs, shape);
    model->first_input = own_specs(model->specs, shape);
    model->total = param_specs_total(model->specs, model->spec_count);
    model->info.parameters = trained_numbers(model);
    model->values = alloc_array(allocator, model->total, sizeof *model->values);
    if (!model->values) {
        model_free(model);
        return error_memory(error, "the parameters of the model");
    }
    model->input = model->values + param_specs_total(model->specs, model->first_input);
    *out = model;
    return CLUDI_OK;
}

void model_free(cludi_model *model)
{
    if (!model)
        return;
    const cludi_allocator allocator = model->allocator;
    column_names_clear(&model->columns, &allocator);
    alloc_free(&allocator, model->values);
    alloc_free(&allocator, model);
}
