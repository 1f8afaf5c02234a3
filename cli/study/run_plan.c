#include "run_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/context.h>

#include "complain.h"
#include "outputs.h"
#include "rows.h"

enum { MOST_RUNS = 10000, MOST_JOBS = 1024, MOST_THREADS = 1024, LONGEST_WORD = 64 };

/* Options of fit that decide its result and are handed on, the parameters and those of rows apart; the first two are
   predict's too. */
static const char *const HANDED_ON[] = {"backend", "precision", "preset"};
enum { HANDED_TO_PREDICT = 2, HANDED_TO_FIT = sizeof HANDED_ON / sizeof *HANDED_ON };

static int add_factor(run_plan *plan, const char *name, const char *list)
{
    const char *command = plan->options->command->name;
    if (plan->factor_count == RUN_FACTORS)
        return complain_usage(command, "%s varies at most %d parameters.", command, RUN_FACTORS);
    run_factor *factor = &plan->factors[plan->factor_count++];
    TRY(run_factor_read(factor, command, name, list));
    for (int32_t i = 0; i + 1 < plan->factor_count; i++) {
        if (plan->factors[i].param == factor->param) {
            return complain_usage(command, "--%s names %s twice; give all its values at once.", plan->kind->factor_list,
                                  factor->param->name);
        }
    }
    if (options_parameter(plan->options, factor->index)) {
        return complain_usage(command, "%s varies over the runs, so --%s cannot be given as well as --%s.",
                              factor->param->name, factor->param->name,
                              plan->kind->method_list ? plan->kind->method_list : plan->kind->factor_list);
    }
    return EXIT_DONE;
}

/* What is no parameter of the method, but something else that a command takes. */
static int check_varies(const run_plan *plan, const char *name)
{
    static const char CLUSTERS[] = " K k clusters n_clusters n-clusters num_clusters ";
    const char *command = plan->options->command->name;
    char word[LONGEST_WORD];
    snprintf(word, sizeof word, " %s ", name);
    if (strstr(CLUSTERS, word)) {
        return complain_usage(command,
                              "--%s %s: the number of clusters is the same in all runs, -k K; for others run %s "
                              "again, with another -o DIR.",
                              plan->kind->factor_list, name, command);
    }
    if (!strcmp(name, "seed") || !strcmp(name, "seeds")) {
        return complain_usage(command, "--%s %s: every combination is run with --seeds N seeds, from --seed S on.",
                              plan->kind->factor_list, name);
    }
    const char *meant = options_meant_parameter(plan->options, name);
    if (meant)
        return complain_usage(command, "There is no parameter \"%s\" (did you mean %s?).", name, meant);
    return options_is_own(plan->options, name)
               ? complain_usage(command,
                                "--%s %s: that is no parameter of the method but an option, the same in all runs: "
                                "--%s.",
                                plan->kind->factor_list, name, name)
               : EXIT_DONE;
}

/* "noise_scale=2,3,4" */
static int add_assignment(run_plan *plan, const char *text)
{
    const char *command = plan->options->command->name;
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1]) {
        return complain_usage(command,
                              "--%s is '%s'; it must be a parameter and its values, such as noise_scale=2,3,4.",
                              plan->kind->factor_list, text);
    }
    char *name = strndup(text, (size_t)(equals - text));
    int code = name ? check_varies(plan, name) : complain("Out of memory.");
    if (code == EXIT_DONE)
        code = add_factor(plan, name, equals + 1);
    free(name);
    return code;
}

static int read_factors(run_plan *plan)
{
    int count = 0;
    const run_kind *kind = plan->kind;
    const char *command = plan->options->command->name;
    if (kind->method_list)
        return add_factor(plan, "method", options_value(plan->options, kind->method_list));
    const char *const *texts = options_values(plan->options, kind->factor_list, &count);
    if (count == 0) {
        return complain_usage(command, "%s needs a parameter and its values: --%s noise_scale=2,3,4.", command,
                              kind->factor_list);
    }
    for (int i = 0; i < count; i++)
        TRY(add_assignment(plan, texts[i]));
    return EXIT_DONE;
}

static const run_factor *find_factor(const run_plan *plan, const char *name)
{
    for (int32_t i = 0; i < plan->factor_count; i++)
        if (!strcmp(plan->factors[i].param->name, name))
            return &plan->factors[i];
    return NULL;
}

/* As in fit, where a preset that counts epochs does not win over --steps, and both together are refused. */
static int check_length(const run_plan *plan)
{
    const char *command = plan->options->command->name;
    bool steps = options_given(plan->options, "steps") || find_factor(plan, "steps");
    bool epochs = options_given(plan->options, "epochs") || find_factor(plan, "epochs");
    return steps && epochs ? complain_usage(command, "steps and epochs cannot be given together.") : EXIT_DONE;
}

/* A value may be within its bounds and not go with another one. */
static int check_setting(const run_plan *plan, int32_t setting)
{
    cludi_error error;
    cludi_config config = plan->base.config;
    if (find_factor(plan, "steps"))
        config.epochs = 0;
    cludi_status status = CLUDI_OK;
    for (int32_t i = 0; i < plan->factor_count && status == CLUDI_OK; i++) {
        const run_factor *factor = &plan->factors[i];
        const char *value = factor->values[run_plan_level(plan, setting, i)];
        status = cludi_config_set(&config, factor->param->name, value, &error);
    }
    if (status == CLUDI_OK)
        status = cludi_config_check(&config, &error);
    return status == CLUDI_OK ? EXIT_DONE : complain_usage(plan->options->command->name, "%s", error.message);
}

static int count_runs(run_plan *plan)
{
    const char *command = plan->options->command->name;
    uint64_t seeds = (uint64_t)plan->kind->usual_seeds;
    TRY(options_number_from(plan->options, "seeds", 1, MOST_RUNS, &seeds));
    TRY(options_number(plan->options, "seed", UINT64_MAX, &plan->first_seed));
    if (plan->first_seed > UINT64_MAX - (seeds - 1))
        return complain_usage(command, "--seed and --seeds lead past the largest seed.");
    uint64_t runs = seeds;
    for (int32_t i = 0; i < plan->factor_count && runs <= MOST_RUNS; i++)
        runs *= (uint64_t)plan->factors[i].count;
    if (runs > MOST_RUNS)
        return complain_usage(command, "That would be more than %d runs.", MOST_RUNS);
    plan->runs = (int32_t)runs;
    plan->seeds = (int32_t)seeds;
    plan->settings = plan->runs / plan->seeds;
    return EXIT_DONE;
}

/* As many as a run takes when nobody says how many. */
static int count_processors(int32_t *processors)
{
    cludi_context_options settings;
    cludi_context *context = NULL;
    cludi_error error;
    cludi_context_options_init(&settings);
    settings.backend = "ref";
    if (cludi_context_new(&settings, &context, &error) != CLUDI_OK)
        return complain_error(&error);
    *processors = cludi_context_threads(context);
    cludi_context_free(context);
    return EXIT_DONE;
}

static int divide_machine(run_plan *plan)
{
    uint64_t threads = 0;
    int32_t processors = 1;
    uint64_t jobs = (uint64_t)plan->kind->usual_jobs;
    TRY(count_processors(&processors));
    TRY(options_number(plan->options, "threads", MOST_THREADS, &threads));
    TRY(options_number(plan->options, "jobs", MOST_JOBS, &jobs));
    if (jobs == 0)
        jobs = threads > 0 ? (uint64_t)processors / threads : (uint64_t)processors;
    jobs = jobs > (uint64_t)plan->runs ? (uint64_t)plan->runs : jobs;
    plan->jobs = jobs > 0 ? (int32_t)jobs : 1;
    plan->threads = threads > 0 ? (int32_t)threads : processors / plan->jobs;
    plan->threads = plan->threads > 0 ? plan->threads : 1;
    plan->memory =
        options_given(plan->options, "memory") ? plan->base.memory : memory_limit_default() / (uint64_t)plan->jobs;
    return EXIT_DONE;
}

static int check_names(const run_plan *plan)
{
    char name[RUN_NAME_SIZE];
    for (int32_t run = 0; run < plan->runs; run++) {
        run_plan_name(plan, run, name);
        if (strlen(name) + 1 == RUN_NAME_SIZE) {
            return complain_usage(plan->options->command->name, "The name \"%s...\" of a run is too long for a file.",
                                  name);
        }
    }
    return EXIT_DONE;
}

static int check_folder(const run_plan *plan)
{
    const char *command = plan->options->command->name;
    return out_path_is_stdout(plan->folder)
               ? complain_usage(command, "The results go into a folder; \"%s\" is stdout.", plan->folder)
               : out_ending_check_free(command, "The results go into a folder", plan->folder);
}

int run_plan_read(run_plan *plan, const run_kind *kind, const cli_options *options)
{
    *plan = (run_plan){.options = options, .kind = kind};
    TRY(fit_request_read_method(&plan->base, options));
    plan->labels = options_value(options, "labels");
    plan->folder = options_value(options, "output");
    plan->keep_models = options_given(options, "keep-models");
    if (!plan->folder) {
        const char *command = options->command->name;
        return complain_usage(command, "%s needs a folder for the results: -o DIR.", command);
    }
    TRY(check_folder(plan));
    TRY(read_factors(plan));
    TRY(count_runs(plan));
    TRY(divide_machine(plan));
    TRY(check_length(plan));
    for (int32_t i = 0; i < plan->settings; i++)
        TRY(check_setting(plan, i));
    return check_names(plan);
}

void run_plan_tell_unused(const run_plan *plan)
{
    uint64_t given = plan->base.given;
    uint64_t methods = parameter_bit((int32_t)plan->base.config.method);
    for (int32_t i = 0; i < plan->factor_count; i++)
        given |= parameter_bit(plan->factors[i].index);
    const run_factor *methods_run = find_factor(plan, "method");
    for (int32_t i = 0; methods_run && i < methods_run->count; i++)
        methods = (i ? methods : 0) | parameter_bit((int32_t)methods_run->numbers[i]);
    unused_parameters_tell(given, methods);
}

int32_t run_plan_level(const run_plan *plan, int32_t setting, int32_t factor)
{
    for (int32_t i = plan->factor_count - 1; i > factor; i--)
        setting /= plan->factors[i].count;
    return setting % plan->factors[factor].count;
}

uint64_t run_plan_seed(const run_plan *plan, int32_t run)
{
    return plan->first_seed + (uint64_t)(run % plan->seeds);
}

void run_plan_name(const run_plan *plan, int32_t run, char name[RUN_NAME_SIZE])
{
    size_t used = 0;
    for (int32_t i = 0; i < plan->factor_count && used < RUN_NAME_SIZE; i++) {
        const run_factor *factor = &plan->factors[i];
        used += (size_t)snprintf(name + used, RUN_NAME_SIZE - used, "%s=%s,", factor->param->name,
                                 factor->values[run_plan_level(plan, run / plan->seeds, i)]);
    }
    if (used < RUN_NAME_SIZE)
        snprintf(name + used, RUN_NAME_SIZE - used, "seed=%" PRIu64, run_plan_seed(plan, run));
}

static void add_handed(const run_plan *plan, size_t count, word_list *words)
{
    row_options_add(&plan->base.rows, words);
    for (size_t i = 0; i < count; i++) {
        const char *value = options_value(plan->options, HANDED_ON[i]);
        if (value)
            word_list_add(words, "--%s=%s", HANDED_ON[i], value);
    }
}

static bool is_of_fit(const char *name)
{
    return *name != '\0';
}

static bool is_of_predict(const char *name)
{
    return !strcmp(name, "draws") || !strcmp(name, "denoise_steps");
}

/* "--NAME=VALUE" of the parameters that are given or vary, of those that are wanted. */
static void add_parameters(const run_plan *plan, int32_t run, bool (*is_wanted)(const char *name), word_list *words)
{
    for (int32_t i = 0; i < cludi_param_count(); i++) {
        if (options_parameter(plan->options, i) && is_wanted(cludi_param_get(i)->name)) {
            char value[RUN_VALUE_SIZE];
            run_factor_format(&plan->base.config, i, value);
            word_list_add(words, "--%s=%s", cludi_param_get(i)->name, value);
        }
    }
    for (int32_t i = 0; i < plan->factor_count; i++) {
        const run_factor *factor = &plan->factors[i];
        if (is_wanted(factor->param->name)) {
            word_list_add(words, "--%s=%s", factor->param->name,
                          factor->values[run_plan_level(plan, run / plan->seeds, i)]);
        }
    }
}

void run_plan_add_fit(const run_plan *plan, int32_t run, word_list *words)
{
    word_list_add(words, "--clusters=%" PRId32, plan->base.clusters);
    word_list_add(words, "--seed=%" PRIu64, run_plan_seed(plan, run));
    add_handed(plan, HANDED_TO_FIT, words);
    add_parameters(plan, run, is_of_fit, words);
}

/* A model does not decide by itself how long a prediction lasts: what was asked of fit is asked of predict too. */
void run_plan_add_predict(const run_plan *plan, int32_t run, word_list *words)
{
    add_handed(plan, HANDED_TO_PREDICT, words);
    add_parameters(plan, run, is_of_predict, words);
}

void run_plan_clear(run_plan *plan)
{
    for (int32_t i = 0; i < plan->factor_count; i++)
        run_factor_clear(&plan->factors[i]);
    fit_request_clear(&plan->base);
}
