#include "fit_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "complain.h"
#include "fit_request.h"
#include "json_out.h"
#include "predict.h"
#include "words.h"

enum { CONFIDENCE_ROOM = 32 };

bool fit_report_conclusive(const fit_report *report)
{
    const cludi_model_info *info = &report->info;
    cludi_fit_outline outline = fit_outline_of(&info->config, info->rows, info->clusters);
    return (double)info->steps * (double)outline.batch_rows >= (double)info->rows;
}

bool fit_report_collapsed(const fit_report *report)
{
    return fit_report_conclusive(report) && 2 * (int64_t)report->info.clusters_in_use < report->info.clusters;
}

void fit_report_print(const fit_report *report)
{
    char time[DURATION_SIZE];
    char confidence[CONFIDENCE_ROOM] = "";
    const cludi_model_info *info = &report->info;
    cludi_method_info method = method_info(info->config.method);
    duration_format(time, report->seconds);
    if (method.has_confidence)
        snprintf(confidence, sizeof confidence, ", confidence %.2f", info->confidence);
    tell("%" PRId64 " %s in %s; %" PRId32 " of %" PRId32
         " clusters in use, the largest with %.1f %% of the rows%s; rows: %s; %smodel written to \"%s\"",
         info->steps, method.step_unit, time, info->clusters_in_use, info->clusters, 100 * info->largest_share,
         confidence, input_words(info->config.preprocessing),
         report->from_file ? "rows read from the file as needed; " : "", report->path);
}

int fit_report_print_json(const fit_report *report)
{
    const cludi_model_info *info = &report->info;
    cludi_method_info method = method_info(info->config.method);
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:o, s:I, s:o, s:o, s:i, s:i, s:o, s:b, s:o, s:s, s:s, s:i, s:o}", "method",
                  method.name, "preprocessing", input_name(info->config.preprocessing), "preprocessing_words",
                  input_words(info->config.preprocessing), "confidence",
                  method.has_confidence ? json_out_real(info->confidence) : json_null(), "steps",
                  (json_int_t)info->steps, "seconds", json_out_real(report->seconds), "loss", json_out_real(info->loss),
                  "clusters_in_use", (int)info->clusters_in_use, "clusters", (int)info->clusters, "largest_share",
                  json_out_real(info->largest_share), "collapsed", fit_report_collapsed(report), "model",
                  json_out_text(report->path), "backend", report->backend, "precision", report->precision, "threads",
                  (int)report->threads, "seed", json_out_unsigned(info->seed));
    if (report->curves)
        json_out_add(&root, "curves", json_out_text(report->curves));
    if (report->scores)
        json_out_add(&root, "scores", score_table_json(report->scores));
    if (report->profile)
        json_out_add(&root, "profile", profile_table_json(report->profile));
    return json_out_print(root);
}
