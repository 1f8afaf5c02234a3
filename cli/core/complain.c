#include "complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_SENTENCE = 16384 };

/* Names come from outside: one line stays one line, and a terminal gets no commands. One write, so that lines of several
   programs do not mix. */
static void print_sentence(const char *format, va_list values, const char *end)
{
    char text[LONGEST_SENTENCE];
    char shown[LONGEST_SENTENCE];
    vsnprintf(text, sizeof text, format, values);
    cludi_text_escape(shown, sizeof shown, text);
    fprintf(stderr, "cludi: %s%s\n", shown, end);
}

int complain(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print_sentence(format, values, "");
    va_end(values);
    return EXIT_FAILED;
}

void tell(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print_sentence(format, values, "");
    va_end(values);
}

int complain_error(const cludi_error *error)
{
    complain("%s", error->message);
    return error->status == CLUDI_STOPPED && stop_signal_came() ? stop_signal_exit_code() : EXIT_FAILED;
}

int complain_rows(const char *path, const cludi_error *error)
{
    bool is_about_rows = strstr(error->message, "X has") != NULL;
    return is_about_rows ? complain("\"%s\": %s", path, error->message) : complain_error(error);
}

int complain_usage(const char *command, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char hint[128];
    snprintf(hint, sizeof hint, " Try 'cludi%s%s --help'.", command ? " " : "", command ? command : "");
    print_sentence(format, values, hint);
    va_end(values);
    return EXIT_USAGE;
}
