#include "words.h"

#include <ctype.h>
#include <string.h>

/* Letters of a word in which one or two may be wrong, and of one that may be the start of another. */
enum { LONGEST = 64, ONE_WRONG = 3, TWO_WRONG = 7, SHORTEST_START = 3 };

static bool is_same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* rows[0] is of the first i letters of a, rows[1] and rows[2] of one and two letters fewer. */
static size_t count_changes(const char *a, const char *b, size_t rows[3][LONGEST + 1], size_t i, size_t j)
{
    size_t fewest = rows[1][j - 1] + !is_same(a[i - 1], b[j - 1]);
    fewest = smaller(fewest, 1 + smaller(rows[1][j], rows[0][j - 1]));
    if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1]))
        fewest = smaller(fewest, 1 + rows[2][j - 2]);
    return fewest;
}

static size_t measure_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1];
    size_t width = strlen(b);
    for (size_t j = 0; j <= width; j++)
        rows[0][j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        memcpy(rows[2], rows[1], sizeof rows[2]);
        memcpy(rows[1], rows[0], sizeof rows[1]);
        rows[0][0] = i;
        for (size_t j = 1; j <= width; j++)
            rows[0][j] = count_changes(a, b, rows, i, j);
    }
    return rows[0][width];
}

static const char *find_start(const char *word, const char *const *known, size_t count)
{
    size_t length = strlen(word);
    for (size_t i = 0; i < count && length >= SHORTEST_START; i++)
        if (known[i] && !strncmp(known[i], word, length))
            return known[i];
    return NULL;
}

const char *near_word_find(const char *word, const char *const *known, size_t count)
{
    const char *nearest = NULL;
    size_t length = strlen(word);
    size_t limit = length >= TWO_WRONG ? 2 : length >= ONE_WRONG ? 1 : 0;
    if (length == 0 || length > LONGEST)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (!known[i] || strlen(known[i]) > LONGEST)
            continue;
        size_t distance = measure_distance(word, known[i]);
        if (distance == 0)
            return known[i];
        if (distance <= limit && strlen(known[i]) > 1) {
            nearest = known[i];
            limit = distance - 1;
        }
    }
    return nearest ? nearest : find_start(word, known, count);
}
