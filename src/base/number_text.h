/* Numbers as text, the same in every locale: a decimal point is a point. */
#ifndef BASE_NUMBER_TEXT_H
#define BASE_NUMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { NUMBER_TEXT = 32 }; /* bytes that hold any number */

/* The fewest digits that read back to the same bits; NUL-terminated. */
void number_text_format(char text[NUMBER_TEXT], double value);

/* *value = the whole of text as a decimal number; false if it is not one (also NaN, and hexadecimal). */
bool number_text_parse(const char *text, double *value);

#endif
