#include "both_ways.h"
#include "list_check.h"

/* How many numbers two rising lists of k have in common. */
static int32_t count_common(const int32_t *a, const int32_t *b, int32_t k)
{
    int32_t common = 0;
    for (int32_t i = 0, j = 0; i < k && j < k;) {
        common += a[i] == b[j];
        const bool first = a[i] <= b[j], second = b[j] <= a[i];
        i += first;
        j += second;
    }
    return common;
}

/* The row itself is among its neighborhood: it counts where the other row has it as a neighbor. */
static float jaccard(const both_ways *b, int64_t row, const both_ways_edge *edge, int32_t power)
{
    const int32_t common = count_common(b->to + row * b->k, b->to + (int64_t)edge->column * b->k, b->k) +
                           (edge->out > 0) + (edge->back > 0);
    const double share = (double)common / (2.0 * (b->k + 1.0) - common);
    return (float)(power == 2 ? share * share : share);
}

cludi_status graph_shared(backend *be, const neighbor_lists *lists, int32_t k, int32_t power, weighted_graph *graph,
                          cludi_error *error)
{
    both_ways b;
    *graph = (weighted_graph){0};
    TRY(list_check(lists, k, error));
    if (power != 1 && power != 2)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "The power of shared neighbors is %d; 1 or 2 is wanted.",
                         (int)power);
    TRY(both_ways_init(&b, be, lists, k, NULL, error));
    const cludi_status status = both_ways_unite(&b, be, jaccard, power, graph, error);
    both_ways_clear(&b);
    return status;
}
