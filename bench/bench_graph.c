/* The graph of neighbors of random unit rows around 50 centers, beside the rate of its products alone in the same run.
   One JSON object on stdout. The recall is that of 50 rows against a naive search. FLOP of an exact graph: M^2 n.

   bench_graph [--threads N] [--backend NAME] [--rows M] [--features n] [--degree k] [--exact-rows M] [--rounds N] */
#include <stdio.h>
#include <stdlib.h>

#include "average.h"
#include "neighbors.h"
#include "rows.h"
#include "settings.h"

enum { SLICE = 96, BLOCK = 384, BLOCKS = 8, PROBES = 50 };

static void make_rows(float *rows, int64_t count, int64_t n)
{
    float *centers = settings_memory((size_t)(BENCH_CLUSTERS * n), sizeof *centers);
    rng_normal((rng_stream){3, RNG_INIT, 0}, 0, centers, BENCH_CLUSTERS * n);
    for (int64_t i = 0; i < count; i++) {
        float *row = rows + i * n;
        rng_normal((rng_stream){3, RNG_INIT, 1}, (uint64_t)i, row, n);
        for (int64_t j = 0; j < n; j++)
            row[j] += centers[i * 7919 % BENCH_CLUSTERS * n + j];
        rows_unit(row, n);
    }
    free(centers);
}

/* ---- the products alone ---- */

typedef struct products {
    backend *be, worker;
    tensor x, W, *y; /* (96, n), (BLOCKS 384, n) packed, (96, 384) each */
    int repeats;
} products;

static void multiply(void *self, int worker, int64_t index)
{
    products *p = self;
    for (int i = 0; i < p->repeats; i++) {
        const tensor W = backend_rows(&p->worker, p->W, (i + index) % BLOCKS * BLOCK, BLOCK);
        p->worker.ops.linear(&p->worker, p->y[worker], p->x, W, (tensor){0});
    }
}

static tensor new_tensor(backend *be, int64_t rows, int64_t cols)
{
    tensor x = {.rows = rows, .cols = cols};
    x.data = be->ops.allocate(be, backend_bytes(be, x));
    settings_must(x.data ? CLUDI_OK : CLUDI_ERROR_MEMORY, NULL);
    be->ops.fill_normal(be, x, (rng_stream){0, RNG_INIT, 1}, 0);
    return x;
}

/* GFLOP/s of about a quarter of a second. */
static double product_rate(backend *be, int64_t n)
{
    const int workers = backend_workers(be);
    products p = {be, backend_worker(be), new_tensor(be, SLICE, n), new_tensor(be, (int64_t)BLOCKS * BLOCK, n), NULL,
                  8};
    tensor blocks[BLOCKS];
    p.y = settings_memory((size_t)workers, sizeof *p.y);
    for (int i = 0; i < workers; i++)
        p.y[i] = new_tensor(be, SLICE, BLOCK);
    for (int i = 0; i < BLOCKS; i++)
        blocks[i] = backend_rows(be, p.W, (int64_t)i * BLOCK, BLOCK);
    be->ops.prepare(be, blocks, BLOCKS, false);
    be->ops.for_each(be, workers, multiply, &p);
    p.repeats = (int)(4e10 / (2.0 * SLICE * BLOCK * (double)n)) + 1;
    const double started = message_seconds();
    be->ops.for_each(be, workers, multiply, &p);
    const double seconds = message_seconds() - started;
    be->ops.forget(be, blocks, BLOCKS);
    for (int i = 0; i < workers; i++)
        be->ops.release(be, p.y[i].data);
    be->ops.release(be, p.x.data);
    be->ops.release(be, p.W.data);
    free(p.y);
    return 2e-9 * SLICE * BLOCK * (double)n * p.repeats * workers / seconds;
}

/* ---- recall ---- */

/* How many of the graph's neighbors of a row are among its true ones: no more than `degree` rows are as similar. */
static int true_neighbors(const neighbor_graph *graph, const float *rows, int64_t n, int64_t row)
{
    float *all = settings_memory((size_t)graph->rows, sizeof *all);
    int found = 0;
    for (int64_t i = 0; i < graph->rows; i++)
        for (int64_t j = 0; j < n; j++)
            all[i] += rows[row * n + j] * rows[i * n + j];
    for (int32_t k = 0; k < graph->degree; k++) {
        const int32_t neighbor = graph->neighbor[row * graph->degree + k];
        int32_t better = 0;
        for (int64_t i = 0; i < graph->rows; i++)
            better += i != row && all[i] > all[neighbor];
        found += better < graph->degree;
    }
    free(all);
    return found;
}

static double recall(const neighbor_graph *graph, const float *rows, int64_t n)
{
    const int64_t probes = graph->rows < PROBES ? graph->rows : PROBES;
    int64_t found = 0;
    for (int64_t i = 0; i < probes; i++)
        found += true_neighbors(graph, rows, n, i * (graph->rows / probes));
    return (double)found / (double)(probes * graph->degree);
}

int main(int argc, char **argv)
{
    settings s = {.threads = 2,
                  .rows = 20000,
                  .features = BENCH_FEATURES,
                  .degree = 20,
                  .backend = "auto",
                  .precision = "f32",
                  .exact_rows = NEIGHBOR_EXACT_ROWS,
                  .rounds = 1};
    backend be;
    cludi_error error = {0};
    settings_read(&s, argc, argv);
    settings_open_backend(&s, &be);
    float *rows = settings_memory((size_t)s.rows * (size_t)s.features, sizeof *rows);
    make_rows(rows, s.rows, s.features);
    const cludi_matrix matrix = {rows, s.rows, s.features, s.features};
    const cludi_source source = rows_of_matrix(&matrix);
    const neighbor_args args = {.be = &be, .X = &source, .degree = s.degree, .exact_rows = s.exact_rows};
    const double flop = (double)s.rows * (double)s.rows * s.features;
    for (int round = 0; round < s.rounds; round++) {
        neighbor_graph graph;
        const double before = product_rate(&be, s.features);
        settings_must(neighbors_find(&args, &graph, &error), &error);
        const double after = product_rate(&be, s.features);
        printf("{\"rows\": %d, \"features\": %d, \"degree\": %d, \"threads\": %d, \"exact\": %s, \"seconds\": %.4f, ",
               s.rows, s.features, s.degree, s.threads, graph.exact ? "true" : "false", graph.seconds);
        if (graph.exact)
            printf("\"gflops\": %.1f, ", flop / graph.seconds * 1e-9);
        printf("\"product_gflops\": [%.1f, %.1f], \"recall\": %.4f}\n", before, after,
               recall(&graph, rows, s.features));
        fflush(stdout);
        neighbors_clear(&graph);
    }
    free(rows);
    backend_close(&be);
    return 0;
}
