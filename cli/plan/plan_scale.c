#include "plan.h"

#include <math.h>

#include "bounds.h"

/* The formulas are those of the library's headers; their numbers are microseconds on one thread. Only their ratios count here. */
enum {
    SCALE_ROWS = 2000,        /* src/discriminant/discriminant.c */
    SOFT_WIDTH = 64,          /* src/discriminant/soft_labels.h */
    FITTED = 4,               /* src/methods/discriminant/fitted_rows.c */
    START_NEIGHBORS = 45,     /* src/start/start_args.h */
    NEIGHBOR_BYTES = 8,       /* its number and its similarity */
    KMEANS_BLOCK = 32 << 20,  /* of rows, in bytes (src/kmeans/kmeans.h) */
    CENTROID_BYTES = 24,      /* of a number, likewise */
    CODE_BYTES = 128 * 4,     /* of a row (src/start/consensus.c) */
    GRAPH_BYTES = 4 * 45 * 16 /* of a row, in all graphs of the start (src/start/start.h) */
};

static double ratio(double to, double from)
{
    return from > 0 ? to / from : 1;
}

/* ---- time ---- */

/* Rounds of k-means and its seeding, of one start. */
static double kmeans_work(const plan_size *s)
{
    const double rounds = 20;
    const double trials = 2 + log(s->clusters);
    return (double)s->rows * s->clusters * (rounds + trials);
}

static double communities_work(const plan_size *s)
{
    return (double)s->rows * log((double)s->rows);
}

/* Products with the graph and of the vectors with each other, and k-means of them (src/graph/spectral.h). */
static double spectral_work(const plan_size *s)
{
    const double K = s->clusters;
    const double p = 1.2 * K + 24;
    return (double)s->rows * (480 * p + 0.075 * p * p + 1.5 * K * K);
}

/* Where all pairs are compared, a row's list costs as much as some pairs: the fewer numbers a row has, the more. */
double plan_scale_search(double rows, int64_t cols)
{
    const double list = 1000 + 7e5 / (double)cols;
    return plan_scale_pairs(rows) + rows * list;
}

double plan_scale_pairs(double rows)
{
    const double exact = 200000; /* src/neighbors/neighbors.h, as the next */
    const double cells = 24;
    return rows <= exact ? rows * rows : cells * rows * sqrt(rows);
}

static double landmarks_of(const plan_size *s)
{
    return (double)min_int(s->rows, PLAN_LANDMARKS);
}

/* The scatter's factor on one thread, and what all share: how sharp the softmax is, and the rounds of each row. */
static double refinement_work(const plan_size *s)
{
    const double part = landmarks_of(s) / PLAN_LANDMARKS;
    const double K = s->clusters;
    const double scale = 0.96 * K * (double)min_int(s->rows, SCALE_ROWS);
    const double row = 80 * part * part + 1.5 * fmin(K, SOFT_WIDTH) + 0.15 * K * part;
    return 280e3 * part * part * part + (scale + row * (double)s->rows) / s->threads;
}

/* Smoothings and consensus are there once, however many voters there are. */
static double scale_smoothed(const plan_parts *parts, const plan_size *from, const plan_size *to)
{
    int32_t more = to->outline.init_kmeans - from->outline.init_kmeans;
    return fmax(0, parts->smoothed + more * parts->each) * ratio(kmeans_work(to), kmeans_work(from));
}

plan_parts plan_scale(const plan_parts *parts, const plan_size *from, const plan_size *to, const plan_growth *growth)
{
    const double rows = (double)to->rows / (double)from->rows;
    const double kmeans = ratio(kmeans_work(to), kmeans_work(from)) * pow(rows, growth->kmeans);
    const double graph = pow(rows, growth->graph);
    const double starts = ratio(to->outline.init_starts, from->outline.init_starts);
    plan_parts scaled = {.sampling = parts->sampling * rows,
                         .neighbors = parts->neighbors * plan_scale_search((double)to->rows, to->cols) /
                                      plan_scale_search((double)from->rows, from->cols),
                         .plain = parts->plain * kmeans * starts,
                         .smoothed = scale_smoothed(parts, from, to) * pow(rows, growth->kmeans),
                         .each = parts->each * kmeans,
                         .communities =
                             parts->communities * graph * ratio(communities_work(to), communities_work(from)),
                         .spectral = parts->spectral * graph * ratio(spectral_work(to), spectral_work(from)),
                         .refinement = parts->refinement * ratio(refinement_work(to), refinement_work(from))};
    return scaled;
}

double plan_scale_start(const plan_parts *parts)
{
    return parts->plain + parts->smoothed + parts->communities + parts->spectral;
}

static double power_of(double measured, double expected, double rows)
{
    const double least_ratio = 1.5; /* of rows: below, what is seen is chance */
    const double most = 0.3;
    if (rows < least_ratio || measured <= 0 || expected <= 0)
        return 0;
    return fmin(fmax(log(measured / expected) / log(rows), 0), most);
}

plan_growth plan_scale_compare(const plan_parts *parts, const plan_size *from, const plan_parts *more,
                               const plan_size *to)
{
    const plan_growth none = {0, 0};
    const double rows = (double)to->rows / (double)from->rows;
    plan_parts expected = plan_scale(parts, from, to, &none);
    return (plan_growth){power_of(more->plain + more->smoothed, expected.plain + expected.smoothed, rows),
                         power_of(more->communities + more->spectral, expected.communities + expected.spectral, rows)};
}

double plan_scale_row(const plan_size *size)
{
    const double m = landmarks_of(size);
    const double exponential = 40; /* multiplications that take as long */
    return m * ((double)size->cols + m + size->clusters) + exponential * (m + size->clusters);
}

/* ---- memory ---- */

int64_t plan_scale_kept(const plan_size *size, int64_t rows)
{
    const cludi_fit_outline *outline = &size->outline;
    bool is_sample = size->rows == rows || outline->steps == 0;
    int64_t degree = outline->neighbors > 0 && outline->init_runs > 0 ? START_NEIGHBORS : outline->neighbors;
    int64_t lists = is_sample ? size->rows * degree : rows * outline->neighbors;
    return size->rows * size->cols * (int64_t)sizeof(float) + lists * NEIGHBOR_BYTES;
}

/* Whichever is the most: plain k-means, k-means of smoothed rows, eigenvectors. */
static int64_t count_start(const plan_size *s)
{
    const cludi_fit_outline *outline = &s->outline;
    double row = (double)s->cols * sizeof(float);
    double rows = (double)s->rows;
    double K = s->clusters;
    double blocks = 2 * fmin(rows * row, KMEANS_BLOCK);
    double centroids = K * (double)s->cols * CENTROID_BYTES;
    double plain = blocks + outline->init_starts * (centroids + rows * (6 + log(K)) * sizeof(float));
    double p = 1.2 * K + 24;
    double vectors = outline->init_spectral > 0 ? 4 * K + 12 * p : 0;
    double smoothed = rows * (2 * row + GRAPH_BYTES / 2 + CODE_BYTES) + blocks + centroids;
    double graph = rows * (GRAPH_BYTES + fmax(vectors, CODE_BYTES));
    double most = outline->init_runs > 1 ? fmax(plain, fmax(smoothed, graph)) : plain;
    return outline->init_runs > 0 ? (int64_t)most : 0;
}

/* src/discriminant/discriminant.c, in its order. */
static int64_t count_refinement(const plan_size *s)
{
    double m = landmarks_of(s);
    double M = (double)s->rows;
    double K = s->clusters;
    double scored = fmin(M, SCALE_ROWS);
    double square = 40 * m * m;
    double clusters = 20 * K * m + 12 * scored * K;
    double rows = M * (8 * m + 4 * (double)s->cols + 32 * fmin(K, SOFT_WIDTH) + 8 * fmin(K, FITTED));
    return (int64_t)(square + clusters + rows);
}

int64_t plan_scale_model(const plan_size *s)
{
    int64_t m = min_int(s->rows, PLAN_LANDMARKS);
    int64_t K = s->clusters;
    return m * (s->cols + m + 1) + K * (m + 1) + 1 + s->rows * (3 + 2 * min_int(K, FITTED));
}

int64_t plan_scale_memory(const plan_size *size)
{
    bool is_whole = size->outline.steps == 0;
    int64_t model = is_whole ? plan_scale_model(size) * (int64_t)sizeof(float) : 0;
    return model + max_int(count_start(size), is_whole ? count_refinement(size) : 0);
}
