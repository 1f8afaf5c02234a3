/* cludi eval: scores of labels against known classes. */
#include <inttypes.h>

#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "json_out.h"
#include "options.h"
#include "predict.h"
#include "session.h"

static int compare(cludi_context *context, const char *const *paths, cludi_labels *labels, cludi_scores *scores)
{
    cludi_error error;
    for (int i = 0; i < 2; i++)
        if (cludi_labels_read(context, paths[i], &labels[i], &error) != CLUDI_OK)
            return complain_error(&error);
    if (labels[0].rows != labels[1].rows) {
        return complain("\"%s\" has %" PRId64 " labels, but \"%s\" has %" PRId64 "; both must be about the same rows.",
                        paths[0], labels[0].rows, paths[1], labels[1].rows);
    }
    scores->struct_size = sizeof *scores;
    cludi_status status = cludi_score(context, labels[0].data, labels[1].data, labels[0].rows, scores, &error);
    return status == CLUDI_OK ? EXIT_DONE : complain_error(&error);
}

static int work(cli_session *session, const cli_options *options, cludi_labels *labels)
{
    cludi_scores scores = {0};
    const char *const paths[] = {options->operands[0], options->operands[1]};
    TRY(session_open(session, options, 0));
    TRY(compare(session->context, paths, labels, &scores));
    if (options_given(options, "json"))
        return json_out_print(score_table_json(&scores));
    score_table_print(&scores);
    return EXIT_DONE;
}

static int run_eval(const cli_options *options)
{
    cli_session session;
    cludi_labels labels[2] = {{0}};
    int code = work(&session, options, labels);
    if (session.context) {
        cludi_labels_clear(session.context, &labels[0]);
        cludi_labels_clear(session.context, &labels[1]);
    }
    session_close(&session);
    return code;
}

static const char *const OPERANDS[] = {"TRUE", "PRED", NULL};

static const option_group *const GROUPS[] = {&OPTIONS_JSON, NULL};

const cli_command COMMAND_EVAL = {
    .name = "eval",
    .summary = "score labels against known classes",
    .examples = "  cludi eval classes.npy labels.npy\n"
                "  cludi eval classes.npy labels.npy --json\n"
                "  cludi eval items.csv:class labels.csv:label\n",
    .usage = "TRUE PRED [options]",
    .notes = "Prints NMI, AMI, ARI and ACC (accuracy under the best one-to-one matching of clusters to classes), the\n"
             "numbers of classes and clusters, and the shares of the rows in the largest and the smallest cluster.\n"
             "Only equality of labels matters; the number of clusters may differ from the number of classes.\n"
             "FILE:NAME is a column of a CSV or an array of a .npz; classes in a CSV may be words.\n",
    .operands = OPERANDS,
    .groups = GROUPS,
    .run = run_eval,
    .operand_hint = "the known classes come first, then the labels that 'cludi predict' wrote",
};
