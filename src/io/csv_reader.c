#include "csv_reader.h"

#include <inttypes.h>
#include <string.h>

#include "error.h"
#include "number_text.h"

static bool fill(csv_reader *reader, cludi_status *status, cludi_error *error)
{
    reader->offset += (int64_t)reader->used;
    reader->at = 0;
    reader->used = 0;
    *status = in_file_read_at(reader->file, reader->offset, reader->buffer, CSV_BUFFER, &reader->used, error);
    return !*status && reader->used > 0;
}

static inline int peek(csv_reader *reader, cludi_status *status, cludi_error *error)
{
    if (reader->at == reader->used && !fill(reader, status, error))
        return *status ? CSV_FAILED : CSV_END;
    return reader->buffer[reader->at];
}

int csv_reader_peek(csv_reader *reader, cludi_status *status, cludi_error *error)
{
    return peek(reader, status, error);
}

void csv_reader_end_line(csv_reader *reader, cludi_status *status, cludi_error *error)
{
    int letter = reader->buffer[reader->at++];
    if (letter == '\r' && peek(reader, status, error) == '\n')
        reader->at++;
    reader->line++;
}

static bool is_line_end(int letter)
{
    return letter == '\n' || letter == '\r';
}

void csv_reader_seek(csv_reader *reader, csv_mark mark)
{
    reader->line = mark.line;
    if (mark.offset >= reader->offset && mark.offset <= reader->offset + (int64_t)reader->used) {
        reader->at = (size_t)(mark.offset - reader->offset);
        return;
    }
    reader->offset = mark.offset;
    reader->at = 0;
    reader->used = 0;
}

csv_mark csv_reader_tell(const csv_reader *reader)
{
    return (csv_mark){reader->offset + (int64_t)reader->at, reader->line};
}

void csv_reader_init(csv_reader *reader, const in_file *file, char decimal)
{
    *reader = (csv_reader){.file = file, .start = {0, 1}, .delimiter = ',', .decimal = decimal, .line = 1};
}

static cludi_status refuse(const csv_reader *reader, int64_t line, const char *problem, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": line %" PRId64 " %s.", reader->file->path, line, problem);
}

/* Takes blanks where they are delimiters; returns what comes behind them. */
static int pass_blanks(csv_reader *reader, cludi_status *status, cludi_error *error)
{
    int letter = peek(reader, status, error);
    while (reader->delimiter == ' ' && letter == ' ') {
        reader->at++;
        letter = peek(reader, status, error);
    }
    return letter;
}

cludi_status csv_reader_begin(csv_reader *reader, bool *more, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    int64_t first = reader->line;
    int letter = pass_blanks(reader, &status, error);
    while (is_line_end(letter)) {
        csv_reader_end_line(reader, &status, error);
        letter = pass_blanks(reader, &status, error);
    }
    *more = letter >= 0;
    reader->record_line = reader->line;
    if (*more && !status && reader->line > first)
        return refuse(reader, first, "is empty, but more lines follow", error);
    return status;
}

/* The cell so far. */
typedef struct kept_text {
    size_t length; /* letters in reader->text */
    size_t kept;   /* of those, up to the last that is no blank */
} kept_text;

static void append(csv_reader *reader, kept_text *cell, int letter, bool quoted)
{
    bool blank = !quoted && letter == ' ';
    if (blank && cell->length == 0)
        return;
    if (cell->length + 1 < CSV_CELL)
        reader->text[cell->length++] = (char)letter;
    else
        reader->fits &= blank;
    cell->kept = blank ? cell->kept : cell->length;
}

/* What is between quotes; the first one is taken. */
static cludi_status read_quoted(csv_reader *reader, kept_text *cell, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    int64_t start = reader->line;
    for (;;) {
        int letter = peek(reader, &status, error);
        if (letter < 0)
            return status ? status : refuse(reader, start, "opens a quote that is never closed", error);
        if (letter == '\0')
            return refuse(reader, reader->line, "has a NUL byte, so this is no text", error);
        reader->at++;
        reader->line += letter == '\n';
        if (letter == '"' && peek(reader, &status, error) != '"')
            return status;
        reader->at += letter == '"';
        append(reader, cell, letter, true);
    }
}

/* Takes what ends a cell: a delimiter, a line end, or the end of the file. */
static cludi_status end_cell(csv_reader *reader, int letter, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    reader->ends_record = letter != reader->delimiter;
    if (!reader->ends_record) {
        reader->at++;
        letter = pass_blanks(reader, &status, error);
        reader->ends_record = reader->delimiter == ' ' && (letter < 0 || is_line_end(letter));
    }
    if (reader->ends_record && letter >= 0)
        csv_reader_end_line(reader, &status, error);
    return status;
}

cludi_status csv_reader_cell(csv_reader *reader, cludi_error *error)
{
    kept_text cell = {0};
    cludi_status status = CLUDI_OK;
    bool quoted = false;
    reader->fits = true;
    int letter = peek(reader, &status, error);
    while (!status && letter >= 0 && letter != reader->delimiter && !is_line_end(letter)) {
        if (letter == '\0')
            return refuse(reader, reader->line, "has a NUL byte, so this is no text", error);
        if (quoted && letter != ' ')
            return refuse(reader, reader->line, "has text after a closing quote", error);
        reader->at++;
        if (letter == '"' && cell.length == 0) {
            quoted = true;
            status = read_quoted(reader, &cell, error);
        } else if (!quoted) {
            append(reader, &cell, letter, false);
        }
        if (!status)
            letter = peek(reader, &status, error);
    }
    reader->text[cell.kept] = '\0';
    return status ? status : end_cell(reader, letter, error);
}

/* The cell with a point for its decimal mark; NULL if it is cut, or has a point where a comma is wanted. */
static const char *with_point(const csv_reader *reader, char copy[CSV_CELL])
{
    if (!reader->fits || (reader->decimal == ',' && strchr(reader->text, '.')))
        return NULL;
    if (reader->decimal == '.')
        return reader->text;
    memcpy(copy, reader->text, CSV_CELL);
    char *comma = strchr(copy, ',');
    if (comma)
        *comma = '.';
    return copy;
}

bool csv_reader_number(const csv_reader *reader, float *value)
{
    char copy[CSV_CELL];
    const char *text = with_point(reader, copy);
    return text && number_text_parse_float(text, value);
}

bool csv_reader_double(const csv_reader *reader, double *value)
{
    char copy[CSV_CELL];
    const char *text = with_point(reader, copy);
    return text && number_text_parse(text, value);
}

bool csv_reader_has_comma(const csv_reader *reader)
{
    float value;
    csv_reader swapped = {.fits = reader->fits, .decimal = ','};
    memcpy(swapped.text, reader->text, CSV_CELL);
    return reader->decimal == '.' && strchr(reader->text, ',') && csv_reader_number(&swapped, &value);
}
