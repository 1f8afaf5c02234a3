#define _GNU_SOURCE /* asprintf() */
#include "run_record.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cludi/cludi.h>

#include "complain.h"
#include "json_out.h"
#include "outputs.h"

enum { PRINT_SIZE = 32, ALL_DIGITS = 17 };

static const char *const STATES[] = {"waiting", "done", "collapsed", "failed"};

const run_number_facts RUN_FACTS[] = {
    [RUN_NMI] = {"nmi", "NMI", 1, 0, 0, 1},
    [RUN_ACC] = {"acc", "ACC", 1, 0, 0, 1},
    [RUN_ARI] = {"ari", "ARI", 1, 0, 0, 1},
    [RUN_AMI] = {"ami", NULL, 1, 0, 0, 1},
    [RUN_SILHOUETTE] = {"silhouette", "silhouette", 0, 0, 0, 0},
    [RUN_STABILITY] = {"stability", "stability", 0, 0, 1, 0},
    [RUN_CONFIDENCE] = {"confidence", "confidence", 0, 0, 0, 0},
    [RUN_CLUSTERS_IN_USE] = {"clusters_in_use", NULL, 0, 1, 0, 0},
    [RUN_LARGEST_SHARE] = {"largest_share", NULL, 0, 0, 0, 0},
    [RUN_STEPS] = {"steps", NULL, 0, 1, 0, 0},
    [RUN_SECONDS] = {"seconds", NULL, 0, 0, 0, 0},
    [RUN_FIT_SECONDS] = {"fit_seconds", NULL, 0, 0, 0, 0},
    [RUN_PROCESSOR_SECONDS] = {"processor_seconds", NULL, 0, 0, 0, 0},
    [RUN_PEAK_BYTES] = {"peak_bytes", NULL, 0, 1, 0, 0},
};

const char *run_record_state(const run_record *record)
{
    return STATES[record->state];
}

void run_record_init(run_record *record)
{
    *record = (run_record){0};
    for (int i = 0; i < RUN_NUMBERS; i++)
        record->numbers[i] = NAN;
}

void run_record_clear(run_record *record)
{
    free(record->why);
    record->why = NULL;
}

char *run_record_path(const run_plan *plan, int32_t run, const char *suffix)
{
    char name[RUN_NAME_SIZE];
    char *path = NULL;
    run_plan_name(plan, run, name);
    return asprintf(&path, "%s/runs/%s%s", plan->folder, name, suffix) < 0 ? NULL : path;
}

static json_t *make_value(const run_factor *factor, int32_t level)
{
    const double number = factor->numbers[level];
    switch (factor->param->type) {
    case CLUDI_PARAM_INT:
        return json_integer((json_int_t)number);
    case CLUDI_PARAM_REAL:
        return json_out_real(number);
    case CLUDI_PARAM_CHOICE:
        break;
    }
    return json_string(factor->values[level]);
}

static json_t *make_number(run_number number, double value)
{
    return RUN_FACTS[number].is_whole && isfinite(value) ? json_integer((json_int_t)value) : json_out_real(value);
}

json_t *run_record_json(const run_plan *plan, int32_t run, const run_record *record, bool is_whole)
{
    char name[RUN_NAME_SIZE];
    run_plan_name(plan, run, name);
    json_t *parameters = json_object();
    for (int32_t i = 0; i < plan->factor_count; i++) {
        const run_factor *factor = &plan->factors[i];
        int32_t level = run_plan_level(plan, run / plan->seeds, i);
        json_out_add(&parameters, factor->param->name, make_value(factor, level));
    }
    json_t *root = json_pack("{s:s, s:o, s:o, s:s}", "name", name, "parameters", parameters, "seed",
                             json_out_unsigned(run_plan_seed(plan, run)), "status", run_record_state(record));
    for (int i = 0; i < RUN_NUMBERS; i++)
        if (is_whole || !RUN_FACTS[i].is_shared)
            json_out_add(&root, RUN_FACTS[i].key, make_number((run_number)i, record->numbers[i]));
    if (record->why)
        json_out_add(&root, "error", json_out_text(record->why));
    return root;
}

/* What a result follows from, besides the rows: "--clusters=3 --seed=0 --noise-scale=2". NULL without memory. */
static char *join_options(const run_plan *plan, int32_t run)
{
    word_list words = {0};
    char *joined = NULL;
    run_plan_add_fit(plan, run, &words);
    for (size_t i = 0; i < words.count && !words.is_short; i++) {
        char *longer = NULL;
        words.is_short = asprintf(&longer, "%s%s%s", i ? joined : "", i ? " " : "", words.words[i]) < 0;
        free(joined);
        joined = words.is_short ? NULL : longer;
    }
    word_list_clear(&words);
    return joined;
}

static json_t *make_print(uint64_t print)
{
    char text[PRINT_SIZE];
    snprintf(text, sizeof text, "%016" PRIx64, print);
    return json_string(text);
}

/* What a run is of: another file of that name is no run of this plan. NULL without memory. */
static json_t *make_origin(const run_plan *plan, const run_data *data, int32_t run)
{
    char *options = join_options(plan, run);
    json_t *origin = NULL;
    if (options) {
        origin =
            json_pack("{s:s, s:o, s:I, s:o, s:o, s:i}", "cludi", cludi_version(), "data", make_print(data->rows_print),
                      "rows", (json_int_t)data->rows, "options", json_out_text(options), "labels",
                      make_print(data->truth_print), "threads", (int)plan->threads);
    }
    free(options);
    return origin;
}

int run_record_write(const run_plan *plan, const run_data *data, int32_t run, const run_record *record)
{
    char *path = run_record_path(plan, run, ".json");
    json_t *root = run_record_json(plan, run, record, 0);
    json_t *origin = make_origin(plan, data, run);
    int code = path && root && origin && json_object_set(root, "of", origin) == 0
                   ? text_file_write_json(data->context, path, root, ALL_DIGITS)
                   : complain("Out of memory.");
    json_decref(origin);
    json_decref(root);
    free(path);
    return code;
}

static const char *get_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "unknown";
}

static int check_origin(const char *path, const json_t *found, const json_t *wanted)
{
    static const char *const PARTS[][2] = {
        {"cludi", "another version of cludi"}, {"data", "other rows"}, {"options", "other options"}};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        const char *got = get_text(found, PARTS[i][0]);
        const char *want = get_text(wanted, PARTS[i][0]);
        if (strcmp(got, want) != 0) {
            return complain(
                "\"%s\" is from a run with %s: %s, not %s. Give another folder with -o, or remove that file.", path,
                PARTS[i][1], got, want);
        }
    }
    return EXIT_DONE;
}

/* Scores against other classes are not taken over: they are computed again. */
static void take_numbers(run_record *record, const json_t *root, bool same_classes)
{
    const char *state = get_text(root, "status");
    record->state = !strcmp(state, STATES[RUN_COLLAPSED]) ? RUN_COLLAPSED : RUN_DONE;
    record->is_found = true;
    for (int i = 0; i < RUN_NUMBERS; i++) {
        const json_t *number = json_object_get(root, RUN_FACTS[i].key);
        if (json_is_number(number) && (same_classes || !RUN_FACTS[i].is_of_labels))
            record->numbers[i] = json_number_value(number);
    }
}

static bool is_missing(const run_plan *plan, int32_t run, const char *suffix)
{
    char *path = run_record_path(plan, run, suffix);
    bool missing = !path || access(path, R_OK) != 0;
    free(path);
    return missing;
}

int run_record_read(const run_plan *plan, const run_data *data, int32_t run, run_record *record)
{
    char *path = run_record_path(plan, run, ".json");
    json_error_t error = {0};
    json_t *root = path ? json_load_file(path, 0, &error) : NULL;
    json_t *wanted = make_origin(plan, data, run);
    const json_t *found = json_object_get(root, "of");
    bool is_short = !path || !wanted || (!root && json_error_code(&error) == json_error_out_of_memory);
    int code = is_short ? complain("Out of memory.") : EXIT_DONE;
    run_record_init(record);
    if (code == EXIT_DONE && found)
        code = check_origin(path, found, wanted);
    bool has_files =
        !is_missing(plan, run, ".labels.npy") && (!plan->keep_models || !is_missing(plan, run, ".safetensors"));
    if (code == EXIT_DONE && found && has_files)
        take_numbers(record, root, !strcmp(get_text(found, "labels"), get_text(wanted, "labels")));
    json_decref(wanted);
    json_decref(root);
    free(path);
    return code;
}
