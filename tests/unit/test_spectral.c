/* spectral.c: graphs whose eigenvalues are known by a formula, and the karate club's by NumPy; threads, stops, memory. */
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "expect_error.h"
#include "failing_memory.h"
#include "spectral.h"
#include "tensor_support.h"
#include "weighted_graphs.h"

enum { MOST_ROWS = 400, MOST_VECTORS = 12 };

static float rows[3][MOST_ROWS * MOST_VECTORS];

struct scene {
    backend be;
    callbacks messages;
    weighted_graph graph;
    spectral_args args;
    spectral_facts facts;
    int64_t reports, stop_at;
};

static int note(void *user, const cludi_progress *progress)
{
    scene *s = user;
    assert_int_equal(progress->phase, CLUDI_PHASE_INIT);
    return ++s->reports >= s->stop_at && s->stop_at > 0;
}

static void begin(scene *s, weighted_graph graph, int32_t vectors, int threads)
{
    *s = (scene){.graph = graph};
    open_backend(&s->be, "ref", threads);
    s->messages = (callbacks){.progress = note, .progress_user = s};
    s->args =
        (spectral_args){.be = &s->be, .messages = &s->messages, .graph = &s->graph, .vectors = vectors, .seed = 3};
}

static cludi_status embed(scene *s, cludi_error *error)
{
    return graph_spectral(&s->args, rows[0], &s->facts, error);
}

static void end(scene *s)
{
    graph_clear(&s->graph);
    backend_close(&s->be);
}

/* The cosine between two rows of the embedding. */
static double cosine(int64_t a, int64_t b, int32_t vectors)
{
    double sum = 0;
    for (int32_t j = 0; j < vectors; j++)
        sum += (double)rows[0][a * vectors + j] * rows[0][b * vectors + j];
    return sum;
}

static void expect_near(double got, double wanted, double most)
{
    if (!(fabs(got - wanted) <= most))
        fail_msg("%.9g instead of %.9g", got, wanted);
}

/* Eigenvalues cos(2 pi j / M), in pairs from j = 1 on: with 3 vectors the cosine of rows i and j is that of (1, sqrt(2) cos,
   sqrt(2) sin). */
static void test_ring(void **state)
{
    enum { M = 40 };
    const double turn = 2 * acos(-1.0) / M;
    scene s;
    (void)state;
    begin(&s, ring_graph(M), 3, 1);
    assert_int_equal(embed(&s, NULL), CLUDI_OK);
    expect_near(s.facts.last, cos(turn), 1e-5);
    expect_near(s.facts.next, cos(2 * turn), 1e-4);
    for (int64_t i = 0; i < M; i++)
        for (int64_t j = 0; j < M; j++)
            expect_near(cosine(i, j, 3), (1 + 2 * cos(turn * (double)(i - j))) / 3, 1e-2);
    end(&s);
}

/* NumPy: 1, 0.867728, 0.712951, 0.612687, 0.387769. */
static void test_karate(void **state)
{
    static const double VALUES[] = {1, 0.867728, 0.712951, 0.612687, 0.387769};
    (void)state;
    for (int32_t vectors = 1; vectors <= 4; vectors++) {
        scene s;
        begin(&s, karate_graph(), vectors, 1);
        assert_int_equal(embed(&s, NULL), CLUDI_OK);
        expect_near(s.facts.last, VALUES[vectors - 1], 2e-5);
        expect_near(s.facts.next, VALUES[vectors], 1e-4);
        for (int64_t i = 0; i < 34; i++)
            expect_near(cosine(i, i, vectors), 1, 1e-5);
        end(&s);
    }
}

/* As many vectors as islands: one direction for each. One fewer: the next eigenvalue says that there are more islands. */
static void test_islands(void **state)
{
    scene s;
    (void)state;
    begin(&s, cliques_graph(4, 6, 0), 4, 1);
    assert_int_equal(embed(&s, NULL), CLUDI_OK);
    expect_near(s.facts.last, 1, 1e-5);
    expect_near(s.facts.next, -0.2, 1e-3); /* of a clique: 1 once, -1 / 5 else */
    for (int64_t i = 0; i < 24; i++)
        for (int64_t j = 0; j < 24; j++)
            expect_near(cosine(i, j, 4), i / 6 == j / 6, 1e-3);
    s.args.vectors = 3;
    assert_int_equal(embed(&s, NULL), CLUDI_OK);
    expect_near(s.facts.next, 1, 1e-5);
    end(&s);
}

/* A row without edges is a row of zeros; the fewest rows there can be. */
static void test_edges(void **state)
{
    scene s;
    (void)state;
    begin(&s, graph_of_edges(4, (graph_edge[]){{0, 1, 2}, {1, 2, 1}}, 2), 2, 1);
    assert_int_equal(embed(&s, NULL), CLUDI_OK);
    expect_near(cosine(0, 0, 2), 1, 1e-5);
    assert_true(rows[0][6] == 0 && rows[0][7] == 0);
    end(&s);
    begin(&s, ring_graph(2), 1, 1);
    assert_int_equal(embed(&s, NULL), CLUDI_OK);
    expect_near(s.facts.last, 1, 1e-5);
    expect_near(s.facts.next, -1, 1e-3);
    end(&s);
}

static weighted_graph blobs_graph(backend *be)
{
    neighbor_lists lists = blob_lists(MOST_ROWS, 6, 12, 0.35);
    weighted_graph graph;
    assert_int_equal(graph_shared(be, &lists, 12, 1, &graph, NULL), CLUDI_OK);
    lists_free(&lists);
    return graph;
}

static void test_threads(void **state)
{
    (void)state;
    for (int n = 0; float_backend(n); n++) {
        for (int t = 0; t < 3; t++) {
            backend be;
            open_backend(&be, float_backend(n), (int[]){1, 2, 5}[t]);
            be.grain = 1;
            weighted_graph graph = blobs_graph(&be);
            const spectral_args args = {.be = &be, .graph = &graph, .vectors = MOST_VECTORS, .seed = 9};
            assert_int_equal(graph_spectral(&args, rows[t], NULL, NULL), CLUDI_OK);
            graph_clear(&graph);
            backend_close(&be);
        }
        assert_memory_equal(rows[0], rows[1], sizeof rows[0]);
        assert_memory_equal(rows[0], rows[2], sizeof rows[0]);
    }
}

static void test_stop(void **state)
{
    scene s;
    stop_after stop;
    int64_t at = 1;
    (void)state;
    begin(&s, karate_graph(), 3, 1);
    for (stop_after_begin(&stop, &s.be, at); embed(&s, NULL) == CLUDI_STOPPED; stop_after_begin(&stop, &s.be, ++at))
        assert_true(stop.asked == at);
    assert_true(at > 50);
    s.be.stop = NULL;
    const int64_t all = s.facts.rounds;
    for (s.stop_at = 1; s.stop_at <= all; s.stop_at++) {
        s.reports = 0;
        EXPECT(CLUDI_STOPPED, "The search for eigenvectors was stopped.", embed, &s);
    }
    end(&s);
}

static void test_refusals(void **state)
{
    scene s;
    (void)state;
    begin(&s, karate_graph(), 34, 1);
    EXPECT_ARGUMENT("34 eigenvectors are asked of a graph of 34 rows; 1 to 33 are possible.", embed, &s);
    s.args.vectors = 0;
    EXPECT_ARGUMENT("0 eigenvectors are asked", embed, &s);
    end(&s);
}

static void test_no_memory(void **state)
{
    scene s;
    counting_allocator counter = {0};
    (void)state;
    begin(&s, karate_graph(), 3, 1);
    const cludi_allocator kept = s.be.allocator;
    s.be.allocator = counting_allocator_table(&counter);
    fail_calls(&counter, &s, embed, "graph_spectral", 10);
    s.be.allocator = kept;
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ring),     cmocka_unit_test(test_karate),
                                       cmocka_unit_test(test_islands),  cmocka_unit_test(test_edges),
                                       cmocka_unit_test(test_threads),  cmocka_unit_test(test_stop),
                                       cmocka_unit_test(test_refusals), cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
