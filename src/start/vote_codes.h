/* Partitions that vote: each row's votes are the sum of a random code of the cluster that each partition put it in. Rows that go
   together in many partitions have sums that are near each other (a random projection of the co-assignment matrix: Johnson and
   Lindenstrauss 1984, Contemp. Math. 26). */
#ifndef START_VOTE_CODES_H
#define START_VOTE_CODES_H

#include "backend.h"

typedef struct vote_codes {
    const cludi_allocator *allocator;
    int64_t rows;     /* M */
    int32_t clusters; /* K */
    int32_t width;    /* numbers of a code */
    uint64_t seed;
    float *sums; /* (M, width) of what was added so far */
    float *code; /* (K, width) of one partition's clusters */
} vote_codes;

/* Makes room for these M, K and width, with sums of 0. CLUDI_ERROR_MEMORY; vote_codes_clear() is right after it too. */
cludi_status vote_codes_init(vote_codes *v, cludi_error *error);
void vote_codes_clear(vote_codes *v);

/* One partition's vote. labels: (M) 0 .. K - 1; voter: its number, of which and the seed its codes are made. */
void vote_codes_add(vote_codes *v, const int32_t *labels, int32_t voter, float weight);

#endif
