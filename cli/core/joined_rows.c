#include "rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"

/* Rows of one file: numbers list[0 .. count - 1], or those from `first` on where list is NULL. */
static cludi_status read_part(const cludi_source *part, const int64_t *list, int64_t first, int64_t count, float *out,
                              cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    if (!list)
        return part->read(part->user, first, count, out, error);
    if (part->read_rows)
        return part->read_rows(part->user, list, count, out, error);
    for (int64_t i = 0; status == CLUDI_OK && i < count; i++)
        status = part->read(part->user, list[i], 1, out + i * part->cols, error);
    return status;
}

static cludi_status refuse_memory(cludi_error *error, int64_t count)
{
    error->status = CLUDI_ERROR_MEMORY;
    snprintf(error->message, sizeof error->message, "Out of memory for %" PRId64 " rows of several files.", count);
    return CLUDI_ERROR_MEMORY;
}

static cludi_status read_all(const joined_rows *joined, const int64_t *list, int64_t first, int64_t count, float *out,
                             cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    int64_t column = 0;
    for (int p = 0; status == CLUDI_OK && p < joined->count; p++) {
        const cludi_source *part = &joined->parts[p];
        size_t bytes = (size_t)part->cols * sizeof(float);
        float *room = malloc((size_t)count * bytes);
        if (!room)
            return refuse_memory(error, count);
        status = read_part(part, list, first, count, room, error);
        for (int64_t i = 0; status == CLUDI_OK && i < count; i++)
            memcpy(out + i * joined->cols + column, room + i * part->cols, bytes);
        free(room);
        column += part->cols;
    }
    return status;
}

static cludi_status read_block(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    return read_all(user, NULL, first, count, out, error);
}

static cludi_status read_list(void *user, const int64_t *rows, int64_t count, float *out, cludi_error *error)
{
    return read_all(user, rows, 0, count, out, error);
}

static int open_part(joined_rows *joined, cludi_context *context, const char *path, const cludi_dataset_options *how)
{
    cludi_error error;
    int64_t rows = joined->parts[0].rows;
    cludi_dataset **dataset = &joined->datasets[joined->count];
    if (cludi_dataset_open_with(context, path, how, dataset, &error) != CLUDI_OK)
        return complain_error(&error);
    joined->parts[joined->count] = cludi_dataset_get_source(*dataset);
    const cludi_source *part = &joined->parts[joined->count++];
    if (part->rows != rows) {
        return complain("\"%s\" has %" PRId64 " rows, but \"%s\" has %" PRId64 "; files of the same rows are wanted.",
                        path, part->rows, joined->first, rows);
    }
    joined->cols += part->cols;
    return EXIT_DONE;
}

int joined_rows_open(joined_rows *joined, cludi_context *context, const row_options *options, bool in_memory)
{
    cludi_dataset_options how;
    cludi_dataset_options_init(&how);
    how.header = options->header;
    how.decimal_comma = options->decimal_comma;
    how.in_memory = in_memory;
    joined->count = 1;
    joined->cols = joined->parts[0].cols;
    for (int i = 0; i < options->also_count; i++)
        TRY(open_part(joined, context, options->also[i], &how));
    return EXIT_DONE;
}

cludi_source joined_rows_source(joined_rows *joined)
{
    cludi_source rows = {.rows = joined->parts[0].rows,
                         .cols = joined->cols,
                         .read = read_block,
                         .read_rows = read_list,
                         .user = joined};
    for (int p = 0; p < joined->count; p++)
        rows.sequential |= joined->parts[p].sequential;
    return rows;
}

int joined_rows_tell(const joined_rows *joined, cludi_context *context)
{
    cludi_error error;
    int64_t widths[ALSO_MOST + 1];
    for (int p = 0; p < joined->count; p++)
        widths[p] = joined->parts[p].cols;
    return cludi_fit_set_spaces(context, widths, joined->count, &error) == CLUDI_OK ? EXIT_DONE
                                                                                    : complain_error(&error);
}

void joined_rows_close(joined_rows *joined)
{
    for (int p = 1; p <= ALSO_MOST; p++)
        cludi_dataset_free(joined->datasets[p]);
    *joined = (joined_rows){0};
}
