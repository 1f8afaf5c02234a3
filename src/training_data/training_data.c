#include "training_data.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "data_check.h"
#include "deep_voters.h"
#include "error.h"
#include "graph_voters.h"
#include "kmeans.h"
#include "row_hash.h"
#include "rows.h"
#include "start.h"

enum {
    LEAST_SAMPLE = 16384,   /* rows, if there are so many */
    ROWS_PER_CLUSTER = 256, /* of the sample */
    MOST_RAW = 256          /* rows of a source that are read at a time */
};
/* Least agreement of neighbors and k-means; "substantial" begins at 0.61 in Landis and Koch 1977. */
static const double MIN_AGREEMENT = 0.6;

int64_t training_data_sample(int64_t rows, int32_t clusters)
{
    return min_int(rows, max_int(LEAST_SAMPLE, (int64_t)clusters * ROWS_PER_CLUSTER));
}

int32_t training_data_neighbors(const cludi_config *config, int64_t rows)
{
    return rows < 2 ? 0 : (int32_t)min_int(config->n_neighbors, (rows + 7) / 8);
}

training_voters training_data_voters(const cludi_config *config, int64_t rows, int32_t clusters)
{
    const neighbor_graph graph = {0};
    const cludi_matrix X = {.rows = training_data_sample(rows, clusters)};
    const start_args args = {.X = &X,
                             .graph = training_data_neighbors(config, rows) > 0 ? &graph : NULL,
                             .clusters = clusters,
                             .starts = config->init_runs};
    start_run run;
    training_voters voters = {.all = start_voters(&args), .kmeans = 1, .starts = start_plain_runs(&args)};
    if (config->init_runs == 0)
        return (training_voters){0};
    if (args.graph) {
        start_run_begin(&run, &args);
        voters.kmeans += deep_voters_count(&run);
        voters.spectral = (int32_t)max_int(0, voters.all - voters.kmeans - GRAPH_VOTERS_COMMUNITIES);
    }
    return voters;
}

/* ---- rows ---- */

/* Those of some rows that are not in the sample: at most MOST_RAW at a time. */
static cludi_status read_mapped(training_data *p, const int64_t *places, int64_t count, float *room, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    for (int64_t done = 0, last; status == CLUDI_OK && done < count; done = last) {
        int64_t some = 0;
        for (last = done; last < count && some < MOST_RAW; last++)
            if (places[last] >= p->sample_rows)
                p->wanted[some++] = p->order.canonical[places[last]];
        status = rows_read_many(p->args.X, p->wanted, some, p->raw, error);
        some = 0;
        for (int64_t i = done; status == CLUDI_OK && i < last; i++)
            if (places[i] >= p->sample_rows)
                input_map_row(&p->map, p->raw + some++ * p->args.X->cols, room + i * p->map.cols);
    }
    return status;
}

cludi_status training_data_rows(training_data *p, const int64_t *places, int64_t count, float *room, const float **rows,
                                cludi_error *error)
{
    for (int64_t i = 0; i < count; i++)
        rows[i] = places[i] < p->sample_rows ? p->sample + places[i] * p->map.cols : room + i * p->map.cols;
    return p->sample_rows == p->args.X->rows ? CLUDI_OK : read_mapped(p, places, count, room, error);
}

/* ---- a cludi_source of the mapped rows ---- */

static cludi_status read_any(void *user, const int64_t *places, int64_t count, float *out, cludi_error *error)
{
    training_data *p = user;
    const float *rows[MOST_RAW];
    cludi_status status = CLUDI_OK;
    for (int64_t done = 0; status == CLUDI_OK && done < count; done += MOST_RAW) {
        const int64_t some = min_int(count - done, MOST_RAW);
        float *to = out + done * p->map.cols;
        status = training_data_rows(p, places + done, some, to, rows, error);
        for (int64_t i = 0; status == CLUDI_OK && i < some; i++)
            if (rows[i] != to + i * p->map.cols)
                memcpy(to + i * p->map.cols, rows[i], (size_t)p->map.cols * sizeof *to);
    }
    return status;
}

static cludi_status read_places(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    const training_data *p = user;
    int64_t places[MOST_RAW];
    cludi_status status = CLUDI_OK;
    for (int64_t done = 0; status == CLUDI_OK && done < count; done += MOST_RAW) {
        const int64_t some = min_int(count - done, MOST_RAW);
        for (int64_t i = 0; i < some; i++)
            places[i] = first + done + i;
        status = read_any(user, places, some, out + done * p->map.cols, error);
    }
    return status;
}

cludi_source training_data_source(training_data *p)
{
    return (cludi_source){
        .rows = p->args.X->rows, .cols = p->map.cols, .read = read_places, .user = p, .read_rows = read_any};
}

/* ---- the map ---- */

static cludi_preprocessing choose_kind(const training_data *p, const column_facts *facts, int64_t n)
{
    const cludi_preprocessing kind = input_map_choose(facts, n);
    return kind == CLUDI_PREPROCESSING_UNIT && p->args.takes_mean ? CLUDI_PREPROCESSING_DIRECTIONS : kind;
}

static cludi_status learn_map(training_data *p, const cludi_matrix *X, column_facts *facts, cludi_error *error)
{
    const cludi_allocator *allocator = &p->args.be->allocator;
    param_spec specs[INPUT_MOST_SPECS];
    p->kind = p->args.config->preprocessing;
    input_map_survey(X, facts);
    if (p->kind == CLUDI_PREPROCESSING_AUTO)
        p->kind = choose_kind(p, facts, X->cols);
    p->map_numbers =
        param_specs_total(specs, input_map_specs(specs, p->kind, X->cols, p->args.needs == TRAINING_NEEDS_ALL));
    p->map_values = alloc_zeroed(allocator, p->map_numbers + 1, sizeof *p->map_values);
    if (!p->map_values)
        return error_memory(error, "the map of the rows");
    input_map_learn(p->kind, facts, X->cols, p->map_values);
    p->map = input_map_bind(p->kind, X->cols, p->map_values);
    p->map.spaces = p->args.spaces;
    return CLUDI_OK;
}

static cludi_status map_sample(training_data *p, const cludi_matrix *X, cludi_error *error)
{
    p->sample = alloc_array(&p->args.be->allocator, p->sample_rows * p->map.cols, sizeof *p->sample);
    p->fingerprint = alloc_array(&p->args.be->allocator, p->sample_rows, sizeof *p->fingerprint);
    if (!p->sample || !p->fingerprint)
        return error_memory(error, "a sample of the rows");
    for (int64_t i = 0; i < p->sample_rows; i++) {
        input_map_row(&p->map, X->data + i * X->stride, p->sample + i * p->map.cols);
        p->fingerprint[i] = row_hash(X->data + i * X->stride, X->cols);
    }
    return CLUDI_OK;
}

static cludi_status check_data(const training_data *p, const cludi_matrix *X, const column_facts *facts,
                               cludi_error *error)
{
    const cludi_matrix mapped = {p->sample, p->sample_rows, p->map.cols, p->map.cols};
    const data_check check = {p->args.messages, &p->order, X, facts, &p->map, &mapped, p->args.clusters};
    return data_check_warn(&check, error);
}

static cludi_status take_sample(training_data *p, cludi_error *error)
{
    const cludi_allocator *allocator = &p->args.be->allocator;
    const int64_t n = p->args.X->cols;
    p->sample_rows = training_data_sample(p->args.X->rows, p->args.clusters);
    float *given = alloc_array(allocator, p->sample_rows * n, sizeof *given);
    column_facts facts = {.mean = alloc_array(allocator, n, sizeof(double)),
                          .variance = alloc_array(allocator, n, sizeof(double)),
                          .zeros = alloc_array(allocator, n, sizeof(double))};
    const cludi_matrix X = {given, p->sample_rows, n, n};
    cludi_status status = given && facts.mean && facts.variance && facts.zeros
                              ? rows_read_many(p->args.X, p->order.canonical, p->sample_rows, given, error)
                              : error_memory(error, "a sample of the rows");
    if (status == CLUDI_OK)
        status = learn_map(p, &X, &facts, error);
    if (status == CLUDI_OK)
        status = map_sample(p, &X, error);
    if (status == CLUDI_OK)
        status = check_data(p, &X, &facts, error);
    alloc_free(allocator, given);
    alloc_free(allocator, facts.mean);
    alloc_free(allocator, facts.variance);
    alloc_free(allocator, facts.zeros);
    return status;
}

/* The root mean square distance of a row from its centroid, in one k-means of the sample, is the length of the lift of coordinates. */
static cludi_status tune_lift(training_data *p, cludi_error *error)
{
    const cludi_matrix rows = {p->sample, p->sample_rows, p->map.cols, p->map.cols};
    const cludi_source source = rows_of_matrix(&rows);
    const kmeans_args args = {.be = &p->f32,
                              .X = &source,
                              .clusters = p->args.clusters,
                              .starts = 1,
                              .rounds = 300,
                              .tolerance = 1e-4,
                              .seed = p->args.seed};
    kmeans_result result = {0};
    if (p->kind != CLUDI_PREPROCESSING_COORDINATES)
        return CLUDI_OK;
    const cludi_status status = kmeans_run(&args, &result, error);
    if (status == CLUDI_OK) {
        const double length = sqrt(result.inertia / (double)p->sample_rows);
        input_map_tune(p->kind, p->map.n, fmax(length, 1e-3), p->args.seed, p->map_values);
    }
    kmeans_result_clear(&result);
    return status;
}

/* ---- neighbors and start ---- */

static cludi_status find_graph(training_data *p, const cludi_source *rows, int32_t degree, neighbor_graph *graph,
                               cludi_error *error)
{
    const neighbor_args args = {.be = &p->f32,
                                .messages = p->args.messages,
                                .X = rows,
                                .degree = (int32_t)min_int(degree, rows->rows - 1),
                                .seed = p->args.seed,
                                .exact_rows = NEIGHBOR_EXACT_ROWS};
    TRY(neighbors_find(&args, graph, error));
    message_log(p->args.messages, CLUDI_LOG_INFO, "%d neighbors of each of %lld rows found in %.1f s (%s).",
                (int)graph->degree, (long long)graph->rows, graph->seconds, graph->exact ? "exact" : "approximate");
    return CLUDI_OK;
}

/* R7: neighbors that rarely share a cluster of k-means are not used where the start is k-means too, and training stays close to it. */
static void judge_neighbors(training_data *p, const start_facts *facts)
{
    const bool whole = p->args.needs == TRAINING_NEEDS_SAMPLE;
    if (facts->nearest >= MIN_AGREEMENT || facts->pick != START_KMEANS)
        return;
    message_log(
        p->args.messages, CLUDI_LOG_WARNING,
        "Nearest neighbors rarely share a k-means cluster (agreement %.2f, less than %.2f): neighbors are not used, "
        "and %s k-means.",
        facts->nearest, MIN_AGREEMENT, whole ? "the clusters are those of" : "training stays close to");
    p->neighbors = whole ? p->neighbors : 0;
    p->init_is_teacher = true;
}

static cludi_status find_start(training_data *p, const neighbor_graph *graph, cludi_error *error)
{
    const cludi_matrix rows = {p->sample, p->sample_rows, p->map.cols, p->map.cols};
    const double began = message_seconds();
    start_args args = {.be = &p->f32,
                       .messages = p->args.messages,
                       .X = &rows,
                       .graph = p->neighbors > 0 ? graph : NULL,
                       .clusters = p->args.clusters,
                       .starts = p->args.config->init_runs,
                       .seed = p->args.seed,
                       .coordinates = p->kind == CLUDI_PREPROCESSING_COORDINATES};
    start_details details = {.facts.nearest = 1};
    p->start = alloc_array(&p->args.be->allocator, p->sample_rows, sizeof *p->start);
    if (!p->start)
        return error_memory(error, "the start of the training");
    p->votes = (start_checkpoint){.to = p->args.writer,
                                  .allocator = &p->args.be->allocator,
                                  .messages = p->args.messages,
                                  .digest = p->order.digest,
                                  .rows = p->sample_rows};
    TRY(start_checkpoint_begin(&p->votes, start_voters(&args), p->args.clusters, error));
    args.votes = p->votes.to ? &p->votes.votes : NULL;
    TRY(start_find(&args, p->start, &details, error));
    message_log(p->args.messages, CLUDI_LOG_INFO, "The first partition is %s (%.1f s).",
                start_candidate_phrase(details.facts.pick), message_seconds() - began);
    p->facts = details.facts;
    if (args.graph)
        judge_neighbors(p, &details.facts);
    return CLUDI_OK;
}

static cludi_status refuse_start(const training_data *p, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has a first partition that does not fit these rows.",
                     p->args.writer->name);
}

/* What find_start found when this training began. */
static cludi_status take_start(training_data *p, cludi_error *error)
{
    const checkpoint_state *from = p->from;
    const int64_t *number = from->number;
    if (p->args.needs == TRAINING_NEEDS_SAMPLE || /* which keeps votes alone */
        (number[STATE_NEIGHBORS] != p->neighbors && number[STATE_NEIGHBORS] != 0))
        return refuse_start(p, error);
    p->neighbors = (int32_t)number[STATE_NEIGHBORS];
    p->init_is_teacher = number[STATE_INIT_IS_TEACHER] != 0;
    if (p->args.config->init_runs == 0)
        return CLUDI_OK;
    p->start = alloc_array(&p->args.be->allocator, p->sample_rows, sizeof *p->start);
    if (!p->start)
        return error_memory(error, "the start of the training");
    return checkpoint_get_clusters(from, "start", p->start, p->sample_rows, p->args.clusters) ? CLUDI_OK
                                                                                              : refuse_start(p, error);
}

/* The neighbors of each row of the sample that the start wants. */
static cludi_status find_sample_graph(training_data *p, neighbor_graph *graph, cludi_error *error)
{
    const cludi_matrix rows = {p->sample, p->sample_rows, p->map.cols, p->map.cols};
    const cludi_source source = rows_of_matrix(&rows);
    return find_graph(p, &source, p->neighbors > START_NEIGHBORS ? p->neighbors : START_NEIGHBORS, graph, error);
}

/* Rows beyond the sample are searched for neighbors last: only then it is known that these are wanted. */
static cludi_status find_structure(training_data *p, cludi_error *error)
{
    const cludi_source rows = training_data_source(p);
    const bool starts = p->args.config->init_runs > 0 && !p->from;
    bool complete = p->neighbors == 0; /* p->graph is what training wants */
    if (p->from)
        TRY(take_start(p, error));
    if (p->neighbors > 0 && starts) {
        TRY(find_sample_graph(p, &p->graph, error));
        complete = p->sample_rows == rows.rows || p->args.needs == TRAINING_NEEDS_SAMPLE;
    }
    if (starts)
        TRY(find_start(p, &p->graph, error));
    if (!complete || p->neighbors == 0)
        neighbors_clear(&p->graph);
    return complete || p->neighbors == 0 ? CLUDI_OK : find_graph(p, &rows, p->neighbors, &p->graph, error);
}

static cludi_status check_rows(const training_data *p, cludi_error *error)
{
    const checkpoint_writer *writer = p->args.writer;
    if (!writer || !writer->from || writer->from->digest == p->order.digest)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_DATA, "\"%s\" is from a training on other rows: their digest differs.",
                     writer->name);
}

cludi_status training_data_init(training_data *p, const training_data_args *args, cludi_error *error)
{
    const cludi_allocator *allocator = &args->be->allocator;
    *p = (training_data){.args = *args, .from = args->writer ? args->writer->from : NULL};
    p->from = start_checkpoint_is(p->from) ? NULL : p->from;
    cludi_status status = backend_open_float(&p->f32, args->be, error);
    if (status == CLUDI_OK)
        status = row_order_init(&p->order, allocator, args->X, args->seed, error);
    if (status == CLUDI_OK)
        status = check_rows(p, error);
    if (status == CLUDI_OK)
        status = take_sample(p, error);
    if (status == CLUDI_OK && p->sample_rows < args->X->rows) {
        p->raw = alloc_array(allocator, MOST_RAW * args->X->cols, sizeof *p->raw);
        p->wanted = alloc_array(allocator, MOST_RAW, sizeof *p->wanted);
        status = p->raw && p->wanted ? status : error_memory(error, "rows on their way");
    }
    if (status != CLUDI_OK || args->needs == TRAINING_NEEDS_ROWS)
        return status;
    p->neighbors = training_data_neighbors(args->config, args->X->rows);
    if (args->needs == TRAINING_NEEDS_ALL)
        status = tune_lift(p, error);
    return status == CLUDI_OK ? find_structure(p, error) : status;
}

cludi_status training_data_keep_start(training_data *p, cludi_error *error)
{
    return start_checkpoint_write(&p->votes, error);
}

void training_data_clear(training_data *p)
{
    if (!p->args.be)
        return;
    const cludi_allocator *allocator = &p->args.be->allocator;
    neighbors_clear(&p->graph);
    row_order_clear(&p->order);
    alloc_free(allocator, p->map_values);
    alloc_free(allocator, p->sample);
    alloc_free(allocator, p->fingerprint);
    alloc_free(allocator, p->start);
    start_checkpoint_clear(&p->votes);
    alloc_free(allocator, p->raw);
    alloc_free(allocator, p->wanted);
    backend_close(&p->f32);
}
