/* Whether the first record of a CSV is a header. */
#ifndef IO_CSV_HEADER_H
#define IO_CSV_HEADER_H

#include "array_format.h"
#include "csv_reader.h"

typedef struct csv_header {
    bool exists;
    int64_t line; /* of the first record */
    int64_t
        columns;  /* of the file; one more than names where rows are named in a column without a name, as R writes it */
    csv_mark end; /* behind the first record */
} csv_header;

/* Looks at the record where the reader is: a header where a cell is no number; of numbers alone, where they count from 0,
   are the names that array->options wants, or rise while the rows below are plainly something else; or what array->options
   says. Says so in array->notes. The reader is then anywhere.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY. */
cludi_status csv_header_find(csv_reader *reader, const array_file *array, csv_header *header, cludi_error *error);

#endif
