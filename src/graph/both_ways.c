#include "both_ways.h"

#include <stdatomic.h>
#include <string.h>

#include "alloc.h"
#include "error.h"

typedef struct union_run {
    const both_ways *b;
    const neighbor_lists *lists;
    const float *values; /* of the edges in the order of the lists, or NULL */
    both_ways *filled;
    atomic_bool refused; /* a list is not as it must be */
    both_ways_weight *weigh;
    int32_t power;
    weighted_graph *graph;
} union_run;

static int64_t tasks_of(int64_t rows)
{
    return (rows + BOTH_WAYS_TASK - 1) / BOTH_WAYS_TASK;
}

static int64_t end_of(int64_t rows, int64_t task)
{
    return (task + 1) * BOTH_WAYS_TASK < rows ? (task + 1) * BOTH_WAYS_TASK : rows;
}

/* ---- the lists by rising number ---- */

static void insert(int32_t *to, float *value, int32_t place, int32_t neighbor, float number)
{
    for (; place > 0 && to[place - 1] > neighbor; place--) {
        to[place] = to[place - 1];
        value[place] = value[place - 1];
    }
    to[place] = neighbor;
    value[place] = number;
}

static bool is_list(const int32_t *to, int32_t k, int64_t rows, int64_t row)
{
    if (to[0] < 0 || to[k - 1] >= rows)
        return false;
    for (int32_t j = 0; j < k; j++)
        if (to[j] == row || (j > 0 && to[j] == to[j - 1]))
            return false;
    return true;
}

static void sort_some(void *self, int worker, int64_t task)
{
    union_run *u = self;
    const both_ways *b = u->filled;
    (void)worker;
    for (int64_t i = task * BOTH_WAYS_TASK; i < end_of(b->rows, task); i++) {
        int32_t *to = b->to + i * b->k;
        for (int32_t j = 0; j < b->k; j++)
            insert(to, b->value + i * b->k, j, u->lists->neighbor[i * u->lists->degree + j],
                   u->values ? u->values[i * b->k + j] : 1);
        if (!is_list(to, b->k, b->rows, i))
            atomic_store_explicit(&u->refused, true, memory_order_relaxed);
    }
}

/* Each row's list of those that have it as a neighbor: counting sort, so that they come by rising number. */
static void turn_around(both_ways *b)
{
    const int64_t edges = b->rows * b->k;
    for (int64_t e = 0; e < edges; e++)
        b->first[b->to[e] + 1]++;
    for (int64_t i = 0; i < b->rows; i++)
        b->first[i + 1] += b->first[i];
    for (int64_t e = 0; e < edges; e++) {
        const int64_t place = b->first[b->to[e]]++;
        b->from[place] = (int32_t)(e / b->k);
        b->back[place] = b->value[e];
    }
    memmove(b->first + 1, b->first, (size_t)b->rows * sizeof *b->first);
    b->first[0] = 0;
}

static cludi_status allocate(both_ways *b, cludi_error *error)
{
    const int64_t edges = b->rows * b->k;
    b->to = alloc_array(b->allocator, edges, sizeof *b->to);
    b->value = alloc_array(b->allocator, edges, sizeof *b->value);
    b->first = alloc_zeroed(b->allocator, b->rows + 1, sizeof *b->first);
    b->from = alloc_array(b->allocator, edges, sizeof *b->from);
    b->back = alloc_array(b->allocator, edges, sizeof *b->back);
    return b->to && b->value && b->first && b->from && b->back ? CLUDI_OK
                                                               : error_memory(error, "the graph of the neighbors");
}

static cludi_status fill(both_ways *b, backend *be, const neighbor_lists *lists, const float *values,
                         cludi_error *error)
{
    union_run u = {.filled = b, .lists = lists, .values = values};
    TRY(allocate(b, error));
    host_each(be, tasks_of(b->rows), sort_some, &u);
    TRY(backend_finish(be, error));
    if (atomic_load(&u.refused))
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "A list of neighbors names its own row, a row twice, or one that is not there.");
    turn_around(b);
    return CLUDI_OK;
}

cludi_status both_ways_init(both_ways *b, backend *be, const neighbor_lists *lists, int32_t k, const float *values,
                            cludi_error *error)
{
    *b = (both_ways){.allocator = &be->allocator, .rows = lists->rows, .k = k};
    const cludi_status status = fill(b, be, lists, values, error);
    if (status != CLUDI_OK)
        both_ways_clear(b);
    return status;
}

void both_ways_clear(both_ways *b)
{
    if (!b->allocator)
        return;
    alloc_free(b->allocator, b->to);
    alloc_free(b->allocator, b->value);
    alloc_free(b->allocator, b->first);
    alloc_free(b->allocator, b->from);
    alloc_free(b->allocator, b->back);
    *b = (both_ways){0};
}

/* ---- the union ---- */

/* Where the walk along both lists of a row is. */
typedef struct union_walk {
    int64_t out, back;
} union_walk;

static bool next_edge(const both_ways *b, int64_t row, union_walk *at, both_ways_edge *edge)
{
    const int64_t out_end = (row + 1) * b->k, back_end = b->first[row + 1];
    const int32_t to = at->out < out_end ? b->to[at->out] : INT32_MAX;
    const int32_t from = at->back < back_end ? b->from[at->back] : INT32_MAX;
    if (to == INT32_MAX && from == INT32_MAX)
        return false;
    *edge = (both_ways_edge){.column = to < from ? to : from};
    if (to == edge->column)
        edge->out = b->value[at->out++];
    if (from == edge->column)
        edge->back = b->back[at->back++];
    return true;
}

static void count_some(void *self, int worker, int64_t task)
{
    union_run *u = self;
    both_ways_edge edge;
    (void)worker;
    for (int64_t i = task * BOTH_WAYS_TASK; i < end_of(u->b->rows, task); i++) {
        union_walk at = {i * u->b->k, u->b->first[i]};
        int64_t count = 0;
        while (next_edge(u->b, i, &at, &edge))
            count++;
        u->graph->offset[i + 1] = count;
    }
}

static void fill_some(void *self, int worker, int64_t task)
{
    union_run *u = self;
    both_ways_edge edge;
    (void)worker;
    for (int64_t i = task * BOTH_WAYS_TASK; i < end_of(u->b->rows, task); i++) {
        union_walk at = {i * u->b->k, u->b->first[i]};
        for (int64_t e = u->graph->offset[i]; next_edge(u->b, i, &at, &edge); e++) {
            u->graph->column[e] = edge.column;
            u->graph->weight[e] = u->weigh(u->b, i, &edge, u->power);
        }
    }
}

static cludi_status unite(union_run *u, backend *be, cludi_error *error)
{
    weighted_graph *graph = u->graph;
    graph->offset = alloc_zeroed(graph->allocator, graph->rows + 1, sizeof *graph->offset);
    if (!graph->offset)
        return error_memory(error, "the graph of the neighbors");
    host_each(be, tasks_of(graph->rows), count_some, u);
    TRY(backend_finish(be, error));
    for (int64_t i = 0; i < graph->rows; i++)
        graph->offset[i + 1] += graph->offset[i];
    graph->entries = graph->offset[graph->rows];
    graph->column = alloc_array(graph->allocator, graph->entries, sizeof *graph->column);
    graph->weight = alloc_array(graph->allocator, graph->entries, sizeof *graph->weight);
    if (!graph->column || !graph->weight)
        return error_memory(error, "the graph of the neighbors");
    host_each(be, tasks_of(graph->rows), fill_some, u);
    return backend_finish(be, error);
}

cludi_status both_ways_unite(const both_ways *b, backend *be, both_ways_weight *weigh, int32_t power,
                             weighted_graph *graph, cludi_error *error)
{
    *graph = (weighted_graph){.allocator = b->allocator, .rows = b->rows};
    union_run u = {.b = b, .weigh = weigh, .power = power, .graph = graph};
    const cludi_status status = unite(&u, be, error);
    if (status != CLUDI_OK)
        graph_clear(graph);
    return status;
}
