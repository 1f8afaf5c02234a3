/* Pictures of numbers. */
#include <cludi/report.h>

#include "context_private.h"
#include "error.h"
#include "out_file.h"
#include "plot.h"
#include "plot_check.h"
#include "struct_size.h"

static cludi_status write_text(const char *path, const strbuf *text, cludi_error *error)
{
    out_file file;
    cludi_status status = out_file_open(&file, path, error);
    if (!status)
        status = out_file_write(&file, text->text, text->length, error);
    if (!status)
        status = out_file_commit(&file, error);
    out_file_discard(&file);
    return status;
}

cludi_status cludi_plot_write(cludi_context *context, const char *path, const cludi_plot *theirs, cludi_error *error)
{
    cludi_plot ours = {0}, *plot = &ours;
    if (!context || !path || !theirs)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", !context ? "context" : !path ? "path" : "plot");
    cludi_status status = struct_size_take(&SHAPE_PLOT, plot, theirs, error);
    if (status == CLUDI_OK)
        status = plot_check(plot, error);
    if (status)
        return status;
    strbuf text;
    strbuf_init(&text, context_allocator(context));
    plot_draw(&text, plot);
    status = text.failed ? error_memory(error, "the text of the plot") : write_text(path, &text, error);
    strbuf_clear(&text);
    return status;
}
