/* Numbers as text, the same in every locale: a decimal point is a point. */
#ifndef BASE_NUMBER_TEXT_H
#define BASE_NUMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { NUMBER_TEXT = 32 }; /* bytes that hold any number */

/* The fewest digits that read back to the same bits; NUL-terminated. */
void number_text_format(char text[NUMBER_TEXT], double value);

/* To so many significant digits, 1..17; without zeros behind them. */
void number_text_round(char text[NUMBER_TEXT], double value, int digits);

/* With so many decimals, 0..9; |value| < 1e15. */
void number_text_fixed(char text[NUMBER_TEXT], double value, int decimals);

/* *value = the whole of text as a decimal number; false if it is not one (also NaN, and hexadecimal). */
bool number_text_parse(const char *text, double *value);

/* *value = the float32 nearest to the whole of text, which is a decimal number, or nan, inf or infinity in any case and with
   any sign; infinity when it is out of range. false if it is something else. */
bool number_text_parse_float(const char *text, float *value);

#endif
