/* K-means on smoothed rows. With w neighbors, s_0 the rows, s_t = unit(s_{t-1} + sum over a row's w nearest of s_{t-1}): after a few
   rounds a row stands where its part of the graph is, and clusters of any size draw together. Voters are k-means of one start each
   on s_3, s_5, s_8 and s_12, for w the `narrow` neighbors of the run and twice as many; where the graph's communities stand alone
   (start_choice.h), on s_3 and s_8 for the latter. */
#ifndef START_DEEP_VOTERS_H
#define START_DEEP_VOTERS_H

#include "start_run.h"
#include "walk_agreement.h"

/* Of the run's clusters and rows. */
int32_t deep_voters_count(const start_run *r);

/* deep: (M) the consensus of the voters with twice as many neighbors and s_3, s_5; single: (M) the voter of largest agreement. Errors:
   those of start_find(). Memory: 8 bytes times the rows' numbers and, for each voter of the consensus, 4 a row. */
cludi_status deep_voters_run(start_run *r, walk_agreement *judge, int32_t *deep, int32_t *single, cludi_error *error);

#endif
