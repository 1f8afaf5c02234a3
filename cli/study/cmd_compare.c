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
    {"methods", "A,B,...", "what is compared [all methods]", 0},
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
    .notes = "Each run is a 'cludi fit' and a 'cludi predict' of the same rows in processes of their own. Prints for\n"
             "each method mean and standard deviation of NMI, ACC and ARI over the seeds, mean time and largest\n"
             "memory; without --labels, of the silhouette on a sample of the rows, of the stability (adjusted Rand\n"
             "index between seeds) and of the confidence. DIR/compare.json and compare.csv have all of these,\n"
             "DIR/compare.svg is a picture, DIR/runs has the labels of each run.\n"
             "The same command goes on where one was stopped: runs that are done are not run again.\n",
    .operands = OPERANDS,
    .groups = GROUPS,
    .common = " clusters methods output labels seeds jobs keep-models threads seed quiet json epochs help ",
    .takes_parameters = true,
    .run = run_compare,
};
