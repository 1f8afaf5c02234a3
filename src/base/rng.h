/* Random numbers: Random123's Philox4x32-10, counter-based. Number (row, column) of a stream is a function of
   (seed, purpose, step, row key, column) and of nothing else, so neither threads nor block sizes change it.

   Counter words: row key (2 words), step, purpose in the top 8 bits over the block of four columns. Key: the seed. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

/* What a stream is for. The numbers are part of the model format: a change changes every result. */
enum rng_purpose {
    RNG_INIT = 1,     /* first weights; step = index of the tensor */
    RNG_ORDER = 3,    /* order of the rows; step = epoch */
    RNG_TEACHER = 4,  /* eps of S5 in training; step = training step */
    RNG_DROP = 5,     /* S7, which components are zeroed */
    RNG_VARIANCE = 6, /* S7, one variance per view */
    RNG_CORRUPT = 7,  /* S7, Gaussian part */
    RNG_TIME = 8,     /* t of S11 */
    RNG_FORWARD = 9,  /* eps of S2 */
    RNG_DROPOUT = 10, /* S3 */
    RNG_SELF = 11,    /* self-conditioning coin of S11 */
    RNG_PREDICT = 12, /* eps of S5 in prediction; step = draw * denoising steps + denoising step */
    RNG_KMEANS = 13,  /* seeding of k-means; step = centroid, row = start, word = trial */
    RNG_INPUT = 14,   /* frequencies of the input; row = frequency */
    RNG_VOTES = 15,   /* codes of the votes for the start; step = vote, row = cluster */
    RNG_CELLS = 16,   /* rows that become the first centers of the neighbor search's cells */
    RNG_SWAP = 17,    /* student rows replaced by a neighbor; step = training step, row = row of a view */
    RNG_SCORED = 18,  /* rows that stand for all in a silhouette */
    RNG_LEIDEN = 19,  /* order of the nodes that look for a community; step = shuffle */
    RNG_SPECTRAL = 20 /* first vectors of eigenproblems; row = row */
};

typedef struct rng_stream {
    uint64_t seed;
    uint32_t purpose; /* enum rng_purpose */
    uint32_t step;
} rng_stream;

/* out[0..count): standard normals (Box-Muller) / uniforms in [0, 1) of one row of a stream. */
void rng_normal(rng_stream stream, uint64_t row, float *out, int64_t count);
void rng_uniform(rng_stream stream, uint64_t row, float *out, int64_t count);

/* 32 words of 64 random bits: row `row` of a stream. */
enum { RNG_BITS = 32 };
void rng_bits(rng_stream stream, uint64_t row, uint64_t out[RNG_BITS]);

#endif
