/** @file run_plan.h
 *  Which runs 'cludi compare' and 'cludi sweep' are asked for: every combination of the values of some parameters (a
 *  setting), each with every seed.
 */
#ifndef CLUDI_CLI_RUN_PLAN_H
#define CLUDI_CLI_RUN_PLAN_H

#include <stdint.h>

#include "fit_request.h"
#include "options.h"
#include "run_factor.h"
#include "word_list.h"

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
    int keep_models;
} run_plan;

/** Reads and checks a plan, before any file is looked at.
 *  @param plan out; the caller clears it also after an error
 *  @return 0, or an exit code after one sentence on stderr */
int run_plan_read(run_plan *plan, const run_kind *kind, const cli_options *options);

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

#endif
