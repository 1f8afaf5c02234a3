#include "row_order.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "rng.h"
#include "row_hash.h"
#include "rows.h"

typedef struct keyed_row {
    uint64_t key;
    int64_t row;
} keyed_row;

static int compare_keys(const void *a, const void *b)
{
    const keyed_row *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* What is found out about the rows on the way. */
typedef struct row_survey {
    keyed_row *keyed; /* (rows) */
    int64_t cols;
    int64_t zeros;
    int64_t longest;
    double most; /* its sum of squares */
} row_survey;

static void survey_row(void *user, int64_t row, const float *numbers)
{
    row_survey *survey = user;
    survey->keyed[row] = (keyed_row){row_hash(numbers, survey->cols), row};
    const double square = rows_square_sum(numbers, survey->cols);
    survey->zeros += square == 0 && rows_is_zero(numbers, survey->cols);
    if (square > survey->most) {
        survey->most = square;
        survey->longest = row;
    }
}

static cludi_status sort_rows(row_order *order, keyed_row *keyed, const cludi_source *X, cludi_error *error)
{
    row_survey survey = {.keyed = keyed, .cols = X->cols};
    TRY(rows_visit(X, order->allocator, survey_row, &survey, error));
    qsort(keyed, (size_t)X->rows, sizeof *keyed, compare_keys);
    for (int64_t i = 0; i < X->rows; i++)
        order->canonical[i] = keyed[i].row;
    order->zeros = survey.zeros;
    order->longest = survey.longest;
    order->length = sqrt(survey.most);
    order->digest = row_hash_begin(X->rows);
    for (int64_t i = 0; i < X->rows; i++) {
        order->digest = row_hash_add(order->digest, keyed[i].key);
        order->distinct += i == 0 || keyed[i].key != keyed[i - 1].key;
    }
    return CLUDI_OK;
}

cludi_status row_order_init(row_order *order, const cludi_allocator *allocator, const cludi_source *X, uint64_t seed,
                            cludi_error *error)
{
    *order = (row_order){.allocator = allocator, .rows = X->rows, .reach = X->rows, .next = X->rows, .seed = seed};
    keyed_row *keyed = alloc_array(allocator, X->rows, sizeof *keyed);
    order->canonical = alloc_array(allocator, X->rows, sizeof *order->canonical);
    order->shuffled = alloc_array(allocator, X->rows, sizeof *order->shuffled);
    const cludi_status status = keyed && order->canonical && order->shuffled
                                    ? sort_rows(order, keyed, X, error)
                                    : error_memory(error, "the order of the rows");
    alloc_free(allocator, keyed);
    return status;
}

void row_order_clear(row_order *order)
{
    if (!order->allocator)
        return;
    alloc_free(order->allocator, order->canonical);
    alloc_free(order->allocator, order->shuffled);
    *order = (row_order){0};
}

/* Fisher and Yates ; position i takes 64 random bits of its own. */
static void shuffle(row_order *order)
{
    uint64_t bits[RNG_BITS];
    for (int64_t i = 0; i < order->reach; i++)
        order->shuffled[i] = i;
    for (int64_t i = 0; i < order->reach - 1; i++) {
        if (i % RNG_BITS == 0)
            rng_bits((rng_stream){order->seed, RNG_ORDER, order->epoch}, (uint64_t)(i / RNG_BITS), bits);
        const int64_t other = i + (int64_t)(bits[i % RNG_BITS] % (uint64_t)(order->reach - i));
        const int64_t place = order->shuffled[i];
        order->shuffled[i] = order->shuffled[other];
        order->shuffled[other] = place;
    }
    order->epoch++;
    order->next = 0;
}

void row_order_reach(row_order *order, int64_t rows)
{
    order->next = order->reach == rows ? order->next : rows;
    order->reach = rows;
}

void row_order_restore(row_order *order, uint32_t epoch, int64_t reach, int64_t next)
{
    order->reach = reach;
    order->epoch = epoch;
    if (epoch > 0) {
        order->epoch--;
        shuffle(order);
    }
    order->next = next;
}

int64_t row_order_next(row_order *order)
{
    if (order->next == order->reach)
        shuffle(order);
    return order->shuffled[order->next++];
}
