#include "weighted_graphs.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "cmocka_all.h"
#include "rng.h"
#include "rows.h"

static cludi_allocator allocator;

weighted_graph graph_of_edges(int64_t rows, const graph_edge *edges, int64_t count)
{
    double *dense = calloc((size_t)(rows * rows), sizeof *dense);
    allocator = alloc_system();
    weighted_graph g = {.allocator = &allocator, .rows = rows};
    g.offset = alloc_zeroed(&allocator, rows + 1, sizeof *g.offset);
    g.column = alloc_array(&allocator, 2 * count, sizeof *g.column);
    g.weight = alloc_array(&allocator, 2 * count, sizeof *g.weight);
    assert_true(dense && g.offset && g.column && g.weight);
    for (int64_t e = 0; e < count; e++)
        dense[edges[e].a * rows + edges[e].b] = dense[edges[e].b * rows + edges[e].a] = edges[e].weight;
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < rows; j++)
            if (dense[i * rows + j] > 0) {
                g.column[g.entries] = (int32_t)j;
                g.weight[g.entries++] = (float)dense[i * rows + j];
            }
        g.offset[i + 1] = g.entries;
    }
    free(dense);
    return g;
}

weighted_graph karate_graph(void)
{
    static const int8_t FRIENDS[][2] = {
        {0, 1},   {0, 2},   {0, 3},   {0, 4},   {0, 5},   {0, 6},   {0, 7},   {0, 8},   {0, 10},  {0, 11},
        {0, 12},  {0, 13},  {0, 17},  {0, 19},  {0, 21},  {0, 31},  {1, 2},   {1, 3},   {1, 7},   {1, 13},
        {1, 17},  {1, 19},  {1, 21},  {1, 30},  {2, 3},   {2, 7},   {2, 27},  {2, 28},  {2, 32},  {2, 9},
        {2, 8},   {2, 13},  {3, 7},   {3, 12},  {3, 13},  {4, 6},   {4, 10},  {5, 6},   {5, 10},  {5, 16},
        {6, 16},  {8, 30},  {8, 32},  {8, 33},  {9, 33},  {13, 33}, {14, 32}, {14, 33}, {15, 32}, {15, 33},
        {18, 32}, {18, 33}, {19, 33}, {20, 32}, {20, 33}, {22, 32}, {22, 33}, {23, 25}, {23, 27}, {23, 32},
        {23, 33}, {23, 29}, {24, 25}, {24, 27}, {24, 31}, {25, 31}, {26, 29}, {26, 33}, {27, 33}, {28, 31},
        {28, 33}, {29, 32}, {29, 33}, {30, 32}, {30, 33}, {31, 32}, {31, 33}, {32, 33}};
    enum { COUNT = sizeof FRIENDS / sizeof *FRIENDS };
    graph_edge edges[COUNT];
    for (int e = 0; e < COUNT; e++)
        edges[e] = (graph_edge){FRIENDS[e][0], FRIENDS[e][1], 1};
    return graph_of_edges(34, edges, COUNT);
}

weighted_graph ring_graph(int64_t rows)
{
    graph_edge *edges = calloc((size_t)rows, sizeof *edges);
    assert_non_null(edges);
    for (int64_t i = 0; i < rows; i++)
        edges[i] = (graph_edge){(int32_t)i, (int32_t)((i + 1) % rows), 1};
    const weighted_graph g = graph_of_edges(rows, edges, rows);
    free(edges);
    return g;
}

weighted_graph cliques_graph(int64_t cliques, int64_t size, double bridge)
{
    graph_edge *edges = calloc((size_t)(cliques * (size * size / 2 + 1)), sizeof *edges);
    int64_t count = 0;
    assert_non_null(edges);
    for (int64_t c = 0; c < cliques; c++) {
        for (int64_t i = 0; i < size; i++)
            for (int64_t j = 0; j < i; j++)
                edges[count++] = (graph_edge){(int32_t)(c * size + i), (int32_t)(c * size + j), 1};
        if (bridge > 0 && c + 1 < cliques)
            edges[count++] = (graph_edge){(int32_t)(c * size + size - 1), (int32_t)(c * size + size), bridge};
    }
    const weighted_graph g = graph_of_edges(cliques * size, edges, count);
    free(edges);
    return g;
}

double naive_quality(const weighted_graph *graph, const int32_t *labels, double resolution)
{
    double all = 0, quality = 0;
    for (int64_t e = 0; e < graph->entries; e++)
        all += graph->weight[e];
    for (int64_t c = 0; c < graph->rows; c++) {
        double inside = 0, strength = 0;
        for (int64_t i = 0; i < graph->rows; i++)
            for (int64_t e = graph->offset[i]; labels[i] == c && e < graph->offset[i + 1]; e++) {
                strength += graph->weight[e];
                inside += labels[graph->column[e]] == c ? graph->weight[e] : 0;
            }
        quality += inside / all - resolution * (strength / all) * (strength / all);
    }
    return quality;
}

static double cosine(const float *a, const float *b, int64_t n)
{
    double sum = 0;
    for (int64_t j = 0; j < n; j++)
        sum += (double)a[j] * b[j];
    return sum;
}

/* The next neighbor of row i after those that it has. */
static void add_nearest(const neighbor_lists *l, int64_t i, int32_t have, const float *rows, int32_t cols, bool *taken)
{
    int32_t *to = (int32_t *)l->neighbor + i * l->degree + have;
    float *near = (float *)l->similarity + i * l->degree + have;
    *near = -2;
    for (int64_t j = 0; j < l->rows; j++) {
        const float similarity = (float)cosine(rows + i * cols, rows + j * cols, cols);
        if (j != i && !taken[j] && similarity > *near) {
            *near = similarity;
            *to = (int32_t)j;
        }
    }
    taken[*to] = true;
}

neighbor_lists blob_lists(int64_t rows, int32_t groups, int32_t degree, double noise)
{
    const int32_t cols = groups + 2;
    float *numbers = calloc((size_t)(rows * cols), sizeof *numbers);
    bool *taken = calloc((size_t)rows, sizeof *taken);
    const neighbor_lists l = {rows, degree, calloc((size_t)(rows * degree), sizeof(int32_t)),
                              calloc((size_t)(rows * degree), sizeof(float))};
    assert_true(numbers && taken && l.neighbor && l.similarity);
    for (int64_t i = 0; i < rows; i++) {
        rng_normal((rng_stream){5, 231, 0}, (uint64_t)i, numbers + i * cols, cols);
        for (int32_t j = 0; j < cols; j++)
            numbers[i * cols + j] = (float)noise * numbers[i * cols + j] + (j == i % groups ? 1.0F : 0.0F);
        (void)rows_unit(numbers + i * cols, cols);
    }
    for (int64_t i = 0; i < rows; i++) {
        memset(taken, 0, (size_t)rows);
        for (int32_t k = 0; k < degree; k++)
            add_nearest(&l, i, k, numbers, cols, taken);
    }
    free(taken);
    free(numbers);
    return l;
}

void lists_free(neighbor_lists *lists)
{
    free((void *)lists->neighbor);
    free((void *)lists->similarity);
}

void expect_same_graphs(const weighted_graph *a, const weighted_graph *b)
{
    assert_int_equal(a->rows, b->rows);
    assert_int_equal(a->entries, b->entries);
    assert_memory_equal(a->offset, b->offset, (size_t)(a->rows + 1) * sizeof *a->offset);
    assert_memory_equal(a->column, b->column, (size_t)a->entries * sizeof *a->column);
    assert_memory_equal(a->weight, b->weight, (size_t)a->entries * sizeof *a->weight);
}

double weight_between(const weighted_graph *graph, int32_t a, int32_t b)
{
    for (int64_t e = graph->offset[a]; e < graph->offset[a + 1]; e++)
        if (graph->column[e] == b)
            return graph->weight[e];
    return 0;
}

void expect_symmetric(const weighted_graph *graph)
{
    assert_int_equal(graph->offset[graph->rows], graph->entries);
    for (int32_t i = 0; i < graph->rows; i++)
        for (int64_t e = graph->offset[i]; e < graph->offset[i + 1]; e++) {
            assert_true(graph->column[e] != i && graph->weight[e] > 0);
            assert_true(e == graph->offset[i] || graph->column[e - 1] < graph->column[e]);
            assert_true(weight_between(graph, graph->column[e], i) == (double)graph->weight[e]);
        }
}

static int count_down(void *user)
{
    stop_after *s = user;
    return ++s->asked == s->at;
}

void stop_after_begin(stop_after *s, backend *be, int64_t at)
{
    *s = (stop_after){.at = at};
    stop_request_init(&s->watch, count_down, s);
    s->watch.every = 0;
    be->stop = &s->watch;
}
