#include "sniff.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { LONG_LINE = 4000 /* as good as all that is looked at */ };

#define NUMBER_STARTS "-0123456789"

/* The first byte behind a byte order mark and white space; size if there is none. */
static size_t skip_space(const unsigned char *bytes, size_t size, size_t at)
{
    if (at == 0 && size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    while (at < size && memchr(" \t\r\n", bytes[at], 4))
        at++;
    return at;
}

/* Is there `open`, and behind it one of the letters? */
static bool begins_with(const unsigned char *bytes, size_t size, char open, const char *letters)
{
    size_t at = skip_space(bytes, size, 0);
    if (at >= size || bytes[at] != (unsigned char)open)
        return false;
    at = skip_space(bytes, size, at + 1);
    return at < size && bytes[at] != '\0' && strchr(letters, bytes[at]) != NULL;
}

/* ---- JSON ---- */

/* Behind a string that begins at `at`; size if it does not end. */
static size_t pass_string(const unsigned char *bytes, size_t size, size_t at)
{
    for (at++; at < size && bytes[at] != '"'; at++)
        at += bytes[at] == '\\';
    return at < size ? at + 1 : size;
}

/* {...} in the first line, and another one begins in the next; or the first line is longer than what is looked at, and
   begins with a text or number. */
bool sniff_json_lines(const unsigned char *bytes, size_t size)
{
    const unsigned char *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
    if (!begins_with(bytes, size, '{', "\""))
        return false;
    if (!end) {
        const size_t key = skip_space(bytes, size, skip_space(bytes, size, 0) + 1);
        size_t at = skip_space(bytes, size, pass_string(bytes, size, key));
        at = at < size && bytes[at] == ':' ? skip_space(bytes, size, at + 1) : size;
        return size >= LONG_LINE && at < size && memchr("{[", bytes[at], 2) == NULL;
    }
    size_t last = (size_t)(end - bytes);
    const size_t next = skip_space(bytes, size, last);
    while (last > 0 && bytes[last - 1] == '\r')
        last--;
    return last > 0 && bytes[last - 1] == '}' && (next == size || bytes[next] == '{');
}

/* Where a list of numbers begins, outside strings; size if nowhere. */
static size_t find_vector(const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && !(bytes[at] == '[' && begins_with(bytes + at, size - at, '[', NUMBER_STARTS)))
        at = bytes[at] == '"' ? pass_string(bytes, size, at) : at + 1;
    return at;
}

/* "[1.5, 2" is JSON, "[0.5 1.5]" is what NumPy prints. */
static bool has_comma(const unsigned char *bytes, size_t size, size_t list)
{
    size_t at = skip_space(bytes, size, list + 1);
    while (at < size && (isdigit(bytes[at]) || memchr("+-.eE", bytes[at], 5)))
        at++;
    at = skip_space(bytes, size, at);
    return at == size || bytes[at] == ',' || bytes[at] == ']';
}

bool sniff_json_vectors(const unsigned char *bytes, size_t size)
{
    const size_t list = find_vector(bytes, size);
    return list < size && has_comma(bytes, size, list) &&
           (begins_with(bytes, size, '{', "\"") || begins_with(bytes, size, '[', "[{\"" NUMBER_STARTS));
}

/* {"KEY": and the letter of a value, perhaps behind another sign. */
static bool has_first_key(const unsigned char *bytes, size_t size, const char *key, char value)
{
    const size_t length = strlen(key);
    size_t at = skip_space(bytes, size, 0) + 1;
    at = skip_space(bytes, size, at);
    if (!begins_with(bytes, size, '{', "\"") || size - at < length + 2 || memcmp(bytes + at + 1, key, length) != 0 ||
        bytes[at + 1 + length] != '"')
        return false;
    at = skip_space(bytes, size, at + length + 2);
    at = at < size && bytes[at] == ':' ? skip_space(bytes, size, at + 1) : size;
    return at < size && bytes[at] == (unsigned char)value;
}

bool sniff_json_split(const unsigned char *bytes, size_t size)
{
    return has_first_key(bytes, size, "columns", '[') || has_first_key(bytes, size, "index", '[');
}

bool sniff_json_schema(const unsigned char *bytes, size_t size)
{
    return has_first_key(bytes, size, "schema", '{');
}

/* Rows by their numbers: {"0":{"a": ... Columns that have numbers for names as well are taken for columns. */
bool sniff_json_index(const unsigned char *bytes, size_t size)
{
    if (!has_first_key(bytes, size, "0", '{'))
        return false;
    const size_t outer = skip_space(bytes, size, 0) + 1;
    const unsigned char *inner = memchr(bytes + outer, '{', size - outer);
    const size_t at = skip_space(bytes, size, (size_t)(inner - bytes) + 1);
    return at + 1 < size && bytes[at] == '"' && !isdigit(bytes[at + 1]);
}

bool sniff_json(const unsigned char *bytes, size_t size)
{
    return begins_with(bytes, size, '{', "\"}") || begins_with(bytes, size, '[', "[{\"]") ||
           sniff_json_vectors(bytes, size);
}

/* ---- other text ---- */

bool sniff_markup(const unsigned char *bytes, size_t size)
{
    static const char *const STARTS[] = {"<!doctype", "<!--", "<?xml", "<html", "<head", "<svg", "<table"};
    const size_t at = skip_space(bytes, size, 0);
    bool found = false;
    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS && !found; i++) {
        const size_t length = strlen(STARTS[i]);
        found = size - at >= length && strncasecmp((const char *)bytes + at, STARTS[i], length) == 0;
    }
    return found;
}

/* Behind comments: @relation, in any case. */
bool sniff_arff(const unsigned char *bytes, size_t size)
{
    static const char start[] = "@relation";
    size_t at = skip_space(bytes, size, 0);
    while (at < size && bytes[at] == '%') {
        while (at < size && bytes[at] != '\n')
            at++;
        at = skip_space(bytes, size, at);
    }
    return size - at >= sizeof start - 1 && strncasecmp((const char *)bytes + at, start, sizeof start - 1) == 0;
}

/* A message of less than 16 MiB, and where its table begins. */
bool sniff_arrow_stream(const unsigned char *bytes, size_t size)
{
    return size >= 12 && memcmp(bytes, "\xFF\xFF\xFF\xFF", 4) == 0 && bytes[7] == 0 &&
           memcmp(bytes + 8, "\x10\0\0\0", 4) == 0;
}

bool sniff_pickle(const unsigned char *bytes, size_t size)
{
    return size >= 3 && bytes[0] == 0x80 && bytes[1] >= 2 && bytes[1] <= 5 && bytes[2] != 0;
}

/* The pickle of an object of joblib's names the module. */
bool sniff_joblib(const unsigned char *bytes, size_t size)
{
    static const char module[] = "joblib";
    bool found = false;
    for (size_t i = 0; i + sizeof module - 1 <= size && !found; i++)
        found = memcmp(bytes + i, module, sizeof module - 1) == 0;
    return found && sniff_pickle(bytes, size);
}

/* Letters alone would be text. */
bool sniff_bmp(const unsigned char *bytes, size_t size)
{
    return size >= 18 && memcmp(bytes, "BM", 2) == 0 && memcmp(bytes + 6, "\0\0\0\0", 4) == 0;
}

bool sniff_webp(const unsigned char *bytes, size_t size)
{
    return size >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0;
}

bool sniff_bzip2(const unsigned char *bytes, size_t size)
{
    return size >= 10 && memcmp(bytes, "BZh", 3) == 0 &&
           (memcmp(bytes + 4, "1AY&SY", 6) == 0 || memcmp(bytes + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

bool sniff_text(const unsigned char *bytes, size_t size)
{
    bool text = size > 0;
    for (size_t i = 0; i < size && text; i++)
        text = bytes[i] >= ' ' ? bytes[i] != 0x7F && bytes[i] < 0xF5 : memchr("\t\r\n", bytes[i], 3) != NULL;
    return text;
}

/* "1 3:0.5 7:2": a label, and pairs of a column and a number, in the first line. */
bool sniff_svmlight(const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    int pairs = 0;
    while (at < size && (isdigit(bytes[at]) || memchr("+-.", bytes[at], 3)))
        at++;
    for (bool more = at > 0; more; pairs += more) {
        size_t digits = 0;
        more = at < size && bytes[at] == ' ';
        for (at++; more && at < size && isdigit(bytes[at]); at++)
            digits++;
        more = more && digits > 0 && at < size && bytes[at] == ':';
        for (at++; more && at < size && (isdigit(bytes[at]) || memchr("+-.eE", bytes[at], 5)); at++)
            ;
    }
    return pairs > 0;
}

/* Numbers with blanks before them, from `at` to the end of the line or of what is looked at. whole: all of the line. */
static size_t count_numbers(const unsigned char *bytes, size_t size, size_t at, bool *is_whole)
{
    size_t count = 0;
    while (at < size && bytes[at] == ' ') {
        const size_t start = ++at;
        while (at < size && (isdigit(bytes[at]) || memchr("+-.eE", bytes[at], 5)))
            at++;
        count += at > start;
    }
    *is_whole = at < size && (bytes[at] == '\n' || bytes[at] == '\r');
    return at == size || *is_whole ? count : 0;
}

/* "400000 300": where the line behind it begins, and the second number; 0: it is none. */
static size_t pass_counts(const unsigned char *bytes, size_t size, size_t *columns)
{
    size_t at = 0, digits = 0;
    while (at < size && isdigit(bytes[at]))
        at++;
    *columns = 0;
    if (at == 0 || at >= size || bytes[at] != ' ')
        return 0;
    for (at++; at < size && isdigit(bytes[at]) && digits < 6; digits++)
        *columns = 10 * *columns + (size_t)(bytes[at++] - '0');
    at += at < size && bytes[at] == '\r';
    return digits > 0 && at < size && bytes[at] == '\n' ? at + 1 : 0;
}

/* Behind a word: anything but blanks and line ends. */
static size_t pass_word(const unsigned char *bytes, size_t size, size_t at)
{
    while (at < size && !memchr(" \t\r\n", bytes[at], 4))
        at++;
    return at;
}

bool sniff_word2vec_text(const unsigned char *bytes, size_t size)
{
    bool is_whole;
    size_t columns;
    const size_t start = pass_counts(bytes, size, &columns), word = pass_word(bytes, size, start);
    const size_t numbers = start > 0 && word > start ? count_numbers(bytes, size, word, &is_whole) : 0;
    return numbers >= 2 && (is_whole ? numbers == columns : numbers <= columns);
}

bool sniff_word2vec_binary(const unsigned char *bytes, size_t size)
{
    size_t columns;
    const size_t start = pass_counts(bytes, size, &columns), word = pass_word(bytes, size, start);
    return start > 0 && columns > 0 && word > start && word < size && bytes[word] == ' ' && !sniff_text(bytes, size);
}

/* Shorter vectors may be rows that have a name. */
bool sniff_glove(const unsigned char *bytes, size_t size)
{
    enum { FEWEST = 20 };
    bool is_whole, is_number = true;
    const size_t word = pass_word(bytes, size, 0);
    for (size_t i = 0; i < word; i++)
        is_number = is_number && (isdigit(bytes[i]) || memchr("+-.eE", bytes[i], 5));
    return word > 0 && !is_number && count_numbers(bytes, size, word, &is_whole) >= FEWEST;
}
