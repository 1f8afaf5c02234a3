#include "help.h"

#include <stdio.h>
#include <string.h>

#include <cludi/config.h>

enum { WIDTH = 100, COLUMN = 30, LONGEST = 512 };

/* The name in the left column, the text broken at blanks in the right one. */
static void print_row(const char *name, const char *text)
{
    size_t at = (size_t)printf("  %-*s", COLUMN - 2, name);
    if (strlen(name) > COLUMN - 4) {
        at = (size_t)printf("\n%*s", COLUMN, "") - 1;
    }
    for (const char *word = text; *word;) {
        size_t length = strcspn(word, " ");
        if (at > COLUMN && at + 1 + length > WIDTH) {
            at = (size_t)printf("\n%*s", COLUMN, "") - 1;
        }
        at += (size_t)printf("%s%.*s", at > COLUMN ? " " : "", (int)length, word);
        word += length + strspn(word + length, " ");
    }
    putchar('\n');
}

static void print_entry(const option_entry *entry)
{
    char name[LONGEST];
    char letter[] = "-x, ";
    letter[1] = entry->letter;
    snprintf(name, sizeof name, "%s--%s%s%s", entry->letter ? letter : "", entry->name, entry->value ? " " : "",
             entry->value ? entry->value : "");
    print_row(name, entry->help);
}

static void print_parameter(const cludi_param *parameter)
{
    char name[LONGEST];
    char text[LONGEST];
    const char *source = parameter->equation;
    const char *comma = *source ? ", " : "";
    size_t used = (size_t)snprintf(name, sizeof name, "--%s ", parameter->name);
    for (char *letter = name; *letter; letter++) {
        *letter = *letter == '_' ? '-' : *letter;
    }
    if (parameter->type == CLUDI_PARAM_CHOICE) {
        for (size_t i = 0; parameter->choices[i] && used < sizeof name; i++) {
            used += (size_t)snprintf(name + used, sizeof name - used, "%s%s", i ? "|" : "", parameter->choices[i]);
        }
        snprintf(text, sizeof text, "%s [%s%s%s]", parameter->help, parameter->choices[(size_t)parameter->preset],
                 comma, source);
    } else {
        int whole = parameter->type == CLUDI_PARAM_INT;
        snprintf(name + used, sizeof name - used, "%s", whole ? "N" : "X");
        snprintf(text, sizeof text, "%s [%.*g, from %.*g to %.*g%s%s]", parameter->help, whole ? 10 : 6,
                 parameter->preset, whole ? 10 : 6, parameter->min, whole ? 10 : 6, parameter->max, comma, source);
    }
    print_row(name, text);
}

void help_print_program(const cli_command *const *commands)
{
    fputs("Examples:\n"
          "  cludi fit features.npy -k 50 -o model.safetensors          find 50 clusters\n"
          "  cludi plan features.npy -k 50                              how long it will take, how much memory\n"
          "  cludi predict model.safetensors new.npy -o labels.npy      put other rows into them\n"
          "  cludi eval classes.npy labels.npy                          compare with known classes\n"
          "\n"
          "Usage: cludi COMMAND ...\n"
          "Groups feature vectors into K clusters by diffusion. No labels are needed.\n"
          "\n"
          "Commands:\n",
          stdout);
    for (; *commands; commands++) {
        print_row((*commands)->name, (*commands)->summary);
    }
    fputs("\nOptions:\n", stdout);
    print_row("-h, --help", "show this help; 'cludi COMMAND --help' or 'cludi help COMMAND' shows that of a command");
    print_row("-V, --version", "show the version");
    fputs(
        "\nExit codes: 0 done, 1 the run failed or its input is bad, 2 the command line is wrong, 3 images were left "
        "out\n"
        "because they could not be read (embed), 4 collapse (fewer than half of the clusters are in use), 129, 130 or\n"
        "143 stopped by a signal.\n",
        stdout);
}

void help_print_command(const cli_command *command)
{
    printf("Examples:\n%s\nUsage: cludi %s %s\n%s\nOptions:\n", command->examples, command->name, command->usage,
           command->notes);
    for (const option_entry *entry = command->entries; entry->name; entry++) {
        print_entry(entry);
    }
    print_row("-h, --help", "show this help");
    if (command->takes_parameters) {
        fputs("\nParameters of the method [default, bounds, equation in docs/theory.md]:\n", stdout);
        for (int32_t i = 0; i < cludi_param_count(); i++) {
            print_parameter(cludi_param_get(i));
        }
    }
}
