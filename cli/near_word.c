#include "near_word.h"

#include <string.h>

enum { LONGEST = 64 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One row of the table at a time: row[j] = distance of the first i letters of a from the first j of b. */
static size_t measure_distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1];
    size_t width = strlen(b);
    for (size_t j = 0; j <= width; j++) {
        row[j] = j;
    }
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = smaller(changed, 1 + smaller(row[j], row[j - 1]));
        }
    }
    return row[width];
}

const char *near_word_find(const char *word, const char *const *known, size_t count)
{
    const char *nearest = NULL;
    size_t length = strlen(word);
    size_t limit = length < 2 ? 0 : length < 6 ? 2 : length / 3;
    if (length > LONGEST) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (!known[i] || strlen(known[i]) > LONGEST) {
            continue;
        }
        size_t distance = measure_distance(word, known[i]);
        if (distance <= limit && distance < length && (distance == 0 || strlen(known[i]) > 1)) {
            nearest = known[i];
            if (distance == 0) {
                break;
            }
            limit = distance - 1;
        }
    }
    return nearest;
}
