#include "error.h"

#include <stdarg.h>
#include <stdio.h>

#include "escape.h"

cludi_status error_set(cludi_error *error, cludi_status status, const char *format, ...)
{
    if (error) {
        char text[2 * sizeof error->message]; /* longer, so that a character cut at its end is not in the message */
        va_list arguments;
        error->status = status;
        va_start(arguments, format);
        vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        escape_text(error->message, sizeof error->message, text);
    }
    return status;
}

cludi_status error_memory(cludi_error *error, const char *what)
{
    return error_set(error, CLUDI_ERROR_MEMORY, "There is not enough memory for %s.", what);
}
