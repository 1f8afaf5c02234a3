#include "help.h"

#include <stdio.h>
#include <string.h>

#include "complain.h"

enum { LONGEST_LINE = 4096 };
static const char COMMENT[] = ".\\\"";

/* As it is to be read: a minus is a minus, and no text is a request. */
static void print_text(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++)
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
}

static void print_named(const char *dashes, const char *name, const char *value)
{
    fputs("\\fB", stdout);
    print_text(dashes);
    print_text(name);
    fputs("\\fR", stdout);
    if (*value) {
        fputs(" \\fI", stdout);
        print_text(value);
        fputs("\\fR", stdout);
    }
}

static void print_option(const help_option *option)
{
    const char letter[] = {option->letter, '\0'};
    fputs(".TP\n", stdout);
    if (option->letter) {
        print_named("-", letter, option->value);
        fputs(", ", stdout);
    }
    print_named("--", option->name, option->value);
    putchar('\n');
    print_text(option->text);
    putchar('\n');
}

static void print_options(const cli_command *command, bool parameters)
{
    const char *group = "";
    help_option option;
    for (size_t i = 0; help_option_get(command, i, &option); i++) {
        if (option.is_parameter != parameters)
            continue;
        if (parameters && strcmp(group, option.group) != 0)
            printf(".SS %s\n", option.group);
        group = option.group;
        print_option(&option);
    }
}

static void print_synopsis(const cli_command *const *commands)
{
    for (; *commands; commands++) {
        printf("\\fBcludi %s\\fR ", (*commands)->name);
        print_text((*commands)->usage);
        fputs("\n.br\n", stdout);
    }
}

static void print_commands(const cli_command *const *commands)
{
    for (; *commands; commands++) {
        printf(".TP\n\\fB%s\\fR\n", (*commands)->name);
        print_text((*commands)->summary);
        fputs(".\n", stdout);
    }
}

static const cli_command *find_command(const cli_command *const *commands, const char *name)
{
    while (*commands && strcmp((*commands)->name, name) != 0)
        commands++;
    return *commands;
}

static int fill_in(const cli_command *const *commands, const char *line)
{
    char what[32];
    char name[32] = "";
    int words = sscanf(line, "@%31s %31s", what, name);
    const cli_command *command = words == 2 ? find_command(commands, name) : NULL;
    if (words == 1 && !strcmp(what, "SYNOPSIS"))
        print_synopsis(commands);
    else if (words == 1 && !strcmp(what, "COMMANDS"))
        print_commands(commands);
    else if (command && (!strcmp(what, "OPTIONS") || !strcmp(what, "PARAMETERS")))
        print_options(command, *what == 'P');
    else
        return complain("The manual has the line %s", line);
    return EXIT_DONE;
}

int manual_print(const cli_command *const *commands)
{
    char line[LONGEST_LINE];
    while (fgets(line, sizeof line, stdin)) {
        if (*line == '@') {
            line[strcspn(line, "\n")] = '\0';
            TRY(fill_in(commands, line));
        } else if (strncmp(line, COMMENT, strlen(COMMENT)) != 0) {
            fputs(line, stdout);
        }
    }
    return EXIT_DONE;
}
