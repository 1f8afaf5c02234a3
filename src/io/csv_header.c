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

static void look_at_number(record_facts *facts, const csv_reader *reader)
{
    float nearest;
    double value = NAN;
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

static void note(const csv_header *header, const record_facts *first, const array_file *array)
{
    if (header->exists && first->cells > 1)
        note_add(array->notes,
                 "\"%s\": line %" PRId64 ", 0 to %" PRId64
                 ", is taken for a header, as data frames without names have it (--no-header makes it a row).",
                 array->file.path, header->line, first->cells - 1);
    else if (!header->exists && first->has_step && (first->cells > 3 || (first->cells == 3 && first->step == 1)))
        note_add(array->notes,
                 "\"%s\": line %" PRId64
                 " has numbers with equal steps and is taken for a row (--header makes it a header).",
                 array->file.path, header->line);
}

/* A line of numbers alone: a header where it counts from 0 (a 0 alone where FILE:0 asks for it: a Series of pandas), or has
   the names that are wanted. */
static cludi_status judge_numbers(csv_reader *reader, const array_file *array, const record_facts *first,
                                  csv_header *header, cludi_error *error)
{
    const cludi_columns *wanted = array->options ? array->options->columns : NULL;
    header->exists = first->counts && (first->cells > 1 || (array->member && strcmp(array->member, "0") == 0));
    if (!header->exists && wanted && wanted->count > 0) {
        const cludi_status status = has_wanted_names(reader, array, &header->exists, error);
        if (status || header->exists)
            return status;
    }
    note(header, first, array);
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
