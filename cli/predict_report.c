#include "predict_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "complain.h"
#include "json_out.h"

static double get_rate(const predict_report *report)
{
    return report->seconds > 0 ? (double)report->rows / report->seconds : 0;
}

void predict_report_print(const predict_report *report)
{
    fprintf(stderr, "cludi: %" PRId64 " rows in %.1f s (%.0f rows/s); labels written to \"%s\"\n", report->rows,
            report->seconds, get_rate(report), report->path);
}

/* The mean over the rows of the probability of the row's label. */
static double compute_confidence(const predict_report *report)
{
    double sum = 0;
    for (int64_t i = 0; i < report->rows; i++) {
        sum += (double)report->probabilities[i * report->clusters + report->labels[i]];
    }
    return sum / (double)report->rows;
}

/* NULL without memory. */
static json_t *count_sizes(const predict_report *report)
{
    json_t *sizes = json_array();
    int64_t *counts = calloc((size_t)report->clusters, sizeof *counts);
    int done = sizes && counts;
    for (int64_t i = 0; done && i < report->rows; i++) {
        counts[report->labels[i]]++;
    }
    for (int32_t k = 0; done && k < report->clusters; k++) {
        done = json_array_append_new(sizes, json_integer((json_int_t)counts[k])) == 0;
    }
    free(counts);
    if (!done) {
        json_decref(sizes);
        return NULL;
    }
    return sizes;
}

int predict_report_print_json(const predict_report *report)
{
    json_t *sizes = count_sizes(report);
    if (!sizes) {
        return json_out_print(NULL);
    }
    return json_out_print(json_pack("{s:I, s:o, s:o, s:o, s:o}", "rows", (json_int_t)report->rows, "seconds",
                                    json_out_real(report->seconds), "rows_per_second", json_out_real(get_rate(report)),
                                    "cluster_sizes", sizes, "mean_confidence",
                                    json_out_real(compute_confidence(report))));
}
