/* Labels added to .h5ad files. */
#include <cludi/dataset.h>

#include <string.h>
#include <sys/stat.h>

#include "context_private.h"
#include "dataset_file.h"
#include "error.h"
#include "h5ad_writer.h"

/* What programs compiled with the headers of 0.1.0 have: it ended with clusters. */
static const size_t FIRST_COLUMNS = offsetof(cludi_h5ad_columns, name);

static cludi_status refuse_null(const char *argument, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", argument);
}

static cludi_status check_columns(const cludi_h5ad_columns *columns, cludi_error *error)
{
    if (!columns->labels || !columns->confidence)
        return refuse_null(columns->labels ? "columns->confidence" : "columns->labels", error);
    if (columns->rows < 1 || columns->clusters < 1)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "columns has %" PRId64 " rows and %" PRId32 " clusters; at least 1 of each is wanted.",
                         columns->rows, columns->clusters);
    for (int64_t i = 0; i < columns->rows; i++) {
        if (columns->labels[i] < 0 || columns->labels[i] >= columns->clusters)
            return error_set(error, CLUDI_ERROR_ARGUMENT,
                             "labels[%" PRId64 "] is %" PRId32 "; labels from 0 to %" PRId32 " are wanted.", i,
                             columns->labels[i], columns->clusters - 1);
    }
    return columns->obsm && !columns->probabilities ? refuse_null("columns->probabilities", error) : CLUDI_OK;
}

/* Probabilities do not take the place of what they are of. member: NULL where the usual array is meant. */
static cludi_status check_member(const char *member, const char *obsm, cludi_error *error)
{
    static const char FOLDER[] = "obsm/";
    const size_t length = sizeof FOLDER - 1;
    member = member ? member + strspn(member, "/") : "obsm/X_pca";
    if (!obsm || strncmp(member, FOLDER, length) != 0 || strcmp(member + length, obsm) != 0)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT,
                     "/obsm/%s has the vectors that were clustered; another name is wanted for the probabilities.",
                     obsm);
}

static bool is_same_file(const in_file *source, const char *path)
{
    struct stat a, b;
    return fstat(source->descriptor, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

enum { LISTED = 1024 }; /* bytes: three names */

static void list_name(char list[LISTED], const char *folder, const char *name, const char *ending)
{
    const size_t length = strlen(list);
    snprintf(list + length, LISTED - length, "%s%s/%s%s", length > 0 ? ", " : "", folder, name, ending);
}

static void tell_replaced(const cludi_context *context, const char *source, const h5ad_columns *columns)
{
    char list[LISTED] = "";
    if (columns->replaced->labels)
        list_name(list, "obs", columns->name, "");
    if (columns->replaced->confidence)
        list_name(list, "obs", columns->name, "_confidence");
    if (columns->replaced->probabilities)
        list_name(list, "obsm", columns->obsm, "");
    if (*list != '\0')
        message_log(&context->messages, CLUDI_LOG_WARNING, "Note: what \"%s\" has as %s is replaced in the copy.",
                    source, list);
}

/* path NULL: finds out what would be refused, tells what would be replaced, and writes nothing. */
static cludi_status write_copy(cludi_context *context, const char *source, const char *path,
                               const cludi_h5ad_columns *columns, cludi_error *error)
{
    char name[PATH_MAX];
    in_file file;
    h5ad_replaced replaced = {0};
    cludi_status status = dataset_file_open_whole(&file, source, name, error);
    if (status)
        return status;
    stop_request_begin(&context->stop);
    file.stop = &context->stop;
    const h5ad_columns inner = {.labels = columns->labels,
                                .confidence = columns->confidence,
                                .rows = columns->rows,
                                .clusters = columns->clusters,
                                .name = columns->name ? columns->name : "cludi",
                                .obsm = columns->obsm,
                                .probabilities = columns->probabilities,
                                .parameters = columns->parameters,
                                .replaced = &replaced};
    const size_t length = strlen(file.path);
    if (path && is_same_file(&file, path))
        status =
            error_set(error, CLUDI_ERROR_ARGUMENT, "\"%s\" is the file that is copied; another name is wanted.", path);
    else
        status = check_member(length < strlen(source) ? source + length + 1 : NULL, columns->obsm, error);
    if (!status)
        status = h5ad_write(&file, path, &inner, context_allocator(context), error);
    if (!status && !path)
        tell_replaced(context, file.path, &inner);
    in_file_close(&file);
    return status;
}

cludi_status cludi_h5ad_check(cludi_context *context, const char *source, const cludi_h5ad_columns *columns,
                              cludi_error *error)
{
    if (!context || !source)
        return refuse_null(context ? "source" : "context", error);
    if (!columns)
        return refuse_null("columns", error);
    return write_copy(context, source, NULL, columns, error);
}

cludi_status cludi_h5ad_write_sized(cludi_context *context, const char *source, const char *path,
                                    const cludi_h5ad_columns *theirs, size_t size, cludi_error *error)
{
    cludi_h5ad_columns columns = {0};
    if (!context || !source)
        return refuse_null(context ? "source" : "context", error);
    if (!path || !theirs)
        return refuse_null(path ? "columns" : "path", error);
    if (size < FIRST_COLUMNS || size > sizeof columns)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "columns has %zu bytes; this library wants %zu, or at least %zu of an older header.", size,
                         sizeof columns, FIRST_COLUMNS);
    memcpy(&columns, theirs, size);
    const cludi_status status = check_columns(&columns, error);
    return status ? status : write_copy(context, source, path, &columns, error);
}

cludi_status(cludi_h5ad_write)(cludi_context *context, const char *source, const char *path,
                               const cludi_h5ad_columns *columns, cludi_error *error)
{
    return cludi_h5ad_write_sized(context, source, path, columns, FIRST_COLUMNS, error);
}
