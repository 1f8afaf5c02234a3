/* From a partition to a classifier and back: kernel discriminant analysis that teaches itself with the neighbors' help.

   Rows become features f of the kernel that kernel_choice.h finds, less their mean. A round, with soft labels q (at first the partition):
     u, c: whitened rows and prototypes (lda.h)
     near_ik = weight log(mean of q_jk over the first few neighbors j of i, + EPSILON)
     s: scale_fit() of u.c to those means;  own_ik = s u_i.c_k
     q_i = softmax over k of (own + near + b),  b = (1 - alpha) times the balance towards the start's shares (R6)

   There are two times ROUNDS rounds, or as start_trust says. Those that ask few neighbors and weigh them more label the rows that were fitted,
   by softmax((own + near) / 2 + b'). Those that ask more, and go farther from the start, make the classifier of all other rows,
   softmax(own + b''), and the probabilities of the fitted rows. Each b is the balance of its own scores.

   No cluster of the start is lost: one that would lose all its rows takes back those of the start. */
#ifndef DISCRIMINANT_DISCRIMINANT_H
#define DISCRIMINANT_DISCRIMINANT_H

#include "message.h"
#include "neighbors.h"

/* What the start is worth to the rows that are fitted. */
typedef enum start_trust {
    START_NEAR, /* they stay near it */
    START_KEPT, /* they keep it, and there is one round: neighbors have nothing better than k-means */
    START_ROUGH /* they go as far from it as other rows, whose rounds are theirs: it is one voter's, or neighbors tell little */
} start_trust;

typedef struct discriminant_args {
    backend *be;                 /* products in float32 */
    const callbacks *messages;   /* progress ("fit", rounds) may stop it; may be NULL */
    double started;              /* message_seconds() from which progress counts */
    const cludi_matrix *X;       /* (M, n) unit rows in memory, in random order */
    const neighbor_graph *graph; /* of them */
    int32_t clusters;            /* K */
    start_trust trust;
} discriminant_args;

/* What labels a row: log p_k = s unit(map k(x, landmarks) - offset).prototype_k + bias_k, less the logarithm of the sum of all. */
typedef struct discriminant {
    int64_t cols, landmarks; /* n, m */
    int32_t clusters;
    const float *landmark;  /* (m, n) */
    const float *map;       /* (m, m) */
    const float *offset;    /* (m) */
    const float *prototype; /* (K, m) unit rows times s */
    const float *bias;      /* (K) */
    const float *width;     /* (1) h of the kernel */
} discriminant;

/* Rounds that are taken and told. */
int32_t discriminant_rounds(start_trust trust);

/* Landmarks of a fit to M rows. */
int64_t discriminant_landmarks(int64_t rows);

/* The discriminant whose numbers are at values, array after array in the order above. */
discriminant discriminant_bind(const float *values, int64_t cols, int64_t landmarks, int32_t clusters);

/* What is known of the rows that were fitted: of each the clusters it may be in, the most probable first. */
typedef struct fitted_labels {
    int32_t kept;       /* of each row; at most min(K, SOFT_WIDTH) */
    int32_t *cluster;   /* (M, kept) */
    float *probability; /* (M, kept) falling */
} fitted_labels;

/* start: (M), each 0 .. K - 1. values: those of discriminant_bind().
   CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, CLUDI_STOPPED.
   Cost of a round: M m (m + K) multiplications, m^3 / 3, 27 M min(K, 64) exponentials. Memory: 8 M m, 32 M min(K, 64) and
   12 K min(M, 2000) bytes; while a kernel is chosen as much again for its rows. */
cludi_status discriminant_fit(const discriminant_args *args, const int32_t *start, const fitted_labels *fitted,
                              float *values, cludi_error *error);

#endif
