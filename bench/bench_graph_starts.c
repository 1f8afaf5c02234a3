/* Partitions that the graph of the neighbors gives, without training (src/graph): scores against labels, processor seconds and
   label-free scores of each. One JSON object a line. The rows are mapped as training does (R1).

   bench_graph_starts --input ROWS --labels FILE [--clusters K] [--seed N] [--threads N] [--backend NAME] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cluster_scores.h"
#include "communities.h"
#include "input_map.h"
#include "kmeans.h"
#include "neighbors.h"
#include "rows.h"
#include "settings.h"
#include "spectral.h"

enum { DEGREE = 45, FUZZY_FEW = 15, MIDDLE = 30, STARTS = 3, LLOYD_ROUNDS = 300 };

typedef struct bench {
    settings s;
    backend be;
    cludi_context *context;
    cludi_labels truth;
    cludi_matrix rows; /* unit rows */
    neighbor_lists lists;
    weighted_graph judge; /* the squared shared-neighbor graph of all neighbors */
    int32_t *found;
    double started;
} bench;

static cludi_error failure;

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- the rows ---- */

static void map_rows(bench *b, const cludi_matrix *X)
{
    const size_t n = (size_t)X->cols;
    column_facts facts = {.mean = settings_memory(n, sizeof(double)),
                          .variance = settings_memory(n, sizeof(double)),
                          .zeros = settings_memory(n, sizeof(double))};
    float *numbers = settings_memory((n + 1) * (INPUT_FREQUENCIES + 2), sizeof *numbers);
    input_map_survey(X, &facts);
    const cludi_preprocessing kind = input_map_choose(&facts, X->cols);
    input_map_learn(kind, &facts, X->cols, numbers);
    const input_map map = input_map_bind(kind, X->cols, numbers);
    float *rows = settings_memory((size_t)(X->rows * map.cols), sizeof *rows);
    for (int64_t i = 0; i < X->rows; i++)
        input_map_row(&map, X->data + i * X->stride, rows + i * map.cols);
    b->rows = (cludi_matrix){rows, X->rows, map.cols, map.cols};
    free(facts.mean);
    free(facts.variance);
    free(facts.zeros);
    free(numbers);
}

static void read_files(bench *b)
{
    cludi_dataset *data;
    settings_must(cludi_dataset_read(b->context, b->s.input, &data, &failure), &failure);
    settings_must(cludi_labels_read(b->context, b->s.labels, &b->truth, &failure), &failure);
    const cludi_matrix X = cludi_dataset_get_matrix(data);
    map_rows(b, &X);
    cludi_dataset_free(data);
    b->found = settings_memory((size_t)b->rows.rows, sizeof *b->found);
}

/* ---- partitions ---- */

/* facts: more fields of the JSON object. */
static void print_partition(bench *b, const char *name, const char *facts)
{
    const double seconds = cpu_seconds() - b->started;
    cludi_scores scores = {.struct_size = sizeof scores};
    double *strength = settings_memory((size_t)b->s.clusters, sizeof *strength);
    settings_must(cludi_score(b->context, b->truth.data, b->found, b->rows.rows, &scores, &failure), &failure);
    const cluster_scores own = graph_cluster_scores(&b->judge, b->found, b->s.clusters, strength);
    printf("{\"partition\": \"%s\", \"nmi\": %.1f, \"acc\": %.1f, \"ari\": %.1f, \"cpu_seconds\": %.2f, \"clusters\": "
           "%lld, "
           "\"inside\": %.4f, \"modularity\": %.4f, %s}\n",
           name, 100 * scores.nmi, 100 * scores.acc, 100 * scores.ari, seconds, (long long)scores.clusters, own.inside,
           own.modularity, facts);
    fflush(stdout);
    free(strength);
}

static void run_communities(bench *b, const char *name, const weighted_graph *graph)
{
    const communities_args args = {
        .be = &b->be, .graph = graph, .clusters = b->s.clusters, .seed = (uint64_t)b->s.seed};
    communities_facts facts;
    char text[128];
    settings_must(graph_communities(&args, b->found, &facts, &failure), &failure);
    snprintf(text, sizeof text, "\"resolution\": %.4g, \"found\": %lld, \"runs\": %d", facts.resolution,
             (long long)facts.found, (int)facts.runs);
    print_partition(b, name, text);
}

static void run_spectral(bench *b, const char *name, const weighted_graph *graph)
{
    const int64_t M = b->rows.rows, K = b->s.clusters;
    const spectral_args args = {.be = &b->be, .graph = graph, .vectors = (int32_t)K, .seed = (uint64_t)b->s.seed};
    float *rows = settings_memory((size_t)(M * K), sizeof *rows);
    spectral_facts facts;
    kmeans_result result;
    char text[128];
    settings_must(graph_spectral(&args, rows, &facts, &failure), &failure);
    const double embedded = cpu_seconds() - b->started;
    const cludi_matrix matrix = {rows, M, K, K};
    const cludi_source source = rows_of_matrix(&matrix);
    const kmeans_args cluster = {.be = &b->be,
                                 .X = &source,
                                 .clusters = (int32_t)K,
                                 .starts = STARTS,
                                 .rounds = LLOYD_ROUNDS,
                                 .tolerance = 1e-4,
                                 .seed = (uint64_t)b->s.seed};
    settings_must(kmeans_run(&cluster, &result, &failure), &failure);
    for (int64_t i = 0; i < M; i++)
        b->found[i] = result.labels[i];
    snprintf(text, sizeof text, "\"last\": %.4f, \"next\": %.4f, \"rounds\": %d, \"embedding_seconds\": %.2f",
             facts.last, facts.next, (int)facts.rounds, embedded);
    print_partition(b, name, text);
    kmeans_result_clear(&result);
    free(rows);
}

static void run_fuzzy(bench *b, const char *name, int32_t k)
{
    weighted_graph graph;
    b->started = cpu_seconds();
    settings_must(graph_fuzzy(&b->be, &b->lists, k, &graph, &failure), &failure);
    run_communities(b, name, &graph);
    graph_clear(&graph);
}

static void run_shared(bench *b, const char *name, int32_t k, int32_t power, bool spectral)
{
    weighted_graph graph;
    b->started = cpu_seconds();
    settings_must(graph_shared(&b->be, &b->lists, k, power, &graph, &failure), &failure);
    if (spectral)
        run_spectral(b, name, &graph);
    else
        run_communities(b, name, &graph);
    graph_clear(&graph);
}

int main(int argc, char **argv)
{
    bench b = {.s = {.threads = 1, .backend = "auto", .precision = "f32", .clusters = BENCH_CLUSTERS}};
    neighbor_graph graph;
    settings_read(&b.s, argc, argv);
    settings_open_backend(&b.s, &b.be);
    b.context = settings_open_context(&b.s);
    read_files(&b);
    const int32_t degree = b.rows.rows > DEGREE ? DEGREE : (int32_t)b.rows.rows - 1;
    const int32_t middle = degree < MIDDLE ? degree : MIDDLE, few = degree < FUZZY_FEW ? degree : FUZZY_FEW;
    const cludi_source source = rows_of_matrix(&b.rows);
    const neighbor_args find = {.be = &b.be, .X = &source, .degree = degree, .exact_rows = NEIGHBOR_EXACT_ROWS};
    settings_must(neighbors_find(&find, &graph, &failure), &failure);
    b.lists = (neighbor_lists){graph.rows, graph.degree, graph.neighbor, graph.similarity};
    settings_must(graph_shared(&b.be, &b.lists, degree, 2, &b.judge, &failure), &failure);
    run_fuzzy(&b, "leiden f15", few);
    run_fuzzy(&b, "leiden f30", middle);
    run_shared(&b, "leiden s30", middle, 1, false);
    if (b.s.clusters <= SPECTRAL_MOST) {
        run_shared(&b, "spectral s30", middle, 1, true);
        run_shared(&b, "spectral s30 squared", middle, 2, true);
        run_shared(&b, "spectral s45", degree, 1, true);
        run_shared(&b, "spectral s45 squared", degree, 2, true);
    }
    graph_clear(&b.judge);
    neighbors_clear(&graph);
    cludi_labels_clear(b.context, &b.truth);
    free(b.found);
    free((void *)b.rows.data);
    cludi_context_free(b.context);
    backend_close(&b.be);
    return 0;
}
