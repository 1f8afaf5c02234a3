/* training_data.c: neighbors are kept where they tell clusters, and left out with a warning where they do not. */
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "rng.h"
#include "rows.h"
#include "tensor_support.h"
#include "training_data.h"

enum { ROWS = 240, COLS = 100, CLUSTERS = 3 };

static float data[ROWS * COLS];

typedef struct outcome {
    bool init_is_teacher, has_start;
    int32_t neighbors;
    int warnings;
    char sentence[256];
} outcome;

static void note(void *user, cludi_log_level level, const char *sentence)
{
    outcome *o = user;
    if (level != CLUDI_LOG_WARNING)
        return;
    o->warnings++;
    snprintf(o->sentence, sizeof o->sentence, "%s", sentence);
}

/* Gaussian noise, of which cluster k is `distance` away along axis k. */
static outcome prepare(float distance, int32_t starts, int32_t clusters)
{
    outcome o = {.init_is_teacher = false};
    backend be;
    training_data p;
    cludi_config config;
    const callbacks messages = {.log = note, .log_user = &o};
    const cludi_matrix matrix = {data, ROWS, COLS, COLS};
    const cludi_source X = rows_of_matrix(&matrix);
    cludi_config_init(&config);
    config.init_runs = starts;
    for (int i = 0; i < ROWS; i++) {
        rng_normal((rng_stream){7, 240, 0}, (uint64_t)i, data + i * COLS, COLS);
        data[i * COLS + i % CLUSTERS] += distance;
    }
    open_backend(&be, "ref", 2);
    const training_data_args args = {&be, &messages, &X, &config, clusters, 5, NULL, TRAINING_NEEDS_ALL, {0}, false};
    assert_int_equal(training_data_init(&p, &args, NULL), CLUDI_OK);
    o.init_is_teacher = p.init_is_teacher;
    o.has_start = p.start != NULL;
    o.neighbors = p.neighbors;
    training_data_clear(&p);
    backend_close(&be);
    return o;
}

static void test_clear_clusters(void **state)
{
    (void)state;
    const outcome o = prepare(20, 12, CLUSTERS);
    assert_true(!o.init_is_teacher && o.has_start && o.neighbors == 15 && o.warnings == 0);
}

static void test_noise(void **state)
{
    (void)state;
    const outcome o = prepare(0, 12, CLUSTERS);
    assert_true(o.init_is_teacher && o.has_start && o.neighbors == 0 && o.warnings == 1);
    assert_non_null(strstr(o.sentence, "Nearest neighbors rarely share a k-means cluster (agreement 0."));
}

/* Nothing to hold on to, and nothing to doubt. */
static void test_no_start_and_one_cluster(void **state)
{
    (void)state;
    const outcome no_start = prepare(0, 0, CLUSTERS), one = prepare(0, 12, 1);
    assert_true(!no_start.init_is_teacher && !no_start.has_start && no_start.neighbors == 15 && no_start.warnings == 0);
    assert_true(!one.init_is_teacher && one.has_start && one.neighbors == 15 && one.warnings == 0);
}

/* A method that has no steps keeps votes, not a state behind the start: a start without neighbors would leave it without their graph. */
static void test_state_without_votes(void **state)
{
    (void)state;
    backend be;
    training_data p;
    cludi_config config;
    cludi_error error = {0};
    const callbacks messages = {0};
    const cludi_matrix matrix = {data, ROWS, COLS, COLS};
    const cludi_source X = rows_of_matrix(&matrix);
    cludi_config_init(&config);
    open_backend(&be, "ref", 1);
    training_data_args args = {&be, &messages, &X, &config, CLUSTERS, 5, NULL, TRAINING_NEEDS_ROWS, {0}, false};
    assert_int_equal(training_data_init(&p, &args, NULL), CLUDI_OK);
    checkpoint_state from = {.allocator = &be.allocator, .digest = p.order.digest};
    training_data_clear(&p);
    assert_int_equal(checkpoint_state_add(&from, "start", CHECKPOINT_FLOATS, ROWS, NULL), CLUDI_OK);
    const checkpoint_writer writer = {.from = &from, .name = "m.checkpoint"};
    args.writer = &writer;
    args.needs = TRAINING_NEEDS_SAMPLE;
    assert_int_equal(training_data_init(&p, &args, &error), CLUDI_ERROR_FORMAT);
    assert_string_equal(error.message, "\"m.checkpoint\" has a first partition that does not fit these rows.");
    training_data_clear(&p);
    checkpoint_state_clear(&from);
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_clear_clusters), cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_no_start_and_one_cluster),
                                       cmocka_unit_test(test_state_without_votes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
