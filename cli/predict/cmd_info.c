/* cludi info: what a file holds. */
#include <string.h>

#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "facts.h"
#include "options.h"
#include "rows.h"
#include "session.h"

/* Everything a run holds; freed in the reverse order. */
typedef struct info_run {
    cli_session session;
    row_input input;
    cludi_model *model;
    file_facts facts;
} info_run;

static int describe_model(info_run *run)
{
    cludi_error error;
    run->facts.model.struct_size = sizeof run->facts.model;
    if (cludi_model_load(run->session.context, run->facts.path, &run->model, &error) != CLUDI_OK ||
        cludi_model_get_info(run->model, &run->facts.model, &error) != CLUDI_OK)
        return complain_error(&error);
    run->facts.columns = cludi_model_get_columns(run->model);
    return EXIT_DONE;
}

/* Text has columns, of which some may not be features. */
static int describe_columns(info_run *run)
{
    cludi_error error;
    TRY(row_input_open(&run->input, run->session.context));
    if (cludi_dataset_describe(run->input.dataset, &run->facts.file, &error) != CLUDI_OK)
        return complain_error(&error);
    run->facts.columns = cludi_dataset_get_columns(run->input.dataset);
    return EXIT_DONE;
}

static int describe(info_run *run)
{
    cludi_error error;
    file_facts *facts = &run->facts;
    if (row_options_are_given(&run->input.options))
        return describe_columns(run);
    if (cludi_file_describe(run->session.context, facts->path, &facts->file, &error) != CLUDI_OK)
        return complain_error(&error);
    facts->is_model = !strcmp(facts->file.format, "model");
    if (facts->is_model)
        return describe_model(run);
    facts->has_tensors = facts->file.dtype[0] == '\0';
    if (facts->has_tensors)
        return tensor_facts_read(&facts->tensors, run->session.context, facts->path);
    bool is_text = !strncmp(facts->file.format, "csv", 3) || !strncmp(facts->file.format, "tsv", 3);
    return is_text ? describe_columns(run) : EXIT_DONE;
}

static int work(info_run *run, const cli_options *options)
{
    TRY(row_options_read(&run->input.options, options));
    TRY(session_open(&run->session, options, 0));
    TRY(describe(run));
    if (options_given(options, "json"))
        return file_facts_print_json(&run->facts);
    file_facts_print(&run->facts);
    return EXIT_DONE;
}

static int run_info(const cli_options *options)
{
    info_run run = {.facts.path = options->operands[0], .input.path = options->operands[0]};
    int code = work(&run, options);
    tensor_facts_clear(&run.facts.tensors);
    cludi_model_free(run.model);
    row_input_close(&run.input);
    session_close(&run.session);
    return code;
}

static const char *const OPERANDS[] = {"FILE", NULL};

static const option_group *const GROUPS[] = {&OPTIONS_COLUMNS, &OPTIONS_JSON, NULL};

const cli_command COMMAND_INFO = {
    .name = "info",
    .summary = "describe a file: an array, tensors or a model",
    .examples = "  cludi info features.npy\n"
                "  cludi info model.safetensors --json\n",
    .usage = "FILE [options]",
    .notes = "For an array: format, type, shape, order, size, names of columns. For a model: its sizes, how it was\n"
             "trained, and the parameters that differ from their defaults. For another safetensors file: its\n"
             "tensors, and whether 'cludi embed' can use it as WEIGHTS. - is stdin.\n",
    .operands = OPERANDS,
    .groups = GROUPS,
    .run = run_info,
};
