#include "run_record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/cluster.h>

#include "bounds.h"
#include "complain.h"
#include "fingerprint.h"

enum { SAMPLE_ROWS = 2048, SAMPLE_BYTES = 64 << 20 };

/* What is seen of the rows while they are checked. */
typedef struct watched_rows {
    const cludi_source *rows;
    run_data *data;
    float *sample; /* (sample.rows, cols) */
    int64_t taken; /* rows of the sample so far */
    int64_t next;  /* the first row that was not seen yet */
} watched_rows;

/* One row from each of equally long stretches: as random as it has to be, and read in order. */
static void choose_places(run_data *data)
{
    for (int64_t i = 0; i < data->sample.rows; i++) {
        int64_t first = (int64_t)((double)data->rows * (double)i / (double)data->sample.rows);
        int64_t end = (int64_t)((double)data->rows * (double)(i + 1) / (double)data->sample.rows);
        uint64_t random = fingerprint_add(FINGERPRINT_START, &i, sizeof i);
        data->places[i] = end > first ? first + (int64_t)(random % (uint64_t)(end - first)) : first;
    }
}

static cludi_status read_watched(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    watched_rows *watched = user;
    run_data *data = watched->data;
    cludi_status status = watched->rows->read(watched->rows->user, first, count, out, error);
    if (status != CLUDI_OK || first != watched->next)
        return status;
    size_t row_bytes = (size_t)data->cols * sizeof *out;
    data->rows_print = fingerprint_add(data->rows_print, out, (size_t)count * row_bytes);
    watched->next = first + count;
    for (; watched->taken < data->sample.rows && data->places[watched->taken] < watched->next; watched->taken++) {
        memcpy(watched->sample + watched->taken * data->cols, out + (data->places[watched->taken] - first) * data->cols,
               row_bytes);
    }
    return CLUDI_OK;
}

static int look_at_rows(run_data *data, const row_input *input)
{
    cludi_error error;
    int64_t most = SAMPLE_BYTES / (int64_t)sizeof(float) / data->cols;
    most = max_int(1, min_int(most, SAMPLE_ROWS));
    int64_t rows = min_int(data->rows, most);
    float *sample = malloc((size_t)rows * (size_t)data->cols * sizeof *sample);
    data->sample = (cludi_matrix){sample, rows, data->cols, data->cols};
    data->places = malloc((size_t)rows * sizeof *data->places);
    if (!sample || !data->places)
        return complain("Out of memory for a sample of %" PRId64 " rows.", rows);
    choose_places(data);
    watched_rows watched = {.rows = &input->rows, .data = data, .sample = sample};
    const cludi_source source = {.rows = data->rows,
                                 .cols = data->cols,
                                 .read = read_watched,
                                 .user = &watched,
                                 .sequential = input->rows.sequential};
    if (cludi_source_check(data->context, &source, &error) != CLUDI_OK)
        return complain_rows(input->path, &error);
    return EXIT_DONE;
}

static int check_clusters(const run_data *data, const run_plan *plan)
{
    int32_t clusters = plan->base.clusters;
    return clusters <= data->rows
               ? EXIT_DONE
               : complain("K is %" PRId32 ", but \"%s\" has only %" PRId64 " rows; K must not exceed the rows.",
                          clusters, plan->base.data, data->rows);
}

static int read_rows(run_data *data, const run_plan *plan)
{
    row_input input = {.path = plan->base.data, .options = plan->base.rows};
    int code = row_input_open(&input, data->context);
    if (code == EXIT_DONE) {
        data->rows = input.rows.rows;
        data->cols = input.rows.cols;
        const int64_t shape[] = {data->rows, data->cols};
        data->rows_print = fingerprint_add(FINGERPRINT_START, shape, sizeof shape);
        code = check_clusters(data, plan);
    }
    if (code == EXIT_DONE)
        code = look_at_rows(data, &input);
    row_input_close(&input);
    return code;
}

static int read_truth(run_data *data, const run_plan *plan)
{
    cludi_error error;
    if (!plan->labels)
        return EXIT_DONE;
    if (cludi_labels_read(data->context, plan->labels, &data->truth, &error) != CLUDI_OK)
        return complain_error(&error);
    if (data->truth.rows != data->rows) {
        return complain("\"%s\" has %" PRId64 " labels, but \"%s\" has %" PRId64 " rows.", plan->labels,
                        data->truth.rows, plan->base.data, data->rows);
    }
    data->truth_print =
        fingerprint_add(FINGERPRINT_START, data->truth.data, (size_t)data->rows * sizeof *data->truth.data);
    return EXIT_DONE;
}

int run_data_read(run_data *data, cludi_context *context, const run_plan *plan)
{
    *data = (run_data){.context = context};
    TRY(read_rows(data, plan));
    return read_truth(data, plan);
}

void run_data_clear(run_data *data)
{
    if (data->context)
        cludi_labels_clear(data->context, &data->truth);
    free((void *)data->sample.data);
    free(data->places);
    *data = (run_data){0};
}
