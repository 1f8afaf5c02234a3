/* leiden.c, communities.c, exact_count.c: qualities beside those of leidenalg, exactly K clusters, threads, stops, memory. */
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "communities.h"
#include "exact_count.h"
#include "expect_error.h"
#include "failing_memory.h"
#include "leiden.h"
#include "tensor_support.h"
#include "weighted_graphs.h"

enum { MOST_ROWS = 600, CLUB = 34 };

struct scene {
    backend be;
    callbacks messages;
    weighted_graph graph;
    communities_args args;
    communities_facts facts;
    int32_t labels[MOST_ROWS];
    int64_t reports, stop_at;
};

static int note(void *user, const cludi_progress *progress)
{
    scene *s = user;
    assert_int_equal(progress->phase, CLUDI_PHASE_INIT);
    return ++s->reports >= s->stop_at && s->stop_at > 0;
}

static void begin(scene *s, weighted_graph graph, int32_t clusters)
{
    *s = (scene){.graph = graph};
    open_backend(&s->be, "ref", 1);
    s->messages = (callbacks){.progress = note, .progress_user = s};
    s->args = (communities_args){.be = &s->be, .messages = &s->messages, .graph = &s->graph, .clusters = clusters};
}

static cludi_status find(scene *s, cludi_error *error)
{
    return graph_communities(&s->args, s->labels, &s->facts, error);
}

static void end(scene *s)
{
    graph_clear(&s->graph);
    backend_close(&s->be);
}

/* Every cluster has a row, and they are numbered in the order of their first rows. */
static void expect_clusters(const scene *s, int32_t clusters)
{
    int32_t next = 0;
    for (int64_t i = 0; i < s->graph.rows; i++) {
        assert_in_range(s->labels[i], 0, next);
        next += s->labels[i] == next;
    }
    assert_int_equal(next, clusters);
}

/* The best of 20 runs of leidenalg with 10 iterations each; ours: two iterations, the best of 20 seeds no worse, each near. */
static void test_quality(void **state)
{
    static const struct {
        double resolution, quality;
    } BEST[] = {{0.5, 0.621795}, {1, 0.419790}, {2, 0.164530}, {4, -0.057199}};
    scene s;
    leiden l;
    (void)state;
    begin(&s, karate_graph(), 1);
    assert_int_equal(leiden_init(&l, &s.graph, &s.be.allocator, NULL, NULL), CLUDI_OK);
    for (size_t r = 0; r < sizeof BEST / sizeof *BEST; r++) {
        double best = -1;
        for (uint64_t seed = 0; seed < 20; seed++) {
            int64_t found;
            assert_int_equal(leiden_run(&l, BEST[r].resolution, seed, s.labels, &found, NULL), CLUDI_OK);
            expect_clusters(&s, (int32_t)found);
            const double quality = naive_quality(&s.graph, s.labels, BEST[r].resolution);
            assert_true(quality > BEST[r].quality - 0.02);
            best = fmax(best, quality);
        }
        if (best < BEST[r].quality - 1e-6)
            fail_msg("resolution %g: %.6f, leidenalg %.6f", BEST[r].resolution, best, BEST[r].quality);
    }
    leiden_clear(&l);
    end(&s);
}

/* What belongs together is found, whatever the number of the rest. */
static void test_cliques(void **state)
{
    scene s;
    (void)state;
    begin(&s, cliques_graph(12, 7, 0.5), 12);
    for (s.args.seed = 0; s.args.seed < 5; s.args.seed++) {
        assert_int_equal(find(&s, NULL), CLUDI_OK);
        expect_clusters(&s, 12);
        assert_int_equal(s.facts.found, 12);
        for (int i = 0; i < 84; i++)
            assert_int_equal(s.labels[i], i / 7);
    }
    end(&s);
}

static void test_every_count(void **state)
{
    scene s;
    (void)state;
    begin(&s, karate_graph(), 1);
    for (s.args.clusters = 1; s.args.clusters <= CLUB; s.args.clusters++) {
        assert_int_equal(find(&s, NULL), CLUDI_OK);
        expect_clusters(&s, s.args.clusters);
        assert_in_range(s.facts.runs, 1, 24);
    }
    end(&s);
    begin(&s, graph_of_edges(7, (graph_edge[]){{0, 1, 1}}, 1), 3); /* six islands, of which five are single rows */
    assert_int_equal(find(&s, NULL), CLUDI_OK);
    expect_clusters(&s, 3);
    end(&s);
}

/* Cliques in a chain: those with the heavier bridge are joined; then islands: the two of least weight. */
static void test_merge(void **state)
{
    static const graph_edge CHAIN[] = {{0, 1, 1},   {0, 2, 1},    {1, 2, 1},  {3, 4, 1}, {3, 5, 1},
                                       {4, 5, 1},   {6, 7, 1},    {6, 8, 1},  {7, 8, 1}, {2, 3, 0.2},
                                       {5, 6, 0.3}, {9, 10, 0.5}, {11, 12, 2}};
    static const int32_t APART[] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4};
    static const int32_t FOUR[] = {0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3};
    static const int32_t THREE[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2};
    static const int32_t TWO[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1};
    static const int32_t *const WANTED[] = {TWO, THREE, FOUR, APART};
    scene s;
    (void)state;
    begin(&s, graph_of_edges(13, CHAIN, 13), 1);
    for (int32_t clusters = 2; clusters <= 5; clusters++) {
        s.args.clusters = clusters;
        memcpy(s.labels, APART, sizeof APART);
        assert_int_equal(exact_count(&s.args, s.labels, 5, NULL), CLUDI_OK);
        assert_memory_equal(s.labels, WANTED[clusters - 2], sizeof APART);
    }
    end(&s);
}

/* The largest is cut at its bridge; one whose rows nothing joins, in halves. */
static void test_split(void **state)
{
    scene s;
    (void)state;
    begin(&s, cliques_graph(3, 8, 0.1), 3);
    for (int i = 0; i < 24; i++)
        s.labels[i] = i >= 16;
    assert_int_equal(exact_count(&s.args, s.labels, 2, NULL), CLUDI_OK);
    for (int i = 0; i < 24; i++)
        assert_int_equal(s.labels[i], i / 8);
    end(&s);
    begin(&s, graph_of_edges(5, NULL, 0), 2);
    assert_int_equal(exact_count(&s.args, s.labels, 1, NULL), CLUDI_OK);
    for (int i = 0; i < 5; i++)
        assert_in_range(s.labels[i], 0, 1);
    expect_clusters(&s, 2);
    end(&s);
}

/* Blobs are found whatever the number of threads that the graph was made with. */
static void test_threads(void **state)
{
    static int32_t labels[3][MOST_ROWS];
    neighbor_lists lists = blob_lists(MOST_ROWS, 6, 12, 0.12);
    (void)state;
    for (int t = 0; t < 3; t++) {
        backend be;
        weighted_graph graph;
        open_backend(&be, "ref", (int[]){1, 2, 5}[t]);
        assert_int_equal(graph_fuzzy(&be, &lists, 12, &graph, NULL), CLUDI_OK);
        const communities_args args = {.be = &be, .graph = &graph, .clusters = 6, .seed = 4};
        assert_int_equal(graph_communities(&args, labels[t], NULL, NULL), CLUDI_OK);
        graph_clear(&graph);
        backend_close(&be);
    }
    assert_memory_equal(labels[0], labels[1], sizeof labels[0]);
    assert_memory_equal(labels[0], labels[2], sizeof labels[0]);
    for (int i = 0; i < MOST_ROWS; i++)
        assert_int_equal(labels[0][i], i % 6);
    lists_free(&lists);
}

static void test_stop(void **state)
{
    scene s;
    stop_after stop;
    int64_t at = 1;
    (void)state;
    begin(&s, karate_graph(), 9);
    for (stop_after_begin(&stop, &s.be, at); find(&s, NULL) == CLUDI_STOPPED; stop_after_begin(&stop, &s.be, ++at))
        assert_int_equal(stop.asked, at);
    assert_true(at > 8);
    s.be.stop = NULL;
    const int64_t all = s.facts.runs;
    for (s.stop_at = 1; s.stop_at <= all; s.stop_at++) {
        s.reports = 0;
        EXPECT(CLUDI_STOPPED, "The search for communities was stopped.", find, &s);
    }
    end(&s);
}

static void test_refusals(void **state)
{
    scene s;
    (void)state;
    begin(&s, karate_graph(), 0);
    EXPECT_ARGUMENT("0 communities are asked of 34 rows; 1 to as many as rows are possible.", find, &s);
    s.args.clusters = 35;
    EXPECT_ARGUMENT("35 communities are asked of 34 rows", find, &s);
    end(&s);
}

static cludi_status merge_all(scene *s, cludi_error *error)
{
    for (int32_t i = 0; i < CLUB; i++)
        s->labels[i] = i % 8;
    return exact_count(&s->args, s->labels, 8, error);
}

static void test_no_memory(void **state)
{
    scene s;
    counting_allocator counter = {0};
    (void)state;
    begin(&s, karate_graph(), 4);
    const cludi_allocator kept = s.be.allocator;
    s.be.allocator = counting_allocator_table(&counter);
    fail_calls(&counter, &s, find, "graph_communities", 24);
    fail_calls(&counter, &s, merge_all, "merging", 15);
    s.args.clusters = 10;
    fail_calls(&counter, &s, merge_all, "splitting", 5);
    s.be.allocator = kept;
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quality), cmocka_unit_test(test_cliques),  cmocka_unit_test(test_every_count),
        cmocka_unit_test(test_merge),   cmocka_unit_test(test_split),    cmocka_unit_test(test_threads),
        cmocka_unit_test(test_stop),    cmocka_unit_test(test_refusals), cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
