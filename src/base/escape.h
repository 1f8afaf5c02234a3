/* Names and texts from outside, made fit for one line of a terminal or a log. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* out = text with every byte of a control character (C0, DEL, C1) and every byte that is not UTF-8 as \xNN. Cut to
   capacity - 1 bytes, between characters; out must not overlap text. What was escaped before stays as it is.
   Returns the length of out. */
size_t escape_text(char *out, size_t capacity, const char *text);

/* Whether all of text is UTF-8. */
bool escape_is_utf8(const char *text);

#endif
