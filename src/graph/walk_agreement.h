/* How well a partition fits a graph, without labels, judged by walks of two steps: Cohen's kappa between the cluster of a row and that of
   the row where a walk ends,

       kappa = (a - c) / (1 - c)

   with Q = W W (diagonal kept), J(k, l) the share of walks from cluster k to cluster l where each row begins as many, going along its row
   of Q: a the trace of J, c = sum over k of J(k, .) J(., k). Two steps see past what one neighbor says by chance; large where clusters
   neither cut what hangs together nor join what does not. Q is never made: a row's walks are two looks at each edge. */
#ifndef GRAPH_WALK_AGREEMENT_H
#define GRAPH_WALK_AGREEMENT_H

#include "graph.h"

typedef struct walk_agreement {
    backend *be;
    const weighted_graph *graph;
    double *start;    /* (M) 1 / (M sum of the row of Q), 0 for a row without edges */
    double *arrive;   /* (M) share of all walks that end at a row */
    double *sums;     /* (workers, M) zeros between two tasks */
    int32_t *members; /* (M) rows by cluster */
    int64_t *first;   /* (M + 1) of each cluster in members */
    double *inside;   /* (M) of each cluster: share of walks that stay */
    /* of one score */
    const int32_t *labels;
} walk_agreement;

/* Scores partitions of up to M clusters of this graph, which must outlive it. CLUDI_ERROR_MEMORY, CLUDI_STOPPED; walk_agreement_clear() is
   right after them too. Memory: 44 bytes a row and 8 for each thread. */
cludi_status walk_agreement_init(walk_agreement *w, backend *be, const weighted_graph *graph, cludi_error *error);
void walk_agreement_clear(walk_agreement *w);

/* labels: (M) 0 .. clusters - 1; 1 <= clusters <= M. 1 where no walk leaves its cluster, 0 where one cluster has all rows. CLUDI_STOPPED. Cost: four looks at each
   edge. The number of threads changes no bit. */
cludi_status walk_agreement_score(walk_agreement *w, const int32_t *labels, int32_t clusters, double *kappa,
                                  cludi_error *error);

#endif
