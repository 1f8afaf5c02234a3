/* A start that knows the graph: the partition that training begins with, out of voters of three families.

     plain   k-means of least inertia on the rows
     deep    k-means on rows smoothed 3, 5, 8 and 12 times by their neighbors (deep_voters.h)
     graph   communities and spectral clusterings of the neighbors' graphs (graph_voters.h)

   The partitions of a family are drawn together by random codes (consensus.h), those of the graph get votes of neighbors
   (neighbor_vote.h), and a rule without labels takes one (start_choice.h). */
#ifndef START_START_H
#define START_START_H

#include "phase_clock.h"
#include "start_args.h"
#include "start_choice.h"

/* What else may be wanted; zero it. */
typedef struct start_details {
    start_facts facts;
    phase_clock clock;                    /* of start_part */
    int32_t *candidate[START_CANDIDATES]; /* (M) room for the labels of each, or NULL; -1 where one was not needed */
} start_details;

/* How many voters are asked at most. */
int32_t start_voters(const start_args *args);

/* Runs of plain k-means, the first voter, of which the best counts. */
int32_t start_plain_runs(const start_args *args);

/* labels: (M) 0 .. K - 1, each with a row unless fewer rows are different; details may be NULL. CLUDI_ERROR_MEMORY,
   CLUDI_ERROR_BACKEND, CLUDI_STOPPED. Memory, float32: 2 M n, 128 M, M K up to K = 256, four graphs of 45 neighbors (16 bytes an entry), labels of
   10 voters; k-means as kmeans.h says. The number of threads changes no bit. */
cludi_status start_find(const start_args *args, int32_t *labels, start_details *details, cludi_error *error);

#endif
