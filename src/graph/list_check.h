/* What is refused before a graph is made of lists. */
#ifndef GRAPH_LIST_CHECK_H
#define GRAPH_LIST_CHECK_H

#include "error.h"
#include "graph.h"

static inline cludi_status list_check(const neighbor_lists *lists, int32_t k, cludi_error *error)
{
    if (lists->rows < 2 || lists->rows > INT32_MAX)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "A graph of %lld rows was asked for; 2 to %d are possible.",
                         (long long)lists->rows, (int)INT32_MAX);
    if (k < 1 || k > lists->degree)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "A graph of %d neighbors of each row was asked for; 1 to %d are known.", (int)k,
                         (int)lists->degree);
    return CLUDI_OK;
}

#endif
