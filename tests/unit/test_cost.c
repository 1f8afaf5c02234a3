/* cost.c against a count: the network's layers one by one, each product two operations for each pair. */
#include "cmocka_all.h"
#include "config_table.h"
#include "cost.h"
#include "phase_clock.h"

enum { FEATURES = 37 };

/* One row through a layer. */
static double layer(int64_t in, int64_t out)
{
    double count = 0;
    for (int64_t o = 0; o < out; o++)
        for (int64_t i = 0; i < in; i++)
            count += 2;
    return count;
}

/* The layers of one row: features, then those of a pass; with the gradients of their weights and, but for the first ones
   (nobody needs the gradients of x and of [sc ; z]), of their inputs. */
typedef struct row_cost {
    double features, pass, features_backward, pass_backward;
} row_cost;

static row_cost count_row(const cludi_config *c)
{
    row_cost cost = {0};
    cost.features = layer(FEATURES, c->hidden_dim) + layer(c->hidden_dim, c->hidden_dim);
    cost.features_backward = layer(FEATURES, c->hidden_dim) + 2 * layer(c->hidden_dim, c->hidden_dim);
    cost.pass = layer(2 * c->embedding_dim, c->hidden_dim) + layer(c->hidden_dim, c->embedding_dim);
    cost.pass_backward = layer(2 * c->embedding_dim, c->hidden_dim) + 2 * layer(c->hidden_dim, c->embedding_dim);
    for (int i = 0; i < c->blocks; i++) {
        cost.pass += layer(c->hidden_dim, c->hidden_dim) + layer(c->hidden_dim, c->hidden_dim);
        cost.pass_backward += 2 * (layer(c->hidden_dim, c->hidden_dim) + layer(c->hidden_dim, c->hidden_dim));
    }
    return cost;
}

static void test_count(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        cludi_config c;
        config_table_defaults(&c);
        c.batch_size = 12 + kind;
        c.views = 3;
        c.teacher_steps = 5;
        c.blocks = kind;
        c.hidden_dim = 20 - kind;
        c.embedding_dim = 6;
        c.self_condition = 0.5;
        const row_cost row = count_row(&c);
        double wanted[STEP_PHASES] = {0};
        for (int r = 0; r < c.batch_size; r++)
            wanted[STEP_TEACHER] += row.features; /* once for all views */
        for (int r = 0; r < c.batch_size * c.views; r++) {
            for (int s = 0; s < c.teacher_steps; s++)
                wanted[STEP_TEACHER] += row.pass;
            wanted[STEP_STUDENT] += row.features + row.pass + 0.5 * row.pass; /* the mean over the coin */
            wanted[STEP_BACKWARD] += row.features_backward + row.pass_backward;
        }
        for (int phase = 0; phase < STEP_PHASES; phase++)
            assert_true(step_cost_flop(&c, FEATURES, (step_phase)phase) == wanted[phase]);
        assert_true(step_cost_predict_flop(&c, FEATURES, 7, 4) == row.features + 7 * 4 * row.pass);
    }
}

static void test_names(void **state)
{
    static const char *const NAMES[STEP_PHASES] = {"setup",   "data", "noise",    "prepare", "teacher",
                                                   "student", "loss", "backward", "update",  "report"};
    (void)state;
    assert_true((int)STEP_PHASES <= (int)PHASE_CLOCK_MOST);
    for (int phase = 0; phase < STEP_PHASES; phase++)
        assert_string_equal(step_phase_name((step_phase)phase), NAMES[phase]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_count), cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
