#include "complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int complain(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("cludi: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    return EXIT_FAILED;
}

int complain_rows(const char *path, const cludi_error *error)
{
    int is_about_rows = strstr(error->message, "X has") != NULL;
    return is_about_rows ? complain("\"%s\": %s", path, error->message) : complain("%s", error->message);
}

int complain_usage(const char *command, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("cludi: ", stderr);
    vfprintf(stderr, format, values);
    fprintf(stderr, " Try 'cludi%s%s --help'.\n", command ? " " : "", command ? command : "");
    va_end(values);
    return EXIT_USAGE;
}
