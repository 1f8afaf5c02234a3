#include "words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "bounds.h"

/* Letters of a word in which one or two may be wrong, and of one that may be the start of another. */
enum { LONGEST = 64, ONE_WRONG = 3, TWO_WRONG = 7, SHORTEST_START = 3 };

/* In small letters without hyphens and underscores; returns the length, more than LONGEST for a longer word. */
static size_t make_plain(const char *word, char plain[LONGEST + 2])
{
    size_t length = 0;
    for (; *word && length <= LONGEST; word++)
        if (*word != '-' && *word != '_')
            plain[length++] = (char)tolower((unsigned char)*word);
    plain[length] = '\0';
    return length;
}

/* rows[0] is of the first i letters of a, rows[1] and rows[2] of one and two letters fewer. */
static int64_t count_changes(const char *a, const char *b, int64_t rows[3][LONGEST + 1], size_t i, size_t j)
{
    int64_t fewest = rows[1][j - 1] + (a[i - 1] != b[j - 1]);
    fewest = min_int(fewest, 1 + min_int(rows[1][j], rows[0][j - 1]));
    if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        fewest = min_int(fewest, 1 + rows[2][j - 2]);
    return fewest;
}

static int64_t measure_distance(const char *a, const char *b)
{
    int64_t rows[3][LONGEST + 1];
    size_t width = strlen(b);
    for (size_t j = 0; j <= width; j++)
        rows[0][j] = (int64_t)j;
    for (size_t i = 1; a[i - 1]; i++) {
        memcpy(rows[2], rows[1], sizeof rows[2]);
        memcpy(rows[1], rows[0], sizeof rows[1]);
        rows[0][0] = (int64_t)i;
        for (size_t j = 1; j <= width; j++)
            rows[0][j] = count_changes(a, b, rows, i, j);
    }
    return rows[0][width];
}

static const char *find_start(const char *plain, const char *const *known, size_t count)
{
    char other[LONGEST + 2];
    size_t length = strlen(plain);
    for (size_t i = 0; i < count && length >= SHORTEST_START; i++)
        if (known[i] && make_plain(known[i], other) >= length && !memcmp(other, plain, length))
            return known[i];
    return NULL;
}

const char *near_word_find(const char *word, const char *const *known, size_t count)
{
    const char *nearest = NULL;
    char plain[LONGEST + 2];
    char other[LONGEST + 2];
    size_t length = make_plain(word, plain);
    int64_t least = length >= TWO_WRONG ? 3 : length >= ONE_WRONG ? 2 : 1; /* more than may be wrong */
    if (length == 0 || length > LONGEST)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (!known[i] || make_plain(known[i], other) > LONGEST)
            continue;
        int64_t distance = measure_distance(plain, other);
        if (!strcmp(word, known[i]))
            return known[i];
        if (distance < least && (distance == 0 || strlen(known[i]) > 1)) {
            nearest = known[i];
            least = distance;
        }
    }
    return nearest ? nearest : find_start(plain, known, count);
}

const char *near_word_phrase(char phrase[NEAR_PHRASE], const char *word, const char *const *known, size_t count)
{
    const char *near = near_word_find(word, known, count);
    phrase[0] = '\0';
    if (near)
        (void)snprintf(phrase, NEAR_PHRASE, " (did you mean %s?)", near);
    return phrase;
}
