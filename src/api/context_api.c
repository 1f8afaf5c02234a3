/* Contexts, status names and the version. */
#include <string.h>

#include <cludi/cludi.h>

#include "alloc.h"
#include "backend_table.h"
#include "context_private.h"
#include "error.h"
#include "escape.h"
#include "predict_loop.h"
#include "processors.h"
#include "struct_size.h"

enum { MOST_THREADS = 1024 };

const char *cludi_version(void)
{
    return CLUDI_VERSION;
}

const char *cludi_status_name(cludi_status status)
{
    static const char *const NAMES[] = {
        "CLUDI_OK",           "CLUDI_ERROR_ARGUMENT", "CLUDI_ERROR_MEMORY",      "CLUDI_ERROR_FILE",
        "CLUDI_ERROR_FORMAT", "CLUDI_ERROR_DATA",     "CLUDI_ERROR_UNSUPPORTED", "CLUDI_ERROR_BACKEND",
        "CLUDI_STOPPED",      "CLUDI_ERROR_DIVERGED",
    };
    const int index = (int)status;
    return index >= 0 && index < (int)(sizeof NAMES / sizeof *NAMES) ? NAMES[index] : "unknown status";
}

size_t cludi_text_escape(char *out, size_t capacity, const char *text)
{
    return out && text ? escape_text(out, capacity, text) : 0;
}

void cludi_context_options_init_sized(cludi_context_options *options, size_t size)
{
    const cludi_context_options ours = {.backend = "auto", .precision = "auto"};
    struct_size_begin(&SHAPE_CONTEXT_OPTIONS, options, size, &ours);
}

void(cludi_context_options_init)(cludi_context_options *options)
{
    cludi_context_options_init_sized(options, SHAPE_CONTEXT_OPTIONS.first);
}

const cludi_allocator *context_allocator(const cludi_context *context)
{
    return &context->allocator;
}

void context_forget_prediction(cludi_context *context)
{
    prediction_free(context->prediction);
    context->prediction = NULL;
}

/* The row of the table behind `index` others that are offered. */
static const cludi_backend *offered_backend(int32_t index)
{
    const backend_row *row;
    for (int32_t i = 0; (row = backend_table_get(i)); i++)
        if (row->offered.help && index-- == 0)
            return &row->offered;
    return NULL;
}

int32_t cludi_backend_count(void)
{
    int32_t count = 0;
    while (offered_backend(count))
        count++;
    return count;
}

const cludi_backend *cludi_backend_get(int32_t index)
{
    return index < 0 ? NULL : offered_backend(index);
}

static cludi_status check_options(const cludi_context_options *options, cludi_error *error)
{
    if (options->threads < 0 || options->threads > MOST_THREADS)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "threads is %d; it must be between 0 and %d.", options->threads,
                         (int)MOST_THREADS);
    if (!options->allocator.allocate != !options->allocator.release)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "allocator has only one of allocate and release; give both.");
    return backend_table_check(options->backend ? options->backend : "auto", error);
}

static int choose_threads(int32_t asked)
{
    const int threads = asked > 0 ? asked : processors_default();
    return threads < MOST_THREADS ? threads : MOST_THREADS;
}

cludi_status cludi_context_new(const cludi_context_options *theirs, cludi_context **out, cludi_error *error)
{
    cludi_context_options ours;
    const cludi_context_options *options = &ours;
    cludi_context_options_init(&ours);
    if (!out)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "context is NULL.");
    *out = NULL;
    TRY(theirs ? struct_size_take(&SHAPE_CONTEXT_OPTIONS, &ours, theirs, error) : CLUDI_OK);
    TRY(check_options(options, error));
    const cludi_allocator allocator = options->allocator.allocate ? options->allocator : alloc_system();
    cludi_context *context = alloc_zeroed(&allocator, 1, sizeof *context);
    if (!context)
        return error_memory(error, "the context");
    context->allocator = allocator;
    context->seed = options->seed;
    context->messages = (callbacks){options->log, options->log_user, options->progress, options->progress_user};
    stop_request_init(&context->stop, options->stop, options->stop_user);
    cludi_status status = backend_open(&context->be, options->backend ? options->backend : "auto",
                                       options->precision ? options->precision : "auto",
                                       choose_threads(options->threads), &allocator, error);
    context->be.stop = &context->stop;
    if (status == CLUDI_OK)
        *out = context;
    else
        cludi_context_free(context);
    return status;
}

void cludi_context_free(cludi_context *context)
{
    if (!context)
        return;
    const cludi_allocator allocator = context->allocator;
    context_forget_prediction(context);
    backend_close(&context->be);
    alloc_free(&allocator, (char *)context->checkpoint.path);
    alloc_free(&allocator, context);
}

const char *cludi_context_backend(const cludi_context *context)
{
    return context->be.ops.name;
}

const char *cludi_context_precision(const cludi_context *context)
{
    return backend_precision(&context->be);
}

int32_t cludi_context_threads(const cludi_context *context)
{
    return context->be.threads;
}
