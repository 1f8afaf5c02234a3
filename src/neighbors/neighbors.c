#include "neighbors.h"

#include "cell_neighbors.h"
#include "error.h"
#include "exact_neighbors.h"
#include "rows.h"

static cludi_status check(const neighbor_args *args, cludi_error *error)
{
    TRY(rows_check_source(args->X, 2, error));
    if (args->X->rows > NEIGHBOR_MOST_ROWS)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld rows; neighbors are found among at most %d.",
                         (long long)args->X->rows, (int)NEIGHBOR_MOST_ROWS);
    if (args->degree < 1 || args->degree >= args->X->rows)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "%d neighbors of each row were asked for; 1 to %lld are possible.", (int)args->degree,
                         (long long)args->X->rows - 1);
    return CLUDI_OK;
}

cludi_status neighbors_find(const neighbor_args *args, neighbor_graph *graph, cludi_error *error)
{
    const double started = message_seconds();
    *graph = (neighbor_graph){0};
    TRY(check(args, error));
    backend_forget(args->be);
    cludi_status status = neighbors_open(graph, args, error);
    if (status == CLUDI_OK) {
        const top_lists lists = neighbors_lists(graph);
        graph->exact = graph->rows <= args->exact_rows;
        status = graph->exact ? exact_neighbors(args, &lists, error) : cell_neighbors(args, &lists, error);
    }
    if (status != CLUDI_OK)
        neighbors_clear(graph);
    graph->seconds = status == CLUDI_OK ? message_seconds() - started : 0;
    return status;
}
