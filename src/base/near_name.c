#include "near_name.h"

#include "bounds.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 32, ONE_WRONG = 3, TWO_WRONG = 7 };

/* Small letters, whatever the locale, without separators; returns the length, LONGEST for a longer name. */
static int make_plain(const char *name, char plain[LONGEST])
{
    int length = 0;
    for (; *name && length < LONGEST; name++)
        if (*name != '-' && *name != '_')
            plain[length++] = (char)(*name >= 'A' && *name <= 'Z' ? *name - 'A' + 'a' : *name);
    return length;
}

/* Levenshtein's. */
static int measure_distance(const char *a, int length_a, const char *b, int length_b)
{
    int row[LONGEST + 1];
    for (int j = 0; j <= length_b; j++)
        row[j] = j;
    for (int i = 1; i <= length_a; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= length_b; j++) {
            const int change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = (int)min_int(change, min_int(row[j], row[j - 1]) + 1);
        }
    }
    return row[length_b];
}

void near_name_keep(const char *typed, const char *known, const char **nearest, int *changes)
{
    char a[LONGEST], b[LONGEST];
    const int length = make_plain(typed, a), length_b = make_plain(known, b);
    if (length == 0 || length == LONGEST || length_b == LONGEST)
        return;
    const int distance = measure_distance(a, length, b, length_b);
    const bool is_near = distance <= (length >= TWO_WRONG ? 2 : length >= ONE_WRONG ? 1 : 0);
    if (is_near && distance < *changes && known[1] != '\0') {
        *changes = distance;
        *nearest = known;
    }
}

const char *near_name_phrase(char phrase[NEAR_PHRASE], const char *typed, const char *const *known)
{
    const char *nearest = NULL;
    int changes = INT_MAX;
    for (; *known; known++)
        near_name_keep(typed, *known, &nearest, &changes);
    phrase[0] = '\0';
    if (nearest)
        (void)snprintf(phrase, NEAR_PHRASE, " (did you mean %s?)", nearest);
    return phrase;
}
