#include "csv_dialect.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char BYTE_ORDER_MARK[] = "\xEF\xBB\xBF", SEPARATOR[] = "sep=", DELIMITERS[] = "\t;|, ";

enum {
    DELIMITER_COUNT = sizeof DELIMITERS - 1,
    BLANK = DELIMITER_COUNT - 1,
    COMMA = BLANK - 1,
    MOST_OF_SEPARATOR = 16
};

/* What a line has outside quotes; it may be several lines of the file, where a quote has line ends in it. */
typedef struct line_facts {
    csv_mark start;
    bool exists;
    int first;                       /* its first byte */
    int64_t counts[DELIMITER_COUNT]; /* of each delimiter; blanks: runs of them between other bytes */
    int64_t marks;                   /* decimal commas, as it seems */
    bool ends_quotes;                /* a comma is beside a quote, so that commas are delimiters */
} line_facts;

static bool is_line_end(int letter)
{
    return letter == '\n' || letter == '\r';
}

/* What is counted once the byte behind it is known. */
typedef struct line_scan {
    int before, letter; /* 0: the start of the line */
    bool quoted;
    bool blank; /* blanks came behind other bytes */
} line_scan;

static void count_letter(line_facts *facts, line_scan *scan, char decimal, int next)
{
    const int letter = scan->letter;
    const char *found = letter > 0 && letter != ' ' ? strchr(DELIMITERS, letter) : NULL;
    const bool is_mark = letter == decimal && isdigit(scan->before) && next >= 0 && isdigit(next);
    if (found && !is_mark)
        facts->counts[found - DELIMITERS]++;
    facts->marks += is_mark;
    facts->ends_quotes |= letter == ',' && (scan->before == '"' || next == '"');
    if (letter > 0 && letter != ' ') {
        facts->counts[BLANK] += scan->blank;
        scan->blank = false;
    }
    scan->blank |= letter == ' ' && scan->before > 0;
}

/* Goes over a line, to the start of the next one. */
static cludi_status scan_line(csv_reader *reader, line_facts *facts, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    line_scan scan = {0};
    int letter = csv_reader_peek(reader, &status, error);
    *facts = (line_facts){.start = csv_reader_tell(reader), .exists = letter >= 0, .first = letter};
    while (letter >= 0 && (scan.quoted || !is_line_end(letter))) {
        if (!scan.quoted)
            count_letter(facts, &scan, reader->decimal, letter);
        scan.quoted ^= letter == '"';
        scan.before = scan.letter == ' ' && scan.before == 0 ? 0 : scan.letter;
        scan.letter = scan.quoted ? '"' : letter;
        reader->at++;
        letter = csv_reader_peek(reader, &status, error);
    }
    count_letter(facts, &scan, reader->decimal, CSV_END);
    facts->counts[COMMA] += facts->ends_quotes ? facts->marks : 0;
    if (letter >= 0)
        csv_reader_end_line(reader, &status, error);
    return status;
}

/* How many cells and numbers a line has, with the reader's delimiter. A line that cannot be read has none. */
typedef struct line_cells {
    int64_t cells, numbers;
} line_cells;

static line_cells count_cells(csv_reader *reader, csv_mark start)
{
    float value;
    bool more;
    line_cells found = {0};
    csv_reader_seek(reader, start);
    if (csv_reader_begin(reader, &more, NULL) || !more)
        return found;
    do {
        if (csv_reader_cell(reader, NULL))
            return (line_cells){0};
        found.cells++;
        found.numbers += csv_reader_number(reader, &value);
    } while (!reader->ends_record);
    return found;
}

/* Blanks are delimiters of numbers alone: texts have them within. */
static bool are_numbers(csv_reader *reader, csv_mark start)
{
    reader->delimiter = ' ';
    const line_cells found = count_cells(reader, start);
    return found.numbers >= 2 || (found.numbers > 0 && found.numbers == found.cells);
}

static char choose_delimiter(csv_reader *reader, const line_facts *first, const line_facts *second)
{
    const line_facts *row = second->exists ? second : first;
    for (int i = 0; i < DELIMITER_COUNT; i++) {
        const bool fits = row->counts[i] == first->counts[i] || row->counts[i] == first->counts[i] + 1;
        if (row->counts[i] > 0 && fits && (i != BLANK || are_numbers(reader, row->start)))
            return DELIMITERS[i];
    }
    for (int i = 0; i < DELIMITER_COUNT; i++)
        if (first->counts[i] > 0 && (i != BLANK || are_numbers(reader, first->start)))
            return DELIMITERS[i];
    return ',';
}

/* Where the cells of a line begin: a '#' with a blank behind it is no part of them. */
static csv_mark behind_sign(csv_reader *reader, csv_mark start)
{
    csv_reader_seek(reader, start);
    if (csv_reader_peek(reader, &(cludi_status){CLUDI_OK}, NULL) != '#')
        return start;
    reader->at++;
    const csv_mark behind = csv_reader_tell(reader);
    return csv_reader_peek(reader, &(cludi_status){CLUDI_OK}, NULL) == ' ' ? behind : start;
}

/* Whether a comment is the header of the rows behind it. */
static bool is_header(csv_reader *reader, csv_mark comment, const line_facts *first)
{
    const line_cells row = count_cells(reader, first->start);
    return row.numbers > 0 && count_cells(reader, comment).cells == row.cells;
}

/* `sep=;`, also in quotes: the delimiter, and the reader goes behind the line. '\0', and it stays: another line. */
static char read_separator(csv_reader *reader, cludi_error *error)
{
    char line[MOST_OF_SEPARATOR] = "", delimiter = '\0';
    size_t used = 0;
    cludi_status status = CLUDI_OK;
    const csv_mark start = csv_reader_tell(reader);
    int letter = csv_reader_peek(reader, &status, error);
    while (letter >= 0 && !is_line_end(letter) && used + 1 < sizeof line) {
        line[used] = (char)letter;
        used += letter != '"';
        reader->at++;
        letter = csv_reader_peek(reader, &status, error);
    }
    line[used] = '\0';
    if (is_line_end(letter) && used == sizeof SEPARATOR && strncasecmp(line, SEPARATOR, sizeof SEPARATOR - 1) == 0 &&
        (ispunct((unsigned char)line[used - 1]) || strchr(DELIMITERS, line[used - 1])))
        delimiter = line[used - 1];
    if (delimiter)
        csv_reader_end_line(reader, &status, error);
    else
        csv_reader_seek(reader, start);
    return delimiter;
}

/* Passes over comments: first and second are the lines behind them, comment the last one. A file of comments alone has none. */
static cludi_status scan_start(csv_reader *reader, line_facts *comment, line_facts *first, line_facts *second,
                               cludi_error *error)
{
    const csv_mark start = csv_reader_tell(reader);
    *comment = (line_facts){0};
    cludi_status status = scan_line(reader, first, error);
    while (!status && first->exists && first->first == '#') {
        *comment = *first;
        status = scan_line(reader, first, error);
    }
    if (!status && !first->exists) {
        *comment = (line_facts){0};
        csv_reader_seek(reader, start);
        status = scan_line(reader, first, error);
    }
    return status ? status : scan_line(reader, second, error);
}

static void pass_byte_order_mark(csv_reader *reader, const in_file *file)
{
    unsigned char head[sizeof BYTE_ORDER_MARK - 1];
    size_t size;
    if (in_file_peek(file, head, sizeof head, &size, NULL) == CLUDI_OK && size == sizeof head &&
        memcmp(head, BYTE_ORDER_MARK, sizeof head) == 0)
        csv_reader_seek(reader, (csv_mark){(int64_t)sizeof head, 1});
}

cludi_status csv_dialect_begin(csv_reader *reader, const in_file *file, char decimal, cludi_error *error)
{
    line_facts comment, first, second;
    csv_reader_init(reader, file, decimal);
    pass_byte_order_mark(reader, file);
    const char separator = read_separator(reader, error);
    cludi_status status = scan_start(reader, &comment, &first, &second, error);
    if (status)
        return status;
    reader->delimiter = separator ? separator : choose_delimiter(reader, &first, &second);
    reader->start = first.start;
    if (comment.exists) {
        const csv_mark cells = behind_sign(reader, comment.start);
        reader->start = is_header(reader, cells, &first) ? cells : first.start;
    }
    csv_reader_seek(reader, reader->start);
    return CLUDI_OK;
}

/* ---- encodings ---- */

/* Whether most units of two bytes are ASCII: one byte is text, the other (at `zero`) 0. */
static bool is_wide(const unsigned char *head, size_t size, size_t zero)
{
    size_t wide = 0;
    const size_t units = size / 2;
    for (size_t i = 0; i < units; i++) {
        const unsigned char text = head[2 * i + 1 - zero];
        wide += head[2 * i + zero] == 0 && (isprint(text) || isspace(text));
    }
    return units >= 2 && 4 * wide >= 3 * units;
}

const char *csv_dialect_encoding(const unsigned char *head, size_t size)
{
    if (size >= 4 && memcmp(head, "\xFF\xFE\0\0", 4) == 0)
        return "UTF-32LE";
    if (size >= 4 && memcmp(head, "\0\0\xFE\xFF", 4) == 0)
        return "UTF-32BE";
    if (size >= 2 && head[0] == 0xFF && head[1] == 0xFE)
        return "UTF-16LE";
    if (size >= 2 && head[0] == 0xFE && head[1] == 0xFF)
        return "UTF-16BE";
    return is_wide(head, size, 1) ? "UTF-16LE" : is_wide(head, size, 0) ? "UTF-16BE" : NULL;
}
