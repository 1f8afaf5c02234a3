#include "neighbors.h"

#include "alloc.h"
#include "cell_neighbors.h"
#include "error.h"
#include "exact_neighbors.h"
#include "rows.h"

cludi_status neighbors_report(const neighbor_args *args, double started, int64_t done, int64_t all, cludi_error *error)
{
    const cludi_progress progress = {
        .phase = CLUDI_PHASE_NEIGHBORS, .step = done, .steps = all, .seconds = message_seconds() - started};
    if (!args->messages || message_progress(args->messages, &progress) == 0 || done == all)
        return CLUDI_OK;
    return error_set(error, CLUDI_STOPPED, "The search for neighbors was stopped after %lld of %lld steps.",
                     (long long)done, (long long)all);
}

static cludi_status check(const neighbor_args *args, cludi_error *error)
{
    const cludi_status status = rows_check_source(args->X, 2, error);
    if (status != CLUDI_OK)
        return status;
    if (args->X->rows > NEIGHBOR_MOST_ROWS)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld rows; neighbors are found among at most %d.",
                         (long long)args->X->rows, (int)NEIGHBOR_MOST_ROWS);
    if (args->degree < 1 || args->degree >= args->X->rows)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "%d neighbors of each row were asked for; 1 to %lld are possible.", (int)args->degree,
                         (long long)args->X->rows - 1);
    return CLUDI_OK;
}

static cludi_status open_graph(neighbor_graph *graph, const neighbor_args *args, cludi_error *error)
{
    const int64_t rows = args->X->rows, numbers = rows * args->degree;
    *graph = (neighbor_graph){.allocator = &args->be->allocator, .rows = rows, .degree = args->degree};
    graph->neighbor = alloc_array(graph->allocator, numbers, sizeof *graph->neighbor);
    graph->similarity = alloc_array(graph->allocator, numbers, sizeof *graph->similarity);
    if (!graph->neighbor || !graph->similarity)
        return error_memory(error, "the neighbors of the rows");
    return CLUDI_OK;
}

cludi_status neighbors_find(const neighbor_args *args, neighbor_graph *graph, cludi_error *error)
{
    const double started = message_seconds();
    *graph = (neighbor_graph){0};
    cludi_status status = check(args, error);
    if (status != CLUDI_OK)
        return status;
    (void)args->be->ops.finish(args->be, NULL); /* forget what a call that failed left unreported */
    status = open_graph(graph, args, error);
    if (status == CLUDI_OK) {
        const top_lists lists = {graph->degree, graph->neighbor, graph->similarity};
        for (int64_t i = 0; i < graph->rows; i++)
            top_lists_reset(&lists, i);
        graph->exact = graph->rows <= args->exact_rows;
        status = graph->exact ? exact_neighbors(args, &lists, error) : cell_neighbors(args, &lists, error);
    }
    if (status != CLUDI_OK)
        neighbors_clear(graph);
    graph->seconds = status == CLUDI_OK ? message_seconds() - started : 0;
    return status;
}

void neighbors_clear(neighbor_graph *graph)
{
    if (!graph->allocator)
        return;
    alloc_free(graph->allocator, graph->neighbor);
    alloc_free(graph->allocator, graph->similarity);
    *graph = (neighbor_graph){0};
}
