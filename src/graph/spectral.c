#include "spectral.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "block_filter.h"
#include "error.h"
#include "orthonormal.h"
#include "rng.h"
#include "rows.h"
#include "symmetric_eigen.h"

enum { ROUNDS = 16, POWER_ROUNDS = 60, LEAST_DEGREE = 2, MOST_DEGREE = 40 };
static const double GROWTH = 1000;        /* of a filter at 1: what float32 and orthonormal_make bear */
static const double LOWEST_CUT = -0.5;    /* where the block is as wide as the graph */
static const double HIGHEST_CUT = 0.9995; /* where there are more islands than vectors */
static const double CLOSE = 1e-4;         /* growth of the sum of the Ritz values in a round, times p: the end */

typedef struct spectral_run {
    const spectral_args *args;
    int64_t p;
    block_filter filter;
    orthonormal ortho;
    tensor x, y;          /* (M, p) */
    float *block;         /* (M, p) the same on the host */
    double *ritz;         /* (p, p) x^T S x */
    double *values;       /* (p) */
    double *vectors;      /* (p, p) */
    double *scratch;      /* (2 p) */
    double trace, before; /* sums of the Ritz values of this round and the last */
    spectral_facts facts;
} spectral_run;

/* ---- room ---- */

static int64_t block_width(const spectral_args *a)
{
    const int64_t K = a->vectors, guard = K / 5 > 8 ? K / 5 : 8;
    const int64_t p = (K + 1 + guard + FILTER_LANES - 1) / FILTER_LANES * FILTER_LANES;
    return p < a->graph->rows ? p : a->graph->rows;
}

static tensor new_tensor(backend *be, int64_t rows, int64_t cols)
{
    tensor x = {.rows = rows, .cols = cols};
    x.data = be->ops.allocate(be, backend_bytes(be, x));
    return x;
}

static cludi_status open_run(spectral_run *s, cludi_error *error)
{
    backend *be = s->args->be;
    const int64_t M = s->args->graph->rows, p = s->p;
    s->x = new_tensor(be, M, p);
    s->y = new_tensor(be, M, p);
    s->block = alloc_array(&be->allocator, M, (size_t)p * sizeof *s->block);
    s->ritz = alloc_array(&be->allocator, p * p, sizeof *s->ritz);
    s->values = alloc_array(&be->allocator, p, sizeof *s->values);
    s->vectors = alloc_array(&be->allocator, p * p, sizeof *s->vectors);
    s->scratch = alloc_array(&be->allocator, 2 * p, sizeof *s->scratch);
    if (!s->x.data || !s->y.data || !s->block || !s->ritz || !s->values || !s->vectors || !s->scratch)
        return error_memory(error, "the eigenvectors of the graph");
    TRY(block_filter_init(&s->filter, be, s->args->graph, error));
    return orthonormal_init(&s->ortho, be, p, error);
}

static void close_run(spectral_run *s)
{
    backend *be = s->args->be;
    block_filter_clear(&s->filter);
    orthonormal_clear(&s->ortho);
    be->ops.release(be, s->x.data);
    be->ops.release(be, s->y.data);
    alloc_free(&be->allocator, s->block);
    alloc_free(&be->allocator, s->ritz);
    alloc_free(&be->allocator, s->values);
    alloc_free(&be->allocator, s->vectors);
    alloc_free(&be->allocator, s->scratch);
}

/* ---- rounds ---- */

static cludi_status report(const spectral_run *s, cludi_error *error)
{
    const cludi_progress progress = {
        .phase = CLUDI_PHASE_INIT, .step = s->facts.rounds, .steps = ROUNDS, .clusters = s->args->vectors};
    if (!s->args->messages || message_progress(s->args->messages, &progress) == 0)
        return CLUDI_OK;
    return error_set(error, CLUDI_STOPPED, "The search for eigenvectors was stopped.");
}

/* x becomes orthonormal, ritz = x^T S x. */
static cludi_status project(spectral_run *s, cludi_error *error)
{
    backend *be = s->args->be;
    TRY(orthonormal_make(&s->ortho, s->x, s->y, error));
    be->ops.copy_out(be, HOST_F32, s->block, s->x);
    TRY(block_filter_multiply(&s->filter, s->block, s->p, error));
    be->ops.copy_in(be, s->y, HOST_F32, s->block);
    TRY(orthonormal_products(&s->ortho, s->x, s->y, s->ritz, error));
    s->before = s->trace;
    s->trace = 0;
    for (int64_t i = 0; i < s->p; i++) {
        for (int64_t j = 0; j < i; j++)
            s->ritz[i * s->p + j] = s->ritz[j * s->p + i] = (s->ritz[i * s->p + j] + s->ritz[j * s->p + i]) / 2;
        s->trace += s->ritz[i * s->p + i];
    }
    return CLUDI_OK;
}

/* About the least Ritz value, or what is above it, by powers of 1 - ritz: the filter's cut. */
static double find_cut(const spectral_run *s)
{
    const int64_t p = s->p;
    double *x = s->scratch, *next = s->scratch + p, value = 0;
    for (int64_t i = 0; i < p; i++)
        x[i] = 1 / sqrt((double)p) * (i % 2 ? -1 : 1);
    for (int round = 0; round < POWER_ROUNDS; round++) {
        double square = 0;
        for (int64_t i = 0; i < p; i++)
            next[i] = x[i];
        for (int64_t j = 0; j < p; j++)
            for (int64_t i = 0; i < p; i++)
                next[i] -= x[j] * s->ritz[j * p + i];
        value = 0;
        for (int64_t i = 0; i < p; i++) {
            value += x[i] * next[i];
            square += next[i] * next[i];
        }
        for (int64_t i = 0; square > 0 && i < p; i++)
            x[i] = next[i] / sqrt(square);
    }
    return fmax(LOWEST_CUT, fmin(1 - value, HIGHEST_CUT));
}

static int find_degree(double cut)
{
    const double degree = acosh(GROWTH) / acosh((2 - (cut - 1)) / (cut + 1));
    return degree < LEAST_DEGREE ? LEAST_DEGREE : degree > MOST_DEGREE ? MOST_DEGREE : (int)degree;
}

static cludi_status run_round(spectral_run *s, cludi_error *error)
{
    backend *be = s->args->be;
    const double cut = s->facts.rounds == 0 ? 0 : find_cut(s);
    be->ops.copy_out(be, HOST_F32, s->block, s->x);
    TRY(block_filter_apply(&s->filter, s->block, s->p, cut, find_degree(cut), error));
    be->ops.copy_in(be, s->x, HOST_F32, s->block);
    TRY(project(s, error));
    s->facts.rounds++;
    return report(s, error);
}

static bool is_settled(const spectral_run *s)
{
    return s->facts.rounds > 2 && s->trace - s->before < CLOSE * (double)s->p;
}

/* ---- the embedding ---- */

/* rows = x times the K leading eigenvectors of ritz. */
static cludi_status take_vectors(spectral_run *s, tensor to, tensor rotation, float *rows, cludi_error *error)
{
    backend *be = s->args->be;
    const int64_t M = s->args->graph->rows, K = s->args->vectors;
    be->ops.copy_in(be, rotation, HOST_F64, s->vectors);
    be->ops.linear(be, to, s->x, rotation, (tensor){0});
    TRY(backend_finish(be, error));
    be->ops.copy_out(be, HOST_F32, rows, to);
    for (int64_t i = 0; i < M; i++) {
        const bool alone = s->args->graph->offset[i] == s->args->graph->offset[i + 1];
        if (alone)
            memset(rows + i * K, 0, (size_t)K * sizeof *rows);
        else
            (void)rows_unit(rows + i * K, K);
    }
    return CLUDI_OK;
}

static cludi_status conclude(spectral_run *s, float *rows, cludi_error *error)
{
    const symmetric_eigen solve = {s->p, s->ritz, s->values, s->vectors, s->scratch};
    const int64_t M = s->args->graph->rows, K = s->args->vectors;
    TRY(symmetric_eigen_solve(&solve, s->args->be->stop, error));
    s->facts.last = s->values[K - 1];
    s->facts.next = s->values[K];
    const tensor to = {.data = s->y.data, .rows = M, .cols = K};
    const tensor rotation = {.data = s->ortho.square.data, .rows = K, .cols = s->p};
    return take_vectors(s, to, rotation, rows, error);
}

static cludi_status run(spectral_run *s, float *rows, cludi_error *error)
{
    TRY(open_run(s, error));
    s->args->be->ops.fill_normal(s->args->be, s->x, (rng_stream){s->args->seed, RNG_SPECTRAL, 0}, 0);
    while (s->facts.rounds < ROUNDS && !is_settled(s))
        TRY(run_round(s, error));
    return conclude(s, rows, error);
}

cludi_status graph_spectral(const spectral_args *args, float *rows, spectral_facts *facts, cludi_error *error)
{
    spectral_run s = {.args = args};
    const int64_t most = args->graph->rows - 1 < SPECTRAL_MOST ? args->graph->rows - 1 : SPECTRAL_MOST;
    if (args->vectors < 1 || args->vectors > most)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "%d eigenvectors are asked of a graph of %lld rows; 1 to %lld are possible.",
                         (int)args->vectors, (long long)args->graph->rows, (long long)most);
    s.p = block_width(args);
    const cludi_status status = run(&s, rows, error);
    if (facts)
        *facts = s.facts;
    close_run(&s);
    return status;
}
