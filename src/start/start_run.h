/* What all parts of a start share: the arguments, how much is done, one way to run k-means. */
#ifndef START_START_RUN_H
#define START_START_RUN_H

#include "graph.h"
#include "kmeans.h"
#include "start_args.h"
#include "start_choice.h"

typedef struct start_run {
    const start_args *args;
    callbacks within; /* progress of whatever runs inside: that of the start */
    double started;
    int64_t done, all;            /* voters */
    int32_t asked;                /* those with votes */
    int32_t wide, middle, narrow; /* neighbors of the graphs: as many as a cluster may have rows, and fewer */
    bool alone;                   /* start_is_alone() */
} start_run;

/* r must stay where it is. */
void start_run_begin(start_run *r, const start_args *args);

/* As many neighbors as there are, however few rows a cluster may have: where the nearest ones tell little. */
void start_run_widen(start_run *r);

/* One more voter is done. CLUDI_STOPPED. */
cludi_status start_run_step(start_run *r, cludi_error *error);

/* True, and the next voter's labels (M), where they are known. may_be_none: of a voter that may have no partition. */
bool start_run_recall(start_run *r, bool may_be_none, int32_t *labels);

/* Keeps the labels (M) of the voter that was not known. What args->votes->keep returned. */
cludi_status start_run_keep(start_run *r, const int32_t *labels, cludi_error *error);

/* The sentence of a start that was stopped, where status says so. */
cludi_status start_run_status(cludi_status status, cludi_error *error);

typedef struct start_means {
    const cludi_matrix *rows;
    int32_t clusters;
    int32_t starts;
    uint64_t seed;
    const cludi_matrix *initial; /* of the centroids, or NULL */
    int32_t rounds; /* with `initial`; else many, but with many clusters a few, from rows at even distances */
} start_means;

/* A voter by k-means: its labels (M), known or found and kept. Errors: as kmeans_run, start_run_keep. */
cludi_status start_run_vote(start_run *r, const start_means *what, int32_t *labels, cludi_error *error);

/* Errors: as kmeans_run. */
cludi_status start_run_means(const start_run *r, const start_means *what, kmeans_result *result, cludi_error *error);

#endif
