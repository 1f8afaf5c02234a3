#include "csv.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "csv_columns.h"
#include "csv_dialect.h"
#include "csv_header.h"
#include "csv_ids.h"
#include "error.h"
#include "note.h"
#include "text_codes.h"

/* MOST_MARKS: of an index that takes 1 MiB. */
enum { MOST_MARKS = 65536, QUOTED_AT_MOST = 60 };

/* state */
typedef struct csv_file {
    csv_reader reader;
    csv_columns columns;
    const cludi_allocator *allocator;
    const in_file *file;
    int64_t first_line; /* of the first record */
    int64_t rows;
    int64_t row;     /* the record where the reader is */
    csv_mark *marks; /* (capacity) where row i * step begins, for i < (rows - 1) / step + 1 */
    int64_t capacity, step;
} csv_file;

/* Gets every cell of a record. */
typedef cludi_status (*take_cell)(csv_file *csv, int64_t column, void *user, cludi_error *error);

/* Text has no control characters but white space; NUL bytes tell it from everything else that is read. Text of two bytes a
   letter is taken as well, to be named. */
static bool is_start(const unsigned char *bytes, size_t size)
{
    if (csv_dialect_encoding(bytes, size))
        return true;
    for (size_t i = 0; i < size; i++)
        if ((bytes[i] < ' ' && !strchr("\t\r\n", bytes[i])) || bytes[i] == '\0' || bytes[i] == 0x7F)
            return false;
    return size > 0;
}

/* The sentence for a cell that is not what is wanted. */
static cludi_status refuse_cell(const csv_file *csv, int64_t column, const char *wanted, cludi_error *error)
{
    char name[CSV_COLUMN_TEXT];
    csv_columns_title(&csv->columns, column, name);
    if (!csv->reader.text[0])
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": line %" PRId64 ", %s is empty; %s.", csv->file->path,
                         csv->reader.record_line, name, wanted);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": line %" PRId64 ", %s has \"%.*s\"; %s.", csv->file->path,
                     csv->reader.record_line, name, QUOTED_AT_MOST, csv->reader.text, wanted);
}

static bool is_taken(const csv_file *csv, int64_t column)
{
    return csv->columns.places[column] >= 0;
}

/* Reads the record that csv_reader_begin began; take may be NULL. */
static cludi_status read_cells(csv_file *csv, take_cell take, void *user, cludi_error *error)
{
    csv_reader *reader = &csv->reader;
    int64_t count = 0;
    cludi_status status = CLUDI_OK;
    do {
        status = csv_reader_cell(reader, error);
        if (!status && take && count < csv->columns.count)
            status = take(csv, count, user, error);
        count++;
    } while (!status && !reader->ends_record);
    csv->row++;
    if (!status && count != csv->columns.count)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\": line %" PRId64 " has %" PRId64 " cells; line %" PRId64 " has %" PRId64 ".",
                         csv->file->path, reader->record_line, count, csv->first_line, csv->columns.count);
    return status;
}

/* ---- opening ---- */

/* Keeps where a row begins; when there is no room, every second one is dropped. */
static void add_mark(csv_file *csv, csv_mark mark)
{
    if (csv->rows % csv->step != 0)
        return;
    if (csv->rows / csv->step == csv->capacity) {
        for (int64_t i = 0; 2 * i < csv->capacity; i++)
            csv->marks[i] = csv->marks[2 * i];
        csv->step *= 2;
    }
    if (csv->rows % csv->step == 0)
        csv->marks[csv->rows / csv->step] = mark;
}

static cludi_status look_for_id(csv_file *csv, int64_t column, void *user, cludi_error *error)
{
    (void)error;
    csv_ids_look(user, &csv->reader, column);
    return CLUDI_OK;
}

/* One pass: all rows have as many cells, and where they begin. ids: of columns that are looked at. */
static cludi_status index_rows(csv_file *csv, csv_ids *ids, cludi_error *error)
{
    bool more = true;
    cludi_status status = CLUDI_OK;
    while (!status) {
        csv_mark mark = csv_reader_tell(&csv->reader);
        status = csv_reader_begin(&csv->reader, &more, error);
        if (status || !more)
            break;
        add_mark(csv, mark);
        status = read_cells(csv, ids->open > 0 ? look_for_id : NULL, ids, error);
        csv->rows++;
    }
    csv->row = csv->rows;
    return status;
}

/* The first column, where it has no name; all, where they are asked for; none. */
static int64_t count_watched(const csv_file *csv, const array_file *array)
{
    const cludi_dataset_options *options = array->options;
    if (!options || array->member || (options->columns && options->columns->count > 0 && csv->columns.has_names))
        return 0;
    return options->find_ids ? csv->columns.count : csv_columns_may_have_index(&csv->columns);
}

static void note_index(const csv_file *csv, strbuf *notes)
{
    note_add(
        notes,
        "\"%s\": column 1 has no name and is left out, as the index of a data frame (with a name it is a feature).",
        csv->file->path);
}

/* Columns that look like ids, unless all do. */
static void note_ids(const csv_file *csv, const csv_ids *ids, strbuf *notes)
{
    int64_t likely = 0, first = -1;
    char title[CSV_COLUMN_TEXT], more[64] = "", drop[QUOTED_AT_MOST + 4];
    for (int64_t i = csv->columns.count - 1; i >= 0; i--) {
        if (is_taken(csv, i) && csv_ids_is_likely(ids, i)) {
            likely++;
            first = i;
        }
    }
    if (likely == 0 || likely == csv->columns.taken)
        return;
    const char *name = csv_columns_name(&csv->columns, first);
    csv_columns_title(&csv->columns, first, title);
    if (likely > 1)
        snprintf(more, sizeof more, ", and %" PRId64 " more such columns", likely - 1);
    if (name[0])
        snprintf(drop, sizeof drop, "\"%.*s\"", QUOTED_AT_MOST, name);
    else
        snprintf(drop, sizeof drop, "%" PRId64, first + 1);
    note_add(notes,
             "Warning: \"%s\": %s has whole numbers that are all different, as an id has%s; --drop %s leaves it out, "
             "--id-column makes it the name of the rows.",
             csv->file->path, title, more, drop);
}

/* Features without a name, which may be an index that no rule finds (numbers that begin again, the second of two). */
static void note_unnamed(const csv_file *csv, const csv_ids *ids, strbuf *notes)
{
    int64_t unnamed = 0, first = -1;
    char more[48] = "";
    for (int64_t i = csv->columns.count - 1; i >= 0 && csv->columns.has_names; i--) {
        const char *name = csv_columns_name(&csv->columns, i);
        const bool has_name = name[0] && strncmp(name, "Unnamed: ", strlen("Unnamed: ")) != 0;
        if (is_taken(csv, i) && !has_name && !csv_ids_is_likely(ids, i)) {
            unnamed++;
            first = i;
        }
    }
    if (unnamed == 0 || unnamed == csv->columns.taken)
        return;
    if (unnamed > 1)
        snprintf(more, sizeof more, ", and so %s %" PRId64 " more", unnamed == 2 ? "is" : "are", unnamed - 1);
    note_add(notes,
             "Warning: \"%s\": column %" PRId64 " has no name and is taken for a feature%s; --drop %" PRId64
             " leaves it out, if it is an index.",
             csv->file->path, first + 1, more, first + 1);
}

static cludi_status choose(csv_file *csv, const array_file *array, cludi_error *error)
{
    return csv_columns_choose(&csv->columns, array, error);
}

static cludi_status count_rows(csv_file *csv, const array_file *array, cludi_error *error)
{
    csv_ids ids;
    const bool may_have_index = csv_columns_may_have_index(&csv->columns);
    if (!csv_ids_init(&ids, csv->allocator, count_watched(csv, array)))
        return error_memory(error, "the columns of a CSV file");
    cludi_status status = index_rows(csv, &ids, error);
    if (!status && ids.failed)
        status = error_memory(error, "the numbers of a column");
    if (!status && ids.count > 0 && may_have_index && csv_ids_is_index(&ids, 0)) {
        csv_columns_leave_out_index(&csv->columns);
        note_index(csv, array->notes);
    }
    if (!status && array->options && array->options->find_ids) {
        note_ids(csv, &ids, array->notes);
        note_unnamed(csv, &ids, array->notes);
    }
    csv_ids_clear(&ids);
    return status;
}

static cludi_status refuse_encoding(const in_file *file, const char *encoding, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is text in %s; UTF-8 is wanted: iconv -f %s -t UTF-8 FILE >NEW converts it.", file->path,
                     encoding, encoding);
}

/* Finds the columns. The reader is then behind the header. */
static cludi_status read_header(csv_file *csv, const array_file *array, cludi_error *error)
{
    csv_header header;
    cludi_status status = csv_header_find(&csv->reader, array, &header, error);
    csv->first_line = header.line;
    if (!status && header.columns == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is text without a line; rows of numbers (CSV) are wanted.",
                         csv->file->path);
    if (!status)
        status = csv_columns_init(&csv->columns, array, header.columns, error);
    csv_reader_seek(&csv->reader, csv->reader.start);
    if (!status && header.exists) {
        status = csv_columns_read(&csv->columns, &csv->reader, error);
        csv_reader_seek(&csv->reader, header.end);
    }
    return status;
}

/* Finds the encoding and the dialect. */
static cludi_status begin(csv_file *csv, const array_file *array, cludi_error *error)
{
    size_t size;
    unsigned char head[ARRAY_FORMAT_HEAD];
    const bool has_comma = array->options && array->options->decimal_comma;
    cludi_status status = in_file_peek(csv->file, head, sizeof head, &size, error);
    const char *encoding = status ? NULL : csv_dialect_encoding(head, size);
    if (encoding)
        return refuse_encoding(csv->file, encoding, error);
    return status ? status : csv_dialect_begin(&csv->reader, csv->file, has_comma ? ',' : '.', error);
}

static cludi_status open_array(array_file *array, cludi_error *error)
{
    static cludi_status (*const STEPS[])(csv_file *, const array_file *, cludi_error *) = {begin, read_header, choose,
                                                                                           count_rows};
    csv_file *csv = alloc_zeroed(array->allocator, 1, sizeof *csv);
    if (!csv)
        return error_memory(error, "a CSV file");
    array->state = csv;
    csv->allocator = array->allocator;
    csv->file = &array->file;
    csv->step = 1;
    /* Even, for add_mark; a row takes two bytes at least. */
    csv->capacity = array->file.size / 4 * 2 + 2 < MOST_MARKS ? array->file.size / 4 * 2 + 2 : MOST_MARKS;
    csv->marks = alloc_array(array->allocator, csv->capacity, sizeof *csv->marks);
    cludi_status status = csv->marks ? CLUDI_OK : error_memory(error, "the index of a CSV file");
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS && !status; i++)
        status = STEPS[i](csv, array, error);
    if (!status && csv->rows == 0)
        status = error_set(error, CLUDI_ERROR_FORMAT,
                           "\"%s\" is text with a header alone; rows of numbers (CSV) are wanted.", csv->file->path);
    if (!status)
        status = csv_columns_list(&csv->columns, &array->columns, error);
    int64_t bytes;
    array->info = (array_info){.type = {'f', '<', 4}, .dimensions = 2, .shape = {csv->rows, csv->columns.taken}};
    return status || array_count(&array->info, &bytes) ? status : array_too_large(csv->file->path, &array->info, error);
}

/* ---- reading ---- */

/* Goes to a row, by the nearest mark before it unless the reader is between that and the row. */
static cludi_status move_to(csv_file *csv, int64_t row, cludi_error *error)
{
    bool more;
    cludi_status status = CLUDI_OK;
    if (csv->row > row || csv->row < row - row % csv->step) {
        csv->row = row - row % csv->step;
        csv_reader_seek(&csv->reader, csv->marks[row / csv->step]);
    }
    while (csv->row < row && !status) {
        status = csv_reader_begin(&csv->reader, &more, error);
        if (!status)
            status = read_cells(csv, NULL, NULL, error);
    }
    return status;
}

/* After an error the reader is in the middle of a row; row: out of the way, so that the next read goes by a mark. */
static cludi_status read_records(csv_file *csv, int64_t first, int64_t count, take_cell take, void *user,
                                 cludi_error *error)
{
    cludi_status status = move_to(csv, first, error);
    for (int64_t i = 0; i < count && !status; i++) {
        bool more;
        status = csv_reader_begin(&csv->reader, &more, error);
        if (!status && !more)
            status = error_set(error, CLUDI_ERROR_FORMAT,
                               "\"%s\" has become shorter: row %" PRId64 " (counted from 0) is no more there.",
                               csv->file->path, first + i);
        if (!status)
            status = read_cells(csv, take, user, error);
    }
    if (status)
        csv->row = INT64_MAX;
    return status;
}

/* Where rows go. */
typedef struct number_taker {
    float *out;
    int64_t first; /* the row that out begins with */
} number_taker;

static cludi_status refuse_number(const csv_file *csv, int64_t column, cludi_error *error)
{
    const bool is_text = csv->row == 0 && csv->columns.has_names && csv->reader.text[0];
    return refuse_cell(csv, column,
                       csv_reader_has_comma(&csv->reader)
                           ? "a number is wanted (--decimal , reads commas as decimal points)"
                       : is_text ? "a number is wanted (--drop NAME leaves out a column)"
                                 : "a number is wanted",
                       error);
}

static cludi_status take_number(csv_file *csv, int64_t column, void *user, cludi_error *error)
{
    const number_taker *taker = user;
    const int64_t place = csv->columns.places[column];
    float *row = taker->out + (csv->row - taker->first) * csv->columns.taken;
    if (place < 0)
        return CLUDI_OK;
    return csv_reader_number(&csv->reader, row + place) ? CLUDI_OK : refuse_number(csv, column, error);
}

static cludi_status read_rows(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error)
{
    number_taker taker = {out, first};
    return read_records(array->state, first, count, take_number, &taker, error);
}

/* ---- labels ---- */

typedef struct label_taker {
    int32_t *next;
    text_codes codes;
    bool is_text; /* out: a label is no number, so that all of them are texts */
} label_taker;

static cludi_status take_whole(csv_file *csv, int64_t column, void *user, cludi_error *error)
{
    label_taker *taker = user;
    float nearest;
    double value = NAN;
    if (taker->is_text || !is_taken(csv, column))
        return CLUDI_OK;
    if (!csv->reader.text[0])
        return refuse_cell(csv, column, "a label is wanted", error);
    if (!csv_reader_number(&csv->reader, &nearest)) {
        taker->is_text = true;
        return CLUDI_OK;
    }
    if (!csv_reader_double(&csv->reader, &value) || !(value >= INT32_MIN && value <= INT32_MAX) ||
        value != floor(value))
        return refuse_cell(csv, column, "labels are texts, or whole numbers from -2147483648 to 2147483647", error);
    *taker->next++ = (int32_t)value;
    return CLUDI_OK;
}

static cludi_status take_text(csv_file *csv, int64_t column, void *user, cludi_error *error)
{
    label_taker *taker = user;
    if (!is_taken(csv, column))
        return CLUDI_OK;
    if (!csv->reader.fits || !csv->reader.text[0])
        return refuse_cell(csv, column, "a label of 1 to 511 bytes is wanted", error);
    return text_codes_find(&taker->codes, csv->reader.text, taker->next++) ? CLUDI_OK
                                                                           : error_memory(error, "the labels' names");
}

static cludi_status read_labels(array_file *array, int32_t *out, cludi_error *error)
{
    csv_file *csv = array->state;
    label_taker taker = {.next = out};
    text_codes_init(&taker.codes, array->allocator);
    cludi_status status = read_records(csv, 0, csv->rows, take_whole, &taker, error);
    if (!status && taker.is_text) {
        taker.next = out;
        status = read_records(csv, 0, csv->rows, take_text, &taker, error);
    }
    text_codes_clear(&taker.codes);
    return status;
}

/* ---- the id column ---- */

typedef struct id_text {
    char *text;
    size_t size;
} id_text;

static cludi_status take_id(csv_file *csv, int64_t column, void *user, cludi_error *error)
{
    const id_text *id = user;
    size_t size = strlen(csv->reader.text) + 1;
    if (column != csv->columns.id)
        return CLUDI_OK;
    if (!csv->reader.fits || size > id->size)
        return refuse_cell(csv, column, "an id of at most 511 bytes is wanted", error);
    memcpy(id->text, csv->reader.text, size);
    return CLUDI_OK;
}

static cludi_status read_id(array_file *array, int64_t row, char *text, size_t size, cludi_error *error)
{
    csv_file *csv = array->state;
    id_text id = {text, size};
    return read_records(csv, row, 1, take_id, &id, error);
}

/* ---- the format ---- */

static bool is_sequential(const array_file *array)
{
    (void)array;
    return false;
}

static const char *get_name(const array_file *array)
{
    const csv_file *csv = array->state;
    return csv->reader.delimiter == '\t' ? "tsv" : "csv";
}

static void close_array(array_file *array)
{
    csv_file *csv = array->state;
    csv_columns_clear(&csv->columns);
    alloc_free(array->allocator, csv->marks);
    alloc_free(array->allocator, csv);
}

const array_format CSV_FORMAT = {.title = "CSV",
                                 .has_members = true,
                                 .has_columns = true,
                                 .is_start = is_start,
                                 .open = open_array,
                                 .read_rows = read_rows,
                                 .read_labels = read_labels,
                                 .read_id = read_id,
                                 .is_sequential = is_sequential,
                                 .name = get_name,
                                 .close = close_array};
