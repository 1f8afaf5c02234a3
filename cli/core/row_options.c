#include "rows.h"

#include <string.h>

#include "complain.h"
#include "options.h"

static int read_header(row_options *rows, const cli_options *options)
{
    bool is_present = options_given(options, "header");
    bool is_absent = options_given(options, "no-header");
    if (is_present && is_absent)
        return complain_usage(options->command->name, "--header and --no-header cannot be given together.");
    rows->header = is_present ? CLUDI_HEADER_PRESENT : is_absent ? CLUDI_HEADER_ABSENT : CLUDI_HEADER_AUTO;
    return EXIT_DONE;
}

static int read_decimal(row_options *rows, const cli_options *options)
{
    const char *decimal = options_value(options, "decimal");
    rows->decimal_comma = decimal && !strcmp(decimal, ",");
    return !decimal || rows->decimal_comma || !strcmp(decimal, ".")
               ? EXIT_DONE
               : complain_usage(options->command->name, "--decimal is '%s'; it must be '.' or ','.", decimal);
}

int row_options_read(row_options *rows, const cli_options *options)
{
    int ids = 0;
    *rows = (row_options){.id_column = options_value(options, "id-column")};
    rows->drop = options_values(options, "drop", &rows->drop_count);
    (void)options_values(options, "id-column", &ids);
    if (ids > 1) {
        return complain_usage(options->command->name,
                              "--id-column was given twice, but rows have one id; --drop NAME leaves out any column.");
    }
    rows->also = options_values(options, "also", &rows->also_count);
    if (rows->also_count > ALSO_MOST) {
        return complain_usage(options->command->name, "--also was given %d times; %d files more are taken at most.",
                              rows->also_count, ALSO_MOST);
    }
    TRY(read_header(rows, options));
    return read_decimal(rows, options);
}

bool row_options_are_given(const row_options *rows)
{
    return rows->id_column || rows->drop_count > 0 || rows->header != CLUDI_HEADER_AUTO || rows->decimal_comma;
}

int row_options_list(const row_options *rows, const char **inputs)
{
    for (int i = 0; i < rows->also_count; i++)
        inputs[i] = rows->also[i];
    return rows->also_count;
}

void row_options_add(const row_options *rows, word_list *words)
{
    if (rows->id_column)
        word_list_add(words, "--id-column=%s", rows->id_column);
    for (int i = 0; i < rows->drop_count; i++)
        word_list_add(words, "--drop=%s", rows->drop[i]);
    if (rows->header != CLUDI_HEADER_AUTO)
        word_list_add(words, "%s", rows->header == CLUDI_HEADER_PRESENT ? "--header" : "--no-header");
    if (rows->decimal_comma)
        word_list_add(words, "--decimal=,");
}
