#include "csv.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "csv_reader.h"
#include "error.h"
#include "number_text.h"
#include "text_codes.h"

/* MOST_MARKS: of an index that takes 1 MiB. */
enum { MOST_MARKS = 65536, NAME_TEXT = CSV_CELL + 4, QUOTED_AT_MOST = 60 };

/* state */
typedef struct csv_file {
    csv_reader reader;
    const cludi_allocator *allocator;
    const in_file *file;
    int64_t columns; /* cells of a record */
    int64_t id;      /* the column that is left out; -1: none */
    int64_t only;    /* the column that is taken; -1: all */
    bool has_header;
    int64_t first_line; /* of the first record */
    int64_t rows;
    int64_t row;     /* the record where the reader is */
    csv_mark *marks; /* (capacity) where row i * step begins, for i < (rows - 1) / step + 1 */
    int64_t capacity, step;
} csv_file;

/* Gets every cell of a record. */
typedef cludi_status (*take_cell)(csv_file *csv, int64_t column, void *user, cludi_error *error);

/* Text has no control characters but white space; NUL bytes tell it from everything else that is read. */
static bool is_start(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((bytes[i] < ' ' && !strchr("\t\r\n", bytes[i])) || bytes[i] == '\0' || bytes[i] == 0x7F)
            return false;
    }
    return size > 0;
}

/* `column 3 ("width")` counted from 1, with the name where there is a header. */
static void name_column(const csv_file *csv, int64_t column, char text[NAME_TEXT])
{
    int length = snprintf(text, NAME_TEXT, "column %" PRId64, column + 1);
    csv_reader *reader = csv->has_header ? alloc_array(csv->allocator, 1, sizeof *reader) : NULL;
    bool more;
    if (reader && csv_reader_init(reader, csv->file, NULL) == CLUDI_OK &&
        csv_reader_begin(reader, &more, NULL) == CLUDI_OK) {
        cludi_status status = csv_reader_cell(reader, NULL);
        for (int64_t i = 0; i < column && !status && !reader->ends_record; i++)
            status = csv_reader_cell(reader, NULL);
        if (!status)
            snprintf(text + length, (size_t)(NAME_TEXT - length), " (\"%.*s\")", QUOTED_AT_MOST, reader->text);
    }
    alloc_free(csv->allocator, reader);
}

/* The sentence for a cell that is not what is wanted. */
static cludi_status refuse_cell(const csv_file *csv, int64_t column, const char *wanted, cludi_error *error)
{
    char name[NAME_TEXT];
    name_column(csv, column, name);
    if (!csv->reader.text[0])
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": line %" PRId64 ", %s is empty; %s.", csv->file->path,
                         csv->reader.record_line, name, wanted);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": line %" PRId64 ", %s has \"%.*s\"; %s.", csv->file->path,
                     csv->reader.record_line, name, QUOTED_AT_MOST, csv->reader.text, wanted);
}

static bool is_taken(const csv_file *csv, int64_t column)
{
    return csv->only >= 0 ? column == csv->only : column != csv->id;
}

/* Reads the record that csv_reader_begin began; take may be NULL. */
static cludi_status read_cells(csv_file *csv, take_cell take, void *user, cludi_error *error)
{
    csv_reader *reader = &csv->reader;
    int64_t count = 0;
    cludi_status status = CLUDI_OK;
    do {
        status = csv_reader_cell(reader, error);
        if (!status && take && count < csv->columns)
            status = take(csv, count, user, error);
        count++;
    } while (!status && !reader->ends_record);
    csv->row++;
    if (!status && count != csv->columns)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\": line %" PRId64 " has %" PRId64 " cells; line %" PRId64 " has %" PRId64 ".",
                         csv->file->path, reader->record_line, count, csv->first_line, csv->columns);
    return status;
}

/* ---- opening ---- */

/* What the first record says. */
typedef struct first_record {
    const char *only, *id;        /* names that are looked for, or NULL */
    int64_t only_count, id_count; /* how many columns have them */
    bool has_text;                /* a cell is no number */
    int64_t fraction;             /* a column whose cell is a number, but not whole; -1: none */
} first_record;

static void look_at_cell(csv_file *csv, int64_t column, first_record *first)
{
    float value;
    const csv_reader *reader = &csv->reader;
    if (!reader->fits || !number_text_parse_float(reader->text, &value))
        first->has_text = true;
    else if (value != floorf(value) || isinf(value))
        first->fraction = column;
    if (first->only && reader->fits && strcmp(reader->text, first->only) == 0) {
        csv->only = column;
        first->only_count++;
    }
    if (first->id && reader->fits && strcmp(reader->text, first->id) == 0) {
        csv->id = column;
        first->id_count++;
    }
}

static cludi_status refuse_name(const csv_file *csv, const char *name, int64_t count, cludi_error *error)
{
    if (!csv->has_header)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has no column \"%s\": its first line has numbers alone, so that it is no header.",
                         csv->file->path, name);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has %s column \"%s\" in its header.", csv->file->path,
                     count == 0 ? "no" : "more than one", name);
}

/* Whether the first record is a header, and where the columns are that were named. A header of names such as 0, 1, 2 is
   allowed beside texts; numbers with fractions are not, since they are rather a row with a wrong cell. */
static cludi_status read_first(csv_file *csv, const char *only, const char *id, cludi_error *error)
{
    first_record first = {.only = only, .id = id, .fraction = -1};
    bool more;
    cludi_status status = csv_reader_begin(&csv->reader, &more, error);
    csv->first_line = csv->reader.record_line;
    do {
        if (!status)
            status = csv_reader_cell(&csv->reader, error);
        if (status)
            return status;
        look_at_cell(csv, csv->columns++, &first);
    } while (!csv->reader.ends_record);
    csv->has_header = first.has_text;
    if (first.has_text && first.fraction >= 0)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\": line %" PRId64 " has both text and a number with a fraction (column %" PRId64
                         "); it is neither a header nor a row of numbers.",
                         csv->file->path, csv->first_line, first.fraction + 1);
    if (only && (!csv->has_header || first.only_count != 1))
        return refuse_name(csv, only, first.only_count, error);
    if (id && (!csv->has_header || first.id_count != 1))
        return refuse_name(csv, id, first.id_count, error);
    return CLUDI_OK;
}

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

/* One pass: all rows have as many cells, and where they begin. */
static cludi_status index_rows(csv_file *csv, cludi_error *error)
{
    bool more = true;
    cludi_status status = CLUDI_OK;
    while (!status) {
        csv_mark mark = csv_reader_tell(&csv->reader);
        status = csv_reader_begin(&csv->reader, &more, error);
        if (status || !more)
            break;
        add_mark(csv, mark);
        status = read_cells(csv, NULL, NULL, error);
        csv->rows++;
    }
    csv->row = csv->rows;
    return status;
}

static cludi_status open_array(array_file *array, cludi_error *error)
{
    csv_file *csv = alloc_zeroed(array->allocator, 1, sizeof *csv);
    if (!csv)
        return error_memory(error, "a CSV file");
    array->state = csv;
    csv->allocator = array->allocator;
    csv->file = &array->file;
    csv->id = csv->only = -1;
    csv->step = 1;
    /* Even, for add_mark; a row takes two bytes at least. */
    csv->capacity = array->file.size / 4 * 2 + 2 < MOST_MARKS ? array->file.size / 4 * 2 + 2 : MOST_MARKS;
    csv->marks = alloc_array(array->allocator, csv->capacity, sizeof *csv->marks);
    if (!csv->marks)
        return error_memory(error, "the index of a CSV file");
    cludi_status status = csv_reader_init(&csv->reader, csv->file, error);
    if (!status)
        status = read_first(csv, array->member, array->id_column, error);
    if (!status && !csv->has_header)
        status = csv_reader_init(&csv->reader, csv->file, error);
    if (!status)
        status = index_rows(csv, error);
    if (!status && csv->rows == 0)
        status = error_set(error, CLUDI_ERROR_FORMAT,
                           "\"%s\" is text with a header alone; rows of numbers (CSV) are wanted.", csv->file->path);
    int64_t taken = csv->only >= 0 ? 1 : csv->columns - (csv->id >= 0);
    int64_t bytes;
    array->info = (array_info){.type = {'f', '<', 4}, .dimensions = 2, .shape = {csv->rows, taken}};
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

static cludi_status take_number(csv_file *csv, int64_t column, void *user, cludi_error *error)
{
    float **out = user;
    if (!is_taken(csv, column))
        return CLUDI_OK;
    if (!csv->reader.fits || !number_text_parse_float(csv->reader.text, *out))
        return refuse_cell(csv, column, "a number is wanted", error);
    ++*out;
    return CLUDI_OK;
}

static cludi_status read_rows(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error)
{
    return read_records(array->state, first, count, take_number, &out, error);
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
    if (!csv->reader.fits || !number_text_parse_float(csv->reader.text, &nearest)) {
        taker->is_text = true;
        return CLUDI_OK;
    }
    if (!number_text_parse(csv->reader.text, &value) || !(value >= INT32_MIN && value <= INT32_MAX) ||
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
    if (column != csv->id)
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
    alloc_free(array->allocator, csv->marks);
    alloc_free(array->allocator, csv);
}

const array_format CSV_FORMAT = {.title = "CSV",
                                 .has_members = true,
                                 .is_start = is_start,
                                 .open = open_array,
                                 .read_rows = read_rows,
                                 .read_labels = read_labels,
                                 .read_id = read_id,
                                 .is_sequential = is_sequential,
                                 .name = get_name,
                                 .close = close_array};
