/* What a start is asked for, and the names of its parts. */
#ifndef START_START_ARGS_H
#define START_START_ARGS_H

#include <stdbool.h>

#include "message.h"
#include "neighbors.h"

enum { START_NEIGHBORS = 45 }; /* that the graph should have */

/* Partitions that voters have found, in the order in which they are asked. A start that was stopped goes on where it was, and ends the
   same, when it is asked again with the same arguments and these. */
typedef struct start_votes {
    int32_t *labels; /* (most, M); a first label of -1: the voter has no partition */
    int32_t most;    /* start_voters() of the arguments */
    int32_t known;   /* so many are there */
    cludi_status (*keep)(void *user, cludi_error *error); /* called when there is one more */
    void *user;
} start_votes;

typedef struct start_args {
    backend *be;                 /* float32 */
    const callbacks *messages;   /* progress ("init", voters) may stop it; may be NULL */
    const cludi_matrix *X;       /* (M, n) unit rows or zeros */
    const neighbor_graph *graph; /* of X; best min(M - 1, START_NEIGHBORS) neighbors; NULL: plain k-means */
    int32_t clusters;            /* K, 1 .. M */
    int32_t starts; /* of plain k-means, of which the best by inertia counts; fewer where that would take long */
    uint64_t seed;
    start_votes *votes; /* NULL: they are not kept */
    bool coordinates;   /* few columns that are measurements of their own: preprocessing "coordinates" */
} start_args;

typedef enum start_part {
    START_PART_PLAIN,
    START_PART_GRAPHS,
    START_PART_DEEP,
    START_PART_COMMUNITIES,
    START_PART_SPECTRAL,
    START_PART_CONSENSUS,
    START_PARTS
} start_part;

#endif
