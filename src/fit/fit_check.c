#include "fit_check.h"

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "predict_loop.h"
#include "row_hash.h"
#include "rows.h"

enum { MOST_ROWS = 4096, MOST_NUMBERS = 1 << 22 };

static int64_t rows_to_check(const cludi_source *X)
{
    return min_int(X->rows, max_int(1, min_int(MOST_NUMBERS / X->cols, MOST_ROWS)));
}

/* Of a model that takes more, as many as would be taken unasked: verifying must not last as long as a file wants. */
static int32_t fewer_samples(const cludi_config *config, int32_t steps)
{
    const int32_t most = PREDICT_MOST_UNASKED / steps;
    return config->draws < most ? config->draws : most;
}

static cludi_status predict(const fit_check_args *a, const cludi_matrix *X, int32_t *labels, cludi_error *error)
{
    static const callbacks SILENT = {.progress = NULL};
    const cludi_config *config = &a->model->info.config;
    const int32_t most = PREDICT_MOST_UNASKED, steps = config->denoise_steps < most ? config->denoise_steps : most;
    const predict_request request = {.be = a->be,
                                     .messages = &SILENT,
                                     .seed = a->seed,
                                     .model = a->model,
                                     .X = X,
                                     .draws = fewer_samples(config, steps),
                                     .denoise_steps = steps};
    return predict_loop_run(&request, &(cludi_prediction){.labels = labels}, error);
}

cludi_status fit_check_take(const fit_check_args *a, model_check *check, cludi_error *error)
{
    const cludi_allocator *allocator = &a->be->allocator;
    const int64_t count = rows_to_check(a->X), n = a->X->cols;
    float *rows = alloc_array(allocator, count * n, sizeof *rows);
    int32_t *labels = alloc_array(allocator, count, sizeof *labels);
    const cludi_matrix X = {rows, count, n, n};
    cludi_status status = rows && labels ? rows_read_many(a->X, a->order->canonical, count, rows, error)
                                         : error_memory(error, "the check of the model");
    if (status == CLUDI_OK)
        status = predict(a, &X, labels, error);
    if (status == CLUDI_OK) {
        *check = (model_check){.rows = a->order->digest, .labels = row_hash_begin(count), .checked = count};
        for (int64_t i = 0; i < count; i++)
            check->labels = row_hash_add(check->labels, (uint64_t)labels[i]);
    }
    alloc_free(allocator, rows);
    alloc_free(allocator, labels);
    return status;
}
