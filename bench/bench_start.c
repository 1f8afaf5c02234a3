/* The start that knows the graph (src/start) and the discriminant that refines it (src/discriminant): scores against labels of every
   candidate, of the pick and of the refined partition, processor and wall seconds, peak memory. The rows are mapped as training does (R1).
   One JSON object for each seed.

   bench_start --input ROWS --labels FILE [--clusters K] [--seed N] [--rounds SEEDS] [--threads N] [--backend NAME]
   bench_start --input ROWS --clusters K --output NAME --unseen ROWS [--seed N] ...: without scores; writes NAME.labels.npy, NAME.rows.npy
   (mapped) and NAME.unseen.npy (other rows, mapped likewise) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "discriminant.h"
#include "input_map.h"
#include "rows.h"
#include "settings.h"
#include "start.h"

typedef struct bench {
    settings s;
    backend be;
    cludi_context *context;
    cludi_labels truth;
    float *map_numbers;
    input_map map;
    cludi_matrix rows; /* unit rows */
    neighbor_graph graph;
    int32_t *found;
    start_details details;
} bench;

static const char *const CANDIDATES[START_CANDIDATES] = {"graph", "deep", "single", "kmeans"};
static const char *const PARTS[START_PARTS] = {"kmeans", "graphs", "deep", "communities", "spectral", "consensus"};
static cludi_error failure;

typedef struct moment {
    double cpu, wall;
} moment;

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static moment moment_now(void)
{
    return (moment){seconds_of(CLOCK_PROCESS_CPUTIME_ID), seconds_of(CLOCK_MONOTONIC)};
}

static void print_seconds(const char *name, moment since)
{
    const moment now = moment_now();
    printf("\"%s seconds\": [%.2f, %.2f], ", name, now.cpu - since.cpu, now.wall - since.wall);
}

/* ---- the rows ---- */

static void learn_map(bench *b, const cludi_matrix *X)
{
    const size_t n = (size_t)X->cols;
    column_facts facts = {.mean = settings_memory(n, sizeof(double)),
                          .variance = settings_memory(n, sizeof(double)),
                          .zeros = settings_memory(n, sizeof(double))};
    b->map_numbers = settings_memory((n + 1) * (INPUT_FREQUENCIES + 2), sizeof *b->map_numbers);
    input_map_survey(X, &facts);
    const cludi_preprocessing kind = input_map_choose(&facts, X->cols);
    input_map_learn(kind, &facts, X->cols, b->map_numbers);
    b->map = input_map_bind(kind, X->cols, b->map_numbers);
    free(facts.mean);
    free(facts.variance);
    free(facts.zeros);
}

/* The rows of a file, mapped; the map is learned from those of the first file. */
static cludi_matrix mapped_rows(bench *b, const char *file)
{
    cludi_dataset *data;
    settings_must(cludi_dataset_read(b->context, file, &data, &failure), &failure);
    const cludi_matrix X = cludi_dataset_get_matrix(data);
    if (!b->map_numbers)
        learn_map(b, &X);
    float *rows = settings_memory((size_t)(X.rows * b->map.cols), sizeof *rows);
    for (int64_t i = 0; i < X.rows; i++)
        input_map_row(&b->map, X.data + i * X.stride, rows + i * b->map.cols);
    cludi_dataset_free(data);
    return (cludi_matrix){rows, X.rows, b->map.cols, b->map.cols};
}

static void read_files(bench *b)
{
    if (b->s.labels)
        settings_must(cludi_labels_read(b->context, b->s.labels, &b->truth, &failure), &failure);
    b->rows = mapped_rows(b, b->s.input);
}

/* ---- files for others ---- */

static const char *file_name(const bench *b, const char *ending)
{
    static char name[4096];
    snprintf(name, sizeof name, "%s.%s.npy", b->s.output, ending);
    return name;
}

static void write_files(bench *b)
{
    const cludi_matrix unseen = mapped_rows(b, b->s.unseen);
    settings_must(cludi_labels_write(file_name(b, "labels"), b->found, b->rows.rows, &failure), &failure);
    settings_must(cludi_matrix_write(file_name(b, "rows"), &b->rows, &failure), &failure);
    settings_must(cludi_matrix_write(file_name(b, "unseen"), &unseen, &failure), &failure);
    free((void *)unseen.data);
}

/* As many clusters as the labels have, where none are asked for. */
static void count_clusters(bench *b)
{
    cludi_scores scores = {.struct_size = sizeof scores};
    if (b->s.clusters > 0)
        return;
    settings_must(cludi_score(b->context, b->truth.data, b->truth.data, b->rows.rows, &scores, &failure), &failure);
    b->s.clusters = (int)scores.clusters;
}

/* ---- one start ---- */

static void print_scores(bench *b, const char *name, const int32_t *labels)
{
    cludi_scores scores = {.struct_size = sizeof scores};
    if (!b->truth.data)
        return;
    settings_must(cludi_score(b->context, b->truth.data, labels, b->rows.rows, &scores, &failure), &failure);
    printf("\"%s\": [%.1f, %.1f, %.1f, %lld], ", name, 100 * scores.nmi, 100 * scores.acc, 100 * scores.ari,
           (long long)scores.clusters);
}

static void refine(bench *b)
{
    const start_facts *facts = &b->details.facts;
    const start_data data = {.rows = b->rows.rows, .clusters = b->s.clusters};
    const start_trust trust = facts->pick == START_KMEANS    ? START_KEPT
                              : start_is_alone(&data, facts) ? START_ROUGH
                                                             : START_NEAR;
    const discriminant_args args = {
        .be = &b->be, .X = &b->rows, .graph = &b->graph, .clusters = b->s.clusters, .trust = trust};
    const int64_t m = discriminant_landmarks(b->rows.rows), K = b->s.clusters;
    float *values = settings_memory((size_t)(m * (b->rows.cols + m + 1 + K) + K + 1), sizeof *values);
    float *probability = settings_memory((size_t)b->rows.rows, sizeof *probability);
    const fitted_labels fitted = {1, b->found, probability};
    int32_t *start = settings_memory((size_t)b->rows.rows, sizeof *start);
    memcpy(start, b->found, (size_t)b->rows.rows * sizeof *start);
    const moment began = moment_now();
    settings_must(discriminant_fit(&args, start, &fitted, values, &failure), &failure);
    print_seconds("discriminant", began);
    print_scores(b, "discriminant", b->found);
    free(start);
    free(probability);
    free(values);
}

static void run(bench *b, uint64_t seed)
{
    start_details *d = &b->details;
    const start_args args = {.be = &b->be,
                             .X = &b->rows,
                             .graph = &b->graph,
                             .clusters = b->s.clusters,
                             .starts = 10,
                             .seed = seed,
                             .coordinates = b->map.kind == CLUDI_PREPROCESSING_COORDINATES};
    d->clock = (phase_clock){0};
    const moment began = moment_now();
    settings_must(start_find(&args, b->found, d, &failure), &failure);
    printf("{\"seed\": %d, ", (int)seed);
    print_seconds("start", began);
    print_scores(b, "start", b->found);
    printf("\"pick\": \"%s\", \"nearest\": %.3f, ", CANDIDATES[d->facts.pick], d->facts.nearest);
    for (int c = 0; c < START_CANDIDATES; c++) {
        char name[32];
        if (d->candidate[c][0] < 0)
            continue;
        print_scores(b, CANDIDATES[c], d->candidate[c]);
        snprintf(name, sizeof name, "%s facts", CANDIDATES[c]);
        settings_print_list(name, (double[]){d->facts.agreement[c], d->facts.unevenness[c], d->facts.near[c]}, 3);
        printf(", ");
    }
    for (int p = 0; p < START_PARTS; p++)
        printf("\"%s seconds\": %.2f, ", PARTS[p], d->clock.total[p].processor);
    if (!b->s.output) /* which has the start itself */
        refine(b);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("\"peak MiB\": %ld}\n", usage.ru_maxrss / 1024);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    bench b = {.s = {.threads = 1, .rounds = 1, .backend = "auto", .precision = "f32"}};
    settings_read(&b.s, argc, argv);
    settings_open_backend(&b.s, &b.be);
    b.context = settings_open_context(&b.s);
    read_files(&b);
    count_clusters(&b);
    const size_t rows = (size_t)b.rows.rows;
    const int32_t degree = b.rows.rows > START_NEIGHBORS ? START_NEIGHBORS : (int32_t)b.rows.rows - 1;
    const cludi_source source = rows_of_matrix(&b.rows);
    const neighbor_args find = {.be = &b.be, .X = &source, .degree = degree, .exact_rows = NEIGHBOR_EXACT_ROWS};
    const moment began = moment_now();
    settings_must(neighbors_find(&find, &b.graph, &failure), &failure);
    printf("{");
    print_seconds("neighbors", began);
    printf("\"rows\": %lld, \"clusters\": %d}\n", (long long)b.rows.rows, b.s.clusters);
    b.found = settings_memory(rows, sizeof *b.found);
    for (int c = 0; c < START_CANDIDATES; c++)
        b.details.candidate[c] = settings_memory(rows, sizeof *b.found);
    for (int seed = 0; seed < b.s.rounds; seed++)
        run(&b, (uint64_t)(b.s.seed + seed));
    if (b.s.output)
        write_files(&b);
    for (int c = 0; c < START_CANDIDATES; c++)
        free(b.details.candidate[c]);
    free(b.found);
    neighbors_clear(&b.graph);
    cludi_labels_clear(b.context, &b.truth);
    free((void *)b.rows.data);
    free(b.map_numbers);
    cludi_context_free(b.context);
    backend_close(&b.be);
    return 0;
}
