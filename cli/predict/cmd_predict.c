/* cludi predict: model and rows in, labels out. */
#include <string.h>

#include <cludi/cludi.h>

#include "answers.h"
#include "command.h"
#include "complain.h"
#include "options.h"
#include "outputs.h"
#include "predict.h"
#include "rows.h"
#include "session.h"
#include "words.h"

/* Everything a run holds; freed in the reverse order. */
typedef struct predict_run {
    const cli_options *options;
    const char *model_path;
    const char *data;
    predict_paths paths;
    cli_session loader;  /* owns the model; its seed is not used */
    cli_session session; /* has the seed */
    out_claim claim;
    cludi_model *model;
    cludi_model_info info;
    row_input input;
    cludi_predict_options settings;
    predict_report report;
    predict_output output;
} predict_run;

/* Each says what is in it, and one of them at most is stdout. */
static int check_endings(const predict_run *run)
{
    static const char *const LABELS[] = {".npy", ".csv", ".tsv", ".h5ad", NULL};
    static const char *const PROBA[] = {".npy", ".csv", ".tsv", NULL};
    static const char *const EMBEDDING[] = {".npy", NULL};
    static const out_endings WANTED[] = {
        {"The labels", LABELS, 1}, {"The probabilities", PROBA, 1}, {"The embeddings", EMBEDDING, 0}};
    enum { OUTPUTS = sizeof WANTED / sizeof *WANTED };
    const char *const outputs[OUTPUTS] = {run->paths.labels, run->paths.proba, run->paths.embedding};
    for (int i = 0; i < OUTPUTS; i++)
        TRY(out_ending_check("predict", &WANTED[i], outputs[i]));
    return out_ending_check_stdout("predict", outputs, OUTPUTS, options_given(run->options, "json") ? "--json" : NULL);
}

static int check_paths(const predict_run *run)
{
    const char *outputs[4] = {run->paths.labels};
    const char *inputs[ALSO_MOST + 3] = {run->model_path, run->data};
    size_t count = 1;
    (void)row_options_list(&run->input.options, inputs + 2);
    if (!run->paths.labels)
        return complain_usage("predict", "predict needs a path for the labels: -o LABELS.npy.");
    if (run->paths.proba)
        outputs[count++] = run->paths.proba;
    if (run->paths.embedding)
        outputs[count++] = run->paths.embedding;
    TRY(check_endings(run));
    TRY(out_path_check_distinct("predict", outputs, inputs));
    for (size_t i = 0; i < count; i++)
        TRY(out_path_check(outputs[i]));
    return EXIT_DONE;
}

/* Names within an .h5ad; the library knows more of what they may be. */
static int check_names(const predict_run *run)
{
    static const char *const OPTIONS[] = {"obs", "obsm"};
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        const char *name = options_value(run->options, OPTIONS[i]);
        if (name && !obs_output_is_meant(run->paths.labels)) {
            return complain_usage("predict", "--%s is a name in an .h5ad, which \"%s\" is not: -o LABELS.h5ad.",
                                  OPTIONS[i], run->paths.labels);
        }
        if (name && (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))) {
            return complain_usage("predict", "--%s: \"%s\" is no name; one without a slash is wanted.", OPTIONS[i],
                                  name);
        }
    }
    return EXIT_DONE;
}

/* Checked as parameters of the method, whose sentences have the bounds. */
static int read_settings(predict_run *run, cludi_config *config)
{
    static const char *const NAMES[] = {"draws", "denoise-steps"};
    cludi_error error;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = options_value(run->options, NAMES[i]);
        if (value && cludi_config_set(config, NAMES[i], value, &error) != CLUDI_OK)
            return complain_usage("predict", "%s", error.message);
    }
    cludi_predict_options_init(&run->settings);
    if (options_given(run->options, "draws"))
        run->settings.draws = config->draws;
    run->settings.adaptive = options_given(run->options, "adaptive");
    if (options_given(run->options, "denoise-steps"))
        run->settings.denoise_steps = config->denoise_steps;
    return EXIT_DONE;
}

static int read_request(predict_run *run)
{
    cludi_config config;
    run->model_path = run->options->operands[0];
    run->data = run->options->operands[1];
    run->paths.labels = options_value(run->options, "output");
    run->paths.proba = options_value(run->options, "proba");
    run->paths.embedding = options_value(run->options, "embedding");
    run->paths.names = (obs_names){options_value(run->options, "obs"), options_value(run->options, "obsm")};
    run->input.path = run->data;
    cludi_config_init(&config);
    TRY(row_options_read(&run->input.options, run->options));
    TRY(read_settings(run, &config));
    TRY(check_paths(run));
    return check_names(run);
}

/* The model sets bounds too: its T, and what its method has. */
static int check_settings(const predict_run *run)
{
    cludi_error error;
    cludi_config config = run->info.config;
    cludi_method_info method = method_info(config.method);
    if (run->paths.embedding && !method.has_embedding)
        return complain_usage("predict", "--embedding: a model of the method %s has no embeddings.", method.name);
    if (run->settings.denoise_steps == 0)
        return EXIT_DONE;
    config.denoise_steps = run->settings.denoise_steps;
    return cludi_config_check(&config, &error) == CLUDI_OK ? EXIT_DONE : complain_usage("predict", "%s", error.message);
}

/* The seed is in the model, and a context has to be there to read it. */
static int read_input(predict_run *run)
{
    cludi_error error;
    const char *const outputs[] = {run->paths.labels, run->paths.proba, run->paths.embedding};
    TRY(session_open(&run->loader, run->options, 0));
    TRY(out_claim_take(&run->claim, run->loader.context, outputs, sizeof outputs / sizeof *outputs));
    run->info.struct_size = sizeof run->info;
    if (cludi_model_load(run->loader.context, run->model_path, &run->model, &error) != CLUDI_OK)
        return wrong_file_complain_model(run->loader.context, "predict", run->model_path, run->data, &error);
    if (cludi_model_get_info(run->model, &run->info, &error) != CLUDI_OK)
        return complain_error(&error);
    TRY(check_settings(run));
    run->input.model = run->model;
    TRY(row_input_open(&run->input, run->loader.context));
    return session_open(&run->session, run->options, run->info.seed);
}

static int take_block(void *user, const cludi_prediction *block, int64_t rows)
{
    predict_run *run = user;
    predict_report_add(&run->report, block, rows);
    return predict_output_append(&run->output, block, rows);
}

static int predict_blocks(predict_run *run)
{
    bool wants_proba = predict_output_wants_proba(&run->paths) || options_given(run->options, "json");
    const block_job job = {.session = &run->session,
                           .model = run->model,
                           .input = &run->input,
                           .settings = &run->settings,
                           .clusters = wants_proba ? run->info.clusters : 0,
                           .width = run->paths.embedding ? run->info.config.embedding_dim : 0,
                           .take = take_block,
                           .user = run};
    obs_origin origin = {&run->info, &run->settings, run->info.seed};
    TRY(options_number(run->options, "seed", UINT64_MAX, &origin.seed));
    TRY(predict_report_begin(&run->report, run->info.clusters, run->paths.labels));
    TRY(predict_output_open(&run->output, run->loader.context, &run->paths, &run->input, &origin));
    return block_predict(&job);
}

static int predict(predict_run *run)
{
    double start = duration_now();
    int code = predict_blocks(run);
    if (code != EXIT_DONE && code == stop_signal_exit_code())
        complain("Stopped; nothing was written.");
    run->report.seconds = duration_now() - start;
    return code;
}

static int report(const predict_run *run)
{
    if (!options_given(run->options, "quiet"))
        predict_report_print(&run->report);
    return options_given(run->options, "json") ? predict_report_print_json(&run->report) : EXIT_DONE;
}

static int work(predict_run *run)
{
    TRY(read_request(run));
    TRY(read_input(run));
    TRY(predict(run));
    TRY(predict_output_commit(&run->output));
    return report(run);
}

static int run_predict(const cli_options *options)
{
    predict_run run = {.options = options};
    int code = work(&run);
    predict_output_close(&run.output);
    predict_report_clear(&run.report);
    row_input_close(&run.input);
    session_close(&run.session);
    cludi_model_free(run.model);
    out_claim_clear(&run.claim);
    session_close(&run.loader);
    return code;
}

static const char *const OPERANDS[] = {"MODEL", "DATA", NULL};

static const option_entry OWN[] = {
    {"output", "LABELS",
     "file for the labels: .npy, int32, one per row; .csv or .tsv: id,label,confidence,runner_up; - for that on "
     "stdout; or .h5ad: a copy of DATA with columns in obs (required)",
     'o'},
    {"proba", "P", "file for the probabilities: .npy, float32, rows x K; .csv or .tsv; - for CSV on stdout", 0},
    {"obs", "NAME", "in an .h5ad: name of the column, with NAME_confidence, and of the parameters in uns [cludi]", 0},
    {"obsm", "NAME", "in an .h5ad: name of the probabilities in obsm [not written]", 0},
    {"embedding", "Z.npy", "file for the assignment embeddings: float32, rows x embedding_dim", 0},
    {NULL, NULL, NULL, 0},
};
static const option_group OWN_GROUP = {"Options", OWN};

static const option_entry PREDICTION[] = {
    {"draws", "N", "noise draws averaged per row, S12 [as in the model]", 0},
    {"denoise-steps", "S", "denoising steps per draw, S5 [as in the model]", 0},
    {"adaptive", NULL, "more draws, up to 64, for rows whose label is uncertain", 0},
    {"seed", "S", "random seed, 0 to 18446744073709551615 [the model's]", 0},
    {NULL, NULL, NULL, 0},
};
static const option_group PREDICTION_GROUP = {"Prediction", PREDICTION};

static const option_group *const GROUPS[] = {
    &OWN_GROUP, &OPTIONS_COLUMNS, &OPTIONS_SPACES, &OPTIONS_COMPUTE, &OPTIONS_OUTPUT, &PREDICTION_GROUP, NULL};

const cli_command COMMAND_PREDICT = {
    .name = "predict",
    .summary = "assign rows to the clusters of a model",
    .examples = "  cludi predict model.safetensors new.npy -o labels.npy\n"
                "  cludi predict model.safetensors new.npy -o labels.npy --proba proba.npy --draws 64\n"
                "  cludi predict model.safetensors new.csv --id-column name -o labels.csv\n"
                "  cludi predict model.safetensors cells.h5ad -o out.h5ad --obs cluster --obsm X_cluster\n",
    .usage = "MODEL DATA -o LABELS [options]",
    .notes = "A row gets the same label alone, among others, and in any order. Ctrl-C stops and writes nothing.\n"
             "DATA may be larger than memory: rows are read and results are written in blocks.\n"
             "- is stdin.\n",
    .operands = OPERANDS,
    .groups = GROUPS,
    .common = " output proba embedding id-column draws adaptive seed threads quiet json help ",
    .run = run_predict,
    .operand_hint = "MODEL, a file that 'cludi fit' wrote, comes first",
};
