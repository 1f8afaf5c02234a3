/* What is to be said of a file beside its rows: sentences, each followed by a newline. */
#ifndef IO_NOTE_H
#define IO_NOTE_H

#include "strbuf.h"

/* Appends a sentence, without control characters, and a line end. notes: NULL where nobody asks. */
__attribute__((format(printf, 2, 3))) void note_add(strbuf *notes, const char *format, ...);

#endif
