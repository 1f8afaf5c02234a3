/* cludi compare: methods on the same rows, with several seeds. */
#include "command.h"
#include "rows.h"
#include "run_study.h"

static const run_kind KIND = {.method_list = "methods", .usual_seeds = 5, .usual_jobs = 1};

static int run_compare(const cli_options *options)
{
    return run_study_do(&KIND, options);
}

static const char *const OPERANDS[] = {"DATA", NULL};

static const option_entry OWN[] = {
    {"methods", "A,B,...", "methods to compare [all]", 0},
    {NULL, NULL, NULL, 0},
};
static const option_group OWN_GROUP = {"Options", OWN};

static const option_group *const GROUPS[] = {&OPTIONS_CLUSTERS, &OWN_GROUP,      &STUDY_OPTIONS,    &OPTIONS_DATA,
                                             &OPTIONS_COMPUTE,  &OPTIONS_OUTPUT, &OPTIONS_TRAINING, NULL};

const cli_command COMMAND_COMPARE = {
    .name = "compare",
    .summary = "run several methods on the same rows and compare their results",
    .examples = "  cludi compare features.npy -k 50 -o comparison\n"
                "  cludi compare features.npy -k 50 -o comparison --labels classes.npy\n"
                "  cludi compare features.npy -k 50 -o comparison --methods cludi,kmeans --seeds 10\n",
    .usage = "DATA -k K -o DIR [options]",
    .notes = "Each run is a 'cludi fit' and a 'cludi predict' on the same rows, in separate processes. Prints for\n"
             "each method mean and standard deviation of NMI, ACC and ARI over the seeds, mean time and peak\n"
             "memory; without --labels, of the silhouette on a sample of the rows, the stability (adjusted Rand\n"
             "index between seeds) and the confidence. DIR/compare.json and compare.csv have all of these,\n"
             "DIR/compare.svg is a plot, DIR/runs has the labels of each run.\n"
             "If the command was stopped, run it again: finished runs are not repeated.\n",
    .operands = OPERANDS,
    .groups = GROUPS,
    .common = " clusters methods output labels seeds jobs keep-models threads seed quiet json epochs help ",
    .takes_parameters = true,
    .run = run_compare,
};
