/* Comma separated values, cell by cell, in memory of a fixed size: RFC 4180 (quotes, quotes doubled within them, line ends
   within them) with any of , ; and tab between the cells and any of CRLF, LF and CR behind a record; a byte order mark of
   UTF-8 is skipped. */
#ifndef IO_CSV_READER_H
#define IO_CSV_READER_H

#include <stdbool.h>

#include "in_file.h"

enum { CSV_CELL = 512, CSV_BUFFER = 32768 };

/* Where a record begins. */
typedef struct csv_mark {
    int64_t offset; /* in the file */
    int64_t line;   /* counted from 1 */
} csv_mark;

typedef struct csv_reader {
    const in_file *file; /* borrowed */
    char delimiter;
    int64_t line;        /* of the next byte, counted from 1 */
    int64_t record_line; /* in which the record began */
    int64_t offset;      /* of the first byte of buffer in the file */
    size_t at, used;     /* of buffer */

    char text[CSV_CELL]; /* the cell: unquoted, without blanks around it, NUL-terminated; cut when it is longer */
    bool fits;           /* text is all of it */
    bool ends_record;    /* it is the last one of its record */
    unsigned char buffer[CSV_BUFFER];
} csv_reader;

/* Begins at the start of a file and finds its delimiter in the first record: a tab, else a semicolon, else a comma,
   outside quotes. file must outlive the reader. Errors: CLUDI_ERROR_FILE. */
cludi_status csv_reader_init(csv_reader *reader, const in_file *file, cludi_error *error);

/* Goes to a record; after it csv_reader_begin. */
void csv_reader_seek(csv_reader *reader, csv_mark mark);

/* Where the reader is: behind the last cell of a record, the next record. */
csv_mark csv_reader_tell(const csv_reader *reader);

/* Begins a record. *more: there is one; empty lines may only stand at the end.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, naming the line. */
cludi_status csv_reader_begin(csv_reader *reader, bool *more, cludi_error *error);

/* Reads the next cell of the record. Errors: as csv_reader_begin. */
cludi_status csv_reader_cell(csv_reader *reader, cludi_error *error);

#endif
