#include "run_study.h"

#include <stdio.h>
#include <stdlib.h>

#include "complain.h"
#include "json_out.h"
#include "run_plan.h"
#include "run_record.h"

/* Runs that are there are looked at before any other is begun: one that is of something else ends it here. */
static int find_runs(run_study *study)
{
    const run_plan *plan = &study->plan;
    study->records = calloc((size_t)plan->runs, sizeof *study->records);
    if (!study->records)
        return complain("Out of memory.");
    for (int32_t i = 0; i < plan->runs; i++) {
        run_record *record = &study->records[i];
        TRY(run_record_read(plan, &study->data, i, record));
        study->found += record->is_found;
    }
    return EXIT_DONE;
}

/* Runs that were found may lack scores: those against other classes than before. */
static int score_found(run_study *study)
{
    for (int32_t i = 0; i < study->plan.runs; i++) {
        run_record *record = &study->records[i];
        bool is_new = false;
        if (record->is_found)
            TRY(run_score_labels(&study->plan, &study->data, i, record, &is_new));
        if (is_new)
            TRY(run_record_write(&study->plan, &study->data, i, record));
    }
    return EXIT_DONE;
}

static int measure_stability(run_study *study)
{
    for (int32_t i = 0; i < study->plan.settings; i++)
        TRY(run_score_stability(&study->plan, &study->data, i, study->records));
    return EXIT_DONE;
}

static int print(const run_study *study, json_t *results)
{
    const cli_options *options = study->plan.options;
    if (options_given(options, "json"))
        return json_out_print(json_incref(results));
    TRY(run_table_print(study));
    if (!options_given(options, "quiet")) {
        fflush(stdout);
        run_table_explain(study);
    }
    return EXIT_DONE;
}

static int finish_with(const run_study *study, json_t *results)
{
    if (!results)
        return complain("Out of memory for the results.");
    TRY(run_files_write(study, results));
    TRY(run_plot_write(study));
    return print(study, results);
}

static int finish(const run_study *study)
{
    json_t *results = run_files_json(study);
    int code = finish_with(study, results);
    json_decref(results);
    return code;
}

/* A run that failed or collapsed does not stop the others, but it shows in the exit code. */
static int judge(const run_study *study)
{
    int code = EXIT_DONE;
    for (int32_t i = 0; i < study->plan.runs; i++) {
        run_state state = study->records[i].state;
        if (state == RUN_FAILED)
            return EXIT_FAILED;
        code = state == RUN_COLLAPSED ? EXIT_COLLAPSED : code;
    }
    return code;
}

static int work(run_study *study, const run_kind *kind, const cli_options *options)
{
    TRY(run_plan_read(&study->plan, kind, options));
    TRY(session_open(&study->session, options, 0));
    TRY(run_data_read(&study->data, study->session.context, &study->plan));
    TRY(run_folder_prepare(&study->plan, study->session.context, &study->claim));
    TRY(find_runs(study));
    TRY(score_found(study));
    run_plan_tell_unused(&study->plan);
    TRY(run_pool_work(study));
    TRY(measure_stability(study));
    TRY(finish(study));
    return judge(study);
}

int run_study_do(const run_kind *kind, const cli_options *options)
{
    run_study study = {0};
    int code = work(&study, kind, options);
    for (int32_t i = 0; study.records && i < study.plan.runs; i++)
        run_record_clear(&study.records[i]);
    free(study.records);
    run_data_clear(&study.data);
    out_claim_clear(&study.claim);
    session_close(&study.session);
    run_plan_clear(&study.plan);
    return code;
}

static const option_entry STUDY[] = {
    {"output", "DIR", "folder for the results; made if it is not there (required)", 'o'},
    {"labels", "Y", "known classes of the rows: scores against them", 0},
    {"seeds", "N", "runs of each setting, with the seeds S, S + 1, ... of --seed S [compare 5, sweep 3]", 0},
    {"jobs", "J",
     "runs at once, 1 to 1024, 0 for one a processor; they share processors and memory, and slow each other [compare "
     "1, sweep 0]",
     0},
    {"keep-models", NULL, "keep the model of each run, DIR/runs/NAME.safetensors", 0},
    {NULL, NULL, NULL, 0},
};

const option_group STUDY_OPTIONS = {"Options", STUDY};
