/* The method "discriminant": a partition found in the graph of the neighbors (src/start), refined by kernel discriminant analysis
   (src/discriminant), which also labels rows that were not there.

     fit      the rows of the sample: start, then the rounds of discriminant_fit()
     predict  a row that was fitted has the answer of the fit (fitted_rows.h); any other that of the discriminant
     model    landmarks (m, n), map (m, m), offset (m), prototypes (K, m), bias (K), width (1), m = min(S, 512); fitted (S, 3 + 2 min(K, 4))

   All in float32, whatever the precision of the backend. loss is the mean over the fitted rows of -log of the probability of their
   cluster. */
#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "discriminant.h"
#include "discriminant_predict.h"
#include "error.h"
#include "fitted_rows.h"
#include "method.h"
#include "predict_report.h"
#include "row_hash.h"

enum { BLOCK_ROWS = 2048, BLOCK_NUMBERS = 1 << 24, TASK_ROWS = 64, NEIGHBORS = 15, INIT_RUNS = 10 };

/* ---- the model ---- */

static int specs(const method *how, param_spec *list, const method_shape *shape)
{
    const int64_t n = shape->map->cols, K = shape->clusters;
    const int64_t S = training_data_sample(shape->rows, shape->clusters), m = discriminant_landmarks(S);
    const param_spec own[] = {
        {.name = "landmarks", .rows = m, .cols = n, .matrix = true, .trained = true},
        {.name = "map", .rows = m, .cols = m, .matrix = true, .trained = true},
        {.name = "offset", .rows = 1, .cols = m, .trained = true},
        {.name = "prototypes", .rows = K, .cols = m, .matrix = true, .trained = true},
        {.name = "bias", .rows = 1, .cols = K, .trained = true},
        {.name = "width", .rows = 1, .cols = 1, .trained = true},
        {.name = "fitted", .rows = S, .cols = fitted_rows_width(shape->clusters), .matrix = true},
    };
    (void)how;
    memcpy(list, own, sizeof own);
    return sizeof own / sizeof *own;
}

static int64_t discriminant_numbers(const param_spec *list, int count)
{
    return param_specs_total(list, count - 1);
}

/* ---- fit ---- */

static start_trust find_trust(const training_data *data)
{
    const start_data is = {.rows = data->sample_rows, .clusters = data->args.clusters};
    if (data->facts.pick == START_KMEANS)
        return START_KEPT;
    return start_is_alone(&is, &data->facts) ? START_ROUGH : START_NEAR;
}

/* What a model tells of its fit. */
static cludi_status describe(const method_fit *fit, const fitted_labels *fitted, method_result *result,
                             cludi_error *error)
{
    const cludi_allocator *allocator = &fit->be->allocator;
    const int64_t S = fit->data->sample_rows;
    int64_t *counts = alloc_zeroed(allocator, fit->clusters, sizeof *counts), most = 0;
    double loss = 0, confidence = 0;
    if (!counts)
        return error_memory(error, "the sizes of the clusters");
    *result = (method_result){.steps = discriminant_rounds(find_trust(fit->data))};
    for (int64_t i = 0; i < S; i++) {
        const double p = (double)fitted->probability[i * fitted->kept];
        counts[fitted->cluster[i * fitted->kept]]++;
        confidence += p / (double)S;
        loss -= log(fmax(p, 1e-12)) / (double)S;
    }
    for (int32_t k = 0; k < fit->clusters; k++) {
        most = max_int(counts[k], most);
        result->clusters_in_use += counts[k] > 0;
    }
    alloc_free(allocator, counts);
    result->loss = loss;
    result->confidence = fmin(confidence, 1); /* of which float32 may be a little more */
    result->largest_share = (double)most / (double)S;
    return CLUDI_OK;
}

static cludi_status fit_rows(const method_fit *fit, const fitted_labels *fitted, float *values, method_result *result,
                             cludi_error *error)
{
    training_data *data = fit->data;
    const cludi_matrix X = {data->sample, data->sample_rows, data->map.cols, data->map.cols};
    const discriminant_args args = {&data->f32,   fit->messages, fit->started,    &X,
                                    &data->graph, fit->clusters, find_trust(data)};
    float *table = values + discriminant_numbers(fit->specs, fit->spec_count);
    TRY(discriminant_fit(&args, data->start, fitted, values, error));
    fitted_rows_agree(fitted, data->fingerprint, data->sample_rows);
    fitted_rows_store(fitted, data->fingerprint, data->sample_rows, table);
    return describe(fit, fitted, result, error);
}

static cludi_status fit_whole(const method_fit *fit, float *values, method_result *result, cludi_error *error)
{
    const cludi_allocator *allocator = &fit->be->allocator;
    const int32_t kept = fitted_rows_kept(fit->clusters);
    const int64_t numbers = fit->data->sample_rows * kept;
    const fitted_labels fitted = {.kept = kept,
                                  .cluster = alloc_array(allocator, numbers, sizeof *fitted.cluster),
                                  .probability = alloc_array(allocator, numbers, sizeof *fitted.probability)};
    cludi_status status = fitted.cluster && fitted.probability ? CLUDI_OK : error_memory(error, "labels of the rows");
    if (status == CLUDI_OK)
        status = fit_rows(fit, &fitted, values, result, error);
    alloc_free(allocator, fitted.cluster);
    alloc_free(allocator, fitted.probability);
    return status;
}

static void adapt(const method *how, cludi_config *config)
{
    (void)how;
    config->n_neighbors = NEIGHBORS; /* the start finds more for itself */
    config->init_runs = INIT_RUNS;
}

/* ---- predict ---- */

typedef struct predictor {
    const predict_args *args; /* of the running call */
    cludi_allocator allocator;
    discriminant_predictor own;
    fitted_rows fitted;
    float *mapped;        /* (block, n) */
    float *probabilities; /* (block, K) */
    int64_t first, count; /* rows of the block */
} predictor;

static int64_t round_up(const backend *be, int64_t rows)
{
    return (rows + be->row_multiple - 1) / be->row_multiple * be->row_multiple;
}

static int64_t block_rows(const backend *be, int64_t rows, int64_t widest)
{
    const int64_t fit = max_int(BLOCK_NUMBERS / widest, 1);
    return round_up(be, min_int(min_int(BLOCK_ROWS, fit), rows));
}

static cludi_status predict_open(void **self, const predict_args *args, int64_t *block, cludi_error *error)
{
    const cludi_allocator *allocator = &args->be->allocator;
    const method_model *model = &args->model;
    const int32_t K = model->info->clusters;
    const int64_t n = model->map.cols, m = model->specs[0].rows;
    const discriminant d = discriminant_bind(model->values, n, m, K);
    const float *table = model->values + discriminant_numbers(model->specs, model->spec_count);
    predictor *p = alloc_zeroed(allocator, 1, sizeof *p);
    *self = p;
    if (!p)
        return error_memory(error, "the prediction");
    *block = block_rows(args->be, args->X->rows, max_int(max_int(n, K), m));
    p->allocator = *allocator;
    p->mapped = alloc_array(allocator, *block * n, sizeof *p->mapped);
    p->probabilities = alloc_array(allocator, *block * K, sizeof *p->probabilities);
    if (!p->mapped || !p->probabilities)
        return error_memory(error, "a block of rows");
    TRY(fitted_rows_bind(&p->fitted, table, model->specs[model->spec_count - 1].rows, K, error));
    return discriminant_predictor_init(&p->own, args->be, &d, *block, error);
}

static void predict_close(void *self)
{
    predictor *p = self;
    const cludi_allocator allocator = p->allocator;
    discriminant_predictor_clear(&p->own);
    alloc_free(&allocator, p->mapped);
    alloc_free(&allocator, p->probabilities);
    alloc_free(&allocator, p);
}

/* Some rows of the block, and zeros behind the last one. */
static void load_part(void *self, int worker, int64_t task)
{
    predictor *p = self;
    const cludi_matrix *X = p->args->X;
    const input_map *map = &p->args->model.map;
    const int64_t end = min_int((task + 1) * TASK_ROWS, round_up(p->args->be, p->count));
    (void)worker;
    for (int64_t i = task * TASK_ROWS; i < end; i++) {
        float *to = p->mapped + i * map->cols;
        if (i < p->count)
            input_map_row(map, X->data + (p->first + i) * X->stride, to);
        else
            memset(to, 0, (size_t)map->cols * sizeof *to);
    }
}

static void recall_part(void *self, int worker, int64_t task)
{
    predictor *p = self;
    const cludi_matrix *X = p->args->X;
    const int64_t K = p->args->model.info->clusters;
    (void)worker;
    for (int64_t i = task * TASK_ROWS; i < min_int((task + 1) * TASK_ROWS, p->count); i++)
        fitted_rows_recall(&p->fitted, row_hash(X->data + (p->first + i) * X->stride, X->cols),
                           p->probabilities + i * K);
}

static cludi_status predict_block(void *self, const predict_args *args, int64_t first, int64_t count,
                                  const cludi_prediction *out, cludi_error *error)
{
    predictor *p = self;
    backend *be = args->be;
    const int64_t K = args->model.info->clusters, rows = round_up(be, count);
    p->args = args;
    p->first = first;
    p->count = count;
    host_each(be, (rows + TASK_ROWS - 1) / TASK_ROWS, load_part, p);
    TRY(discriminant_predict(&p->own, p->mapped, rows, p->probabilities, error));
    for (int64_t i = 0; i < count; i++)
        if (!predict_adds_up(p->probabilities + i * K, K, 1))
            return predict_overflow(first + i, error);
    host_each(be, (count + TASK_ROWS - 1) / TASK_ROWS, recall_part, p);
    TRY(backend_finish(be, error)); /* after a stop some rows are not recalled */
    for (int64_t i = 0; out->labels && i < count; i++)
        out->labels[first + i] = argmax_float(p->probabilities + i * K, K);
    if (out->probabilities)
        memcpy(out->probabilities + first * K, p->probabilities, (size_t)(count * K) * sizeof(float));
    return CLUDI_OK;
}

static const char *const PARAMETERS[] = {"method", "preprocessing", NULL};

const method METHOD_DISCRIMINANT = {.value = CLUDI_METHOD_DISCRIMINANT,
                                    .name = "discriminant",
                                    .help =
                                        "what the neighbors' graph agrees on, refined by kernel discriminant analysis",
                                    .loss = "mean -log probability",
                                    .unit = "rounds",
                                    .parameters = PARAMETERS,
                                    .has_confidence = true,
                                    .needs = TRAINING_NEEDS_SAMPLE,
                                    .in_float = true,
                                    .adapt = adapt,
                                    .specs = specs,
                                    .fit_whole = fit_whole,
                                    .predict_open = predict_open,
                                    .predict_block = predict_block,
                                    .predict_close = predict_close};
