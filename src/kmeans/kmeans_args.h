/* What k-means is asked for, and how far it has come. */
#ifndef KMEANS_KMEANS_ARGS_H
#define KMEANS_KMEANS_ARGS_H

#include <cludi/matrix.h>
#include <cludi/status.h>

#include "backend.h"
#include "message.h"

typedef struct kmeans_args {
    backend *be;               /* float32 */
    const callbacks *messages; /* told of every centroid seeded and every round; may be NULL */
    const cludi_source *X;     /* (M, n) finite rows */
    int32_t clusters;          /* K, 1 .. M */
    int32_t starts;            /* >= 1; the one with the lowest inertia is kept */
    int32_t rounds;            /* most rounds of Lloyd, >= 1; usually 300 */
    double tolerance; /* a start ends when its centroids' squared shifts sum to no more than this times the mean
                                    variance of a column, or no row changes cluster; >= 0, usually 1e-4 */
    const cludi_matrix *initial; /* (K, n) first centroids, and then starts = 1; NULL: seeding */
    uint64_t seed;
} kmeans_args;

/* step: 1 .. clusters + rounds + 1; loss: inertia per row, 0 while seeding. CLUDI_STOPPED if the callback asks for it. */
cludi_status kmeans_report(const kmeans_args *args, int64_t step, double loss);

#endif
