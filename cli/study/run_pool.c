#define _GNU_SOURCE /* asprintf() */
#include "run_study.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cludi/cludi.h>

#include "complain.h"
#include "run_record.h"

static const struct timespec PAUSE = {.tv_nsec = 10000000}; /* the time of a run is known as well as this */

enum { SIGNALED = 128 };

/* Both commands of a run. */
typedef enum run_stage { STAGE_FIT, STAGE_PREDICT } run_stage;

/* A run that is under way. */
typedef struct run_slot {
    bool is_busy;
    int32_t run;
    run_stage stage;
    bool is_collapsed;
    bool has_ended;
    int code; /* of what has ended */
    run_child child;
    run_cost cost;
} run_slot;

/* The runs, and what is under way. */
typedef struct run_pool {
    run_study *study;
    run_slot *slots; /* (jobs) */
    int32_t next;    /* runs that were started or passed over */
    run_progress progress;
} run_pool;

static void add_shared(const run_plan *plan, word_list *words)
{
    word_list_add(words, "--threads=%" PRId32, plan->threads);
    word_list_add(words, "--quiet");
    word_list_add(words, "--json");
}

static void add_fit(const run_plan *plan, int32_t run, const char *model, word_list *words)
{
    word_list_add(words, "fit");
    run_plan_add_fit(plan, run, words);
    add_shared(plan, words);
    word_list_add(words, "--memory=%" PRIu64, plan->memory);
    word_list_add(words, "--checkpoint-every=0");
    word_list_add(words, "--allow-collapse");
    word_list_add(words, "--output=%s", model);
    word_list_add(words, "--");
    word_list_add(words, "%s", plan->base.data);
}

static void add_predict(const run_plan *plan, int32_t run, const char *model, word_list *words)
{
    char *labels = run_record_path(plan, run, ".labels.npy");
    word_list_add(words, "predict");
    run_plan_add_predict(plan, run, words);
    add_shared(plan, words);
    word_list_add(words, "--output=%s", labels ? labels : "");
    word_list_add(words, "--");
    word_list_add(words, "%s", model);
    word_list_add(words, "%s", plan->base.data);
    words->is_short |= !labels;
    free(labels);
}

static int start(const run_plan *plan, run_slot *slot)
{
    word_list words = {0};
    char *model = run_record_path(plan, slot->run, ".safetensors");
    word_list_add(&words, "cludi");
    (slot->stage == STAGE_FIT ? add_fit : add_predict)(plan, slot->run, model ? model : "", &words);
    words.is_short |= !model;
    int code = run_child_start(&slot->child, &words);
    word_list_clear(&words);
    free(model);
    return code;
}

/* With what a child that was killed left beside it. */
static void remove_file(const run_plan *plan, int32_t run, const char *suffix)
{
    cludi_error error;
    char *path = run_record_path(plan, run, suffix);
    if (path && cludi_checkpoint_remove(path, &error) != CLUDI_OK)
        complain_error(&error);
    free(path);
}

static void remove_models(const run_plan *plan, int32_t run)
{
    remove_file(plan, run, ".safetensors");
    remove_file(plan, run, ".safetensors.partial");
}

/* What it printed; NULL when that is no JSON. */
static json_t *read_answer(const run_slot *slot)
{
    rewind(slot->child.out);
    return json_loadf(slot->child.out, 0, NULL);
}

static void take_number(run_record *record, run_number number, const json_t *answer, const char *key)
{
    const json_t *value = json_object_get(answer, key);
    if (json_is_number(value))
        record->numbers[number] = json_number_value(value);
}

static void take_fit(run_slot *slot, run_record *record, const json_t *answer)
{
    slot->is_collapsed = json_is_true(json_object_get(answer, "collapsed"));
    take_number(record, RUN_CLUSTERS_IN_USE, answer, "clusters_in_use");
    take_number(record, RUN_LARGEST_SHARE, answer, "largest_share");
    take_number(record, RUN_STEPS, answer, "steps");
    record->numbers[RUN_FIT_SECONDS] = slot->cost.seconds;
}

/* The end of a run. */
static int take_predict(run_pool *pool, const run_slot *slot, run_record *record, const json_t *answer)
{
    bool is_new = false;
    const run_study *study = pool->study;
    record->state = slot->is_collapsed ? RUN_COLLAPSED : RUN_DONE;
    take_number(record, RUN_CONFIDENCE, answer, "mean_confidence");
    record->numbers[RUN_SECONDS] = slot->cost.seconds;
    record->numbers[RUN_PROCESSOR_SECONDS] = slot->cost.processor_seconds;
    record->numbers[RUN_PEAK_BYTES] = (double)slot->cost.peak_bytes;
    if (!study->plan.keep_models)
        remove_file(&study->plan, slot->run, ".safetensors");
    TRY(run_score_labels(&study->plan, &study->data, slot->run, record, &is_new));
    return run_record_write(&study->plan, &study->data, slot->run, record);
}

/* What a child said last explains its exit code, but no signal. */
static char *explain(run_slot *slot)
{
    char *text = slot->code > SIGNALED ? NULL : run_child_last_words(&slot->child);
    if (text && *text)
        return text;
    free(text);
    bool is_signal = slot->code > SIGNALED;
    const char *format = slot->code == SIGNALED + SIGKILL ? "It was killed (signal %d), perhaps because memory ran out."
                         : is_signal                      ? "It was ended by signal %d."
                                                          : "It ended with exit code %d.";
    return asprintf(&text, format, is_signal ? slot->code - SIGNALED : slot->code) < 0 ? NULL : text;
}

static void take_failure(run_slot *slot, run_record *record)
{
    run_record_init(record);
    record->state = RUN_FAILED;
    record->why = explain(slot);
}

static void forget(run_slot *slot)
{
    run_child_clear(&slot->child);
    slot->is_busy = false;
}

static void end(run_pool *pool, run_slot *slot)
{
    forget(slot);
    run_progress_tell(&pool->progress, pool->study, slot->run);
}

/* A child has ended: the next command of its run, or the end of the run. */
static int take_end(run_pool *pool, run_slot *slot)
{
    const run_plan *plan = &pool->study->plan;
    run_record *record = &pool->study->records[slot->run];
    json_t *answer = slot->code == EXIT_DONE ? read_answer(slot) : NULL;
    int code = EXIT_DONE;
    if (!answer) {
        take_failure(slot, record);
        remove_models(plan, slot->run);
        end(pool, slot);
    } else if (slot->stage == STAGE_FIT) {
        take_fit(slot, record, answer);
        run_child_clear(&slot->child);
        slot->stage = STAGE_PREDICT;
        code = start(plan, slot);
    } else {
        code = take_predict(pool, slot, record, answer);
        end(pool, slot);
    }
    json_decref(answer);
    return code;
}

/* The seed changes slowest, so that a study that is stopped has something of every setting. -1: none is left. */
static int32_t take_next(run_pool *pool)
{
    const run_plan *plan = &pool->study->plan;
    while (pool->next < plan->runs) {
        int32_t at = pool->next++;
        int32_t run = at % plan->settings * plan->seeds + at / plan->settings;
        if (pool->study->records[run].state == RUN_WAITING)
            return run;
    }
    return -1;
}

static int fill(run_pool *pool, int *busy)
{
    int code = EXIT_DONE;
    *busy = 0;
    for (int32_t i = 0; i < pool->study->plan.jobs && code == EXIT_DONE; i++) {
        run_slot *slot = &pool->slots[i];
        int32_t run = slot->is_busy ? -1 : take_next(pool);
        if (run >= 0) {
            *slot = (run_slot){.is_busy = true, .run = run};
            code = start(&pool->study->plan, slot);
        }
        *busy += slot->is_busy;
    }
    return code;
}

/* All that have ended are known before the scores of one take time. */
static int look(run_pool *pool)
{
    int code = EXIT_DONE;
    const int32_t jobs = pool->study->plan.jobs;
    for (int32_t i = 0; i < jobs; i++) {
        run_slot *slot = &pool->slots[i];
        slot->has_ended = slot->is_busy && run_child_ended(&slot->child, &slot->code, &slot->cost);
    }
    for (int32_t i = 0; i < jobs && code == EXIT_DONE; i++)
        if (pool->slots[i].has_ended)
            code = take_end(pool, &pool->slots[i]);
    return code;
}

/* What the runs that are under way have is not kept. */
static void stop(run_pool *pool)
{
    for (int32_t i = 0; i < pool->study->plan.jobs; i++)
        run_child_stop(&pool->slots[i].child);
    for (int32_t i = 0; i < pool->study->plan.jobs; i++) {
        run_slot *slot = &pool->slots[i];
        if (slot->is_busy) {
            forget(slot);
            remove_models(&pool->study->plan, slot->run);
        }
    }
}

static int work(run_pool *pool)
{
    int busy = 0;
    int code = fill(pool, &busy);
    while (code == EXIT_DONE && busy > 0 && !stop_signal_came()) {
        nanosleep(&PAUSE, NULL);
        run_progress_show(&pool->progress);
        code = look(pool);
        if (code == EXIT_DONE && !stop_signal_came())
            code = fill(pool, &busy);
    }
    return code;
}

static int32_t count_done(const run_study *study)
{
    int32_t done = 0;
    for (int32_t i = 0; i < study->plan.runs; i++)
        done += study->records[i].state == RUN_DONE || study->records[i].state == RUN_COLLAPSED;
    return done;
}

int run_pool_work(run_study *study)
{
    run_pool pool = {.study = study};
    pool.slots = calloc((size_t)study->plan.jobs, sizeof *pool.slots);
    if (!pool.slots)
        return complain("Out of memory.");
    run_progress_begin(&pool.progress, study);
    int code = work(&pool);
    stop(&pool);
    run_progress_end(&pool.progress);
    free(pool.slots);
    if (code == EXIT_DONE && stop_signal_came()) {
        complain("Stopped with %" PRId32 " of %" PRId32 " runs done; run the same command again to continue.",
                 count_done(study), study->plan.runs);
        code = stop_signal_exit_code();
    }
    return code;
}
