#include <cludi/metrics.h>

#include <inttypes.h>

#include "alloc.h"
#include "assignment.h"
#include "bounds.h"
#include "context_private.h"
#include "contingency.h"
#include "error.h"
#include "mutual_information.h"
#include "rand_index.h"
#include "rows.h"
#include "silhouette.h"
#include "stop_request.h"
#include "struct_size.h"

static const char *find_null(const cludi_context *context, const int32_t *truth, const int32_t *predicted,
                             const cludi_scores *scores)
{
    if (!context)
        return "context";
    if (!truth)
        return "truth";
    if (!predicted)
        return "predicted";
    return scores ? NULL : "scores";
}

/* Rows that are right under the best matching of clusters to classes. */
static cludi_status count_matched(const contingency *table, int64_t *matched, cludi_error *error)
{
    int64_t *cluster_of = alloc_array(table->allocator, table->classes, sizeof *cluster_of);
    if (!cluster_of)
        return error_memory(error, "the matching of classes and clusters");
    cludi_status status = assignment_maximize(table->allocator, table->stop, table->counts, table->classes,
                                              table->clusters, cluster_of, error);
    if (status == CLUDI_OK)
        *matched = assignment_total(table->counts, table->classes, table->clusters, cluster_of);
    alloc_free(table->allocator, cluster_of);
    return status;
}

static void fill_shares(const contingency *table, cludi_scores *scores)
{
    int64_t largest = table->cluster_sizes[0], smallest = largest;
    for (int64_t j = 1; j < table->clusters; j++) {
        int64_t size = table->cluster_sizes[j];
        largest = max_int(size, largest);
        smallest = min_int(size, smallest);
    }
    scores->largest_share = (double)largest / (double)table->rows;
    scores->smallest_share = (double)smallest / (double)table->rows;
}

cludi_status cludi_score(cludi_context *context, const int32_t *truth, const int32_t *predicted, int64_t rows,
                         cludi_scores *theirs, cludi_error *error)
{
    const char *missing = find_null(context, truth, predicted, theirs);
    if (missing)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", missing);
    TRY(struct_size_check(&SHAPE_SCORES, theirs, error));

    cludi_scores ours = {0}, *scores = &ours;
    contingency table;
    int64_t matched = 0;
    cludi_status status = contingency_init(&table, context_allocator(context), truth, predicted, rows, error);
    if (status != CLUDI_OK)
        goto done;
    stop_request_begin(&context->stop);
    table.stop = &context->stop;
    status = count_matched(&table, &matched, error);
    if (status != CLUDI_OK)
        goto done;
    scores->rows = rows;
    scores->classes = table.classes;
    scores->clusters = table.clusters;
    scores->nmi = mutual_information_normalized(&table);
    scores->ami = mutual_information_adjusted(&table);
    scores->ari = rand_index_adjusted(&table);
    scores->acc = (double)matched / (double)rows;
    fill_shares(&table, scores);
    status = stop_request_check(table.stop, error);
    if (status == CLUDI_OK)
        struct_size_give(theirs, scores);

done:
    contingency_clear(&table);
    return status;
}

cludi_status cludi_silhouette(cludi_context *context, const cludi_matrix *X, const int32_t *labels, int64_t sample,
                              double *silhouette, cludi_error *error)
{
    if (!context || !labels || !silhouette)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.",
                         !context  ? "context"
                         : !labels ? "labels"
                                   : "silhouette");
    if (sample < 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "sample is %" PRId64 "; a number of rows is wanted, or 0 for all of them.", sample);
    TRY(rows_check(X, 1, error));
    stop_request_begin(&context->stop);
    return silhouette_mean(&context->be, X, labels, sample, context->seed, silhouette, error);
}
