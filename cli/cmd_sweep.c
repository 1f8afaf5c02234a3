/* cludi sweep: the values of parameters, each combination with several seeds. */
#include "command.h"
#include "row_options.h"
#include "run_study.h"

static const run_kind KIND = {.factor_list = "param", .usual_seeds = 3, .usual_jobs = 0};

static int run_sweep(const cli_options *options)
{
    return run_study_do(&KIND, options);
}

static const char *const OPERANDS[] = {"DATA", NULL};

static const option_entry ENTRIES[] = {
    {"clusters", "K", "number of clusters, 2 or more, at most the number of rows (required)", 'k'},
    {"output", "DIR", "folder for the results; made if it is not there (required)", 'o'},
    {"param", "NAME=A,B,...",
     "a parameter and the values it takes; may be given up to 8 times, for every combination (required)", 0},
    {"labels", "Y", "known classes of the rows: scores against them", 0},
    {"seeds", "N", "runs of each combination, with the seeds S, S + 1, ... [3]", 0},
    {"seed", "S", "the first seed [0]", 0},
    {"jobs", "J", "runs at once, 1 to 1024, 0 for one a processor [0]", 0},
    {"threads", "T", "processors of a run, 1 to 1024, 0 for all, divided by the jobs [0]", 0},
    {"keep-models", NULL, "keep the model of each run, DIR/runs/NAME.safetensors", 0},
    ROW_OPTIONS,
    {"memory", "SIZE", "of the rows of a run, as in fit [half of the memory of this machine, divided by the jobs]", 0},
    {"preset", "default|paper", "where the parameters below start from [default]", 0},
    {"backend", OPTION_BACKENDS, NULL, 0},
    {"precision", "auto|f32|bf16", "of matrix products; auto takes bf16 where the processor has it [auto]", 0},
    {"quiet", NULL, "no progress and no explanations on stderr", 0},
    {"json", NULL, "print DIR/sweep.json on stdout instead of the table", 0},
    {NULL, NULL, NULL, 0},
};

const cli_command COMMAND_SWEEP = {
    .name = "sweep",
    .summary = "run every combination of values of parameters",
    .examples = "  cludi sweep features.npy -k 50 --param noise_scale=2,3,4,5,6,7 -o noise\n"
                "  cludi sweep features.npy -k 50 --param noise_scale=2,4,6 --param embedding_dim=32,64 --labels "
                "classes.npy -o grid\n"
                "  cludi sweep features.npy -k 50 --param snr-weight=max,min,none --steps 200 --seeds 5 -o weights\n",
    .usage = "DATA -k K --param NAME=A,B,... -o DIR [options]",
    .notes = "Each run is a 'cludi fit' and a 'cludi predict' of the same rows in processes of their own. Prints for\n"
             "each combination what 'cludi compare' prints for a method, in the order of the values. DIR/sweep.json\n"
             "and sweep.csv have all of it, DIR/sweep.svg draws the scores: the first parameter on x, a line for each\n"
             "combination of the others. DIR/runs has the labels of each run.\n"
             "The same command, also with more values or seeds, runs only what is not done yet.\n",
    .operands = OPERANDS,
    .entries = ENTRIES,
    .takes_parameters = 1,
    .run = run_sweep,
};
