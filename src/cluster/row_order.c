#include "row_order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "rng.h"
#include "row_hash.h"

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

static bool sort_rows(row_order *order, const cludi_matrix *X)
{
    keyed_row *keyed = alloc_array(order->allocator, X->rows, sizeof *keyed);
    if (!keyed)
        return false;
    for (int64_t i = 0; i < X->rows; i++)
        keyed[i] = (keyed_row){row_hash(X->data + i * X->stride, X->cols), i};
    qsort(keyed, (size_t)X->rows, sizeof *keyed, compare_keys);
    for (int64_t i = 0; i < X->rows; i++)
        order->canonical[i] = keyed[i].row;
    alloc_free(order->allocator, keyed);
    return true;
}

cludi_status row_order_init(row_order *order, const cludi_allocator *allocator, const cludi_matrix *X, uint64_t seed,
                            cludi_error *error)
{
    *order = (row_order){.allocator = allocator, .rows = X->rows, .next = X->rows, .seed = seed};
    order->canonical = alloc_array(allocator, X->rows, sizeof *order->canonical);
    order->shuffled = alloc_array(allocator, X->rows, sizeof *order->shuffled);
    if (!order->canonical || !order->shuffled || !sort_rows(order, X))
        return error_memory(error, "the order of the rows");
    return CLUDI_OK;
}

void row_order_clear(row_order *order)
{
    if (!order->allocator)
        return;
    alloc_free(order->allocator, order->canonical);
    alloc_free(order->allocator, order->shuffled);
    *order = (row_order){0};
}

/* Fisher and Yates on the canonical order; position i takes 64 random bits of its own. */
static void shuffle(row_order *order)
{
    uint64_t bits[RNG_BITS];
    memcpy(order->shuffled, order->canonical, (size_t)order->rows * sizeof *order->shuffled);
    for (int64_t i = 0; i < order->rows - 1; i++) {
        if (i % RNG_BITS == 0)
            rng_bits((rng_stream){order->seed, RNG_ORDER, order->epoch}, (uint64_t)(i / RNG_BITS), bits);
        int64_t other = i + (int64_t)(bits[i % RNG_BITS] % (uint64_t)(order->rows - i));
        int64_t row = order->shuffled[i];
        order->shuffled[i] = order->shuffled[other];
        order->shuffled[other] = row;
    }
    order->epoch++;
    order->next = 0;
}

int64_t row_order_next(row_order *order)
{
    if (order->next == order->rows)
        shuffle(order);
    return order->shuffled[order->next++];
}
