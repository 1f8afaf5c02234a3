/* Comma separated values, cell by cell, in memory of a fixed size: RFC 4180 (quotes, quotes doubled within them, line ends
   within them) with any of , ; | tab and runs of blanks between the cells and any of CRLF, LF and CR behind a record. What
   lies between the cells, and where the first record begins, is found by csv_dialect.h. */
#ifndef IO_CSV_READER_H
#define IO_CSV_READER_H

#include <stdbool.h>

#include "in_file.h"

enum { CSV_CELL = 512, CSV_BUFFER = 32768, CSV_END = -1, CSV_FAILED = -2 };

/* Where a record begins. */
typedef struct csv_mark {
    int64_t offset; /* in the file */
    int64_t line;   /* counted from 1 */
} csv_mark;

typedef struct csv_reader {
    const in_file *file; /* borrowed */
    csv_mark start;      /* of the first record */
    char delimiter;      /* ' ': any number of blanks */
    char decimal;        /* '.' or ',' */
    int64_t line;        /* of the next byte, counted from 1 */
    int64_t record_line; /* in which the record began */
    int64_t offset;      /* of the first byte of buffer in the file */
    size_t at, used;     /* of buffer */

    char text[CSV_CELL]; /* the cell: unquoted, without blanks around it, NUL-terminated; cut when it is longer */
    bool fits;           /* text is all of it */
    bool ends_record;    /* it is the last one of its record */
    unsigned char buffer[CSV_BUFFER];
} csv_reader;

/* Begins at the first byte of a file, with a comma for a delimiter. file must outlive the reader. */
void csv_reader_init(csv_reader *reader, const in_file *file, char decimal);

/* Goes to a record; after it csv_reader_begin. */
void csv_reader_seek(csv_reader *reader, csv_mark mark);

/* The next byte without taking it (reader->at++ does); CSV_END, or CSV_FAILED with *status. */
int csv_reader_peek(csv_reader *reader, cludi_status *status, cludi_error *error);

/* Takes the line end that csv_reader_peek found: CR, LF or both. */
void csv_reader_end_line(csv_reader *reader, cludi_status *status, cludi_error *error);

/* Where the reader is: behind the last cell of a record, the next record. */
csv_mark csv_reader_tell(const csv_reader *reader);

/* Begins a record. *more: there is one; empty lines may only stand at the end.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, naming the line. */
cludi_status csv_reader_begin(csv_reader *reader, bool *more, cludi_error *error);

/* Reads the next cell of the record. Errors: as csv_reader_begin. */
cludi_status csv_reader_cell(csv_reader *reader, cludi_error *error);

/* *value = the number in the cell. false if it is none (number_text.h), or its decimal mark is another one. */
bool csv_reader_number(const csv_reader *reader, float *value);

/* The same in double precision, without nan and inf. */
bool csv_reader_double(const csv_reader *reader, double *value);

/* Whether the cell would be a number if its decimal comma were a point. */
bool csv_reader_has_comma(const csv_reader *reader);

#endif
