/* Rounds of Lloyd, for all starts that have not converged at once. */
#ifndef KMEANS_KMEANS_ROUNDS_H
#define KMEANS_KMEANS_ROUNDS_H

#include "kmeans_args.h"
#include "kmeans_rows.h"
#include "kmeans_scores.h"

/* One start. Its arrays are parts of those of kmeans_rounds. */
typedef struct kmeans_start {
    float *centroids; /* (K, n) in the space of rows */
    double *sums;     /* (K, n) of the rows of each cluster, as read */
    int64_t *counts;  /* (K) */
    int32_t *labels;  /* (M) -1: none yet */
    float *scores;    /* (M) of a row and its centroid */
    double inertia;   /* of the last assignment, from float32 products */
    int64_t changed;  /* rows that changed cluster in it */
    int32_t rounds;   /* times the centroids moved */
    int32_t repaired; /* empty clusters that got a row */
    bool settled;     /* the centroids moved less than the tolerance: the next assignment is the last */
} kmeans_start;

typedef struct kmeans_rounds {
    const kmeans_args *args;
    kmeans_rows *rows;
    kmeans_scores scores;
    kmeans_start *starts;  /* (starts) */
    kmeans_start **active; /* (starts) those that go on, `running` of them */
    int64_t running;
    float *centroids; /* (starts, K, n) */
    double *sums;     /* (starts, K, n) */
    int64_t *counts;  /* (starts, K) */
    int32_t *labels;  /* (starts, M) */
    float *best;      /* (starts, M) */
    int32_t *next;    /* (starts, capacity) labels that the loaded block gets, in the order of `active` */
    float *found;     /* (starts, capacity) and the scores */
    double *part;     /* (chunks, 2, starts) inertia and changes of a chunk */
    float *row;       /* (2, n) as read, less mean and scaled */
} kmeans_rounds;

/* All memory of the rounds; the centroids are for the caller to fill. CLUDI_ERROR_MEMORY; kmeans_rounds_clear is needed after
   an error too. */
cludi_status kmeans_rounds_init(kmeans_rounds *w, const kmeans_args *args, kmeans_rows *rows, cludi_error *error);
void kmeans_rounds_clear(kmeans_rounds *w);

/* Runs until every start has converged or moved args->rounds times. CLUDI_ERROR_BACKEND, CLUDI_STOPPED, what X->read
   returned. Nothing is allocated. */
cludi_status kmeans_rounds_run(kmeans_rounds *w, cludi_error *error);

/* The start with the lowest inertia, the first of several. */
const kmeans_start *kmeans_rounds_best(const kmeans_rounds *w);

/* Gives each empty cluster of a start the row farthest from its centroid, out of a cluster that keeps others; none when
   every row lies on its centroid. What X->read returned. */
cludi_status kmeans_repair(kmeans_rounds *w, kmeans_start *start, cludi_error *error);

#endif
