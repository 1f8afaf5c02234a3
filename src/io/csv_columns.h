/* The columns of a CSV: their names, which of them are features, and where these go in a row. */
#ifndef IO_CSV_COLUMNS_H
#define IO_CSV_COLUMNS_H

#include "array_format.h"
#include "csv_reader.h"
#include "text_codes.h"

enum { CSV_COLUMN_TEXT = CSV_CELL + 32 };

/* Why a column is not a feature. */
typedef enum csv_fate { CSV_FEATURE = 0, CSV_ID, CSV_DROPPED, CSV_LEFT_OUT } csv_fate;

typedef struct csv_columns {
    const cludi_allocator *allocator;
    const char *path;       /* for messages; borrowed, as the allocator */
    int64_t count;          /* of the file */
    bool has_names;         /* a header */
    text_codes texts;       /* the different names */
    int32_t *codes;         /* (count) the name of each column; NULL without names */
    int64_t *places;        /* (count) where a cell goes in a row; -1: nowhere */
    unsigned char *fates;   /* (count) csv_fate */
    int64_t id;             /* -1: none */
    int64_t taken;          /* features */
    const char **name_list; /* (count) what out->names and out->dropped point into */
} csv_columns;

/* Columns without names, all of them features. Errors: CLUDI_ERROR_MEMORY; csv_columns_clear is allowed after one. */
cludi_status csv_columns_init(csv_columns *columns, const array_file *array, int64_t count, cludi_error *error);
void csv_columns_clear(csv_columns *columns);

/* Reads the names from the header, at which the reader is; where it has one cell too few, those of R, the first column has no
   name. Errors: as csv_reader_cell, CLUDI_ERROR_MEMORY. */
cludi_status csv_columns_read(csv_columns *columns, csv_reader *reader, cludi_error *error);

/* Decides which columns are features, by array->member, array->id_column and array->options.
   Errors: CLUDI_ERROR_FORMAT, naming the column; CLUDI_ERROR_MEMORY. */
cludi_status csv_columns_choose(csv_columns *columns, const array_file *array, cludi_error *error);

/* Whether the first column may be the index of a data frame: it has no name, others have. */
bool csv_columns_may_have_index(const csv_columns *columns);

/* Leaves out the first column. */
void csv_columns_leave_out_index(csv_columns *columns);

/* The names of what was decided, which live as long as columns. Errors: CLUDI_ERROR_MEMORY. */
cludi_status csv_columns_list(csv_columns *columns, cludi_columns *out, cludi_error *error);

/* `column 3 ("width")`, counted from 1, with the name where there is one. */
void csv_columns_title(const csv_columns *columns, int64_t column, char text[CSV_COLUMN_TEXT]);

/* The name of a column; "" where there are none. */
const char *csv_columns_name(const csv_columns *columns, int64_t column);

#endif
