/* assignment.c: against all permutations, against scipy's totals, and proven optimal on larger problems. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>

#include "alloc.h"
#include "assignment.h"
#include "contingency.h"
#include "metrics_golden.h"

enum { SIDE_MAX = 6, LARGE = 120 };

/* Lets `left` allocations succeed and counts the blocks in use. */
typedef struct budget {
    int left;
    int in_use;
} budget;

static void *allocate_within(void *user, size_t bytes)
{
    budget *limits = user;
    if (limits->left-- <= 0)
        return NULL;
    limits->in_use++;
    return malloc(bytes);
}

static void release_counted(void *user, void *block)
{
    ((budget *)user)->in_use--;
    free(block);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Small ranges make many ties. */
static void fill_random(int64_t *weights, int64_t count, int64_t low, int64_t high, uint64_t *state)
{
    for (int64_t i = 0; i < count; i++)
        weights[i] = low + (int64_t)(next_random(state) % (uint64_t)(high - low + 1));
}

/* The best total over the rows from `row` on, by trying every free column and, when there are more rows than columns,
   leaving the row out. */
static int64_t search_best(const int64_t *weights, int64_t rows, int64_t cols, int64_t row, unsigned used)
{
    int64_t best = INT64_MIN, taken = __builtin_popcount(used);
    if (row == rows)
        return taken == (rows < cols ? rows : cols) ? 0 : INT64_MIN;
    if (rows > cols)
        best = search_best(weights, rows, cols, row + 1, used);
    for (int64_t col = 0; col < cols; col++) {
        if (used & (1U << col))
            continue;
        int64_t rest = search_best(weights, rows, cols, row + 1, used | (1U << col));
        if (rest != INT64_MIN && rest + weights[row * cols + col] > best)
            best = rest + weights[row * cols + col];
    }
    return best;
}

/* No column twice, all in range, as many pairs as the shorter side has. */
static void check_is_matching(const int64_t *match, int64_t rows, int64_t cols)
{
    bool used[LARGE * 2] = {false};
    int64_t pairs = 0;
    for (int64_t row = 0; row < rows; row++) {
        if (match[row] == -1)
            continue;
        assert_in_range(match[row], 0, cols - 1);
        assert_false(used[match[row]]);
        used[match[row]] = true;
        pairs++;
    }
    assert_int_equal(pairs, rows < cols ? rows : cols);
}

static int64_t maximize(const int64_t *weights, int64_t rows, int64_t cols)
{
    cludi_allocator allocator = alloc_system();
    int64_t match[LARGE * 2];
    assert_int_equal(assignment_maximize(&allocator, NULL, weights, rows, cols, match, NULL), CLUDI_OK);
    check_is_matching(match, rows, cols);
    return assignment_total(weights, rows, cols, match);
}

static void test_known(void **state)
{
    (void)state;
    const int64_t greedy_fails[] = {10, 9, 9, 1}, wide[] = {1, 2, 3, 3, 2, 9}, tall[] = {1, 3, 2, 2, 3, 9};
    assert_int_equal(maximize(greedy_fails, 2, 2), 18);
    assert_int_equal(maximize(wide, 2, 3), 11);
    assert_int_equal(maximize(tall, 3, 2), 11);
    assert_int_equal(maximize(greedy_fails, 1, 4), 10);
    assert_int_equal(maximize(greedy_fails, 4, 1), 10);
    assert_int_equal(maximize(greedy_fails, 1, 1), 10);
}

static void test_all_permutations(void **state)
{
    (void)state;
    const int64_t ranges[][2] = {{0, 1}, {0, 3}, {-5, 5}, {0, 1000}, {-9, -1}, {0, INT64_C(1) << 31}};
    uint64_t random = 1;
    for (int64_t rows = 1; rows <= SIDE_MAX; rows++) {
        for (int64_t cols = 1; cols <= SIDE_MAX; cols++) {
            for (int trial = 0; trial < 12; trial++) {
                int64_t weights[SIDE_MAX * SIDE_MAX];
                fill_random(weights, rows * cols, ranges[trial % 6][0], ranges[trial % 6][1], &random);
                assert_int_equal(maximize(weights, rows, cols), search_best(weights, rows, cols, 0, 0));
            }
        }
    }
}

/* Larger tables with a planted best: every other weight of a row is smaller than the one at its secret column, and
   row offsets, which no full matching can tell apart, hide it. */
static void test_planted(void **state)
{
    (void)state;
    static int64_t weights[LARGE * LARGE];
    uint64_t random = 2;
    for (int trial = 0; trial < 4; trial++) {
        int64_t planted = 0;
        for (int64_t row = 0; row < LARGE; row++) {
            int64_t offset = (int64_t)(next_random(&random) % 1000000);
            fill_random(weights + row * LARGE, LARGE, offset - 50, offset, &random);
            weights[row * LARGE + (row * 7 + trial) % LARGE] = offset + 1; /* 7 and LARGE share no factor */
            planted += offset + 1;
        }
        assert_int_equal(maximize(weights, LARGE, LARGE), planted);
    }
}

/* Turning a table over changes nothing; adding a line of zeros cannot lower the total. */
static void test_transposed(void **state)
{
    (void)state;
    static int64_t weights[LARGE * 40], turned[LARGE * 40];
    uint64_t random = 3;
    fill_random(weights, LARGE * 40, 0, 60, &random);
    for (int64_t row = 0; row < 40; row++)
        for (int64_t col = 0; col < LARGE; col++)
            turned[col * 40 + row] = weights[row * LARGE + col];
    assert_int_equal(maximize(weights, 40, LARGE), maximize(turned, LARGE, 40));
    assert_true(maximize(weights, 39, LARGE) <= maximize(weights, 40, LARGE));
}

static void test_golden(void **state)
{
    (void)state;
    cludi_allocator allocator = alloc_system();
    for (size_t k = 0; k < sizeof metrics_cases / sizeof *metrics_cases; k++) {
        const metrics_case *c = &metrics_cases[k];
        contingency table;
        int64_t match[LARGE * 2];
        assert_true(c->classes <= LARGE * 2 && c->clusters <= LARGE * 2);
        assert_int_equal(contingency_init(&table, &allocator, c->truth, c->predicted, c->rows, NULL), CLUDI_OK);
        assert_int_equal(
            assignment_maximize(&allocator, NULL, table.counts, table.classes, table.clusters, match, NULL), CLUDI_OK);
        check_is_matching(match, table.classes, table.clusters);
        int64_t total = assignment_total(table.counts, table.classes, table.clusters, match);
        if (total != c->matched)
            fail_msg("%s: matched %d, wanted %d", c->name, (int)total, (int)c->matched);
        contingency_clear(&table);
    }
}

static void test_out_of_memory(void **state)
{
    (void)state;
    const int64_t weights[] = {1, 2, 3, 4, 5, 6};
    cludi_status status = CLUDI_ERROR_MEMORY;
    int tries = 0;
    for (; status != CLUDI_OK; tries++) {
        budget limits = {.left = tries};
        cludi_allocator allocator = {allocate_within, release_counted, &limits};
        cludi_error error = {0};
        int64_t match[3];
        status = assignment_maximize(&allocator, NULL, weights, 3, 2, match, &error);
        assert_true(status == CLUDI_OK || status == CLUDI_ERROR_MEMORY);
        assert_int_equal(error.status, status);
        assert_int_equal(limits.in_use, 0);
    }
    assert_int_equal(tries, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),   cmocka_unit_test(test_all_permutations),
        cmocka_unit_test(test_planted), cmocka_unit_test(test_transposed),
        cmocka_unit_test(test_golden),  cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
