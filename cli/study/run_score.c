#include "run_record.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include <cludi/metrics.h>

#include "complain.h"

static int read_labels(const run_plan *plan, const run_data *data, int32_t run, cludi_labels *labels)
{
    cludi_error error;
    char *path = run_record_path(plan, run, ".labels.npy");
    int code = path ? EXIT_DONE : complain("Out of memory.");
    *labels = (cludi_labels){0};
    if (path && cludi_labels_read(data->context, path, labels, &error) != CLUDI_OK) {
        code = complain_error(&error);
    } else if (path && labels->rows != data->rows) {
        code =
            complain("\"%s\" has %" PRId64 " labels, but there are %" PRId64 " rows.", path, labels->rows, data->rows);
    }
    free(path);
    return code;
}

static void compare_with_classes(const run_data *data, const int32_t *labels, run_record *record)
{
    cludi_scores scores = {.struct_size = sizeof scores};
    if (cludi_score(data->context, data->truth.data, labels, data->rows, &scores, NULL) == CLUDI_OK) {
        record->numbers[RUN_NMI] = scores.nmi;
        record->numbers[RUN_ACC] = scores.acc;
        record->numbers[RUN_ARI] = scores.ari;
        record->numbers[RUN_AMI] = scores.ami;
    }
}

static void measure_silhouette(const run_data *data, const int32_t *labels, run_record *record)
{
    double silhouette = NAN;
    int32_t *chosen = malloc((size_t)data->sample.rows * sizeof *chosen);
    for (int64_t i = 0; chosen && i < data->sample.rows; i++)
        chosen[i] = labels[data->places[i]];
    if (chosen && cludi_silhouette(data->context, &data->sample, chosen, 0, &silhouette, NULL) == CLUDI_OK)
        record->numbers[RUN_SILHOUETTE] = silhouette;
    free(chosen);
}

int run_score_labels(const run_plan *plan, const run_data *data, int32_t run, run_record *record, bool *is_new)
{
    cludi_labels labels;
    bool needs_classes = data->truth.rows > 0 && isnan(record->numbers[RUN_NMI]);
    bool needs_silhouette = isnan(record->numbers[RUN_SILHOUETTE]);
    *is_new = needs_classes || needs_silhouette;
    if (!*is_new)
        return EXIT_DONE;
    int code = read_labels(plan, data, run, &labels);
    if (code == EXIT_DONE && needs_classes)
        compare_with_classes(data, labels.data, record);
    if (code == EXIT_DONE && needs_silhouette)
        measure_silhouette(data, labels.data, record);
    cludi_labels_clear(data->context, &labels);
    return code;
}

/* Adds the agreement of each pair to both; NaN labels are of runs that failed. */
static int add_pairs(const run_data *data, const cludi_labels *labels, int32_t seeds, double *sums)
{
    cludi_error error;
    for (int32_t i = 0; i < seeds; i++) {
        for (int32_t j = 0; j < i && labels[i].data; j++) {
            cludi_scores scores = {.struct_size = sizeof scores};
            if (stop_signal_came()) {
                complain("Stopped.");
                return stop_signal_exit_code();
            }
            if (!labels[j].data)
                continue;
            if (cludi_score(data->context, labels[i].data, labels[j].data, data->rows, &scores, &error) != CLUDI_OK)
                return complain_error(&error);
            sums[i] += scores.ari;
            sums[j] += scores.ari;
        }
    }
    return EXIT_DONE;
}

static int measure_pairs(const run_plan *plan, const run_data *data, cludi_labels *labels, run_record *records,
                         double *sums)
{
    int code = add_pairs(data, labels, plan->seeds, sums);
    int32_t others = -1;
    for (int32_t i = 0; i < plan->seeds; i++)
        others += labels[i].data != NULL;
    for (int32_t i = 0; i < plan->seeds && code == EXIT_DONE; i++)
        if (labels[i].data && others > 0)
            records[i].numbers[RUN_STABILITY] = sums[i] / others;
    return code;
}

int run_score_stability(const run_plan *plan, const run_data *data, int32_t setting, run_record *records)
{
    int32_t first = setting * plan->seeds;
    cludi_labels *labels = calloc((size_t)plan->seeds, sizeof *labels);
    double *sums = calloc((size_t)plan->seeds, sizeof *sums);
    int code = labels && sums ? EXIT_DONE : complain("Out of memory.");
    for (int32_t i = 0; i < plan->seeds && code == EXIT_DONE; i++) {
        run_state state = records[first + i].state;
        if (state == RUN_DONE || state == RUN_COLLAPSED)
            code = read_labels(plan, data, first + i, &labels[i]);
    }
    if (code == EXIT_DONE)
        code = measure_pairs(plan, data, labels, records + first, sums);
    for (int32_t i = 0; labels && i < plan->seeds; i++)
        cludi_labels_clear(data->context, &labels[i]);
    free(labels);
    free(sums);
    return code;
}
