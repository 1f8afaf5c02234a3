/* Soft labels: of each row the clusters it may be in, with two log scores and a probability for each of them.

   Up to SOFT_WIDTH clusters all are kept; of more, those with the highest sums of both scores, for the others' probabilities are next
   to nothing and would need rows times K numbers. */
#ifndef DISCRIMINANT_SOFT_LABELS_H
#define DISCRIMINANT_SOFT_LABELS_H

#include "backend.h"

enum { SOFT_WIDTH = 64 };

typedef struct soft_labels {
    const cludi_allocator *allocator;
    int64_t rows;
    int32_t clusters, width; /* K, min(K, SOFT_WIDTH) */
    int32_t *cluster;        /* (rows, width) */
    float *own;              /* (rows, width) log score of the row itself */
    float *near;             /* (rows, width) log score of its neighbors */
    float *probability;      /* (rows, width) sums of 1 */
} soft_labels;

/* CLUDI_ERROR_MEMORY; soft_labels_clear() is right after it too. */
cludi_status soft_labels_init(soft_labels *s, const cludi_allocator *allocator, int64_t rows, int32_t clusters,
                              cludi_error *error);
void soft_labels_clear(soft_labels *s);

/* Certain of labels (rows). */
void soft_labels_begin(soft_labels *s, const int32_t *labels);

/* Row i gets the clusters with the highest sums of own and near, (K) each. */
void soft_labels_keep(soft_labels *s, int64_t i, const float *own, const float *near);

/* Weights of the two scores, and what is added to the score of each cluster. */
typedef struct soft_mix {
    float own, near;
    const float *bias; /* (K) */
} soft_mix;

/* probability = softmax over the kept clusters of own * s.own + near * s.near + bias. */
void soft_labels_normalize(soft_labels *s, const backend *be, const soft_mix *mix);

/* bias (K) such that the mean over the rows of those probabilities comes near `share` (K, sum 1): ten rounds of
   bias += log(share / mean), each change at most 3 (Sinkhorn and Knopp 1967). room: (SOFT_TASKS, K). Overwrites probability. */
enum { SOFT_TASKS = 16 };
void soft_labels_balance(soft_labels *s, const backend *be, float own, float near, const double *share, float *bias,
                         double *room);

/* labels (rows): the most probable cluster. */
void soft_labels_best(const soft_labels *s, int32_t *labels);

#endif
