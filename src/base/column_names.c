#include "column_names.h"

#include <string.h>

#include "error.h"

static size_t count_bytes(const char *const *names, int64_t count)
{
    size_t bytes = 0;
    for (int64_t i = 0; i < count; i++)
        bytes += sizeof *names + strlen(names[i]) + 1;
    return bytes;
}

/* Writes the names behind *text, which moves on, and where they are to list. */
static void copy_names(const char **list, char **text, const char *const *names, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const size_t size = strlen(names[i]) + 1;
        list[i] = memcpy(*text, names[i], size);
        *text += size;
    }
}

cludi_status column_names_copy(cludi_columns *out, const cludi_allocator *allocator, const cludi_columns *from,
                               cludi_error *error)
{
    *out = (cludi_columns){0};
    if (from->count == 0)
        return CLUDI_OK;
    const size_t bytes = count_bytes(from->names, from->count) + count_bytes(from->dropped, from->dropped_count);
    const char **list = alloc_array(allocator, 1, bytes);
    if (!list)
        return error_memory(error, "the names of the columns");
    char *text = (char *)(list + from->count + from->dropped_count);
    copy_names(list, &text, from->names, from->count);
    copy_names(list + from->count, &text, from->dropped, from->dropped_count);
    *out = (cludi_columns){list, from->count, list + from->count, from->dropped_count};
    return CLUDI_OK;
}

void column_names_clear(cludi_columns *columns, const cludi_allocator *allocator)
{
    alloc_free(allocator, (void *)columns->names);
    *columns = (cludi_columns){0};
}
