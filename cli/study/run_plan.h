/** @file run_plan.h
 *  Which runs 'cludi compare' and 'cludi sweep' are asked for, and where they go.
 */
#ifndef CLUDI_CLI_RUN_PLAN_H
#define CLUDI_CLI_RUN_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/config.h>

#include "fit_request.h"
#include "options.h"
#include "outputs.h"
#include "words.h"

/* ---- run_factor.c: a parameter that differs between the runs of 'cludi compare' and 'cludi sweep', and the values it takes. ---- */

/** Bytes that hold any value. */
enum { RUN_VALUE_SIZE = 32 };

/** A parameter and its values. Empty it with run_factor_clear(). */
typedef struct run_factor {
    const cludi_param *param;       /**< row of the library's table */
    int32_t index;                  /**< of that row */
    int32_t count;                  /**< of values, 1 or more */
    char (*values)[RUN_VALUE_SIZE]; /**< (count) all different, by run_factor_format(); owned */
    double *numbers;                /**< (count) the same as numbers; the index into choices for a choice; owned */
} run_factor;

/** Reads a parameter and its values, each checked against the table.
 *  @param factor  out; the caller clears it also after an error
 *  @param command for the sentence
 *  @param name    of the parameter, any text
 *  @param list    its values with commas between, any text; NULL: all there are of a choice
 *  @return 0, or an exit code after one sentence on stderr */
int run_factor_read(run_factor *factor, const char *command, const char *name, const char *list);

/** Writes the value of a parameter in one way alone, so that 0.10 and 0.1 are the same.
 *  @param index row of the library's table
 *  @param value out: read back to the same bits */
void run_factor_format(const cludi_config *config, int32_t index, char value[RUN_VALUE_SIZE]);

/** Frees what run_factor_read() took. */
void run_factor_clear(run_factor *factor);

/* ---- run_plan.c: which runs 'cludi compare' and 'cludi sweep' are asked for: every combination of the values of some parameters (a
   setting), each with every seed. ---- */

enum { RUN_FACTORS = 8, RUN_NAME_SIZE = 200 };

/** What the two commands differ in; all pointers are static. */
typedef struct run_kind {
    const char *method_list; /**< the option that lists methods, the only parameter that varies; or NULL */
    const char *factor_list; /**< the option that names a parameter and its values, once or more; or NULL */
    int32_t usual_seeds;
    int32_t usual_jobs; /**< 0: one for each processor */
} run_kind;

/** The runs. Run r has the setting r / seeds and the seed first_seed + r % seeds. Empty it with run_plan_clear(). */
typedef struct run_plan {
    const cli_options *options;
    const run_kind *kind;
    fit_request base;   /**< data, K, and what holds for all runs */
    const char *labels; /**< path of known classes, or NULL */
    const char *folder; /**< where all goes */
    run_factor factors[RUN_FACTORS];
    int32_t factor_count;
    int32_t settings; /**< of the first parameter the values change slowest */
    int32_t seeds;
    uint64_t first_seed;
    int32_t runs;    /**< settings * seeds */
    int32_t jobs;    /**< runs at once */
    int32_t threads; /**< of a run */
    uint64_t memory; /**< bytes that the rows of a run may take */
    bool keep_models;
} run_plan;

/** Reads and checks a plan, before any file is looked at.
 *  @param plan out; the caller clears it also after an error
 *  @return 0, or an exit code after one sentence on stderr */
int run_plan_read(run_plan *plan, const run_kind *kind, const cli_options *options);

/** Says on stderr which parameters are given or vary, and are used by no method of the runs. */
void run_plan_tell_unused(const run_plan *plan);

/** @return which of its values a parameter has in a setting */
int32_t run_plan_level(const run_plan *plan, int32_t setting, int32_t factor);

/** @return the seed of a run */
uint64_t run_plan_seed(const run_plan *plan, int32_t run);

/** Writes the name of a run, "F=2,d=32,seed=0". @param name out */
void run_plan_name(const run_plan *plan, int32_t run, char name[RUN_NAME_SIZE]);

/** Adds the options of 'cludi fit' that decide the result of a run, the rows apart. */
void run_plan_add_fit(const run_plan *plan, int32_t run, word_list *words);

/** Adds the options of 'cludi predict' that do. */
void run_plan_add_predict(const run_plan *plan, int32_t run, word_list *words);

/** Frees what run_plan_read() took. */
void run_plan_clear(run_plan *plan);

/* ---- run_folder.c: the folder of a study. ---- */

/** @return "DIR/COMMAND.SUFFIX", where results go; freed by the caller; NULL without memory */
char *run_folder_path(const run_plan *plan, const char *suffix);

/** Makes the folder and the one of its runs, and takes them for this process as long as it lives, and the files of the results.
 *  @param plan    what is run
 *  @param context of the claim
 *  @param claim   out; cleared by the caller also after an error
 *  @return 0, or an exit code after one sentence on stderr: another process has it, or a result would overwrite an input */
int run_folder_prepare(const run_plan *plan, cludi_context *context, out_claim *claim);

#endif
