#include "plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "complain.h"
#include "words.h"

enum { MOST_ROWS = 16384, MOST_BYTES = 64 << 20 };

int plan_sample_read(plan_sample *sample, const row_input *input)
{
    cludi_error error;
    const cludi_source *rows = &input->rows;
    int64_t most = MOST_BYTES / (int64_t)sizeof(float) / rows->cols;
    most = max_int(1, min_int(most, MOST_ROWS));
    *sample = (plan_sample){.rows = min_int(rows->rows, most), .cols = rows->cols};
    sample->numbers = malloc((size_t)sample->rows * (size_t)sample->cols * sizeof(float));
    if (!sample->numbers)
        return complain("Out of memory for a sample of %" PRId64 " rows.", sample->rows);
    double start = duration_now();
    cludi_status status = rows->read(rows->user, 0, sample->rows, sample->numbers, &error);
    sample->seconds = duration_now() - start;
    if (status == CLUDI_STOPPED) {
        complain("Stopped.");
        return stop_signal_exit_code();
    }
    return status == CLUDI_OK ? EXIT_DONE : complain_error(&error);
}

/* Fewer rows than there are come from end to end: classes often stand one after the other. */
static const float *find_shown(const plan_sample *sample, int64_t i)
{
    int64_t row = sample->shown < sample->rows ? i * sample->rows / sample->shown : i % sample->rows;
    return sample->numbers + row * sample->cols;
}

/* All rows are read once in order, then single rows for the batches (cludi_fit_source()). */
static cludi_status read_shown(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    plan_sample *sample = user;
    if (sample->visited == sample->shown && sample->trained_at == 0)
        sample->trained_at = duration_now();
    if (sample->visited == sample->shown && sample->stops) {
        snprintf(error->message, sizeof error->message, "The pass over the rows is done.");
        return CLUDI_STOPPED;
    }
    sample->visited += sample->visited < sample->shown ? count : 0;
    for (int64_t i = 0; i < count; i++)
        memcpy(out + i * sample->cols, find_shown(sample, first + i), (size_t)sample->cols * sizeof *out);
    return CLUDI_OK;
}

cludi_source plan_sample_show(plan_sample *sample, int64_t shown, bool stops)
{
    sample->shown = shown;
    sample->visited = 0;
    sample->stops = stops;
    sample->trained_at = 0;
    return (cludi_source){.rows = shown, .cols = sample->cols, .read = read_shown, .user = sample};
}

void plan_sample_clear(plan_sample *sample)
{
    free(sample->numbers);
    sample->numbers = NULL;
}
