/* The best `degree` others that each row has met so far. The order is total - similarity falling, equal ones by number
   rising - so what stays does not depend on the order of the offers. */
#ifndef BACKEND_TOP_LISTS_H
#define BACKEND_TOP_LISTS_H

#include <math.h>
#include <stdint.h>

typedef struct top_lists {
    int32_t degree;
    int32_t *neighbor; /* (rows, degree); TOP_LISTS_NOBODY where nobody was offered yet */
    float *similarity; /* (rows, degree) falling; -infinity there */
} top_lists;

enum { TOP_LISTS_NOBODY = INT32_MAX };

/* An empty list for row `row`. */
static inline void top_lists_reset(const top_lists *lists, int64_t row)
{
    for (int64_t i = row * lists->degree; i < (row + 1) * lists->degree; i++) {
        lists->neighbor[i] = TOP_LISTS_NOBODY;
        lists->similarity[i] = -INFINITY;
    }
}

/* The similarity that another has to reach. */
static inline float top_lists_worst(const top_lists *lists, int64_t row)
{
    return lists->similarity[(row + 1) * lists->degree - 1];
}

/* Puts `other`, which is not in the list, where it belongs if it belongs there; the new worst. */
static inline float top_lists_offer(const top_lists *lists, int64_t row, int32_t other, float similarity)
{
    int32_t *number = lists->neighbor + row * lists->degree;
    float *score = lists->similarity + row * lists->degree;
    int32_t last = lists->degree - 1, place = lists->degree;
    while (place > 0 &&
           (similarity > score[place - 1] || (similarity == score[place - 1] && other < number[place - 1]))) {
        place--;
        if (place < last) {
            number[place + 1] = number[place];
            score[place + 1] = score[place];
        }
    }
    if (place <= last) {
        number[place] = other;
        score[place] = similarity;
    }
    return score[last];
}

#endif
