#include "graph.h"

#include "alloc.h"

void graph_clear(weighted_graph *graph)
{
    if (!graph->allocator)
        return;
    alloc_free(graph->allocator, graph->offset);
    alloc_free(graph->allocator, graph->column);
    alloc_free(graph->allocator, graph->weight);
    *graph = (weighted_graph){0};
}

/* The lowest row that `row` is known to be joined with; the path to it becomes shorter. */
static int32_t lowest(int32_t *island, int32_t row)
{
    while (island[row] != row) {
        island[row] = island[island[row]];
        row = island[row];
    }
    return row;
}

static void join(int32_t *island, int32_t a, int32_t b)
{
    a = lowest(island, a);
    b = lowest(island, b);
    if (a < b)
        island[b] = a;
    else
        island[a] = b;
}

int64_t graph_islands(const weighted_graph *graph, int32_t *island)
{
    int32_t count = 0;
    for (int64_t i = 0; i < graph->rows; i++)
        island[i] = (int32_t)i;
    for (int32_t i = 0; i < graph->rows; i++)
        for (int64_t e = graph->offset[i]; e < graph->offset[i + 1]; e++)
            if (graph->column[e] > i) /* each edge once */
                join(island, i, graph->column[e]);
    for (int32_t i = 0; i < graph->rows; i++)
        island[i] = lowest(island, i); /* all point to the lowest row before numbers take their place */
    for (int32_t i = 0; i < graph->rows; i++)
        island[i] = island[i] == i ? count++ : island[island[i]];
    return count;
}
