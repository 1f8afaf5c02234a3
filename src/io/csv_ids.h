/* Which columns of a CSV look like numbers of rows, found while the rows are counted. */
#ifndef IO_CSV_IDS_H
#define IO_CSV_IDS_H

#include "csv_reader.h"

#include <cludi/context.h>

enum { CSV_IDS_FEWEST_ROWS = 10, CSV_IDS_MOST_ROWS = 65536 };

/* A column as far as it was looked at. */
typedef struct id_column {
    bool is_over;     /* it has a fraction, a number twice, or no number */
    bool has_text;    /* its first cell is no number */
    double *seen;     /* (capacity) a hash table, NaN where it is empty; of the first CSV_IDS_MOST_ROWS */
    int64_t capacity; /* a power of two; 0 at first */
    int64_t rows;
} id_column;

typedef struct csv_ids {
    const cludi_allocator *allocator;
    id_column *columns; /* (count); owned */
    int64_t count;      /* columns that are looked at: the first */
    int64_t open;       /* of them, those that are not over */
    int64_t room;       /* bytes that the tables may still take; beyond, a column but the first is given up */
    bool failed;        /* there was no memory */
} csv_ids;

/* Looks at the first count columns, at most 65536 of them. false: no memory; csv_ids_clear is allowed. */
bool csv_ids_init(csv_ids *ids, const cludi_allocator *allocator, int64_t count);
void csv_ids_clear(csv_ids *ids);

/* Looks at the cell of the reader; ids->failed is set without memory. */
void csv_ids_look(csv_ids *ids, const csv_reader *reader, int64_t column);

/* Whole numbers that are all different, in enough rows to tell. */
bool csv_ids_is_likely(const csv_ids *ids, int64_t column);

/* Whether a column without a name is an index: it has whole numbers that are all different, or begins with a text. */
bool csv_ids_is_index(const csv_ids *ids, int64_t column);

#endif
