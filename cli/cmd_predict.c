/* cludi predict: model and rows in, labels out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "duration.h"
#include "options.h"
#include "out_path.h"
#include "predict_report.h"
#include "session.h"
#include "stop_signal.h"

/* Everything a run holds; freed in the reverse order. */
typedef struct predict_run {
    const cli_options *options;
    const char *model_path;
    const char *data;
    const char *labels_path;
    const char *proba_path; /* or NULL, as the next */
    const char *embedding_path;
    cli_session loader;  /* owns the model; its seed is not used */
    cli_session session; /* has the seed */
    cludi_model *model;
    cludi_model_info info;
    cludi_dataset *dataset;
    cludi_matrix rows;
    cludi_predict_options settings;
    cludi_prediction out;
    double seconds;
} predict_run;

static int check_paths(const predict_run *run)
{
    const char *outputs[4] = {run->labels_path};
    const char *const inputs[] = {run->model_path, run->data, NULL};
    size_t count = 1;
    if (!run->labels_path) {
        return complain_usage("predict", "predict needs a path for the labels: -o LABELS.npy.");
    }
    if (run->proba_path) {
        outputs[count++] = run->proba_path;
    }
    if (run->embedding_path) {
        outputs[count++] = run->embedding_path;
    }
    int code = out_path_check_distinct("predict", outputs, inputs);
    for (size_t i = 0; i < count && code == EXIT_DONE; i++) {
        code = out_path_check(outputs[i]);
    }
    return code;
}

/* Checked as parameters of the method, whose sentences have the bounds. */
static int read_settings(predict_run *run, cludi_config *config)
{
    static const char *const NAMES[] = {"samples", "denoise-steps"};
    cludi_error error;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = options_value(run->options, NAMES[i]);
        if (value && cludi_config_set(config, NAMES[i], value, &error) != CLUDI_OK) {
            return complain_usage("predict", "%s", error.message);
        }
    }
    cludi_predict_options_init(&run->settings);
    if (options_given(run->options, "samples")) {
        run->settings.samples = config->samples;
    }
    if (options_given(run->options, "denoise-steps")) {
        run->settings.denoise_steps = config->denoise_steps;
    }
    return EXIT_DONE;
}

static int read_request(predict_run *run)
{
    cludi_config config;
    run->model_path = run->options->operands[0];
    run->data = run->options->operands[1];
    run->labels_path = options_value(run->options, "output");
    run->proba_path = options_value(run->options, "proba");
    run->embedding_path = options_value(run->options, "embedding");
    cludi_config_init(&config);
    int code = read_settings(run, &config);
    return code == EXIT_DONE ? check_paths(run) : code;
}

/* The model sets a bound too: its T. */
static int check_settings(const predict_run *run)
{
    cludi_error error;
    cludi_config config = run->info.config;
    if (run->settings.denoise_steps == 0) {
        return EXIT_DONE;
    }
    config.denoise_steps = run->settings.denoise_steps;
    return cludi_config_check(&config, &error) == CLUDI_OK ? EXIT_DONE : complain_usage("predict", "%s", error.message);
}

/* The seed is in the model, and a context has to be there to read it. */
static int read_input(predict_run *run)
{
    cludi_error error;
    int code = session_open(&run->loader, run->options, 0);
    if (code != EXIT_DONE) {
        return code;
    }
    run->info.struct_size = sizeof run->info;
    if (cludi_model_load(run->loader.context, run->model_path, &run->model, &error) != CLUDI_OK ||
        cludi_model_get_info(run->model, &run->info, &error) != CLUDI_OK) {
        return complain("%s", error.message);
    }
    code = check_settings(run);
    if (code != EXIT_DONE) {
        return code;
    }
    if (cludi_dataset_read(run->loader.context, run->data, &run->dataset, &error) != CLUDI_OK) {
        return complain("%s", error.message);
    }
    run->rows = cludi_dataset_get_matrix(run->dataset);
    return session_open(&run->session, run->options, run->info.seed);
}

static int reserve_output(predict_run *run)
{
    size_t rows = (size_t)run->rows.rows;
    size_t clusters = (size_t)run->info.clusters;
    size_t width = (size_t)run->info.config.d;
    int wants_proba = run->proba_path || options_given(run->options, "json");
    size_t widest = clusters > width ? clusters : width;
    if (rows <= SIZE_MAX / sizeof(float) / widest) {
        run->out.labels = calloc(rows, sizeof(int32_t));
        run->out.probabilities = wants_proba ? calloc(rows * clusters, sizeof(float)) : NULL;
        run->out.embedding = run->embedding_path ? calloc(rows * width, sizeof(float)) : NULL;
    }
    if (!run->out.labels || (wants_proba && !run->out.probabilities) || (run->embedding_path && !run->out.embedding)) {
        return complain("Out of memory for the output of %zu rows.", rows);
    }
    return EXIT_DONE;
}

static int predict(predict_run *run)
{
    cludi_error error;
    cludi_status status = CLUDI_STOPPED;
    double start = duration_now();
    if (stop_signal_exit_code() == 0) {
        status = cludi_predict(run->session.context, run->model, &run->rows, &run->settings, &run->out, &error);
    }
    progress_end(&run->session.progress);
    run->seconds = duration_now() - start;
    if (status == CLUDI_STOPPED) {
        complain("Stopped; nothing was written.");
        return stop_signal_exit_code();
    }
    return status == CLUDI_OK ? EXIT_DONE : complain_rows(run->data, &error);
}

/* The labels last: where they are there, the others are too. */
static int write_output(const predict_run *run)
{
    cludi_error error;
    int64_t rows = run->rows.rows;
    int64_t clusters = run->info.clusters;
    int64_t width = run->info.config.d;
    cludi_matrix proba = {run->out.probabilities, rows, clusters, clusters};
    cludi_matrix embedding = {run->out.embedding, rows, width, width};
    if ((run->proba_path && cludi_matrix_write(run->proba_path, &proba, &error) != CLUDI_OK) ||
        (run->embedding_path && cludi_matrix_write(run->embedding_path, &embedding, &error) != CLUDI_OK) ||
        cludi_labels_write(run->labels_path, run->out.labels, rows, &error) != CLUDI_OK) {
        return complain("%s", error.message);
    }
    return EXIT_DONE;
}

static int report(const predict_run *run)
{
    predict_report report = {.labels = run->out.labels,
                             .probabilities = run->out.probabilities,
                             .rows = run->rows.rows,
                             .clusters = run->info.clusters,
                             .seconds = run->seconds,
                             .path = run->labels_path};
    if (!options_given(run->options, "quiet")) {
        predict_report_print(&report);
    }
    return options_given(run->options, "json") ? predict_report_print_json(&report) : EXIT_DONE;
}

static int run_predict(const cli_options *options)
{
    predict_run run = {.options = options};
    int code = read_request(&run);
    if (code != EXIT_DONE) {
        return code;
    }
    stop_signal_catch();
    int (*const steps[])(predict_run *) = {read_input, reserve_output, predict};
    for (size_t i = 0; i < sizeof steps / sizeof *steps && code == EXIT_DONE; i++) {
        code = steps[i](&run);
    }
    if (code == EXIT_DONE) {
        code = write_output(&run);
    }
    if (code == EXIT_DONE) {
        code = report(&run);
    }
    free(run.out.embedding);
    free(run.out.probabilities);
    free(run.out.labels);
    cludi_dataset_free(run.dataset);
    session_close(&run.session);
    cludi_model_free(run.model);
    session_close(&run.loader);
    return code;
}

static const char *const OPERANDS[] = {"MODEL", "DATA", NULL};

static const option_entry ENTRIES[] = {
    {"output", "LABELS.npy", "where the labels go: int32, one per row (required)", 'o'},
    {"proba", "P.npy", "where the probabilities go: float32, rows x K", 0},
    {"embedding", "Z.npy", "where the assignment embeddings go: float32, rows x d", 0},
    {"samples", "B", "noise draws averaged per row, S12 [as in the model]", 0},
    {"denoise-steps", "S", "denoising steps per draw, S5 [as in the model]", 0},
    {"seed", "S", "random seed, 0 to 18446744073709551615 [the model's]", 0},
    {"threads", "T", "processors to use, 1 to 1024, 0 for all; the labels do not depend on it [0]", 0},
    {"backend", "auto|ref|onednn", "what computes: ref is plain C, onednn is fast [auto]", 0},
    {"quiet", NULL, "no progress and no summary on stderr", 0},
    {"json", NULL, "print rows, time, cluster sizes and mean confidence as one JSON object on stdout", 0},
    {NULL, NULL, NULL, 0},
};

const cli_command COMMAND_PREDICT = {
    .name = "predict",
    .summary = "put rows into the clusters of a model",
    .examples = "  cludi predict model.safetensors new.npy -o labels.npy\n"
                "  cludi predict model.safetensors new.npy -o labels.npy --proba proba.npy --samples 64\n",
    .usage = "MODEL DATA -o LABELS.npy [options]",
    .notes = "A row gets the same answer alone, among others, and in any order. Ctrl-C stops and writes nothing.\n",
    .operands = OPERANDS,
    .entries = ENTRIES,
    .run = run_predict,
};
