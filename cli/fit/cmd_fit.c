/* cludi fit: rows in, model out. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "fit_report.h"
#include "fit_request.h"
#include "options.h"
#include "outputs.h"
#include "predict.h"
#include "rows.h"
#include "session.h"
#include "words.h"

/* Everything a run holds; freed in the reverse order. */
typedef struct fit_run {
    const cli_options *options;
    fit_request request;
    cli_session session;
    out_claim claim; /* two trainings would spoil each other's checkpoint, which the library claims */
    row_input input;
    cludi_labels labels;
    int32_t *found; /* (found_rows) labels of the rows in order, as far as they are predicted */
    int64_t found_rows;
    cludi_model *model;
    fit_report report;
    cludi_scores scores;
    cludi_profile profile;
    fit_curves *curves; /* NULL unless asked for */
} fit_run;

static int read_labels(fit_run *run)
{
    cludi_error error;
    const fit_request *request = &run->request;
    if (!request->labels)
        return EXIT_DONE;
    if (cludi_labels_read(run->session.context, request->labels, &run->labels, &error) != CLUDI_OK)
        return complain_error(&error);
    if (run->labels.rows != run->input.rows.rows) {
        return complain("\"%s\" has %" PRId64 " labels, but \"%s\" has %" PRId64 " rows.", request->labels,
                        run->labels.rows, request->data, run->input.rows.rows);
    }
    return EXIT_DONE;
}

static int claim_output(fit_run *run)
{
    const fit_request *request = &run->request;
    const char *partial = out_path_is_file(request->output) ? request->partial : NULL;
    const char *const paths[] = {request->output, partial, request->plot, request->partial_plot};
    return out_claim_take(&run->claim, run->session.context, paths, sizeof paths / sizeof *paths);
}

static int read_input(fit_run *run)
{
    run->input = (row_input){.path = run->request.data, .options = run->request.rows};
    TRY(row_input_open_within(&run->input, run->session.context, run->request.memory, &run->report.from_file));
    if (run->input.joined.count > 0)
        TRY(joined_rows_tell(&run->input.joined, run->session.context));
    return read_labels(run);
}

static int save(fit_run *run, const char *path)
{
    cludi_error error;
    run->report.path = path;
    run->report.info.struct_size = sizeof run->report.info;
    if (cludi_model_save(run->model, path, &error) != CLUDI_OK ||
        cludi_model_get_info(run->model, &run->report.info, &error) != CLUDI_OK)
        return complain_error(&error);
    return EXIT_DONE;
}

/* Into what is open, not by its name, under which another file may stand by now. */
static int save_open(fit_run *run, const char *path, int descriptor)
{
    cludi_error error;
    char place[sizeof "/dev/fd/" + 3 * sizeof descriptor];
    snprintf(place, sizeof place, "/dev/fd/%d", descriptor);
    if (cludi_model_save(run->model, place, &error) == CLUDI_OK && fsync(descriptor) == 0)
        return EXIT_DONE;
    return complain("The trained model could not be kept in \"%s\" either.", path);
}

/* A trained model is not thrown away because its place is full or gone: it goes where temporary files go. */
static int rescue(fit_run *run)
{
    char path[TEMPORARY_PATH];
    int descriptor = temporary_file_make(path, "cludi-rescued", ".safetensors");
    if (descriptor < 0) {
        return complain("The trained model could not be kept in \"%s\" either: %s.", temporary_file_folder(),
                        strerror(errno));
    }
    if (save_open(run, path, descriptor) == EXIT_DONE)
        complain("The trained model is kept in \"%s\".", path);
    else
        (void)unlink(path);
    close(descriptor);
    return EXIT_FAILED;
}

static bool has_curves(const fit_run *run)
{
    return run->curves && run->curves->count > 0;
}

static int draw(const fit_run *run, const char *path)
{
    const fit_curves_picture picture = {
        .path = path, .data = run->request.data, .loss = run->request.method.loss, .scores = run->report.scores};
    return has_curves(run) ? fit_curves_write(run->curves, run->session.context, &picture) : EXIT_DONE;
}

static int prepare_curves(fit_run *run)
{
    if (!run->request.plot)
        return EXIT_DONE;
    run->curves = calloc(1, sizeof *run->curves);
    run->session.progress.also_user = run->curves;
    run->session.progress.also = run->curves ? fit_curves_add : NULL;
    return run->curves ? EXIT_DONE : complain("Out of memory for the curves of the training.");
}

static int save_partial(fit_run *run)
{
    if (!run->model) {
        bool is_kept = run->request.checkpoint && access(run->request.checkpoint, F_OK) == 0;
        complain("Stopped before %s; %s.", run->request.method.has_steps ? "the first step" : "there was a result",
                 is_kept ? "the same command with --resume continues" : "nothing was written");
        return stop_signal_exit_code();
    }
    if (save(run, run->request.partial) != EXIT_DONE)
        return rescue(run);
    (void)draw(run,
               run->request.partial_plot); /* a sentence says what went wrong; the signal's exit code goes before */
    complain("Stopped after %" PRId64 " steps; the model so far is in \"%s\"%s.", run->report.info.steps,
             run->request.partial, run->request.checkpoint ? "; the same command with --resume continues" : "");
    return stop_signal_exit_code();
}

static int prepare_checkpoint(fit_run *run)
{
    cludi_error error;
    cludi_checkpoint checkpoint;
    const fit_request *request = &run->request;
    if (!request->checkpoint)
        return EXIT_DONE;
    cludi_checkpoint_init(&checkpoint);
    checkpoint.path = request->checkpoint;
    checkpoint.every_seconds = request->every_seconds;
    checkpoint.every_steps = request->every_steps;
    checkpoint.resume = request->resume;
    if (!request->resume && access(request->checkpoint, F_OK) == 0) {
        complain("Note: \"%s\" is from an unfinished training and will be replaced; --resume would continue it.",
                 request->checkpoint);
    }
    return cludi_fit_set_checkpoint(run->session.context, &checkpoint, &error) == CLUDI_OK ? EXIT_DONE
                                                                                           : complain_error(&error);
}

/* The model is there: what a stopped training left beside it is of no more use. */
static void remove_remains(const fit_request *request)
{
    cludi_error error;
    if (request->checkpoint && cludi_checkpoint_remove(request->checkpoint, &error) != CLUDI_OK)
        complain_error(&error);
    if (request->resume)
        (void)unlink(request->partial);
    if (request->resume && request->plot)
        (void)unlink(request->partial_plot);
}

/* A model whose names take too much goes without them. */
static void name_columns(const fit_run *run)
{
    cludi_error error;
    const cludi_columns columns = cludi_dataset_get_columns(run->input.dataset);
    if (run->model && run->input.joined.count == 0 && cludi_model_set_columns(run->model, &columns, &error) != CLUDI_OK)
        tell("Warning: the model has no names of columns. %s", error.message);
}

static int train(fit_run *run)
{
    cludi_error error;
    double start = duration_now();
    if (fit_outline_of(&run->request.config, run->input.rows.rows, run->request.clusters).is_most)
        progress_open(&run->session.progress);
    cludi_status status = CLUDI_STOPPED;
    if (!stop_signal_came()) {
        status = cludi_fit_source(run->session.context, &run->input.rows, run->request.clusters, &run->request.config,
                                  &run->model, &error);
    }
    progress_end(&run->session.progress);
    name_columns(run);
    run->report.seconds = duration_now() - start;
    run->report.backend = cludi_context_backend(run->session.context);
    run->report.precision = run->request.method.uses_precision ? cludi_context_precision(run->session.context) : "f32";
    run->report.threads = cludi_context_threads(run->session.context);
    if (status == CLUDI_STOPPED)
        return save_partial(run);
    if (status != CLUDI_OK)
        return complain_rows(run->request.data, &error);
    if (save(run, run->request.output) != EXIT_DONE)
        return rescue(run);
    remove_remains(&run->request);
    return EXIT_DONE;
}

static int take_block(void *user, const cludi_prediction *block, int64_t rows)
{
    fit_run *run = user;
    memcpy(run->found + run->found_rows, block->labels, (size_t)rows * sizeof *run->found);
    run->found_rows += rows;
    return EXIT_DONE;
}

static int compare(fit_run *run)
{
    cludi_error error;
    run->scores.struct_size = sizeof run->scores;
    cludi_status status =
        cludi_score(run->session.context, run->labels.data, run->found, run->labels.rows, &run->scores, &error);
    if (status != CLUDI_OK)
        return status == CLUDI_STOPPED ? stop_signal_exit_code() : complain_error(&error);
    run->report.scores = &run->scores;
    return EXIT_DONE;
}

/* The rows of the training, put into clusters as 'cludi predict' would. */
static int score(fit_run *run)
{
    const block_job job = {.session = &run->session,
                           .model = run->model,
                           .input = &run->input,
                           .is_checked = true,
                           .take = take_block,
                           .user = run};
    run->found = calloc((size_t)run->labels.rows, sizeof *run->found);
    if (!run->found)
        return complain("Out of memory for the labels of %" PRId64 " rows.", run->labels.rows);
    int code = block_predict(&job);
    if (code == EXIT_DONE)
        code = compare(run);
    if (code != EXIT_DONE && code == stop_signal_exit_code())
        complain("Stopped before the scores were known; the model in \"%s\" is complete.", run->request.output);
    return code;
}

static int conclude(const fit_run *run)
{
    const fit_report *report = &run->report;
    int32_t unused = report->info.clusters - report->info.clusters_in_use;
    if (!fit_report_conclusive(report)) {
        complain("Too few steps to tell whether clusters collapsed: not every row was seen.");
    } else if (fit_report_collapsed(report)) {
        const char *reason = run->session.progress.warning; /* it may be hours since it was printed */
        complain("Collapsed: only %" PRId32 " of %" PRId32 " clusters are in use, fewer than half.%s%s",
                 report->info.clusters_in_use, report->info.clusters, *reason ? " " : "", reason);
        return options_given(run->options, "allow-collapse") ? EXIT_DONE : EXIT_COLLAPSED;
    } else if (unused > 0) {
        complain("Warning: %" PRId32 " of %" PRId32 " clusters got no row.", unused, report->info.clusters);
    }
    return EXIT_DONE;
}

static int report(fit_run *run)
{
    const fit_report *report = &run->report;
    int scored = run->request.labels ? score(run) : EXIT_DONE;
    int drawn = draw(run, run->request.plot); /* also where there are no scores */
    run->report.curves = has_curves(run) && drawn == EXIT_DONE ? run->request.plot : NULL;
    if (run->request.plot && !has_curves(run))
        tell("Note: no curves are drawn, because the method %s reports none.", run->request.method.name);
    if (report->curves && !options_given(run->options, "quiet"))
        tell("Curves of the training written to \"%s\".", report->curves);
    TRY(scored);
    TRY(drawn);
    if (options_given(run->options, "json"))
        TRY(fit_report_print_json(report));
    else if (report->scores)
        score_table_print(report->scores);
    return conclude(run);
}

static int profile(fit_run *run)
{
    cludi_error error;
    if (!options_given(run->options, "profile"))
        return EXIT_DONE;
    run->profile.struct_size = sizeof run->profile;
    if (cludi_fit_get_profile(run->session.context, &run->profile, &error) != CLUDI_OK)
        return complain_error(&error);
    run->report.profile = &run->profile;
    if (!options_given(run->options, "quiet"))
        profile_table_print(&run->profile);
    return EXIT_DONE;
}

static int work(fit_run *run)
{
    TRY(fit_request_read(&run->request, run->options));
    TRY(session_open(&run->session, run->options, 0));
    TRY(claim_output(run));
    TRY(read_input(run));
    TRY(prepare_curves(run));
    TRY(prepare_checkpoint(run));
    unused_parameters_tell(run->request.given, parameter_bit((int32_t)run->request.config.method));
    TRY(train(run));
    if (!options_given(run->options, "quiet"))
        fit_report_print(&run->report);
    TRY(profile(run));
    return report(run);
}

static int run_fit(const cli_options *options)
{
    fit_run run = {.options = options};
    int code = work(&run);
    cludi_model_free(run.model);
    if (run.session.context)
        cludi_labels_clear(run.session.context, &run.labels);
    free(run.found);
    free(run.curves);
    row_input_close(&run.input);
    out_claim_clear(&run.claim);
    session_close(&run.session);
    fit_request_clear(&run.request);
    return code;
}

static const char *const OPERANDS[] = {"DATA", NULL};

static const option_entry OWN[] = {
    {"output", "MODEL", "model file to write, safetensors (required)", 'o'},
    {"labels", "Y", "known classes of the rows, used only to print scores at the end", 0},
    {"checkpoint-every", "60s",
     "how often MODEL.checkpoint is written: a time (60s, 10min, 1h), a number of steps, 0 for never [60s]", 0},
    {"resume", NULL, "continue from MODEL.checkpoint, if it exists; the model is that of an uninterrupted run", 0},
    {"plot", NULL, "draw loss, clusters in use and confidence over the steps in MODEL.curves.svg", 0},
    {"profile", NULL, "print the time of each phase of the training", 0},
    {"allow-collapse", NULL, "exit with 0 even if fewer than half of the clusters are in use", 0},
    {NULL, NULL, NULL, 0},
};
static const option_group OWN_GROUP = {"Options", OWN};

static const option_group *const GROUPS[] = {&OPTIONS_CLUSTERS, &OWN_GROUP,      &OPTIONS_DATA,     &OPTIONS_SPACES,
                                             &OPTIONS_COMPUTE,  &OPTIONS_OUTPUT, &OPTIONS_TRAINING, NULL};

const cli_command COMMAND_FIT = {
    .name = "fit",
    .summary = "find clusters in feature vectors and write a model",
    .examples = "  cludi fit features.npy -k 50 -o model.safetensors\n"
                "  cludi fit features.npy -k 50 -o model.safetensors --labels classes.npy --seed 1\n"
                "  cludi fit images-idx3-ubyte.gz -k 10 -o model.safetensors --method cludi --epochs 30\n"
                "  cludi fit features.npy -k 50 -o kmeans.safetensors --method kmeans\n",
    .usage = "DATA -k K -o MODEL [options]",
    .notes = "DATA has one row per item: .npy, .npz, CSV, TSV, IDX, HDF5 (.h5ad) or safetensors, perhaps gzipped;\n"
             "FILE:NAME is an array within it; - is stdin. A pipe is kept in a temporary file, in TMPDIR.\n"
             "Ctrl-C stops the training. It leaves MODEL.checkpoint, from which the same command with --resume\n"
             "continues to the model of an uninterrupted run (not with --method kmeans), and, of a method that\n"
             "trains in steps, the model so far in MODEL.partial.\n",
    .operands = OPERANDS,
    .groups = GROUPS,
    .common = " clusters output labels resume plot memory id-column threads quiet json seed method epochs help ",
    .takes_parameters = true,
    .run = run_fit,
};
