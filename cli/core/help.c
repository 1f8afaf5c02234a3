#include "help.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cludi/config.h>
#include <cludi/context.h>

#include "words.h"

enum { WIDTH = 100, COLUMN = 30, LONGEST = 512 };

/* The name in the left column, the text broken at blanks in the right one. */
static void print_row(const char *name, const char *text)
{
    size_t at = (size_t)printf("  %-*s", COLUMN - 2, name);
    if (strlen(name) > COLUMN - 4)
        at = (size_t)printf("\n%*s", COLUMN, "") - 1;
    for (const char *word = text; *word;) {
        size_t length = strcspn(word, " ");
        if (at > COLUMN && at + 1 + length > WIDTH)
            at = (size_t)printf("\n%*s", COLUMN, "") - 1;
        at += (size_t)printf("%s%.*s", at > COLUMN ? " " : "", (int)length, word);
        word += length + strspn(word + length, " ");
    }
    putchar('\n');
}

/* "auto|ref|onednn", and "what computes: ref is plain C, onednn is fast [auto]" where the entry says nothing of its own. */
static void get_backends(const option_entry *entry, help_option *option)
{
    size_t value = (size_t)snprintf(option->value, sizeof option->value, "auto");
    size_t text =
        (size_t)snprintf(option->text, sizeof option->text, "%s", entry->help ? entry->help : "what computes");
    for (int32_t i = 0; i < cludi_backend_count(); i++) {
        const cludi_backend *backend = cludi_backend_get(i);
        if (value < sizeof option->value)
            value += (size_t)snprintf(option->value + value, sizeof option->value - value, "|%s", backend->name);
        if (!entry->help && text < sizeof option->text) {
            text += (size_t)snprintf(option->text + text, sizeof option->text - text, "%s%s is %s", i ? ", " : ": ",
                                     backend->name, backend->help);
        }
    }
    if (!entry->help && text < sizeof option->text)
        snprintf(option->text + text, sizeof option->text - text, " [auto]");
}

static void get_entry(const option_entry *entry, help_option *option)
{
    *option = (help_option){.letter = entry->letter};
    snprintf(option->name, sizeof option->name, "%s", entry->name);
    if (entry->value && !strcmp(entry->value, OPTION_BACKENDS)) {
        get_backends(entry, option);
        return;
    }
    snprintf(option->value, sizeof option->value, "%s", entry->value ? entry->value : "");
    snprintf(option->text, sizeof option->text, "%s", entry->help);
}

static void get_choice(const cludi_param *parameter, const char *comma, help_option *option)
{
    size_t used = 0;
    for (size_t i = 0; parameter->choices[i] && used < sizeof option->value; i++) {
        used += (size_t)snprintf(option->value + used, sizeof option->value - used, "%s%s", i ? "|" : "",
                                 parameter->choices[i]);
    }
    snprintf(option->text, sizeof option->text, "%s [%s%s%s]", parameter->help,
             parameter->choices[(size_t)parameter->preset], comma, parameter->equation);
}

static void get_parameter(const cludi_param *parameter, help_option *option)
{
    const char *comma = *parameter->equation ? ", " : "";
    bool whole = parameter->type == CLUDI_PARAM_INT;
    *option = (help_option){.is_parameter = true};
    snprintf(option->name, sizeof option->name, "%s", parameter->name);
    for (char *letter = option->name; *letter; letter++)
        *letter = *letter == '_' ? '-' : *letter;
    if (parameter->type == CLUDI_PARAM_CHOICE) {
        get_choice(parameter, comma, option);
        return;
    }
    snprintf(option->value, sizeof option->value, "%s", whole ? "N" : "X");
    snprintf(option->text, sizeof option->text, "%s [%.*g, from %.*g to %.*g%s%s]", parameter->help, whole ? 10 : 6,
             parameter->preset, whole ? 10 : 6, parameter->min, whole ? 10 : 6, parameter->max, comma,
             parameter->equation);
}

/* In this order, whatever that of the table is. */
static const cludi_param *get_parameter_row(size_t index)
{
    static const char *const GROUPS[] = {"Training", "Network", "Loss", "Optimizer", "Prediction"};
    for (size_t group = 0; group < sizeof GROUPS / sizeof *GROUPS; group++)
        for (int32_t i = 0; i < cludi_param_count(); i++)
            if (!strcmp(cludi_param_get(i)->group, GROUPS[group]) && index-- == 0)
                return cludi_param_get(i);
    return NULL;
}

bool help_option_get(const cli_command *command, size_t index, help_option *option)
{
    static const option_entry HELP = {"help", NULL, "the options used most (-h), or all of them (--help)", 'h'};
    const option_group *group = NULL;
    size_t entries = 0;
    size_t parameters = command->takes_parameters ? (size_t)cludi_param_count() : 0;
    while (command_option(command, entries, NULL))
        entries++;
    if (index > entries + parameters)
        return false;
    const option_entry *entry = command_option(command, index, &group);
    const cludi_param *parameter = entry || index == entries + parameters ? NULL : get_parameter_row(index - entries);
    if (parameter)
        get_parameter(parameter, option);
    else
        get_entry(entry ? entry : &HELP, option);
    option->group = parameter ? parameter->group : entry ? group->title : "Help";
    return true;
}

static void print_option(const help_option *option)
{
    char name[LONGEST];
    char letter[] = "-x, ";
    letter[1] = option->letter;
    snprintf(name, sizeof name, "%s--%s%s%s", option->letter ? letter : "", option->name, *option->value ? " " : "",
             option->value);
    print_row(name, option->text);
}

void help_print_program(const cli_command *const *commands)
{
    fputs("Examples:\n"
          "  cludi fit features.npy -k 50 -o model.safetensors          find 50 clusters\n"
          "  cludi plan features.npy -k 50                              how long it will take, how much memory\n"
          "  cludi predict model.safetensors new.npy -o labels.npy      assign other rows to them\n"
          "  cludi eval classes.npy labels.npy                          compare with known classes\n"
          "\n"
          "Usage: cludi COMMAND ...\n"
          "Groups feature vectors into K clusters by diffusion. No labels are needed.\n"
          "\n"
          "Commands:\n",
          stdout);
    for (; *commands; commands++)
        print_row((*commands)->name, (*commands)->summary);
    fputs("\nOptions:\n", stdout);
    print_row("-h, --help", "show this help; 'cludi COMMAND --help' or 'cludi help COMMAND' shows that of a command");
    print_row("-V, --version", "show the version");
    fputs("\nExit codes: 0 done, 1 the run failed or its input is bad, 2 the command line is wrong, 3 images could not "
          "be\n"
          "read or other files were skipped (embed), 4 collapse (fewer than half of the clusters are in use), 129,\n"
          "130 or 143 stopped by a signal.\n",
          stdout);
}

static bool is_common(const cli_command *command, const char *name)
{
    char word[LONGEST];
    snprintf(word, sizeof word, " %s ", name);
    return !command->common || strstr(command->common, word);
}

static void print_methods(void)
{
    const cludi_param *parameter = cludi_param_get(0);
    for (int32_t i = 0; parameter->offset != offsetof(cludi_config, method); i++)
        parameter = cludi_param_get(i);
    fputs("\nMethods:\n", stdout);
    for (size_t i = 0; parameter->choices[i]; i++)
        print_row(parameter->choices[i], method_info((cludi_method)i).help);
}

void help_print_command(const cli_command *command)
{
    const char *title = "";
    help_option option;
    printf("Examples:\n%s\nUsage: cludi %s %s\n%s", command->examples, command->name, command->usage, command->notes);
    if (command->takes_parameters)
        fputs("In brackets below: default, bounds, equation in docs/theory.md.\n", stdout);
    for (size_t i = 0; help_option_get(command, i, &option); i++) {
        if (strcmp(title, option.group) != 0)
            printf("\n%s:\n", option.group);
        title = option.group;
        print_option(&option);
    }
    if (command->takes_parameters)
        print_methods();
}

void help_print_short(const cli_command *command)
{
    help_option option;
    printf("Usage: cludi %s %s\n%.*s\n\n", command->name, command->usage, (int)strcspn(command->examples, "\n"),
           command->examples);
    for (size_t i = 0; help_option_get(command, i, &option); i++)
        if (is_common(command, option.name))
            print_option(&option);
}
