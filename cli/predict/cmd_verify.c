/* cludi verify: is this the data of the model, and does the model still say of it what it said? */
#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "json_out.h"
#include "options.h"
#include "rows.h"
#include "session.h"

/* Everything a run holds; freed in the reverse order. */
typedef struct verify_run {
    const cli_options *options;
    cli_session session;
    cludi_model *model;
    row_input input;
    cludi_verification found;
} verify_run;

static int compare(verify_run *run)
{
    cludi_error error;
    bool from_file = false;
    const cli_options *options = run->options;
    const char *model = options->operands[0];
    TRY(row_options_read(&run->input.options, options));
    TRY(session_open(&run->session, options, 0));
    if (cludi_model_load(run->session.context, model, &run->model, &error) != CLUDI_OK)
        return wrong_file_complain_model(run->session.context, "verify", model, options->operands[1], &error);
    run->input.path = options->operands[1];
    run->input.model = run->model;
    TRY(row_input_open_within(&run->input, run->session.context, memory_limit_default(), &from_file));
    run->found.struct_size = sizeof run->found;
    cludi_status status = cludi_model_verify(run->session.context, run->model, &run->input.rows, &run->found, &error);
    if (status == CLUDI_STOPPED)
        return stop_signal_exit_code();
    return status == CLUDI_OK ? EXIT_DONE : complain_rows(options->operands[1], &error);
}

static const char *verdict(const cludi_verification *found)
{
    if (!found->same_rows)
        return "other rows than those of the training";
    if (found->checked == 0)
        return "the rows of the training, which was stopped before there were labels to compare";
    return found->same_labels ? "the rows of the training, and their labels are the same"
                              : "the rows of the training, but some labels differ";
}

static int report(const cludi_verification *found, const cli_options *options)
{
    bool is_same = found->same_rows && (found->same_labels || found->checked == 0);
    int code = EXIT_DONE;
    if (options_given(options, "json")) {
        code = json_out_print(json_pack("{s:b, s:o, s:I}", "same_rows", found->same_rows, "same_labels",
                                        found->checked > 0 ? json_boolean(found->same_labels) : json_null(), "checked",
                                        (json_int_t)found->checked));
    } else {
        printf("%s: %s", options->operands[1], verdict(found));
        printf(found->checked > 0 ? " (%" PRId64 " compared)\n" : "\n", found->checked);
    }
    return code == EXIT_DONE && !is_same ? EXIT_FAILED : code;
}

static int work(verify_run *run)
{
    TRY(compare(run));
    return report(&run->found, run->options);
}

static int run_verify(const cli_options *options)
{
    verify_run run = {.options = options};
    int code = work(&run);
    row_input_close(&run.input);
    cludi_model_free(run.model);
    session_close(&run.session);
    return code;
}

static const char *const OPERANDS[] = {"MODEL", "DATA", NULL};

static const option_group *const GROUPS[] = {&OPTIONS_COLUMNS, &OPTIONS_SPACES, &OPTIONS_COMPUTE, &OPTIONS_OUTPUT,
                                             NULL};

const cli_command COMMAND_VERIFY = {
    .name = "verify",
    .summary = "repeat the check at the end of a training",
    .examples = "  cludi verify model.safetensors features.npy\n",
    .usage = "MODEL DATA [options]",
    .notes =
        "Compares the model's numbers with the digest they were saved with; the rows of DATA, in any order, with the\n"
        "digest of the training rows; and the labels of 4,096 of them with those that the model gave then. Exit code\n"
        "1 if anything differs. Another backend or precision than in training may change labels.\n",
    .operands = OPERANDS,
    .groups = GROUPS,
    .run = run_verify,
    .operand_hint = "MODEL, a file that 'cludi fit' wrote, comes first",
};
