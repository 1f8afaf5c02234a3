/* The options that several commands have: one row each. */
#include "command.h"

static const option_entry CLUSTERS[] = {
    {"clusters", "K", "number of clusters, 2 or more, at most the number of rows (required)", 'k'},
    {NULL, NULL, NULL, 0},
};

static const option_entry DATA[] = {
    {"memory", "SIZE",
     "rows that need more memory than SIZE stay in the file and are read as needed, with the same result: "
     "bytes, or a number with K, M, G or T (4G or 4GB) [half of the memory of this machine]",
     0},
    {"id-column", "NAME",
     "column of a CSV with the rows' ids, not a feature: its name, or its number from 1 [row numbers; for an "
     ".h5ad the index of obs]",
     0},
    {"drop", "NAME", "column of a CSV that is not a feature: its name, or its number from 1; may be repeated", 0},
    {"header", NULL, "the first line of a CSV has names, even if these are numbers", 0},
    {"no-header", NULL, "the first line of a CSV is a row, even if it is 0, 1, 2, ...", 0},
    {"decimal", ".|,", "decimal point of the numbers in a CSV [.]", 0},
    {NULL, NULL, NULL, 0},
};

static const option_entry SPACES[] = {
    {"also", "FILE", "other features of the same rows, of another encoder (of --method turtle); up to 3 times", 0},
    {NULL, NULL, NULL, 0},
};

static const option_entry COMPUTE[] = {
    {"threads", "T", "threads to use, 1 to 1024, 0 for all processors; does not affect the result [0]", 0},
    {"backend", OPTION_BACKENDS, NULL, 0},
    {"precision", "auto|f32|bf16", "precision of matrix products; auto uses bf16 if the processor has it [auto]", 0},
    {NULL, NULL, NULL, 0},
};

static const option_entry OUTPUT[] = {
    {"quiet", NULL, "no progress and no summary on stderr", 0},
    {"json", NULL, "print the result as one JSON object on stdout (scores and shares as fractions of 1)", 0},
    {NULL, NULL, NULL, 0},
};

static const option_entry TRAINING[] = {
    {"seed", "S", "random seed, 0 to 18446744073709551615; the same seed gives the same model [0]", 0},
    {"preset", "default|paper", "values of the parameters that are not given [default]", 0},
    {NULL, NULL, NULL, 0},
};

const option_group OPTIONS_CLUSTERS = {"Options", CLUSTERS};
const option_group OPTIONS_DATA = {"Data", DATA};
const option_group OPTIONS_COLUMNS = {"Data", DATA + 1};
const option_group OPTIONS_SPACES = {"Data", SPACES};
const option_group OPTIONS_COMPUTE = {"Compute", COMPUTE};
const option_group OPTIONS_OUTPUT = {"Output", OUTPUT};
const option_group OPTIONS_JSON = {"Output", OUTPUT + 1};
const option_group OPTIONS_TRAINING = {"Training", TRAINING};

const option_entry *command_option(const cli_command *command, size_t index, const option_group **group)
{
    for (const option_group *const *at = command->groups; *at; at++)
        for (const option_entry *entry = (*at)->entries; entry->name; entry++)
            if (index-- == 0) {
                if (group)
                    *group = *at;
                return entry;
            }
    return NULL;
}
