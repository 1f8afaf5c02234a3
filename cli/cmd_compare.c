/* cludi compare: methods on the same rows, with several seeds. */
#include "command.h"
#include "row_options.h"
#include "run_study.h"

static const run_kind KIND = {.method_list = "methods", .usual_seeds = 5, .usual_jobs = 1};

static int run_compare(const cli_options *options)
{
    return run_study_do(&KIND, options);
}

static const char *const OPERANDS[] = {"DATA", NULL};

static const option_entry ENTRIES[] = {
    {"clusters", "K", "number of clusters, 2 or more, at most the number of rows (required)", 'k'},
    {"output", "DIR", "folder for the results; made if it is not there (required)", 'o'},
    {"labels", "Y", "known classes of the rows: scores against them", 0},
    {"methods", "A,B,...", "what is compared [all methods]", 0},
    {"seeds", "N", "runs of each method, with the seeds S, S + 1, ... [5]", 0},
    {"seed", "S", "the first seed [0]", 0},
    {"jobs", "J", "runs at once, 1 to 1024, 0 for one a processor; with more than 1 they slow each other [1]", 0},
    {"threads", "T", "processors of a run, 1 to 1024, 0 for all, divided by the jobs [0]", 0},
    {"keep-models", NULL, "keep the model of each run, DIR/runs/NAME.safetensors", 0},
    ROW_OPTIONS,
    {"memory", "SIZE", "of the rows of a run, as in fit [half of the memory of this machine, divided by the jobs]", 0},
    {"preset", "default|paper", "where the parameters below start from [default]", 0},
    {"backend", OPTION_BACKENDS, NULL, 0},
    {"precision", "auto|f32|bf16", "of matrix products; auto takes bf16 where the processor has it [auto]", 0},
    {"quiet", NULL, "no progress and no explanations on stderr", 0},
    {"json", NULL, "print DIR/compare.json on stdout instead of the table", 0},
    {NULL, NULL, NULL, 0},
};

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
    .entries = ENTRIES,
    .takes_parameters = 1,
    .run = run_compare,
};
