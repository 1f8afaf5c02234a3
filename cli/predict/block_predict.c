#include "predict.h"

#include <inttypes.h>
#include <stdlib.h>

#include "bounds.h"
#include "complain.h"

/* BLOCK_ROWS: of those the library's own blocks and those of an array in Fortran order fill a whole number. */
enum { BLOCK_BYTES = 64 << 20, BLOCK_ROWS = 4096 };

/* Room for the rows of a block, and for its answers. */
typedef struct block_space {
    int64_t most; /* rows */
    float *rows;  /* (most, n) */
    cludi_prediction out;
} block_space;

int64_t block_predict_rows(const cludi_source *rows, int64_t clusters, int64_t width)
{
    int64_t widest = rows->cols;
    widest = max_int(clusters, widest);
    widest = max_int(width, widest);
    int64_t most = BLOCK_BYTES / (int64_t)sizeof(float) / widest;
    most = max_int(most, 1);
    most -= most > BLOCK_ROWS ? most % BLOCK_ROWS : 0;
    return min_int(most, rows->rows);
}

static int reserve(block_space *space, const block_job *job)
{
    space->most = block_predict_rows(&job->input->rows, job->clusters, job->width);
    size_t most = (size_t)space->most;
    space->rows = calloc(most * (size_t)job->input->rows.cols, sizeof(float));
    space->out.labels = calloc(most, sizeof(int32_t));
    space->out.draws = calloc(most, sizeof(int32_t));
    space->out.probabilities = job->clusters ? calloc(most * (size_t)job->clusters, sizeof(float)) : NULL;
    space->out.embedding = job->width ? calloc(most * (size_t)job->width, sizeof(float)) : NULL;
    if (!space->rows || !space->out.labels || !space->out.draws || (job->clusters && !space->out.probabilities) ||
        (job->width && !space->out.embedding))
        return complain("Out of memory for a block of %zu rows.", most);
    return EXIT_DONE;
}

static void release(block_space *space)
{
    free(space->out.embedding);
    free(space->out.probabilities);
    free(space->out.draws);
    free(space->out.labels);
    free(space->rows);
}

/* Rows counted from the start of a block are no help: no block but the first has a bad row unless the file changed. */
static int refuse(const block_job *job, cludi_status status, int64_t first, const cludi_error *error)
{
    if (status == CLUDI_STOPPED)
        return stop_signal_exit_code();
    if (status == CLUDI_ERROR_DATA && first > 0) {
        return complain("\"%s\" was changed while it was read: counted from row %" PRId64 " on, %s", job->input->path,
                        first, error->message);
    }
    if (status == CLUDI_ERROR_DIVERGED && first > 0)
        return complain("\"%s\": counted from row %" PRId64 " on, %s", job->input->path, first, error->message);
    return complain_rows(job->input->path, error);
}

static int check(const block_job *job, const block_space *space)
{
    cludi_error error;
    cludi_model_info info = {.struct_size = sizeof info};
    const cludi_source *rows = &job->input->rows;
    if (job->is_checked || space->most == rows->rows)
        return EXIT_DONE;
    cludi_status status = cludi_model_get_info(job->model, &info, &error);
    if (status == CLUDI_OK && info.features == rows->cols)
        status = cludi_source_check(job->session->context, rows, &error);
    return status == CLUDI_OK ? EXIT_DONE : refuse(job, status, 0, &error);
}

static int predict_block(const block_job *job, const block_space *space, int64_t first)
{
    cludi_error error;
    const cludi_source *rows = &job->input->rows;
    int64_t count = min_int(rows->rows - first, space->most);
    const cludi_matrix X = {space->rows, count, rows->cols, rows->cols};
    cludi_status status = rows->read(rows->user, first, count, space->rows, &error);
    if (status == CLUDI_OK) {
        progress_part(&job->session->progress, first, rows->rows);
        status = cludi_predict(job->session->context, job->model, &X, job->settings, &space->out, &error);
    }
    return status == CLUDI_OK ? job->take(job->user, &space->out, count) : refuse(job, status, first, &error);
}

static int predict_all(const block_job *job, block_space *space)
{
    TRY(reserve(space, job));
    TRY(check(job, space));
    for (int64_t first = 0; first < job->input->rows.rows; first += space->most)
        TRY(predict_block(job, space, first));
    return EXIT_DONE;
}

int block_predict(const block_job *job)
{
    block_space space = {0};
    int code = predict_all(job, &space);
    release(&space);
    progress_end(&job->session->progress);
    progress_part(&job->session->progress, 0, 0);
    return code;
}
