/* src/graph: weights, islands and scores. The weights of ten rows are those of a program in NumPy and SciPy. */
#include <math.h>
#include <string.h>

#include "cluster_scores.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "failing_memory.h"
#include "tensor_support.h"
#include "weighted_graphs.h"

enum { ROWS = 10, DEGREE = 5, K = 4, EDGES = 24 };

static const int32_t NEIGHBOR[ROWS * DEGREE] = {4, 6, 7, 5, 2, 8, 5, 9, 3, 2, 9, 3, 8, 6, 5, 8, 2,
                                                9, 1, 6, 7, 0, 6, 5, 1, 6, 9, 1, 2, 8, 5, 9, 2, 0,
                                                3, 4, 0, 1, 8, 5, 3, 1, 2, 9, 5, 2, 3, 6, 5, 8};
static const float SIMILARITY[ROWS * DEGREE] = {
    0.6561F, 0.3331F, 0.1085F,  -0.3568F, -0.3644F, 0.7041F, 0.4490F, 0.3786F,  0.2964F,  0.2828F,
    0.9742F, 0.7862F, 0.5701F,  0.5509F,  0.4139F,  0.8570F, 0.7862F, 0.6524F,  0.2964F,  -0.0225F,
    0.8114F, 0.6561F, -0.2955F, -0.4205F, -0.5786F, 0.6368F, 0.6077F, 0.4490F,  0.4139F,  -0.0695F,
    0.6368F, 0.6207F, 0.5509F,  0.3331F,  -0.0225F, 0.8114F, 0.1085F, -0.0388F, -0.3308F, -0.4262F,
    0.8570F, 0.7041F, 0.5701F,  0.4979F,  -0.0695F, 0.9742F, 0.6524F, 0.6207F,  0.6077F,  0.4979F};
static const neighbor_lists LISTS = {ROWS, DEGREE, NEIGHBOR, SIMILARITY};

/* fuzzy and shared weights of the edges */
static const struct {
    int32_t a, b;
    double fuzzy, shared;
} EXPECTED[EDGES] = {
    {0, 4, 1.000000, 1.000000}, {0, 5, 0.234900, 0.250000}, {0, 6, 0.647734, 0.428571}, {0, 7, 0.739858, 0.428571},
    {1, 3, 0.429530, 0.666667}, {1, 5, 0.658132, 0.428571}, {1, 7, 0.454407, 0.250000}, {1, 8, 1.000000, 0.666667},
    {1, 9, 0.439601, 0.428571}, {2, 3, 0.908597, 0.666667}, {2, 5, 0.220804, 0.428571}, {2, 6, 0.620362, 0.428571},
    {2, 8, 0.613288, 0.666667}, {2, 9, 1.000000, 0.666667}, {3, 8, 1.000000, 1.000000}, {3, 9, 0.707412, 0.428571},
    {4, 5, 0.227627, 0.250000}, {4, 6, 0.264512, 0.428571}, {4, 7, 1.000000, 0.428571}, {5, 6, 1.000000, 0.666667},
    {5, 9, 0.896313, 0.666667}, {6, 9, 0.915686, 0.666667}, {7, 8, 0.346573, 0.250000}, {8, 9, 0.314325, 0.428571}};

static void expect_near(double got, double wanted, double most)
{
    if (!(fabs(got - wanted) <= most))
        fail_msg("%.9g instead of %.9g", got, wanted);
}

static void test_weights(void **state)
{
    backend be;
    weighted_graph fuzzy, shared, squared;
    (void)state;
    open_backend(&be, "ref", 1);
    assert_int_equal(graph_fuzzy(&be, &LISTS, K, &fuzzy, NULL), CLUDI_OK);
    assert_int_equal(graph_shared(&be, &LISTS, K, 1, &shared, NULL), CLUDI_OK);
    assert_int_equal(graph_shared(&be, &LISTS, K, 2, &squared, NULL), CLUDI_OK);
    assert_int_equal(fuzzy.entries, 2 * EDGES);
    assert_int_equal(shared.entries, 2 * EDGES);
    for (int e = 0; e < EDGES; e++) {
        const double share = EXPECTED[e].shared; /* Jaccard's is a ratio of small numbers: 6 digits and float32 */
        expect_near(weight_between(&fuzzy, EXPECTED[e].a, EXPECTED[e].b), EXPECTED[e].fuzzy, 2e-5);
        expect_near(weight_between(&shared, EXPECTED[e].a, EXPECTED[e].b), share, 1e-6);
        expect_near(weight_between(&squared, EXPECTED[e].a, EXPECTED[e].b), share * share, 2e-6);
    }
    expect_symmetric(&fuzzy);
    expect_symmetric(&squared);
    graph_clear(&fuzzy);
    graph_clear(&shared);
    graph_clear(&squared);
    graph_clear(&fuzzy);
    backend_close(&be);
}

/* All rows are the same: every distance is 0, and no weight is NaN. */
static void test_equal_rows(void **state)
{
    enum { SAME = 6 };
    int32_t neighbor[SAME * 3];
    float similarity[SAME * 3];
    backend be;
    weighted_graph graph;
    (void)state;
    open_backend(&be, "ref", 1);
    for (int32_t i = 0; i < SAME; i++)
        for (int32_t j = 0; j < 3; j++) {
            neighbor[i * 3 + j] = (i + j + 1) % SAME;
            similarity[i * 3 + j] = 1.0000001F;
        }
    const neighbor_lists lists = {SAME, 3, neighbor, similarity};
    assert_int_equal(graph_fuzzy(&be, &lists, 3, &graph, NULL), CLUDI_OK);
    for (int64_t e = 0; e < graph.entries; e++)
        assert_true(graph.weight[e] == 1);
    graph_clear(&graph);
    backend_close(&be);
}

static void test_threads(void **state)
{
    neighbor_lists lists = blob_lists(700, 5, 12, 0.3);
    weighted_graph graphs[3][2];
    backend be[3]; /* their allocators are the graphs' */
    (void)state;
    for (int t = 0; t < 3; t++) {
        open_backend(&be[t], "ref", (int[]){1, 2, 5}[t]);
        assert_int_equal(graph_fuzzy(&be[t], &lists, 9, &graphs[t][0], NULL), CLUDI_OK);
        assert_int_equal(graph_shared(&be[t], &lists, 12, 2, &graphs[t][1], NULL), CLUDI_OK);
    }
    for (int g = 0; g < 2; g++) {
        expect_symmetric(&graphs[0][g]);
        expect_same_graphs(&graphs[0][g], &graphs[1][g]);
        expect_same_graphs(&graphs[0][g], &graphs[2][g]);
    }
    for (int t = 0; t < 3; t++) {
        graph_clear(&graphs[t][0]);
        graph_clear(&graphs[t][1]);
        backend_close(&be[t]);
    }
    lists_free(&lists);
}

static void test_refusals(void **state)
{
    backend be;
    weighted_graph graph;
    int32_t bad[ROWS * DEGREE];
    const neighbor_lists spoilt = {ROWS, DEGREE, bad, SIMILARITY};
    const neighbor_lists alone = {1, DEGREE, NEIGHBOR, SIMILARITY};
    (void)state;
    open_backend(&be, "ref", 1);
    EXPECT_ARGUMENT("A graph of 0 neighbors of each row was asked for; 1 to 5 are known.", graph_fuzzy, &be, &LISTS, 0,
                    &graph);
    EXPECT_ARGUMENT("A graph of 6 neighbors of each row was asked for; 1 to 5 are known.", graph_shared, &be, &LISTS, 6,
                    1, &graph);
    EXPECT_ARGUMENT("The power of shared neighbors is 3; 1 or 2 is wanted.", graph_shared, &be, &LISTS, 2, 3, &graph);
    EXPECT_ARGUMENT("A graph of 1 rows was asked for; 2 to 2147483647 are possible.", graph_fuzzy, &be, &alone, 2,
                    &graph);
    static const struct {
        int place;
        int32_t neighbor;
    } SPOILT[] = {{7, 1}, {8, 8}, {49, 10}, {0, -1}};
    for (size_t i = 0; i < sizeof SPOILT / sizeof *SPOILT; i++) {
        memcpy(bad, NEIGHBOR, sizeof bad);
        bad[SPOILT[i].place] = SPOILT[i].neighbor;
        EXPECT_ARGUMENT("A list of neighbors names its own row, a row twice, or one that is not there.", graph_fuzzy,
                        &be, &spoilt, DEGREE, &graph);
        assert_null(graph.offset);
    }
    backend_close(&be);
}

struct scene {
    backend be;
    bool shared;
};

static cludi_status make_one(scene *s, cludi_error *error)
{
    weighted_graph graph;
    const cludi_status status =
        s->shared ? graph_shared(&s->be, &LISTS, K, 2, &graph, error) : graph_fuzzy(&s->be, &LISTS, K, &graph, error);
    graph_clear(&graph);
    return status;
}

static void test_no_memory(void **state)
{
    scene s = {0};
    counting_allocator counter = {0};
    (void)state;
    open_backend(&s.be, "ref", 1);
    const cludi_allocator kept = s.be.allocator;
    s.be.allocator = counting_allocator_table(&counter);
    fail_calls(&counter, &s, make_one, "graph_fuzzy", 9);
    s.shared = true;
    fail_calls(&counter, &s, make_one, "graph_shared", 8);
    s.be.allocator = kept;
    backend_close(&s.be);
}

static void test_stop(void **state)
{
    scene s = {0};
    (void)state;
    open_backend(&s.be, "ref", 1);
    for (int shared = 0; shared < 2; shared++) {
        stop_after stop;
        int64_t at = 1;
        s.shared = shared;
        for (stop_after_begin(&stop, &s.be, at); make_one(&s, NULL) != CLUDI_OK; stop_after_begin(&stop, &s.be, ++at))
            assert_int_equal(stop.asked, at);
        assert_true(at > 3);
    }
    s.be.stop = NULL;
    backend_close(&s.be);
}

static void test_islands(void **state)
{
    static const graph_edge EDGES_OF[] = {{5, 1, 1}, {3, 6, 1}, {6, 2, 1}, {7, 0, 1}, {2, 7, 1}};
    static const int32_t WANTED[] = {0, 1, 0, 0, 2, 1, 0, 0, 3};
    int32_t island[40];
    weighted_graph graph = graph_of_edges(9, EDGES_OF, 5);
    (void)state;
    assert_int_equal(graph_islands(&graph, island), 4);
    assert_memory_equal(island, WANTED, sizeof WANTED);
    graph_clear(&graph);
    graph = ring_graph(40);
    assert_int_equal(graph_islands(&graph, island), 1);
    for (int i = 0; i < 40; i++)
        assert_int_equal(island[i], 0);
    graph_clear(&graph);
}

/* igraph: modularity 0.371466 of the two parties of the club, 0.419790 at best. */
static void test_scores(void **state)
{
    static const int32_t PARTY[34] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0,
                                      0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    static const int32_t BEST[34] = {0, 0, 0, 0, 1, 1, 1, 0, 2, 2, 1, 0, 0, 0, 2, 2, 1,
                                     0, 2, 0, 2, 0, 2, 3, 3, 3, 2, 3, 3, 2, 2, 3, 2, 2};
    weighted_graph graph = karate_graph();
    double strength[4];
    (void)state;
    assert_int_equal(graph.entries, 156);
    const cluster_scores party = graph_cluster_scores(&graph, PARTY, 2, strength);
    expect_near(party.modularity, 0.371466, 1e-6);
    expect_near(party.inside, 0.900870, 1e-6);
    expect_near(graph_cluster_scores(&graph, BEST, 4, strength).modularity, 0.419790, 1e-6);
    graph_clear(&graph);
    graph = graph_of_edges(3, (graph_edge[]){{0, 1, 2}}, 1); /* row 2 has no edge */
    expect_near(graph_cluster_scores(&graph, (int32_t[]){0, 1, 1}, 2, strength).inside, 1.0 / 3, 1e-12);
    graph_clear(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_weights),   cmocka_unit_test(test_equal_rows),
                                       cmocka_unit_test(test_threads),   cmocka_unit_test(test_refusals),
                                       cmocka_unit_test(test_no_memory), cmocka_unit_test(test_stop),
                                       cmocka_unit_test(test_islands),   cmocka_unit_test(test_scores)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
