#include "error.h"

#include <stdarg.h>
#include <stdio.h>

cludi_status error_set(cludi_error *error, cludi_status status, const char *format, ...)
{
    if (error) {
        va_list arguments;
        error->status = status;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

cludi_status error_memory(cludi_error *error, const char *what)
{
    return error_set(error, CLUDI_ERROR_MEMORY, "There is not enough memory for %s.", what);
}
