#define _XOPEN_SOURCE 700 /* open_memstream() */
#include "run_study.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <cludi/cludi.h>

#include "complain.h"
#include "json_out.h"
#include "outputs.h"
#include "run_plan.h"

enum { DIGITS = 15 };

static json_t *make_stats(const run_study *study, int32_t setting, run_number number)
{
    const run_stats stats = run_stats_of(study, setting, number);
    return json_pack("{s:o, s:o, s:i}", "mean", json_out_real(stats.mean), "sd", json_out_real(stats.sd), "runs",
                     (int)stats.count);
}

static json_t *make_setting(const run_study *study, int32_t setting)
{
    const int32_t first = setting * study->plan.seeds;
    json_t *run = run_record_json(&study->plan, first, &study->records[first], 0);
    json_t *root = json_pack("{s:O, s:i, s:i, s:i}", "parameters", json_object_get(run, "parameters"), "done",
                             (int)run_stats_count(study, setting, RUN_DONE), "collapsed",
                             (int)run_stats_count(study, setting, RUN_COLLAPSED), "failed",
                             (int)run_stats_count(study, setting, RUN_FAILED));
    for (int i = 0; i < RUN_NUMBERS; i++)
        json_out_add(&root, RUN_FACTS[i].key, make_stats(study, setting, (run_number)i));
    json_decref(run);
    return root;
}

json_t *run_files_json(const run_study *study)
{
    const run_plan *plan = &study->plan;
    json_t *settings = json_array();
    json_t *runs = json_array();
    for (int32_t i = 0; i < plan->settings; i++)
        json_out_append(&settings, make_setting(study, i));
    for (int32_t i = 0; i < plan->runs; i++)
        json_out_append(&runs, run_record_json(plan, i, &study->records[i], 1));
    return json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:i, s:i, s:i, s:I, s:o, s:o}", "cludi", cludi_version(),
                     "command", plan->options->command->name, "data", json_out_text(plan->base.data), "labels",
                     plan->labels ? json_out_text(plan->labels) : json_null(), "rows", (json_int_t)study->data.rows,
                     "features", (json_int_t)study->data.cols, "clusters", (int)plan->base.clusters, "jobs",
                     (int)plan->jobs, "threads", (int)plan->threads, "silhouette_rows",
                     (json_int_t)study->data.sample.rows, "settings", settings, "runs", runs);
}

static void print_csv_run(FILE *file, const run_study *study, int32_t run)
{
    const run_plan *plan = &study->plan;
    const run_record *record = &study->records[run];
    for (int32_t i = 0; i < plan->factor_count; i++)
        fprintf(file, "%s,", plan->factors[i].values[run_plan_level(plan, run / plan->seeds, i)]);
    fprintf(file, "%" PRIu64 ",%s", run_plan_seed(plan, run), run_record_state(record));
    for (int i = 0; i < RUN_NUMBERS; i++)
        if (isnan(record->numbers[i]))
            fputc(',', file);
        else
            fprintf(file, ",%.*g", DIGITS, record->numbers[i]);
    fputc('\n', file);
}

/* A line for each run; NULL without memory. */
static char *make_csv(const run_study *study)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (!file)
        return NULL;
    for (int32_t i = 0; i < study->plan.factor_count; i++)
        fprintf(file, "%s,", study->plan.factors[i].param->name);
    fputs("seed,status", file);
    for (int i = 0; i < RUN_NUMBERS; i++)
        fprintf(file, ",%s", RUN_FACTS[i].key);
    fputc('\n', file);
    for (int32_t i = 0; i < study->plan.runs; i++)
        print_csv_run(file, study, i);
    bool failed = ferror(file);
    if (fclose(file) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

static int write_csv(const run_study *study)
{
    char *path = run_folder_path(&study->plan, "csv");
    char *csv = path ? make_csv(study) : NULL;
    int code = path ? text_file_write(study->data.context, path, csv) : complain("Out of memory.");
    free(csv);
    free(path);
    return code;
}

int run_files_write(const run_study *study, const json_t *results)
{
    char *path = run_folder_path(&study->plan, "json");
    int code = path ? text_file_write_json(study->data.context, path, results, DIGITS) : complain("Out of memory.");
    free(path);
    return code == EXIT_DONE ? write_csv(study) : code;
}
