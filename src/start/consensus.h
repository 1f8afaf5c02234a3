/* One partition that families of partitions agree on most. Each row has the sum of its voters' random codes (vote_codes.h), every family
   with the same weight. Lloyd's rounds on these sums begin from the voters' own partitions, the three of least inertia; the best
   of the three is the consensus. (k-means++ on sums of a few voters that all agree leaves clusters out.) */
#ifndef START_CONSENSUS_H
#define START_CONSENSUS_H

#include "start_run.h"

typedef struct vote_family {
    const int32_t *labels; /* (voters, M) 0 .. K - 1 */
    int32_t voters;        /* may be 0 */
} vote_family;

/* At least one family has a voter. labels: (M) 0 .. K - 1. Errors: those of start_find(). */
cludi_status consensus_find(start_run *r, const vote_family *families, int32_t count, int32_t *labels,
                            cludi_error *error);

#endif
