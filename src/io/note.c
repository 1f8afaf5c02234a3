#include "note.h"

#include <stdarg.h>
#include <stdio.h>

#include "escape.h"

enum { SENTENCE = 8192 };

void note_add(strbuf *notes, const char *format, ...)
{
    char text[SENTENCE], shown[SENTENCE];
    va_list arguments;
    if (!notes)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    escape_text(shown, sizeof shown, text);
    strbuf_printf(notes, "%s\n", shown);
}
