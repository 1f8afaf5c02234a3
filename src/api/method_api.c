/* The public face of the table of methods, and of what a training will consist of. */
#include <cludi/cluster.h>

#include "config_table.h"
#include "error.h"
#include "method.h"
#include "outline.h"
#include "struct_size.h"

cludi_status cludi_method_get_info(cludi_method value, cludi_method_info *info, cludi_error *error)
{
    const method *how = method_get((int32_t)value);
    if (!info)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "info is NULL.");
    TRY(struct_size_check(&SHAPE_METHOD_INFO, info, error));
    if (!how)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "method is %d; it must be between 0 and %d.", (int)value,
                         (int)method_count() - 1);
    const cludi_method_info ours = {.struct_size = sizeof ours,
                                    .has_steps = !how->fit_whole,
                                    .name = how->name,
                                    .help = how->help,
                                    .loss = how->loss,
                                    .step_unit = how->unit,
                                    .parameters = how->parameters,
                                    .can_resume = how->store || how->needs == TRAINING_NEEDS_SAMPLE,
                                    .has_embedding = how->has_embedding,
                                    .has_confidence = how->has_confidence,
                                    .uses_draws = how->uses_draws,
                                    .uses_precision = !how->in_float};
    struct_size_give(info, &ours);
    return CLUDI_OK;
}

cludi_status cludi_fit_describe(const cludi_config *theirs, int64_t rows, int32_t clusters, cludi_fit_outline *outline,
                                cludi_error *error)
{
    cludi_config config;
    config_table_defaults(&config);
    if (!outline)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "outline is NULL.");
    TRY(struct_size_check(&SHAPE_FIT_OUTLINE, outline, error));
    if (theirs)
        TRY(struct_size_take(&SHAPE_CONFIG, &config, theirs, error));
    TRY(config_table_check(&config, error));
    if (rows < 1 || clusters < 1)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld rows and K is %d; both must be at least 1.",
                         (long long)rows, (int)clusters);
    const cludi_fit_outline ours = outline_make(&config, rows, clusters);
    struct_size_give(outline, &ours);
    return CLUDI_OK;
}
