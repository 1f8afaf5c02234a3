/* consensus_init.c: clear blobs are recovered, with neighbors and without; threads change nothing; it can be stopped; memory. */
#include <stdlib.h>
#include <string.h>

#include "average.h"
#include "cmocka_all.h"
#include "consensus_init.h"
#include "counting_allocator.h"
#include "rng.h"
#include "rows.h"
#include "tensor_support.h"

enum { ROWS = 240, COLS = 16, CLUSTERS = 4, NEIGHBORS = 5, VOTERS = 14 };

static float data[ROWS * COLS];

typedef struct fixture {
    backend be;
    neighbor_graph graph;
    cludi_matrix X;
    callbacks messages;
    int64_t seen, stop_at;
    cludi_progress last;
    consensus_init_args args;
} fixture;

static int note(void *user, const cludi_progress *progress)
{
    fixture *f = user;
    f->last = *progress;
    return ++f->seen == f->stop_at;
}

/* Unit rows around CLUSTERS axes. */
static void begin(fixture *f, int threads, bool neighbors)
{
    *f = (fixture){.X = {data, ROWS, COLS, COLS}};
    for (int i = 0; i < ROWS; i++) {
        rng_normal((rng_stream){4, 230, 0}, (uint64_t)i, data + i * COLS, COLS);
        for (int j = 0; j < COLS; j++)
            data[i * COLS + j] = 0.15F * data[i * COLS + j] + (j == i % CLUSTERS ? 1 : 0);
        (void)rows_unit(data + i * COLS, COLS);
    }
    open_backend(&f->be, "ref", threads);
    f->messages = (callbacks){.progress = note, .progress_user = f};
    f->args = (consensus_init_args){
        .be = &f->be, .messages = &f->messages, .X = &f->X, .clusters = CLUSTERS, .init_runs = VOTERS, .seed = 3};
    if (!neighbors)
        return;
    const callbacks silent = {.progress = NULL};
    const cludi_source source = rows_of_matrix(&f->X);
    const neighbor_args find = {&f->be, &silent, &source, 2 * NEIGHBORS, 3, NEIGHBOR_EXACT_ROWS};
    assert_int_equal(neighbors_find(&find, &f->graph, NULL), CLUDI_OK);
    f->args.graph = &f->graph;
    f->args.neighbors = NEIGHBORS;
}

static void end(fixture *f)
{
    neighbors_clear(&f->graph);
    backend_close(&f->be);
}

static void test_blobs(void **state)
{
    (void)state;
    for (int neighbors = 0; neighbors < 2; neighbors++) {
        fixture f;
        int32_t labels[2][ROWS];
        for (int threads = 1; threads <= 3; threads += 2) {
            begin(&f, threads, neighbors);
            assert_int_equal(consensus_init_find(&f.args, labels[threads / 2], NULL), CLUDI_OK);
            assert_true(f.seen >= VOTERS);
            assert_true(f.last.step == VOTERS && f.last.steps == VOTERS && f.last.clusters == CLUSTERS);
            assert_int_equal(f.last.phase, CLUDI_PHASE_INIT);
            end(&f);
        }
        assert_memory_equal(labels[0], labels[1], sizeof labels[0]);
        for (int i = 0; i < ROWS; i++)
            assert_int_equal(labels[0][i], labels[0][i % CLUSTERS]);
        for (int k = 1; k < CLUSTERS; k++)
            for (int other = 0; other < k; other++)
                assert_int_not_equal(labels[0][k], labels[0][other]);
    }
}

/* One voter, one cluster, a cluster for every row. */
static void test_edges(void **state)
{
    (void)state;
    for (int neighbors = 0; neighbors < 2; neighbors++) {
        fixture f;
        int32_t labels[ROWS];
        begin(&f, 1, neighbors);
        f.args.init_runs = 1;
        f.args.clusters = 1;
        assert_int_equal(consensus_init_find(&f.args, labels, NULL), CLUDI_OK);
        for (int i = 0; i < ROWS; i++)
            assert_int_equal(labels[i], 0);
        f.args.clusters = ROWS;
        assert_int_equal(consensus_init_find(&f.args, labels, NULL), CLUDI_OK);
        for (int i = 0; i < ROWS; i++)
            assert_in_range(labels[i], 0, ROWS - 1);
        end(&f);
    }
}

static void test_stop(void **state)
{
    (void)state;
    for (int64_t stop = 1; stop <= VOTERS; stop++) {
        fixture f;
        int32_t labels[ROWS];
        cludi_error error = {0};
        begin(&f, 1, true);
        f.stop_at = stop;
        assert_int_equal(consensus_init_find(&f.args, labels, &error), CLUDI_STOPPED);
        assert_string_equal(error.message, "Training was stopped before its first step.");
        assert_int_equal(f.seen, stop);
        end(&f);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (int neighbors = 0; neighbors < 2; neighbors++) {
        fixture f;
        int32_t labels[ROWS];
        counting_allocator counter = {0};
        cludi_status status = CLUDI_ERROR_MEMORY;
        int64_t n = 0;
        begin(&f, 1, neighbors);
        f.args.init_runs = 2;
        const cludi_allocator kept = f.be.allocator;
        f.be.allocator = counting_allocator_table(&counter);
        while (status != CLUDI_OK) {
            counter.fail_at = counter.calls + ++n;
            counter.failed = 0;
            status = consensus_init_find(&f.args, labels, NULL);
            assert_true(status == CLUDI_OK || (status == CLUDI_ERROR_MEMORY && counter.failed > 0));
            assert_int_equal(counter.live, 0);
        }
        assert_true(n > 10);
        f.be.allocator = kept;
        end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_blobs), cmocka_unit_test(test_edges),
                                       cmocka_unit_test(test_stop), cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
