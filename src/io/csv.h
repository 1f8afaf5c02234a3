/* Numbers in text: comma, semicolon or tab separated values. The first line is a header when it has a cell that is no
   number. FILE:COLUMN takes one column; an id column is left out of the numbers, and read as text. */
#ifndef IO_CSV_H
#define IO_CSV_H

#include "array_format.h"

extern const array_format CSV_FORMAT;

#endif
