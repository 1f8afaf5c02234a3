/* Models: save, load, facts, free. */
#include <cludi/cluster.h>

#include "column_names.h"
#include "context_private.h"
#include "error.h"
#include "escape.h"
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
    TRY(struct_size_check(&SHAPE_MODEL_INFO, info, error));
    struct_size_give(info, &model->info);
    return CLUDI_OK;
}

enum { NAMES_AT_MOST = 900000 }; /* of the 1 MiB that the header of the file may take */

/* Bytes that names take as JSON within JSON. */
static int64_t count_bytes(const char *const *names, int64_t count)
{
    int64_t bytes = 0;
    for (int64_t i = 0; i < count; i++) {
        for (const char *at = names[i]; *at; at++)
            bytes += (unsigned char)*at < ' ' ? 8 : *at == '"' || *at == '\\' ? 4 : 1;
        bytes += 5;
    }
    return bytes;
}

static cludi_status check_names(const char *const *names, int64_t count, const char *field, cludi_error *error)
{
    for (int64_t i = 0; i < count; i++)
        if (!names || !names[i] || !escape_is_utf8(names[i]))
            return error_set(error, CLUDI_ERROR_ARGUMENT, "columns->%s[%lld] is no text in UTF-8.", field,
                             (long long)i);
    return CLUDI_OK;
}

static cludi_status check_columns(const cludi_model *model, const cludi_columns *columns, cludi_error *error)
{
    if (columns->count < 0 || columns->dropped_count < 0 || (columns->count == 0 && columns->dropped_count > 0) ||
        (columns->count > 0 && columns->count != model->info.features))
        return error_set(error, CLUDI_ERROR_ARGUMENT, "columns has %lld names; the model has %lld features.",
                         (long long)columns->count, (long long)model->info.features);
    cludi_status status = check_names(columns->names, columns->count, "names", error);
    if (status == CLUDI_OK)
        status = check_names(columns->dropped, columns->dropped_count, "dropped", error);
    if (status == CLUDI_OK &&
        count_bytes(columns->names, columns->count) + count_bytes(columns->dropped, columns->dropped_count) >
            NAMES_AT_MOST)
        status = error_set(error, CLUDI_ERROR_UNSUPPORTED,
                           "The names of the columns take more than the %d bytes that a model's file has for them.",
                           NAMES_AT_MOST);
    return status;
}

cludi_status cludi_model_set_columns(cludi_model *model, const cludi_columns *columns, cludi_error *error)
{
    cludi_columns copy;
    if (!model || !columns)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", model ? "columns" : "model");
    TRY(check_columns(model, columns, error));
    TRY(column_names_copy(&copy, &model->allocator, columns, error));
    column_names_clear(&model->columns, &model->allocator);
    model->columns = copy;
    return CLUDI_OK;
}

cludi_columns cludi_model_get_columns(const cludi_model *model)
{
    return model->columns;
}

static cludi_status check_verify(const cludi_context *context, const cludi_model *model, const cludi_source *X,
                                 const cludi_verification *out, cludi_error *error)
{
    if (!context || !model || !out)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.",
                         !context ? "context"
                         : !model ? "model"
                                  : "verification");
    TRY(struct_size_check(&SHAPE_VERIFICATION, out, error));
    TRY(rows_check_source(X, 1, error));
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
    TRY(check_verify(context, model, X, verification, error));
    stoppable_source stoppable = {X, &context->stop};
    const cludi_source rows = stoppable_source_rows(&stoppable);
    stop_request_begin(&context->stop);
    cludi_status status = row_order_init(&order, &context->allocator, &rows, model->info.seed, error);
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
