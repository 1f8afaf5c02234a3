#include "csv_header.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "note.h"
#include "number_text.h"
#include "text_codes.h"

/* What a record says, whether it is a header or not. */
typedef struct record_facts {
    int64_t cells;
    int64_t numbers;
    int64_t plain;     /* cells of digits alone, as whole numbers are names */
    bool has_text;     /* a cell is neither a number nor a missing one */
    bool rises;        /* each number is more than the one before it */
    int64_t fraction;  /* a column whose cell is a number, but not whole; -1: none */
    bool counts;       /* "0", "1", "2", ... */
    bool has_step;     /* each number is as much more than the one before it */
    double last, step; /* the last number, and how much that is */
} record_facts;

/* Nothing, or what tables write for it: behind a number a missing one, else the name of an index. */
static bool is_missing(const char *text)
{
    static const char *const MISSING[] = {"", "NA", "N/A", "null", "None", "?"};
    bool found = false;
    for (size_t i = 0; i < sizeof MISSING / sizeof *MISSING && !found; i++)
        found = strcasecmp(text, MISSING[i]) == 0;
    return found;
}

/* Digits without zeros in front. */
static bool is_plain(const char *text)
{
    const size_t length = strlen(text);
    return length > 0 && strspn(text, "0123456789") == length && (text[0] != '0' || length == 1);
}

static void look_at_number(record_facts *facts, const csv_reader *reader)
{
    float nearest;
    double value = NAN;
    facts->plain += is_plain(reader->text);
    if (!csv_reader_number(reader, &nearest)) {
        facts->has_text |= facts->numbers == 0 || !is_missing(reader->text);
        facts->has_step = false;
        return;
    }
    if (nearest != floorf(nearest) || isinf(nearest))
        facts->fraction = facts->cells;
    const bool is_finite = csv_reader_double(reader, &value);
    const double step = value - facts->last;
    facts->rises &= facts->numbers++ == 0 || step > 0;
    facts->has_step &= is_finite && (facts->cells == 0 || (facts->cells == 1 && step > 0) ||
                                     fabs(step - facts->step) <= 1e-6 * facts->step);
    facts->step = facts->cells == 1 ? step : facts->step;
    facts->last = value;
}

/* Looks at the record where the reader is; there may be none. */
static cludi_status look_at_record(csv_reader *reader, record_facts *facts, cludi_error *error)
{
    bool more;
    char number[NUMBER_TEXT];
    *facts = (record_facts){.fraction = -1, .counts = true, .has_step = true, .rises = true};
    cludi_status status = csv_reader_begin(reader, &more, error);
    do {
        if (!status && more)
            status = csv_reader_cell(reader, error);
        if (status || !more)
            return status;
        look_at_number(facts, reader);
        snprintf(number, sizeof number, "%" PRId64, facts->cells++);
        facts->counts &= strcmp(reader->text, number) == 0;
    } while (!reader->ends_record);
    return CLUDI_OK;
}

/* Whether a line of numbers has the names that are wanted, among others. */
static cludi_status has_wanted_names(csv_reader *reader, const array_file *array, bool *has, cludi_error *error)
{
    text_codes texts;
    bool more, fits = true;
    const cludi_columns *wanted = array->options->columns;
    text_codes_init(&texts, array->allocator);
    csv_reader_seek(reader, reader->start);
    cludi_status status = csv_reader_begin(reader, &more, error);
    do {
        int32_t code;
        if (!status)
            status = csv_reader_cell(reader, error);
        fits = !status && text_codes_find(&texts, reader->text, &code);
    } while (fits && !reader->ends_record);
    *has = true;
    for (int64_t i = 0; i < wanted->count && fits && *has; i++)
        *has = text_codes_look_up(&texts, wanted->names[i]) >= 0;
    text_codes_clear(&texts);
    return status || fits ? status : error_memory(error, "the names of the columns");
}

/* What the rows behind the first record are like. */
typedef struct rows_facts {
    int64_t rows;    /* as many as there are, at most LOOKED_AT */
    int64_t plain;   /* cells of digits alone */
    int64_t rising;  /* rows of numbers that rise */
    bool are_longer; /* all by one cell: that of an index, which has no name */
} rows_facts;

enum { LOOKED_AT = 32 };

static rows_facts look_below(csv_reader *reader, const csv_header *header)
{
    record_facts facts;
    rows_facts below = {.are_longer = true};
    csv_reader_seek(reader, header->end);
    while (below.rows < LOOKED_AT && look_at_record(reader, &facts, NULL) == CLUDI_OK && facts.cells > 0) {
        below.rows++;
        below.plain += facts.plain;
        below.rising += facts.rises && facts.numbers == facts.cells;
        below.are_longer &= facts.cells == header->columns + 1;
    }
    return below;
}

/* Whole numbers that rise are names, of chosen columns, where the rows are plainly something else: one cell longer; without any
   whole number; or, where chance makes no such row, without any row that rises. */
static bool are_names(const record_facts *first, const rows_facts *below)
{
    enum { NO_CHANCE = 8 /* numbers rise once in 40320 times */ };
    return below->rows >= 2 && (below->are_longer || (first->cells >= 3 && below->plain == 0) ||
                                (first->cells >= NO_CHANCE && below->rising == 0));
}

/* Says how a line of numbers was taken, where it may be otherwise. below: NULL unless it has whole numbers that rise. */
static void note(const csv_header *header, const record_facts *first, const rows_facts *below, const array_file *array)
{
    const bool has_step = first->has_step && (first->cells > 3 || (first->cells == 3 && first->step == 1));
    const bool may_be_names =
        below && below->rows > 0 && (below->plain == 0 || (first->cells >= 3 && 2 * below->rising < below->rows));
    if (header->exists && below)
        note_add(array->notes,
                 "\"%s\": line %" PRId64
                 " has whole numbers that rise, unlike the rows below, and is taken for a header, as "
                 "data frames with chosen columns have it (--no-header makes it a row).",
                 array->file.path, header->line);
    else if (header->exists && first->cells > 1)
        note_add(array->notes,
                 "\"%s\": line %" PRId64 ", 0 to %" PRId64
                 ", is taken for a header, as data frames without names have it (--no-header makes it a row).",
                 array->file.path, header->line, first->cells - 1);
    else if (!header->exists && (has_step || may_be_names))
        note_add(array->notes, "\"%s\": line %" PRId64 " has %s and is taken for a row (--header makes it a header).",
                 array->file.path, header->line, has_step ? "numbers with equal steps" : "whole numbers that rise");
}

/* A line of numbers alone: a header where it counts from 0 (a 0 alone where FILE:0 asks for it: a Series of pandas), has the
   names that are wanted, or are_names. */
static cludi_status judge_numbers(csv_reader *reader, const array_file *array, const record_facts *first,
                                  csv_header *header, cludi_error *error)
{
    rows_facts below;
    const cludi_columns *wanted = array->options ? array->options->columns : NULL;
    header->exists = first->counts && (first->cells > 1 || (array->member && strcmp(array->member, "0") == 0));
    if (!header->exists && wanted && wanted->count > 0) {
        const cludi_status status = has_wanted_names(reader, array, &header->exists, error);
        if (status || header->exists)
            return status;
    }
    const bool rises = !header->exists && first->cells > 1 && first->plain == first->cells && first->rises;
    if (rises) {
        below = look_below(reader, header);
        header->exists = are_names(first, &below);
    }
    note(header, first, rises ? &below : NULL, array);
    return CLUDI_OK;
}

/* A header of names such as 0, 1, 2 is allowed beside texts; numbers with fractions are not, since they are rather a row
   with a wrong cell. */
static cludi_status judge(csv_reader *reader, const array_file *array, const record_facts *first, csv_header *header,
                          cludi_error *error)
{
    const cludi_header said = array->options ? array->options->header : CLUDI_HEADER_AUTO;
    header->exists = said == CLUDI_HEADER_PRESENT;
    if (said != CLUDI_HEADER_AUTO)
        return CLUDI_OK;
    if (!first->has_text)
        return judge_numbers(reader, array, first, header, error);
    header->exists = true;
    if (first->fraction < 0 && !first->rises)
        note_add(array->notes,
                 "\"%s\": line %" PRId64
                 " has text and numbers and is taken for a header (--no-header makes it a row).",
                 array->file.path, header->line);
    if (first->fraction < 0)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\": line %" PRId64 " has both text and a number with a fraction (column %" PRId64
                     "); it is neither a header nor a row of numbers (--header or --no-header says what it is).",
                     array->file.path, header->line, first->fraction + 1);
}

cludi_status csv_header_find(csv_reader *reader, const array_file *array, csv_header *header, cludi_error *error)
{
    record_facts first, second = {0};
    cludi_status status = look_at_record(reader, &first, error);
    *header = (csv_header){.line = reader->record_line, .end = csv_reader_tell(reader), .columns = first.cells};
    if (!status)
        status = judge(reader, array, &first, header, error);
    if (status || !header->exists)
        return status;
    csv_reader_seek(reader, header->end);
    if (look_at_record(reader, &second, NULL) == CLUDI_OK && second.cells == first.cells + 1)
        header->columns++;
    return CLUDI_OK;
}
