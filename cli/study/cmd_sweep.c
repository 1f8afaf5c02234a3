/* cludi sweep: the values of parameters, each combination with several seeds. */
#include "command.h"
#include "rows.h"
#include "run_study.h"

static const run_kind KIND = {.factor_list = "param", .usual_seeds = 3, .usual_jobs = 0};

static int run_sweep(const cli_options *options)
{
    return run_study_do(&KIND, options);
}

static const char *const OPERANDS[] = {"DATA", NULL};

static const option_entry OWN[] = {
    {"param", "NAME=A,B,...",
     "a parameter and the values to try; may be repeated up to 8 times, for every combination (required)", 0},
    {NULL, NULL, NULL, 0},
};
static const option_group OWN_GROUP = {"Options", OWN};

static const option_group *const GROUPS[] = {&OPTIONS_CLUSTERS, &OWN_GROUP,      &STUDY_OPTIONS,    &OPTIONS_DATA,
                                             &OPTIONS_COMPUTE,  &OPTIONS_OUTPUT, &OPTIONS_TRAINING, NULL};

const cli_command COMMAND_SWEEP = {
    .name = "sweep",
    .summary = "run every combination of values of parameters",
    .examples =
        "  cludi sweep features.npy -k 50 --method cludi --param noise_scale=2,3,4,5,6,7 -o noise\n"
        "  cludi sweep features.npy -k 50 --method cludi --param noise_scale=2,4 --param embedding_dim=32,64 -o grid\n"
        "  cludi sweep features.npy -k 50 --param preprocessing=unit,directions --labels classes.npy -o rows\n",
    .usage = "DATA -k K --param NAME=A,B,... -o DIR [options]",
    .notes =
        "Each run is a 'cludi fit' and a 'cludi predict' on the same rows, in separate processes. Prints for\n"
        "each combination what 'cludi compare' prints for a method, in the order of the values. DIR/sweep.json\n"
        "and sweep.csv have all of it, DIR/sweep.svg draws the scores: the first parameter on x, a line for each\n"
        "combination of the others. DIR/runs has the labels of each run.\n"
        "If the command was stopped, or with more values or seeds, run it again: finished runs are not repeated.\n",
    .operands = OPERANDS,
    .groups = GROUPS,
    .common = " clusters param output labels seeds jobs keep-models threads seed quiet json epochs help ",
    .takes_parameters = true,
    .run = run_sweep,
};
