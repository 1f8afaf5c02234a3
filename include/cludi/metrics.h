/** @file metrics.h
 *  Scores of a clustering, against known classes or without any.
 */
#ifndef CLUDI_METRICS_H
#define CLUDI_METRICS_H

#include <stdint.h>

#include <cludi/context.h>
#include <cludi/matrix.h>
#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Scores; 1 is best for the four measures. Fill struct_size before the call. @since 0.1 */
typedef struct cludi_scores {
    uint32_t struct_size;  /**< sizeof(cludi_scores), set by the caller */
    double nmi;            /**< normalized mutual information, arithmetic mean of the entropies; 0..1 */
    double ami;            /**< adjusted mutual information, arithmetic mean (Vinh, Epps, Bailey 2010); <= 1 */
    double ari;            /**< adjusted Rand index (Hubert, Arabie 1985); <= 1 */
    double acc;            /**< share of rows right under the best one-to-one matching of clusters to classes; 0..1 */
    int64_t rows;          /**< rows compared */
    int64_t classes;       /**< distinct values in truth */
    int64_t clusters;      /**< distinct values in predicted */
    double largest_share;  /**< share of the rows in the largest cluster; 0..1 */
    double smallest_share; /**< share of the rows in the smallest non-empty cluster; 0..1 */
} cludi_scores;

/** Compares two labelings of the same rows. Labels are any integers; only equality matters. The number of clusters may
 *  differ from the number of classes.
 *  @param context   its allocator is used; not NULL
 *  @param truth     (rows) classes
 *  @param predicted (rows) clusters
 *  @param rows      1..2147483647; classes times clusters at most 2^26
 *  @param scores    in and out, not NULL; struct_size set
 *  @param error     out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT, CLUDI_ERROR_MEMORY, CLUDI_STOPPED
 *  Threads: one at a time for a context. Cost: O(rows log rows + classes * clusters * min(classes, clusters)). @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_score(cludi_context *context, const int32_t *truth,
                                                    const int32_t *predicted, int64_t rows, cludi_scores *scores,
                                                    cludi_error *error);

/** The mean silhouette coefficient, a score without classes: (b - a) / max(a, b) of each row, with a the mean distance to
 *  the other rows of its cluster and b that to the nearest other cluster; 0 in clusters of one row. Rousseeuw (1987),
 *  Silhouettes, doi:10.1016/0377-0427(87)90125-7; distances are Euclidean, of the rows as they are. Equal to
 *  sklearn.metrics.silhouette_score on the same rows.
 *  @param context    its allocator, threads and stop are used, and its seed for the sample; not NULL
 *  @param X          (rows, cols) finite
 *  @param labels     (rows) clusters, any integers; only equality matters; not NULL
 *  @param sample     rows drawn, the same for the same seed and number of rows, that stand for all: 0, all of them, or more
 *  @param silhouette out, not NULL: -1..1, 1 is best; left as it was after an error
 *  @param error      out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (also when the rows looked at are all in one cluster), CLUDI_ERROR_DATA (NaN or infinity),
 *          CLUDI_ERROR_MEMORY, CLUDI_STOPPED
 *  Threads: one at a time for a context; their number does not change a bit. Cost: O(sample^2 cols) time; 16 bytes for each row
 *  of X, 8 for each of the sample. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_silhouette(cludi_context *context, const cludi_matrix *X,
                                                         const int32_t *labels, int64_t sample, double *silhouette,
                                                         cludi_error *error);

#ifdef __cplusplus
}
#endif
#endif
