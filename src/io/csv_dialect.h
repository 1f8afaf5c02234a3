/* How a text with separated values is written: where its first record begins, and what lies between the cells. */
#ifndef IO_CSV_DIALECT_H
#define IO_CSV_DIALECT_H

#include "csv_reader.h"

/* Begins to read a file: sets start and delimiter, and goes to start.

   A byte order mark of UTF-8 is skipped. A first line `sep=X` says the delimiter. Lines at the start that begin with '#' are
   comments, but for the last one where it has as many cells as the line behind it, and that has a number: it is the header,
   as numpy.savetxt writes it; the '#' is no part of it where a blank follows.

   The delimiter is that of tab, semicolon, |, comma and blanks, in this order, which the first two records have equally
   often outside quotes (the first may have one less: no name for the names of the rows); else the first that the first
   record has at all; else a comma. Blanks separate numbers alone: two at least in the second record, or nothing else. Where
   the decimal mark is a comma, one between two digits is no delimiter unless another one is beside a quote.
   file must outlive the reader. Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT. */
cludi_status csv_dialect_begin(csv_reader *reader, const in_file *file, char decimal, cludi_error *error);

/* "UTF-16LE" and the like for the first bytes of a text in an encoding that is not read; NULL for others. */
const char *csv_dialect_encoding(const unsigned char *head, size_t size);

#endif
