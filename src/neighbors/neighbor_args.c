#include "neighbor_args.h"

#include "alloc.h"
#include "error.h"

cludi_status neighbors_report(const neighbor_args *args, double started, int64_t done, int64_t all, cludi_error *error)
{
    const cludi_progress progress = {
        .phase = CLUDI_PHASE_NEIGHBORS, .step = done, .steps = all, .seconds = message_seconds() - started};
    if (!args->messages || message_progress(args->messages, &progress) == 0 || done == all)
        return CLUDI_OK;
    return error_set(error, CLUDI_STOPPED, "The search for neighbors was stopped after %lld of %lld steps.",
                     (long long)done, (long long)all);
}

top_lists neighbors_lists(const neighbor_graph *graph)
{
    return (top_lists){graph->degree, graph->neighbor, graph->similarity};
}

cludi_status neighbors_open(neighbor_graph *graph, const neighbor_args *args, cludi_error *error)
{
    const int64_t rows = args->X->rows, numbers = rows * args->degree;
    *graph = (neighbor_graph){.allocator = &args->be->allocator, .rows = rows, .degree = args->degree};
    graph->neighbor = alloc_array(graph->allocator, numbers, sizeof *graph->neighbor);
    graph->similarity = alloc_array(graph->allocator, numbers, sizeof *graph->similarity);
    if (!graph->neighbor || !graph->similarity)
        return error_memory(error, "the neighbors of the rows");
    const top_lists lists = neighbors_lists(graph);
    for (int64_t i = 0; i < graph->rows; i++)
        top_lists_reset(&lists, i);
    return CLUDI_OK;
}

void neighbors_clear(neighbor_graph *graph)
{
    if (!graph->allocator)
        return;
    alloc_free(graph->allocator, graph->neighbor);
    alloc_free(graph->allocator, graph->similarity);
    *graph = (neighbor_graph){0};
}
