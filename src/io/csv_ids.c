#include "csv_ids.h"

#include <math.h>
#include <string.h>

#include "alloc.h"

enum { MOST_COLUMNS = 65536, FIRST_CAPACITY = 16, ROOM = 32 << 20 };

bool csv_ids_init(csv_ids *ids, const cludi_allocator *allocator, int64_t count)
{
    const int64_t taken = count < MOST_COLUMNS ? count : MOST_COLUMNS;
    *ids = (csv_ids){.allocator = allocator, .count = taken, .open = taken, .room = ROOM};
    ids->columns = alloc_zeroed(allocator, taken, sizeof *ids->columns);
    return ids->columns;
}

static void free_table(csv_ids *ids, id_column *column)
{
    ids->room += column->capacity * (int64_t)sizeof *column->seen;
    alloc_free(ids->allocator, column->seen);
    column->seen = NULL;
    column->capacity = 0;
}

void csv_ids_clear(csv_ids *ids)
{
    for (int64_t i = 0; ids->columns && i < ids->count; i++)
        free_table(ids, &ids->columns[i]);
    alloc_free(ids->allocator, ids->columns);
    ids->columns = NULL;
}

/* Puts a number into a table with room for it. false: it is there already. */
static bool put(double *seen, int64_t capacity, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int64_t slot = (int64_t)((bits * 0x9E3779B97F4A7C15U) >> 32 & (uint64_t)(capacity - 1));
    while (!isnan(seen[slot])) {
        if (seen[slot] == value)
            return false;
        slot = (slot + 1) & (capacity - 1);
    }
    seen[slot] = value;
    return true;
}

static bool grow(csv_ids *ids, id_column *column)
{
    const int64_t capacity = column->capacity ? 2 * column->capacity : FIRST_CAPACITY;
    const int64_t bytes = capacity * (int64_t)sizeof *column->seen;
    if (bytes > ids->room && column != ids->columns)
        return false;
    double *seen = alloc_array(ids->allocator, capacity, sizeof *seen);
    if (!seen) {
        ids->failed = true;
        return false;
    }
    for (int64_t i = 0; i < capacity; i++)
        seen[i] = NAN;
    for (int64_t i = 0; i < column->capacity; i++)
        if (!isnan(column->seen[i]))
            put(seen, capacity, column->seen[i]);
    free_table(ids, column);
    ids->room -= bytes;
    column->seen = seen;
    column->capacity = capacity;
    return true;
}

/* Whether a number is the first of its kind, as far as rows are remembered. */
static bool is_new(csv_ids *ids, id_column *column, double value)
{
    if (column->rows >= CSV_IDS_MOST_ROWS)
        return true;
    if (2 * column->rows >= column->capacity && !grow(ids, column))
        return false;
    return put(column->seen, column->capacity, value);
}

void csv_ids_look(csv_ids *ids, const csv_reader *reader, int64_t at)
{
    double value;
    if (at >= ids->count || ids->columns[at].is_over)
        return;
    id_column *column = &ids->columns[at];
    const bool is_number = csv_reader_double(reader, &value);
    column->has_text |= column->rows == 0 && !is_number && reader->text[0];
    if (!is_number || value != floor(value) || !is_new(ids, column, value)) {
        column->is_over = true;
        free_table(ids, column);
        ids->open--;
        return;
    }
    column->rows++;
}

bool csv_ids_is_likely(const csv_ids *ids, int64_t column)
{
    return column < ids->count && !ids->columns[column].is_over && ids->columns[column].rows >= CSV_IDS_FEWEST_ROWS;
}

bool csv_ids_is_index(const csv_ids *ids, int64_t at)
{
    const id_column *column = &ids->columns[at];
    return at < ids->count && (column->has_text || (!column->is_over && column->rows > 0));
}
