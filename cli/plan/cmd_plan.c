/* cludi plan: what fit and predict will take, before they are started. */
#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "fit_request.h"
#include "options.h"
#include "plan.h"
#include "rows.h"
#include "session.h"
#include "words.h"

/* Everything a run holds; freed in the reverse order. */
typedef struct plan_run {
    const cli_options *options;
    fit_request request;
    counted_memory counts;
    plan_watch watch;
    cli_session session;
    row_input input;
    plan_job job;
    double began;
    double start; /* seconds from the start of the program to the open file */
} plan_run;

static int open_session(plan_run *run)
{
    cludi_context_options settings;
    cludi_context_options_init(&settings);
    settings.allocator = counted_memory_allocator(&run->counts);
    settings.progress = plan_watch_note;
    settings.progress_user = &run->watch;
    return session_open_with(&run->session, run->options, &settings);
}

static int open_rows(plan_run *run)
{
    run->job = (plan_job){.request = &run->request,
                          .input = &run->input,
                          .context = run->session.context,
                          .counts = &run->counts,
                          .watch = &run->watch};
    run->input = (row_input){.path = run->request.data, .options = run->request.rows};
    TRY(row_input_open(&run->input, run->session.context));
    TRY(row_input_choose(&run->input, run->request.memory, &run->job.from_file));
    run->job.size =
        (plan_size){.clusters = run->request.clusters,
                    .cols = run->input.rows.cols,
                    .threads = cludi_context_threads(run->session.context),
                    .outline = fit_outline_of(&run->request.config, run->input.rows.rows, run->request.clusters)};
    run->job.size.rows = run->job.size.outline.sample_rows;
    run->job.base = process_memory(0);
    run->start += duration_now() - run->began;
    return EXIT_DONE;
}

static int report(plan_run *run, const plan_measures *measures)
{
    cludi_error error;
    plan_estimate estimate = plan_estimate_make(&run->job, measures, run->start);
    plan_report report = {.job = &run->job,
                          .measures = measures,
                          .estimate = &estimate,
                          .available = memory_limit_available(),
                          .seconds = duration_now() - run->began};
    if (cludi_dataset_describe(run->input.dataset, &report.file, &error) != CLUDI_OK)
        return complain_error(&error);
    plan_report_warn(&report);
    if (options_given(run->options, "json"))
        return plan_report_print_json(&report);
    plan_report_print(&report);
    return EXIT_DONE;
}

static int work(plan_run *run)
{
    plan_measures measures;
    TRY(fit_request_read_method(&run->request, run->options));
    if (!run->request.method.has_steps && fit_outline_of(&run->request.config, 2, 2).init_runs == 0)
        return complain_usage("plan", "plan does not know the time and memory of %s.", run->request.method.name);
    TRY(open_session(run));
    TRY(open_rows(run));
    unused_parameters_tell(run->request.given, parameter_bit((int32_t)run->request.config.method));
    run->watch.is_whole = !run->request.method.has_steps;
    TRY(plan_measure(&run->job, &measures));
    return report(run, &measures);
}

static int run_plan(const cli_options *options)
{
    plan_run run = {.options = options, .start = duration_processor(), .began = duration_now()};
    int code = work(&run);
    row_input_close(&run.input);
    session_close(&run.session);
    fit_request_clear(&run.request);
    return code;
}

static const char *const OPERANDS[] = {"DATA", NULL};

static const option_group *const GROUPS[] = {&OPTIONS_CLUSTERS, &OPTIONS_DATA,     &OPTIONS_COMPUTE,
                                             &OPTIONS_JSON,     &OPTIONS_TRAINING, NULL};

const cli_command COMMAND_PLAN = {
    .name = "plan",
    .summary = "predict the time and memory that fit and predict will take",
    .examples = "  cludi plan features.npy -k 50\n"
                "  cludi plan large.npy -k 1000 --method cludi --epochs 5 --memory 4G --threads 8\n",
    .usage = "DATA -k K [options]",
    .notes =
        "Takes the options of fit. It fits some of the first rows of DATA for a few seconds and writes nothing but a\n"
        "temporary file. Times hold for a machine that is as busy, and a file that is as close (in memory or on\n"
        "disk), as now. Without --steps and --epochs they are for the largest possible number of steps.\n",
    .operands = OPERANDS,
    .groups = GROUPS,
    .common = " clusters memory id-column drop threads json epochs steps help ",
    .takes_parameters = true,
    .run = run_plan,
};
