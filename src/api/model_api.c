/* Models: save, load, facts, free. */
#include <cludi/cluster.h>

#include "context_private.h"
#include "error.h"
#include "fit_check.h"
#include "model_file.h"
#include "rows.h"
#include "struct_size.h"

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
    const cludi_status status = struct_size_check(&SHAPE_MODEL_INFO, info, error);
    if (status == CLUDI_OK)
        struct_size_give(info, &model->info);
    return status;
}

static cludi_status check_verify(const cludi_context *context, const cludi_model *model, const cludi_source *X,
                                 const cludi_verification *out, cludi_error *error)
{
    if (!context || !model || !out)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.",
                         !context ? "context"
                         : !model ? "model"
                                  : "verification");
    cludi_status status = struct_size_check(&SHAPE_VERIFICATION, out, error);
    if (status == CLUDI_OK)
        status = rows_check_source(X, 1, error);
    if (status != CLUDI_OK)
        return status;
    if (X->cols != model->info.features)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld columns; the model was trained on %lld.",
                         (long long)X->cols, (long long)model->info.features);
    return X->sequential ? error_set(error, CLUDI_ERROR_UNSUPPORTED,
                                     "X can only be read in order, but its rows are compared in another.")
                         : CLUDI_OK;
}

cludi_status cludi_model_verify(cludi_context *context, const cludi_model *model, const cludi_source *X,
                                cludi_verification *verification, cludi_error *error)
{
    row_order order = {0};
    model_check now = {0};
    cludi_status status = check_verify(context, model, X, verification, error);
    if (status != CLUDI_OK)
        return status;
    stoppable_source stoppable = {X, &context->stop};
    const cludi_source rows = stoppable_source_rows(&stoppable);
    stop_watch_begin(&context->stop);
    status = row_order_init(&order, &context->allocator, &rows, model->info.seed, error);
    if (status == CLUDI_OK && order.digest == model->check.rows && model->check.checked > 0)
        status = fit_check_take(&(fit_check_args){&context->be, model->info.seed, model, &rows, &order}, &now, error);
    if (status == CLUDI_OK) {
        const cludi_verification found = {.same_rows = order.digest == model->check.rows,
                                          .same_labels = now.checked > 0 && now.checked == model->check.checked &&
                                                         now.labels == model->check.labels,
                                          .checked = now.checked};
        struct_size_give(verification, &found);
    }
    row_order_clear(&order);
    return status;
}

void cludi_model_free(cludi_model *model)
{
    model_free(model);
}
