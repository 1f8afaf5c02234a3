#include "answers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "complain.h"
#include "json_out.h"

enum { DRAWS_SIZE = 32 };

int predict_report_begin(predict_report *report, int32_t clusters, const char *path)
{
    *report = (predict_report){.clusters = clusters, .path = path};
    report->sizes = calloc((size_t)clusters, sizeof *report->sizes);
    return report->sizes ? EXIT_DONE : complain("Out of memory for the sizes of %" PRId32 " clusters.", clusters);
}

void predict_report_add(predict_report *report, const cludi_prediction *block, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) {
        int32_t label = block->labels[i];
        report->sizes[label]++;
        report->draws += block->draws[i];
        if (block->probabilities)
            report->confidence += (double)block->probabilities[i * report->clusters + label];
    }
    report->rows += rows;
}

void predict_report_clear(predict_report *report)
{
    free(report->sizes);
    report->sizes = NULL;
}

static double get_rate(const predict_report *report)
{
    return report->seconds > 0 ? (double)report->rows / report->seconds : 0;
}

static double get_samples(const predict_report *report)
{
    return report->rows > 0 ? report->draws / (double)report->rows : 0;
}

void predict_report_print(const predict_report *report)
{
    char draws[DRAWS_SIZE] = ""; /* k-means draws none */
    if (report->draws > 0)
        snprintf(draws, sizeof draws, ", %.2f draws each", get_samples(report));
    tell("%" PRId64 " rows in %.1f s (%.0f rows/s%s); labels written to \"%s\"", report->rows, report->seconds,
         get_rate(report), draws, report->path);
}

/* NULL without memory. */
static json_t *list_sizes(const predict_report *report)
{
    json_t *sizes = json_array();
    bool done = sizes != NULL;
    for (int32_t k = 0; done && k < report->clusters; k++)
        done = json_array_append_new(sizes, json_integer((json_int_t)report->sizes[k])) == 0;
    if (!done) {
        json_decref(sizes);
        return NULL;
    }
    return sizes;
}

int predict_report_print_json(const predict_report *report)
{
    json_t *sizes = list_sizes(report);
    if (!sizes)
        return json_out_print(NULL);
    return json_out_print(json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "rows", (json_int_t)report->rows, "seconds",
                                    json_out_real(report->seconds), "rows_per_second", json_out_real(get_rate(report)),
                                    "draws_per_row", json_out_real(get_samples(report)), "cluster_sizes", sizes,
                                    "mean_confidence", json_out_real(report->confidence / (double)report->rows)));
}
