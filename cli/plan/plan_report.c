#include "plan.h"

#include <inttypes.h>
#include <stdio.h>

#include "complain.h"
#include "json_out.h"
#include "words.h"

enum { WORD = DURATION_SIZE, TRIAL = 96, LONGEST_PATH = 16384 };

static void print_time(const char *name, double seconds)
{
    char time[WORD];
    printf("  %-16s%s\n", name, duration_format_fine(time, seconds));
}

static void print_input(const plan_report *report)
{
    char bytes[WORD];
    const plan_job *job = report->job;
    const cludi_source *rows = &job->input->rows;
    char path[LONGEST_PATH];
    cludi_text_escape(path, sizeof path, job->request->data);
    printf("%-18s%s\n", "data", path);
    printf("%-18s%" PRId64 " of %" PRId64 " numbers, %s %s\n", "rows", rows->rows, rows->cols, report->file.format,
           report->file.dtype);
    printf("%-18s%s, %s as float32\n", "kept", job->from_file ? "in the file, read as needed" : "in memory",
           byte_size_format(bytes, (double)report->estimate->rows_bytes));
    printf("%-18s%s, %s, %" PRId32 " threads\n", "computed by", cludi_context_backend(job->context),
           cludi_context_precision(job->context), cludi_context_threads(job->context));
}

static const char *bound_of(const plan_estimate *plan)
{
    return plan->is_most ? "at most " : "";
}

static void print_steps(const plan_estimate *plan)
{
    char time[WORD];
    const char *bound = bound_of(plan);
    if (plan->steps == 0) {
        print_time("refinement", plan->refinement);
        return;
    }
    printf("  %-16s%s%s, ", "training", bound, duration_format_fine(time, plan->training));
    printf("%s%.0f steps of %.1f ms\n", bound, plan->steps, 1e3 * plan->step);
}

static const char *describe_trial(char *text, const plan_measures *m, const plan_estimate *plan)
{
    if (plan->steps > 0)
        snprintf(text, TRIAL, "%" PRId64 " steps on %" PRId64 " rows", m->steps, m->model.rows);
    else
        snprintf(text, TRIAL, "a fit of %" PRId64 " rows to %" PRId32 " clusters", m->model.rows, m->model.clusters);
    return text;
}

void plan_report_print(const plan_report *report)
{
    char bytes[WORD];
    char time[WORD];
    const plan_estimate *plan = report->estimate;
    char measured[TRIAL];
    print_input(report);
    printf("%-18s%s%s", "fit", bound_of(plan), duration_format_fine(time, plan->fit));
    printf(", %s of memory\n", byte_size_format(bytes, (double)plan->fit_memory));
    print_time("start", plan->start);
    print_time("reading", plan->reading);
    print_time("pass over rows", plan->pass);
    print_time("sample", plan->sampling);
    print_time("neighbors", plan->neighbors);
    print_time("first partition", plan->voting);
    print_steps(plan);
    printf("  %-16s%s", "writing", duration_format_fine(time, plan->writing));
    printf(", a model of %s\n", byte_size_format(bytes, (double)plan->model_bytes));
    printf("%-18s%s", "predict", duration_format_fine(time, plan->predict));
    printf(", %s of memory, %.0f rows/s\n", byte_size_format(bytes, (double)plan->predict_memory),
           (double)report->job->input->rows.rows / plan->predict);
    printf("%-18s%s, in %s\n", "measured", describe_trial(measured, report->measures, plan),
           duration_format_fine(time, report->seconds));
    if (report->available != UINT64_MAX)
        printf("%-18s%s of memory\n", "available", byte_size_format(bytes, (double)report->available));
}

static void warn(const char *command, int64_t memory, uint64_t available, const char *advice)
{
    char wanted[WORD];
    char there[WORD];
    if ((uint64_t)memory > available) {
        complain("Warning: %s would take %s of memory, but only %s are available%s.", command,
                 byte_size_format(wanted, (double)memory), byte_size_format(there, (double)available), advice);
    }
}

void plan_report_warn(const plan_report *report)
{
    const char *advice = report->job->from_file ? "" : "; with a smaller --memory the rows stay in the file";
    warn("fit", report->estimate->fit_memory, report->available, advice);
    warn("predict", report->estimate->predict_memory, report->available, "");
}

static json_t *make_fit(const plan_report *report)
{
    const plan_estimate *plan = report->estimate;
    return json_pack("{s:o, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "seconds",
                     json_out_real(plan->fit), "peak_memory", (json_int_t)plan->fit_memory, "at_most", plan->is_most,
                     "start_seconds", json_out_real(plan->start), "sample_seconds", json_out_real(plan->sampling),
                     "neighbors_seconds", json_out_real(plan->neighbors), "partition_seconds",
                     json_out_real(plan->voting), "reading_seconds", json_out_real(plan->reading), "pass_seconds",
                     json_out_real(plan->pass), "training_seconds", json_out_real(plan->training), "steps",
                     json_integer((json_int_t)plan->steps), "step_seconds", json_out_real(plan->step),
                     "writing_seconds", json_out_real(plan->writing), "model_bytes", (json_int_t)plan->model_bytes,
                     "refinement_seconds", json_out_real(plan->refinement));
}

static json_t *make_predict(const plan_report *report)
{
    const plan_estimate *plan = report->estimate;
    return json_pack("{s:o, s:I, s:o}", "seconds", json_out_real(plan->predict), "peak_memory",
                     (json_int_t)plan->predict_memory, "rows_per_second",
                     json_out_real((double)report->job->input->rows.rows / plan->predict));
}

static json_t *make_measured(const plan_report *report)
{
    return json_pack("{s:I, s:I, s:o, s:i}", "rows", (json_int_t)report->measures->model.rows, "steps",
                     (json_int_t)report->measures->steps, "seconds", json_out_real(report->seconds), "clusters",
                     (int)report->measures->model.clusters);
}

int plan_report_print_json(const plan_report *report)
{
    const plan_job *job = report->job;
    const plan_estimate *plan = report->estimate;
    const cludi_source *rows = &job->input->rows;
    bool fits = (uint64_t)plan->fit_memory <= report->available && (uint64_t)plan->predict_memory <= report->available;
    json_t *available = report->available == UINT64_MAX ? json_null() : json_out_unsigned(report->available);
    json_t *root =
        json_pack("{s:o, s:s, s:s, s:I, s:I, s:i, s:I, s:o, s:b, s:s, s:s, s:i, s:o, s:o, s:o, s:b, s:o}", "data",
                  json_out_text(job->request->data), "format", report->file.format, "dtype", report->file.dtype, "rows",
                  (json_int_t)rows->rows, "columns", (json_int_t)rows->cols, "clusters", (int)job->request->clusters,
                  "rows_bytes", (json_int_t)plan->rows_bytes, "memory", json_out_unsigned(job->request->memory),
                  "rows_in_memory", !job->from_file, "backend", cludi_context_backend(job->context), "precision",
                  cludi_context_precision(job->context), "threads", (int)cludi_context_threads(job->context), "fit",
                  make_fit(report), "predict", make_predict(report), "available_memory", available, "fits", fits,
                  "measured", make_measured(report));
    return json_out_print(root);
}
