#include "options.h"

#include <inttypes.h>
#include <popt.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/config.h>

#include "complain.h"
#include "rows.h"
#include "words.h"

/* --help, -h and --version, which every command has. */
enum { SPECIAL = 3 };

/* The option whose value is an input, as operands are. */
static const char INPUT[] = "labels";

static char *copy_with(const char *name, char from, char to)
{
    char *copy = strdup(name);
    for (char *letter = copy; letter && *letter; letter++)
        *letter = *letter == from ? to : *letter;
    return copy;
}

/* The table's name of that name, or of one that it had in 0.1.0; NULL: none. name: with dashes. */
static const cludi_param *find_parameter(const char *name)
{
    char *plain = copy_with(name, '-', '_');
    const cludi_param *found = NULL;
    for (int32_t i = 0; plain && !found && i < cludi_param_count(); i++) {
        const cludi_param *param = cludi_param_get(i);
        found = !strcmp(param->name, plain) || (param->old_name && !strcmp(param->old_name, plain)) ? param : NULL;
    }
    free(plain);
    return found;
}

/* An option of a command may be a parameter as well, such as --draws of predict. */
static bool fill_old_names(option_slot *slot)
{
    const cludi_param *param = find_parameter(slot->name);
    if (!param || !param->old_name)
        return true;
    slot->old[0] = copy_with(param->old_name, '_', '-');
    slot->old[1] = strchr(param->old_name, '_') ? strdup(param->old_name) : NULL;
    return slot->old[0] && (slot->old[1] || !strchr(param->old_name, '_'));
}

static bool fill_slot(option_slot *slot, const char *name, int letter, bool wants)
{
    slot->name = copy_with(name, '_', '-');
    slot->alias = strpbrk(name, "-_") ? copy_with(name, '-', '_') : NULL;
    slot->letter = letter;
    slot->wants = wants;
    return slot->name && (slot->alias || !strpbrk(name, "-_")) && fill_old_names(slot);
}

/* Returns 0 without memory. */
static bool list_slots(cli_options *options)
{
    const cli_command *command = options->command;
    size_t entries = 0;
    while (command_option(command, entries, NULL))
        entries++;
    size_t parameters = command->takes_parameters ? (size_t)cludi_param_count() : 0;
    options->first_parameter = entries + SPECIAL;
    options->slots = calloc(entries + SPECIAL + parameters, sizeof *options->slots);
    if (!options->slots)
        return false;
    options->count = entries + SPECIAL + parameters;
    bool done = fill_slot(&options->slots[entries], "help", 0, 0) &&
                fill_slot(&options->slots[entries + 1], SHORT_HELP, 'h', 0) &&
                fill_slot(&options->slots[entries + 2], "version", 'V', 0);
    for (size_t i = 0; i < entries && done; i++) {
        const option_entry *entry = command_option(command, i, NULL);
        done = fill_slot(&options->slots[i], entry->name, entry->letter, entry->value != NULL);
    }
    for (size_t i = 0; i < parameters && done; i++)
        done = fill_slot(&options->slots[options->first_parameter + i], cludi_param_get((int32_t)i)->name, 0, 1);
    return done;
}

/* popt's table: a row for each name of a slot, with dashes and with underscores; the value returned is the slot's number
   + 1. Freed by the caller; NULL without memory. */
static struct poptOption *list_popt_rows(const cli_options *options)
{
    struct poptOption *rows = calloc(4 * options->count + 1, sizeof *rows);
    size_t used = 0;
    for (size_t i = 0; rows && i < options->count; i++) {
        const option_slot *slot = &options->slots[i];
        struct poptOption row = {.longName = *slot->name == '-' ? NULL : slot->name,
                                 .shortName = (char)slot->letter,
                                 .argInfo = slot->wants ? POPT_ARG_STRING : POPT_ARG_NONE,
                                 .val = (int)i + 1};
        rows[used++] = row;
        row.shortName = '\0';
        const char *const others[] = {slot->alias, slot->old[0], slot->old[1]};
        for (size_t j = 0; row.longName && j < sizeof others / sizeof *others; j++) {
            if (others[j]) {
                struct poptOption other = row;
                other.longName = others[j];
                rows[used++] = other;
            }
        }
    }
    return rows;
}

static const option_slot *find_slot(const cli_options *options, const char *name)
{
    for (size_t i = 0; i < options->count; i++)
        if (!strcmp(options->slots[i].name, name))
            return &options->slots[i];
    return NULL;
}

/* The first option of the command that a wish names. */
static const option_slot *find_meant(const cli_options *options, const known_wish *wish)
{
    const option_slot *slot = NULL;
    for (const char *word = wish->meant; *word && !slot;) {
        size_t length = strcspn(word, " ");
        char *name = strndup(word, length);
        slot = name ? find_slot(options, name) : NULL;
        free(name);
        word += length + strspn(word + length, " ");
    }
    return slot;
}

static const option_slot *find_near(const cli_options *options, const char *name)
{
    const char **known = calloc(options->count, sizeof *known);
    for (size_t i = 0; known && i < options->count; i++)
        known[i] = *options->slots[i].name == '-' ? NULL : options->slots[i].name;
    const char *near = known ? near_word_find(name, known, options->count) : NULL;
    free(known);
    return near ? find_slot(options, near) : NULL;
}

/* -T for the parameter that was T in 0.1.0. */
static const option_slot *find_old(const cli_options *options, const char *name)
{
    const cludi_param *param = find_parameter(name);
    for (size_t i = options->first_parameter; param && i < options->count; i++) {
        const option_slot *slot = &options->slots[i];
        if (!strcmp(slot->alias ? slot->alias : slot->name, param->name))
            return slot;
    }
    return NULL;
}

static const option_slot *find_letter(const cli_options *options, const char *name)
{
    const option_slot *slot = NULL;
    for (size_t i = 0; strlen(name) == 1 && i < options->count && !slot; i++)
        slot = ((options->slots[i].letter ^ name[0]) & ~0x20) == 0 ? &options->slots[i] : NULL;
    return slot;
}

/* typed: as far as its '='; name: the same without dashes. */
static int complain_named(const cli_options *options, const char *typed, const char *name)
{
    const char *command = options->command->name;
    const known_wish *wish = known_wish_find(name);
    const option_slot *letter = find_letter(options, name);
    const option_slot *near = wish ? find_meant(options, wish) : NULL;
    if (letter && !(wish && !*wish->meant))
        return complain_usage(command, "%s has no option %s; did you mean -%c?", command, typed, letter->letter);
    if (!near && wish && wish->sentence)
        return complain_usage(command, "%s has no option %s: %s.", command, typed, wish->sentence);
    near = near ? near : find_old(options, name);
    near = near ? near : find_near(options, name);
    if (near && near->letter) {
        return complain_usage(command, "%s has no option %s; did you mean --%s (-%c)?", command, typed, near->name,
                              near->letter);
    }
    return near ? complain_usage(command, "%s has no option %s; did you mean --%s?", command, typed, near->name)
                : complain_usage(command, "%s has no option %s.", command, typed);
}

static int complain_unknown(const cli_options *options, const char *text)
{
    char *typed = strndup(text, strcspn(text, "="));
    int code = typed ? complain_named(options, typed, typed + strspn(typed, "-")) : complain("Out of memory.");
    free(typed);
    return code;
}

static int complain_popt(const cli_options *options, poptContext reader, int code)
{
    const char *command = options->command->name;
    const char *typed = poptBadOption(reader, 0);
    if (code == POPT_ERROR_BADOPT)
        return complain_unknown(options, typed);
    if (code == POPT_ERROR_NOARG)
        return complain_usage(command, "The option %s needs a value.", typed);
    if (code == POPT_ERROR_UNWANTEDARG)
        return complain_usage(command, "The option %.*s takes no value.", (int)strcspn(typed, "="), typed);
    return complain_usage(command, "%s: %s.", typed, poptStrerror(code));
}

/* Returns 0 without memory. */
static bool add_value(option_slot *slot, char *value)
{
    char **values = realloc(slot->values, ((size_t)slot->given + 1) * sizeof *values);
    if (!values)
        return false;
    slot->values = values;
    slot->values[slot->given] = value;
    slot->value = value;
    return true;
}

static int complain_no_value(const char *command, const option_slot *slot)
{
    return slot->letter ? complain_usage(command, "The option --%s (-%c) needs a value.", slot->name, slot->letter)
                        : complain_usage(command, "The option --%s needs a value.", slot->name);
}

/* The path by which an input is read, in the place of the one given. */
static char *name_input(cli_options *options, char *path)
{
    char *name = stream_input_name(path);
    options->stdin_count += stream_input_is_stdin(path);
    free(path);
    return name;
}

static int read_values(cli_options *options, poptContext reader)
{
    int next = 0;
    while ((next = poptGetNextOpt(reader)) > 0) {
        option_slot *slot = &options->slots[next - 1];
        char *value = slot->wants ? poptGetOptArg(reader) : NULL;
        if (value && !strcmp(slot->name, INPUT)) {
            value = name_input(options, value);
            if (!value)
                return complain("Out of memory.");
        }
        if (slot->wants && !add_value(slot, value)) {
            free(value);
            return complain("Out of memory.");
        }
        slot->given++;
        if (slot->wants && (!value || !*value))
            return complain_no_value(options->command->name, slot);
    }
    return next == -1 ? EXIT_DONE : complain_popt(options, reader, next);
}

/* "embed needs WEIGHTS and PATH: cludi embed WEIGHTS PATH..." */
static int complain_operands(const cli_options *options)
{
    const cli_command *command = options->command;
    const char *first = command->operands[options->operand_count];
    const char *next = command->operands[options->operand_count + 1];
    const char *hint = command->operand_hint;
    return complain_usage(command->name, "%s needs %s%s%s: cludi %s %s%s%s.", command->name, first, next ? " and " : "",
                          next ? next : "", command->name, command->usage, hint ? "; " : "", hint ? hint : "");
}

static int add_operand(cli_options *options, const char *word, size_t wanted)
{
    const cli_command *command = options->command;
    if (!*word) {
        return complain_usage(command->name, "An argument of %s is empty; %s takes %s.", command->name, command->name,
                              command->usage);
    }
    if (options->operand_count >= wanted && !command->repeats) {
        return complain_usage(command->name, "%s does not take the argument '%s'; it takes %s.", command->name, word,
                              command->usage);
    }
    size_t place = options->operand_count < wanted ? options->operand_count : wanted - 1;
    char *copy = strdup(word);
    bool is_input = copy && strcmp(command->operands[place], "PATH") != 0;
    options->operands[options->operand_count] = is_input ? name_input(options, copy) : copy;
    return options->operands[options->operand_count++] ? EXIT_DONE : complain("Out of memory.");
}

/* words: of the whole command line, which are at least as many as its operands. */
static int read_operands(cli_options *options, poptContext reader, size_t words)
{
    const cli_command *command = options->command;
    size_t wanted = 0;
    while (command->operands[wanted])
        wanted++;
    options->operands = calloc(words + wanted + 1, sizeof *options->operands);
    if (!options->operands)
        return complain("Out of memory.");
    for (const char *word = poptGetArg(reader); word; word = poptGetArg(reader))
        TRY(add_operand(options, word, wanted));
    if (options->stdin_count > 1)
        return complain_usage(command->name, "'-' (stdin) can be given once.");
    if (options->operand_count < wanted && !options_given(options, "help") && !options_given(options, SHORT_HELP) &&
        !options_given(options, "version"))
        return complain_operands(options);
    return EXIT_DONE;
}

int options_read(cli_options *options, const cli_command *command, int argc, const char **argv)
{
    *options = (struct cli_options){.command = command};
    poptContext reader = NULL;
    struct poptOption *rows = list_slots(options) ? list_popt_rows(options) : NULL;
    if (rows)
        reader = poptGetContext("cludi", argc, argv, rows, POPT_CONTEXT_NO_EXEC);
    int code = reader ? read_values(options, reader) : complain("Out of memory.");
    if (code == EXIT_DONE)
        code = read_operands(options, reader, (size_t)argc);
    poptFreeContext(reader);
    free(rows);
    return code;
}

int options_keep_streams(const cli_options *options)
{
    TRY(stream_input_keep(options_value(options, INPUT)));
    for (size_t i = 0; i < options->operand_count; i++)
        TRY(stream_input_keep(options->operands[i]));
    return EXIT_DONE;
}

void options_clear(cli_options *options)
{
    for (size_t i = 0; i < options->count; i++) {
        free(options->slots[i].name);
        free(options->slots[i].alias);
        free(options->slots[i].old[0]);
        free(options->slots[i].old[1]);
        for (int j = 0; options->slots[i].values && j < options->slots[i].given; j++)
            free(options->slots[i].values[j]);
        free(options->slots[i].values);
    }
    free(options->slots);
    for (size_t i = 0; i < options->operand_count; i++)
        free(options->operands[i]);
    free(options->operands);
    *options = (struct cli_options){0};
}

const char *options_value(const cli_options *options, const char *name)
{
    const option_slot *slot = find_slot(options, name);
    return slot ? slot->value : NULL;
}

const char *const *options_values(const cli_options *options, const char *name, int *count)
{
    const option_slot *slot = find_slot(options, name);
    *count = slot ? slot->given : 0;
    return slot ? (const char *const *)slot->values : NULL;
}

bool options_given(const cli_options *options, const char *name)
{
    const option_slot *slot = find_slot(options, name);
    return slot && slot->given;
}

bool options_is_own(const cli_options *options, const char *name)
{
    const option_slot *slot = find_slot(options, name);
    return slot && (size_t)(slot - options->slots) < options->first_parameter;
}

const char *options_parameter(const cli_options *options, int32_t index)
{
    return options->slots[options->first_parameter + (size_t)index].value;
}

const char *options_meant_parameter(const cli_options *options, const char *name)
{
    const known_wish *wish = find_parameter(name) ? NULL : known_wish_find(name);
    const option_slot *slot = wish ? find_meant(options, wish) : NULL;
    bool is_other = slot && slot >= options->slots + options->first_parameter && strcmp(slot->name, name) != 0;
    return is_other ? (slot->alias ? slot->alias : slot->name) : NULL;
}

int options_number(const cli_options *options, const char *name, uint64_t max, uint64_t *number)
{
    return options_number_from(options, name, 0, max, number);
}

int options_number_from(const cli_options *options, const char *name, uint64_t least, uint64_t max, uint64_t *number)
{
    const char *text = options_value(options, name);
    uint64_t value = 0;
    if (!text)
        return EXIT_DONE;
    if (!strict_number_unsigned(text, &value) || value < least || value > max) {
        return complain_usage(options->command->name,
                              "--%s is '%s'; it must be a whole number from %" PRIu64 " to %" PRIu64 ".", name, text,
                              least, max);
    }
    *number = value;
    return EXIT_DONE;
}
