#include "plan.h"

#include <math.h>

#include "bounds.h"

/* The formulas are those of the library's headers; their numbers are microseconds on one thread. Only their ratios count here. */
enum {
    SCALE_ROWS = 2000,        /* src/discriminant/discriminant.c */
    SOFT_WIDTH = 64,          /* src/discriminant/soft_labels.h */
    LDA_BLOCK = 1024,         /* src/discriminant/lda.c */
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
    const double trials = 2 + log(s->clusters);
    const double pairs = (double)s->rows * s->clusters;
    return pairs * (pairs < 1e8 ? 20 + trials : 10); /* src/start/start_run.c */
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

/* Rows from which a kernel is chosen, and those of them that are judged (src/discriminant/kernel_choice.c). */
static double chosen_rows(const plan_size *s)
{
    return fmin((double)s->rows, fmax(4096, 16.0 * s->clusters));
}

static double judged_rows(const plan_size *s)
{
    return fmin(chosen_rows(s) / 4, SCALE_ROWS);
}

/* Factors of matrices on one thread, and what all share: a kernel is chosen among three, each of which is judged twice; then the rounds, each
   with a search for the sharpness of the softmax, for the rows that were fitted and for all others. */
static double refinement_work(const plan_size *s, double rounds)
{
    const double part = landmarks_of(s) / PLAN_LANDMARKS;
    const double K = s->clusters;
    const double scale = 0.115 * K * (6 * judged_rows(s) + 2 * rounds * fmin((double)s->rows, SCALE_ROWS));
    const double row = 6.5 * part * part + 0.27 * fmin(K, SOFT_WIDTH) + 0.02 * K * part;
    const double shared = 170 * part * part * chosen_rows(s) + scale + 2 * rounds * row * (double)s->rows;
    return 200e3 * part * part * part + shared / s->threads;
}

/* Smoothings and consensus are there once, however many voters there are. */
static double scale_smoothed(const plan_parts *parts, const plan_size *from, const plan_size *to)
{
    const double once = 1.3; /* as long as the voters, with them, where their number changes much */
    int32_t voters = to->outline.init_kmeans - 1;
    if (from->is_alone != to->is_alone)
        return once * voters * parts->each;
    return fmax(0, parts->smoothed + (to->outline.init_kmeans - from->outline.init_kmeans) * parts->each);
}

/* What the graph's voters would take if the trial had those of the whole: communities of the widest graph take a third of all; eigenvectors
   that were not sought are reckoned. */
static void exchange_voters(plan_parts *parts, const plan_size *from, const plan_size *to)
{
    const double all = 3;
    if (from->is_alone == to->is_alone)
        return;
    parts->communities *= to->is_alone ? 1 / all : all;
    parts->spectral = to->is_alone ? 0 : 1e-9 * to->outline.init_spectral * spectral_work(from) / from->threads;
}

plan_parts plan_scale(const plan_parts *parts, const plan_size *from, const plan_size *to, const plan_growth *growth)
{
    const double rows = (double)to->rows / (double)from->rows;
    const double kmeans = ratio(kmeans_work(to), kmeans_work(from)) * pow(rows, growth->kmeans);
    const double graph = pow(rows, growth->graph);
    const double starts = ratio(to->outline.init_starts, from->outline.init_starts);
    plan_parts scaled = *parts;
    exchange_voters(&scaled, from, to);
    scaled.sampling *= rows;
    scaled.neighbors *=
        ratio(plan_scale_search((double)to->rows, to->cols), plan_scale_search((double)from->rows, from->cols));
    scaled.plain *= kmeans * starts;
    scaled.smoothed = scale_smoothed(parts, from, to) * kmeans;
    scaled.each *= kmeans;
    scaled.communities *= graph * ratio(communities_work(to), communities_work(from));
    scaled.spectral *= graph * ratio(spectral_work(to), spectral_work(from));
    scaled.refinement *= ratio(refinement_work(to, growth->rounds), refinement_work(from, growth->rounds));
    return scaled;
}

double plan_scale_start(const plan_parts *parts)
{
    return parts->plain + parts->smoothed + parts->communities + parts->spectral;
}

static double power_of(double measured, double expected, double rows)
{
    const double least_ratio = 1.5; /* of rows: below, what is seen is chance */
    const double most = 0.2;
    if (rows < least_ratio || measured <= 0 || expected <= 0)
        return 0;
    return fmin(fmax(log(measured / expected) / log(rows) / 2, 0), most); /* half of it: some is chance */
}

plan_growth plan_scale_compare(const plan_parts *parts, const plan_size *from, const plan_parts *more,
                               const plan_size *to)
{
    const plan_growth none = {.rounds = PLAN_ROUNDS};
    const double rows = (double)to->rows / (double)from->rows;
    plan_parts expected = plan_scale(parts, from, to, &none);
    return (plan_growth){
        .kmeans = power_of(more->plain + more->smoothed, expected.plain + expected.smoothed, rows),
        .graph = power_of(more->communities + more->spectral, expected.communities + expected.spectral, rows),
        .rounds = PLAN_ROUNDS};
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
    bool is_start = outline->neighbors > 0 && outline->init_runs > 0;
    int64_t degree = is_start ? max_int(outline->neighbors, START_NEIGHBORS) : outline->neighbors;
    int64_t lists = is_sample ? size->rows * min_int(degree, size->rows - 1) : rows * outline->neighbors;
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

/* Features, whitened rows and soft labels of all rows and of those that a kernel is chosen from, with the matrices between
   (src/discriminant/lda.c, kernel_choice.c). */
static int64_t count_refinement(const plan_size *s)
{
    double m = landmarks_of(s);
    double M = (double)s->rows;
    double K = s->clusters;
    double labels = 16 * fmin(K, SOFT_WIDTH);
    double rows = M * (8 * m + 2 * labels + 4 * (double)s->cols + 8 * fmin(K, FITTED));
    double chosen = chosen_rows(s) * (8 * m + labels);
    double scored = 12 * K * (fmin(M, SCALE_ROWS) + judged_rows(s));
    double matrices = 64 * m * m + 32 * K * m + 2 * LDA_BLOCK * 4 * m;
    return (int64_t)(rows + chosen + scored + matrices);
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
