#include "complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_SENTENCE = 16384 };

/* Names come from outside: one line stays one line, and a terminal gets no commands. */
static void print_sentence(const char *format, va_list values)
{
    char text[LONGEST_SENTENCE];
    char shown[LONGEST_SENTENCE];
    vsnprintf(text, sizeof text, format, values);
    cludi_text_escape(shown, sizeof shown, text);
    fprintf(stderr, "cludi: %s", shown);
}

int complain(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print_sentence(format, values);
    fputc('\n', stderr);
    va_end(values);
    return EXIT_FAILED;
}

void tell(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print_sentence(format, values);
    fputc('\n', stderr);
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
    print_sentence(format, values);
    fprintf(stderr, " Try 'cludi%s%s --help'.\n", command ? " " : "", command ? command : "");
    va_end(values);
    return EXIT_USAGE;
}
