#include "run_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"

enum { LONGEST_NAME = 64, FEW_DIGITS = 15, ALL_DIGITS = 17 };

static size_t count_words(const char *list)
{
    size_t count = 1;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

/* NULL when the table has none of that name; - and _ are the same. */
static const cludi_param *find_param(const char *name, int32_t *index)
{
    char plain[LONGEST_NAME];
    snprintf(plain, sizeof plain, "%s", name);
    for (char *letter = plain; *letter; letter++)
        *letter = *letter == '-' ? '_' : *letter;
    for (*index = 0; *index < cludi_param_count(); (*index)++) {
        const cludi_param *param = cludi_param_get(*index);
        if (!strcmp(param->name, plain) || (param->old_name && !strcmp(param->old_name, plain)))
            return param;
    }
    return NULL;
}

static double read_number(const cludi_param *param, const char *value)
{
    for (int32_t i = 0; param->choices && param->choices[i]; i++)
        if (!strcmp(param->choices[i], value))
            return i;
    return strtod(value, NULL);
}

/* The library writes 50 as 5e+01, with as few digits as there can be. */
void run_factor_format(const cludi_config *config, int32_t index, char value[RUN_VALUE_SIZE])
{
    const cludi_param *param = cludi_param_get(index);
    *value = '\0';
    if (cludi_config_format(config, index, value, RUN_VALUE_SIZE) == CLUDI_OK && param->type == CLUDI_PARAM_REAL) {
        double number = strtod(value, NULL);
        snprintf(value, RUN_VALUE_SIZE, "%.*g", FEW_DIGITS, number);
        if (strtod(value, NULL) < number || strtod(value, NULL) > number)
            snprintf(value, RUN_VALUE_SIZE, "%.*g", ALL_DIGITS, number);
    }
}

static int add_value(run_factor *factor, const char *command, const char *name, const char *word)
{
    cludi_config config;
    cludi_error error;
    char *value = factor->values[factor->count];
    cludi_config_init(&config);
    if (cludi_config_set(&config, name, word, &error) != CLUDI_OK)
        return complain_usage(command, "%s", error.message);
    if (!factor->param)
        factor->param = find_param(name, &factor->index);
    run_factor_format(&config, factor->index, value);
    for (int32_t i = 0; i < factor->count; i++)
        if (!strcmp(factor->values[i], value))
            return complain_usage(command, "%s has the value %s twice.", factor->param->name, value);
    factor->numbers[factor->count++] = read_number(factor->param, value);
    return EXIT_DONE;
}

static int take_room(run_factor *factor, size_t count)
{
    factor->values = calloc(count, sizeof *factor->values);
    factor->numbers = calloc(count, sizeof *factor->numbers);
    return factor->values && factor->numbers ? EXIT_DONE : complain("Out of memory.");
}

static int add_words(run_factor *factor, const char *command, const char *name, const char *list)
{
    int code = take_room(factor, count_words(list));
    for (const char *word = list; word && code == EXIT_DONE;) {
        size_t length = strcspn(word, ",");
        size_t blanks = strspn(word, " ");
        size_t letters = length < blanks ? 0 : length - blanks;
        while (letters > 0 && word[blanks + letters - 1] == ' ')
            letters--;
        char *copy = strndup(word + blanks, letters);
        code = copy ? add_value(factor, command, name, copy) : complain("Out of memory.");
        free(copy);
        word = word[length] ? word + length + 1 : NULL;
    }
    return code;
}

static int add_choices(run_factor *factor, const char *command, const char *name)
{
    int32_t index;
    size_t count = 0;
    const cludi_param *param = find_param(name, &index);
    while (param && param->choices && param->choices[count])
        count++;
    TRY(take_room(factor, count + 1));
    for (size_t i = 0; i < count; i++)
        TRY(add_value(factor, command, name, param->choices[i]));
    return EXIT_DONE;
}

int run_factor_read(run_factor *factor, const char *command, const char *name, const char *list)
{
    *factor = (run_factor){0};
    return list ? add_words(factor, command, name, list) : add_choices(factor, command, name);
}

void run_factor_clear(run_factor *factor)
{
    free(factor->values);
    free(factor->numbers);
    *factor = (run_factor){0};
}
