#include "csv_columns.h"

#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "note.h"

enum { NAME = 2 * CSV_CELL, QUOTED_AT_MOST = 60 };

cludi_status csv_columns_init(csv_columns *columns, const array_file *array, int64_t count, cludi_error *error)
{
    const cludi_allocator *allocator = array->allocator;
    *columns = (csv_columns){.allocator = allocator, .path = array->file.path, .count = count, .id = -1};
    text_codes_init(&columns->texts, allocator);
    columns->places = alloc_zeroed(allocator, count, sizeof *columns->places);
    columns->fates = alloc_zeroed(allocator, count, sizeof *columns->fates);
    return columns->places && columns->fates ? CLUDI_OK : error_memory(error, "the columns of a CSV file");
}

void csv_columns_clear(csv_columns *columns)
{
    if (!columns->allocator)
        return;
    alloc_free(columns->allocator, columns->name_list);
    alloc_free(columns->allocator, columns->fates);
    alloc_free(columns->allocator, columns->places);
    alloc_free(columns->allocator, columns->codes);
    text_codes_clear(&columns->texts);
}

/* ---- names ---- */

/* A name in UTF-8: what is not is taken for Latin-1, as spreadsheets write it. */
static void to_utf8(char out[NAME], const char *text)
{
    size_t used = 0;
    const bool is_utf8 = escape_is_utf8(text);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        const bool is_wide = !is_utf8 && *at >= 0x80;
        if (is_wide)
            out[used++] = (char)(0xC0 | *at >> 6);
        out[used++] = (char)(is_wide ? 0x80 | (*at & 0x3F) : *at);
    }
    out[used] = '\0';
}

static bool add_name(csv_columns *columns, int64_t column, const char *text)
{
    char name[NAME];
    to_utf8(name, text);
    return text_codes_find(&columns->texts, name, &columns->codes[column]);
}

cludi_status csv_columns_read(csv_columns *columns, csv_reader *reader, cludi_error *error)
{
    bool more;
    int64_t count = 0;
    columns->codes = alloc_array(columns->allocator, columns->count, sizeof *columns->codes);
    cludi_status status = columns->codes ? csv_reader_begin(reader, &more, error) : CLUDI_OK;
    bool fits = columns->codes;
    while (!status && fits && (count == 0 || !reader->ends_record) && count < columns->count) {
        status = csv_reader_cell(reader, error);
        if (!status)
            fits = add_name(columns, count++, reader->text);
    }
    if (!status && fits && count + 1 == columns->count) {
        memmove(columns->codes + 1, columns->codes, (size_t)count * sizeof *columns->codes);
        fits = add_name(columns, 0, "");
    }
    columns->has_names = !status && fits;
    return status || fits ? status : error_memory(error, "the names of the columns");
}

const char *csv_columns_name(const csv_columns *columns, int64_t column)
{
    return columns->has_names ? text_codes_text(&columns->texts, columns->codes[column]) : "";
}

void csv_columns_title(const csv_columns *columns, int64_t column, char text[CSV_COLUMN_TEXT])
{
    const int length = snprintf(text, CSV_COLUMN_TEXT, "column %" PRId64, column + 1);
    if (columns->has_names)
        snprintf(text + length, (size_t)(CSV_COLUMN_TEXT - length), " (\"%.*s\")", QUOTED_AT_MOST,
                 csv_columns_name(columns, column));
}

/* ---- which column is meant ---- */

/* The number of a column in text, counted from 0; -1: it is none. */
static int64_t read_number(const csv_columns *columns, const char *text)
{
    int64_t number = 0;
    const size_t length = strlen(text);
    if (length == 0 || length > 18 || strspn(text, "0123456789") != length)
        return -1;
    for (; *text; text++)
        number = 10 * number + (*text - '0');
    return number <= columns->count ? number - 1 : -1;
}

static cludi_status refuse_missing(const csv_columns *columns, const char *text, bool may_be_number, cludi_error *error)
{
    if (!columns->has_names)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has no column \"%.*s\": its first line has numbers alone, so that it is no header%s.",
                         columns->path, QUOTED_AT_MOST, text,
                         may_be_number ? "; columns are numbered from 1" : " (--header makes it one)");
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has no column \"%.*s\" in its header.", columns->path,
                     QUOTED_AT_MOST, text);
}

/* *column = the only one of that name or, where numbers are allowed too, of that number. */
static cludi_status find_column(const csv_columns *columns, const char *text, bool may_be_number, int64_t *column,
                                cludi_error *error)
{
    int64_t found = 0;
    char name[NAME];
    if (strlen(text) < CSV_CELL) {
        to_utf8(name, text);
        const int32_t code = columns->has_names ? text_codes_look_up(&columns->texts, name) : -1;
        for (int64_t i = 0; code >= 0 && i < columns->count; i++) {
            *column = columns->codes[i] == code ? i : *column;
            found += columns->codes[i] == code;
        }
    }
    if (found == 0 && may_be_number) {
        *column = read_number(columns, text);
        found = *column >= 0;
    }
    if (found > 1)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has more than one column \"%.*s\" in its header.",
                         columns->path, QUOTED_AT_MOST, text);
    return found == 1 ? CLUDI_OK : refuse_missing(columns, text, may_be_number, error);
}

static cludi_status drop(csv_columns *columns, const char *text, cludi_error *error)
{
    int64_t column = -1;
    char title[CSV_COLUMN_TEXT];
    const cludi_status status = find_column(columns, text, true, &column, error);
    if (status)
        return status;
    csv_columns_title(columns, column, title);
    if (columns->fates[column] == CSV_ID)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\": %s is the id column, which is not a feature; it cannot be dropped as well.",
                         columns->path, title);
    if (columns->fates[column] == CSV_DROPPED)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": %s is dropped twice.", columns->path, title);
    columns->fates[column] = CSV_DROPPED;
    return CLUDI_OK;
}

static cludi_status take_only(csv_columns *columns, const char *name, cludi_error *error)
{
    int64_t column = -1;
    const cludi_status status = find_column(columns, name, false, &column, error);
    for (int64_t i = 0; i < columns->count && !status; i++)
        columns->fates[i] = i == column ? columns->fates[i] : columns->fates[i] == CSV_ID ? CSV_ID : CSV_LEFT_OUT;
    return status;
}

/* ---- columns that are wanted by their names ---- */

/* What is known of a name of the header. */
typedef struct name_facts {
    int64_t column; /* the first feature of that name */
    int32_t features;
    bool is_wanted, is_dropped;
} name_facts;

/* Names in a sentence: the first few, and how many more. */
typedef struct name_text {
    char text[160];
    size_t used;
    int64_t count;
} name_text;

enum { MOST_NAMES = 3, NAME_IN_LIST = 40 };

static void add_to_text(name_text *list, const char *name)
{
    if (list->count++ < MOST_NAMES)
        list->used += (size_t)snprintf(list->text + list->used, sizeof list->text - list->used, "%s\"%.*s\"",
                                       list->count > 1 ? ", " : "", NAME_IN_LIST, name);
}

static void end_text(name_text *list)
{
    if (list->count > MOST_NAMES)
        snprintf(list->text + list->used, sizeof list->text - list->used, " and %" PRId64 " more",
                 list->count - MOST_NAMES);
}

static void mark_wanted(const csv_columns *columns, const cludi_columns *wanted, name_facts *facts)
{
    for (int64_t i = 0; i < wanted->count + wanted->dropped_count; i++) {
        const bool is_dropped = i >= wanted->count;
        const int32_t code =
            text_codes_look_up(&columns->texts, is_dropped ? wanted->dropped[i - wanted->count] : wanted->names[i]);
        if (code >= 0 && is_dropped)
            facts[code].is_dropped = true;
        else if (code >= 0)
            facts[code].is_wanted = true;
    }
}

/* Columns that were no features at the fit are none now, nor is an index that was not there. */
static void leave_out_known(csv_columns *columns, name_facts *facts)
{
    for (int64_t i = 0; i < columns->count; i++) {
        name_facts *name = &facts[columns->codes[i]];
        if (columns->fates[i] == CSV_FEATURE && name->is_dropped && !name->is_wanted)
            columns->fates[i] = CSV_LEFT_OUT;
        if (columns->fates[i] == CSV_FEATURE && name->features++ == 0)
            name->column = i;
    }
}

/* The features stand as they are wanted; also where names come twice. */
static bool is_in_order(const csv_columns *columns, const cludi_columns *wanted)
{
    int64_t next = 0;
    for (int64_t i = 0; i < columns->count; i++) {
        if (columns->fates[i] != CSV_FEATURE)
            continue;
        if (next == wanted->count || strcmp(csv_columns_name(columns, i), wanted->names[next]) != 0)
            return false;
        next++;
    }
    return next == wanted->count;
}

static cludi_status refuse_names(const csv_columns *columns, const name_text *missing, const name_text *unknown,
                                 cludi_error *error)
{
    const bool both = missing->count > 0 && unknown->count > 0;
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\"%s%s%s%s%s%s.", columns->path,
                     missing->count > 0 ? " lacks columns that the model needs: " : "", missing->text,
                     both ? "; it" : "", unknown->count > 0 ? " has columns that the model does not know: " : "",
                     unknown->text, unknown->count > 0 ? " (--drop NAME leaves one out)" : "");
}

/* Where a wanted name is found; each name once. */
static cludi_status place_by_name(csv_columns *columns, const cludi_columns *wanted, name_facts *facts,
                                  cludi_error *error)
{
    name_text missing = {.used = 0}, unknown = {.used = 0};
    for (int64_t i = 0; i < columns->count; i++)
        if (columns->fates[i] == CSV_FEATURE && !facts[columns->codes[i]].is_wanted)
            add_to_text(&unknown, csv_columns_name(columns, i));
    for (int64_t i = 0; i < wanted->count; i++) {
        const int32_t code = text_codes_look_up(&columns->texts, wanted->names[i]);
        if (code < 0 || facts[code].features == 0)
            add_to_text(&missing, wanted->names[i]);
    }
    end_text(&missing);
    end_text(&unknown);
    if (missing.count > 0 || unknown.count > 0)
        return refuse_names(columns, &missing, &unknown, error);
    for (int64_t i = 0; i < wanted->count; i++) {
        name_facts *name = &facts[text_codes_look_up(&columns->texts, wanted->names[i])];
        if (name->features != 1 || columns->places[name->column] >= 0)
            return error_set(error, CLUDI_ERROR_FORMAT,
                             "\"%s\" has its columns in another order than the model, which cannot be told by their "
                             "names, as \"%.*s\" is there more than once.",
                             columns->path, QUOTED_AT_MOST, wanted->names[i]);
        columns->places[name->column] = i;
    }
    columns->taken = wanted->count;
    return CLUDI_OK;
}

/* Features in the order of the file. */
static void place_in_order(csv_columns *columns)
{
    columns->taken = 0;
    for (int64_t i = 0; i < columns->count; i++)
        columns->places[i] = columns->fates[i] == CSV_FEATURE ? columns->taken++ : -1;
}

static cludi_status match(csv_columns *columns, const cludi_columns *wanted, strbuf *notes, cludi_error *error)
{
    name_facts *facts = alloc_zeroed(columns->allocator, columns->texts.count, sizeof *facts);
    if (!facts)
        return error_memory(error, "the names of the columns");
    mark_wanted(columns, wanted, facts);
    if (csv_columns_may_have_index(columns) && !facts[columns->codes[0]].is_wanted) {
        columns->fates[0] = CSV_LEFT_OUT;
        if (!facts[columns->codes[0]].is_dropped)
            note_add(notes, "\"%s\": column 1 has no name and is left out, as the index of a data frame.",
                     columns->path);
    }
    leave_out_known(columns, facts);
    cludi_status status = CLUDI_OK;
    if (is_in_order(columns, wanted)) {
        place_in_order(columns);
    } else {
        for (int64_t i = 0; i < columns->count; i++)
            columns->places[i] = -1;
        status = place_by_name(columns, wanted, facts, error);
    }
    alloc_free(columns->allocator, facts);
    return status;
}

/* ---- choosing ---- */

static cludi_status refuse_none(const csv_columns *columns, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has no column left for the features.", columns->path);
}

static const cludi_columns *wanted_names(const csv_columns *columns, const array_file *array)
{
    const cludi_columns *wanted = array->options ? array->options->columns : NULL;
    return wanted && wanted->count > 0 && columns->has_names ? wanted : NULL;
}

cludi_status csv_columns_choose(csv_columns *columns, const array_file *array, cludi_error *error)
{
    const cludi_dataset_options *options = array->options;
    cludi_status status = CLUDI_OK;
    if (array->id_column)
        status = find_column(columns, array->id_column, true, &columns->id, error);
    if (!status && columns->id >= 0)
        columns->fates[columns->id] = CSV_ID;
    for (int64_t i = 0; options && i < options->drop_count && !status; i++)
        status = drop(columns, options->drop[i], error);
    if (!status && array->member)
        status = take_only(columns, array->member, error);
    const cludi_columns *wanted = wanted_names(columns, array);
    if (!status && wanted)
        return match(columns, wanted, array->notes, error);
    if (status)
        return status;
    place_in_order(columns);
    return columns->taken > 0 ? CLUDI_OK : refuse_none(columns, error);
}

bool csv_columns_may_have_index(const csv_columns *columns)
{
    bool has_other = false;
    for (int64_t i = 1; i < columns->count && columns->has_names && !has_other; i++)
        has_other = columns->fates[i] == CSV_FEATURE && csv_columns_name(columns, i)[0];
    return has_other && columns->fates[0] == CSV_FEATURE && !csv_columns_name(columns, 0)[0];
}

void csv_columns_leave_out_index(csv_columns *columns)
{
    columns->fates[0] = CSV_LEFT_OUT;
    place_in_order(columns);
}

cludi_status csv_columns_list(csv_columns *columns, cludi_columns *out, cludi_error *error)
{
    *out = (cludi_columns){0};
    if (!columns->has_names)
        return CLUDI_OK;
    columns->name_list = alloc_array(columns->allocator, columns->count, sizeof *columns->name_list);
    if (!columns->name_list)
        return error_memory(error, "the names of the columns");
    int64_t dropped = columns->taken;
    for (int64_t i = 0; i < columns->count; i++)
        columns->name_list[columns->places[i] >= 0 ? columns->places[i] : dropped++] = csv_columns_name(columns, i);
    *out = (cludi_columns){columns->name_list, columns->taken, columns->name_list + columns->taken,
                           columns->count - columns->taken};
    return CLUDI_OK;
}
