/* walk_agreement.c: against the products in double; partitions that are right, wrong and none; threads, memory. */
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "failing_memory.h"
#include "tensor_support.h"
#include "walk_agreement.h"
#include "weighted_graphs.h"

enum { CLUB = 34, MOST_ROWS = 600 };

struct scene {
    backend be;
    weighted_graph graph;
    int32_t labels[MOST_ROWS];
};

static double score(scene *s, int32_t clusters)
{
    walk_agreement w;
    double kappa;
    assert_int_equal(walk_agreement_init(&w, &s->be, &s->graph, NULL), CLUDI_OK);
    for (int again = 0; again < 2; again++) /* nothing of one score is left for the next */
        assert_int_equal(walk_agreement_score(&w, s->labels, clusters, &kappa, NULL), CLUDI_OK);
    walk_agreement_clear(&w);
    return kappa;
}

/* Q = W W as a matrix. */
static double naive(const scene *s, int32_t clusters)
{
    static double q[CLUB][CLUB];
    double joint[8][8] = {{0}}, share = 0, chance = 0;
    const int64_t M = s->graph.rows;
    for (int32_t i = 0; i < M; i++) {
        double all = 0;
        for (int32_t j = 0; j < M; j++) {
            q[i][j] = 0;
            for (int32_t m = 0; m < M; m++)
                q[i][j] += weight_between(&s->graph, i, m) * weight_between(&s->graph, m, j);
            all += q[i][j];
        }
        for (int32_t j = 0; j < M && all > 0; j++)
            joint[s->labels[i]][s->labels[j]] += q[i][j] / all / (double)M;
    }
    for (int32_t k = 0; k < clusters; k++) {
        double from = 0, to = 0;
        for (int32_t l = 0; l < clusters; l++) {
            from += joint[k][l];
            to += joint[l][k];
        }
        share += joint[k][k];
        chance += from * to;
    }
    return (share - chance) / (1 - chance);
}

static void test_naive(void **state)
{
    static scene s;
    (void)state;
    open_backend(&s.be, "ref", 1);
    s.graph = karate_graph();
    for (int32_t clusters = 2; clusters <= 8; clusters++) {
        for (int i = 0; i < CLUB; i++)
            s.labels[i] = (i * 5 + i / 7) % clusters;
        assert_true(fabs(score(&s, clusters) - naive(&s, clusters)) < 1e-12);
    }
    graph_clear(&s.graph);
    static const graph_edge EDGES[] = {{0, 1, 1}, {1, 2, 0.5}, {3, 4, 2}};
    s.graph = graph_of_edges(6, EDGES, 3); /* row 5 has no edge */
    memcpy(s.labels, (int32_t[]){0, 0, 1, 2, 2, 1}, 6 * sizeof *s.labels);
    assert_true(fabs(score(&s, 3) - naive(&s, 3)) < 1e-12);
    graph_clear(&s.graph);
    backend_close(&s.be);
}

static void test_cliques(void **state)
{
    static scene s;
    (void)state;
    open_backend(&s.be, "ref", 1);
    s.graph = cliques_graph(4, 8, 0);
    for (int i = 0; i < 32; i++)
        s.labels[i] = i / 8;
    assert_true(fabs(score(&s, 4) - 1) < 1e-12);
    assert_true(fabs(score(&s, 5) - 1) < 1e-12); /* a cluster without rows */
    for (int i = 0; i < 32; i++)
        s.labels[i] = i % 4;
    assert_true(score(&s, 4) < 0.1); /* walks that return to where they began */
    memset(s.labels, 0, sizeof s.labels);
    assert_true(score(&s, 1) == 0);
    graph_clear(&s.graph);
    backend_close(&s.be);
}

static void test_threads(void **state)
{
    static scene s;
    double kappa[3];
    neighbor_lists lists = blob_lists(MOST_ROWS, 6, 12, 0.3);
    (void)state;
    for (int t = 0; t < 3; t++) {
        open_backend(&s.be, "ref", (int[]){1, 2, 5}[t]);
        assert_int_equal(graph_shared(&s.be, &lists, 12, 1, &s.graph, NULL), CLUDI_OK);
        for (int i = 0; i < MOST_ROWS; i++)
            s.labels[i] = i * 5 % 17 % 6;
        kappa[t] = score(&s, 6);
        graph_clear(&s.graph);
        backend_close(&s.be);
    }
    assert_memory_equal(&kappa[0], &kappa[1], sizeof *kappa);
    assert_memory_equal(&kappa[0], &kappa[2], sizeof *kappa);
    lists_free(&lists);
}

static cludi_status prepare(scene *s, cludi_error *error)
{
    walk_agreement w;
    const cludi_status status = walk_agreement_init(&w, &s->be, &s->graph, error);
    walk_agreement_clear(&w);
    return status;
}

static void test_no_memory(void **state)
{
    static scene s;
    counting_allocator counter = {0};
    (void)state;
    open_backend(&s.be, "ref", 1);
    s.graph = karate_graph();
    const cludi_allocator kept = s.be.allocator;
    s.be.allocator = counting_allocator_table(&counter);
    fail_calls(&counter, &s, prepare, "walk_agreement", 6);
    s.be.allocator = kept;
    graph_clear(&s.graph);
    backend_close(&s.be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_naive), cmocka_unit_test(test_cliques),
                                       cmocka_unit_test(test_threads), cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
