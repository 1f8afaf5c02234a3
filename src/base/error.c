#include "error.h"

#include <stdarg.h>
#include <stdio.h>

/* Copies a sentence; control characters, which names of files and members may have, become \\xNN. */
static void copy_escaped(char *to, size_t size, const char *from)
{
    size_t used = 0;
    for (; *from && used + 5 < size; from++) {
        unsigned char letter = (unsigned char)*from;
        if (letter < ' ' || letter == 0x7F)
            used += (size_t)snprintf(to + used, size - used, "\\x%02X", letter);
        else
            to[used++] = *from;
    }
    to[used] = '\0';
}

cludi_status error_set(cludi_error *error, cludi_status status, const char *format, ...)
{
    if (error) {
        char sentence[sizeof error->message];
        va_list arguments;
        error->status = status;
        va_start(arguments, format);
        vsnprintf(sentence, sizeof sentence, format, arguments);
        va_end(arguments);
        copy_escaped(error->message, sizeof error->message, sentence);
    }
    return status;
}

cludi_status error_memory(cludi_error *error, const char *what)
{
    return error_set(error, CLUDI_ERROR_MEMORY, "There is not enough memory for %s.", what);
}
