/* cludi info: what a file holds. */
#include <stdlib.h>
#include <string.h>

#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "file_facts.h"
#include "options.h"
#include "session.h"

static int describe_model(cludi_context *context, const char *path, cludi_model_info *info)
{
    cludi_error error;
    cludi_model *model = NULL;
    int code = EXIT_DONE;
    info->struct_size = sizeof *info;
    if (cludi_model_load(context, path, &model, &error) != CLUDI_OK ||
        cludi_model_get_info(model, info, &error) != CLUDI_OK) {
        code = complain_error(&error);
    }
    cludi_model_free(model);
    return code;
}

static int run_info(const cli_options *options)
{
    cli_session session;
    cludi_error error;
    file_facts facts = {.path = options->operands[0]};
    int code = session_open(&session, options, 0);
    if (code == EXIT_DONE && cludi_file_describe(session.context, facts.path, &facts.file, &error) != CLUDI_OK) {
        code = complain_error(&error);
    }
    if (code == EXIT_DONE) {
        facts.is_model = !strcmp(facts.file.format, "model");
        facts.has_tensors = !facts.is_model && facts.file.dtype[0] == '\0';
        code = facts.is_model      ? describe_model(session.context, facts.path, &facts.model)
               : facts.has_tensors ? tensor_facts_read(&facts.tensors, session.context, facts.path)
                                   : EXIT_DONE;
    }
    if (code == EXIT_DONE && options_given(options, "json")) {
        code = file_facts_print_json(&facts);
    } else if (code == EXIT_DONE) {
        file_facts_print(&facts);
    }
    tensor_facts_clear(&facts.tensors);
    session_close(&session);
    return code;
}

static const char *const OPERANDS[] = {"FILE", NULL};

static const option_entry ENTRIES[] = {
    {"json", NULL, "print one JSON object, with every parameter of a model", 0},
    {NULL, NULL, NULL, 0},
};

const cli_command COMMAND_INFO = {
    .name = "info",
    .summary = "say what a file holds: an array, tensors or a model",
    .examples = "  cludi info features.npy\n"
                "  cludi info model.safetensors --json\n",
    .usage = "FILE [options]",
    .notes = "Of an array: format, type, shape, order, size. Of a model: its sizes, how it was trained, and the\n"
             "parameters that differ from their defaults. Of another safetensors file: its tensors, and whether\n"
             "'cludi embed' takes it as WEIGHTS. - is stdin.\n",
    .operands = OPERANDS,
    .entries = ENTRIES,
    .run = run_info,
};
