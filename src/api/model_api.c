/* Models: save, load, facts, free. */
#include <cludi/cluster.h>

#include "context_private.h"
#include "error.h"
#include "model_file.h"

cludi_status cludi_model_save(const cludi_model *model, const char *path, cludi_error *error)
{
    if (!model || !path)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", model ? "path" : "model");
    return model_file_save(model, path, error);
}

cludi_status cludi_model_load(cludi_context *context, const char *path, cludi_model **model, cludi_error *error)
{
    if (model)
        *model = NULL;
    if (!context || !path || !model)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", !context ? "context" : !path ? "path" : "model");
    return model_file_load(model, context_allocator(context), path, error);
}

cludi_status cludi_model_get_info(const cludi_model *model, cludi_model_info *info, cludi_error *error)
{
    if (!model || !info)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", model ? "info" : "model");
    if (info->struct_size != sizeof *info)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "info has struct_size %u; this library wants %zu.",
                         info->struct_size, sizeof *info);
    *info = model->info;
    return CLUDI_OK;
}

void cludi_model_free(cludi_model *model)
{
    model_free(model);
}
