/* src/start: what voters agree on, votes of neighbors, clusters that were empty; clear clusters are found, even and uneven, by any number
   of threads with the same bits; edges, stops, memory. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "consensus.h"
#include "counting_allocator.h"
#include "fill_clusters.h"
#include "neighbor_vote.h"
#include "rng.h"
#include "rows.h"
#include "start.h"
#include "tensor_support.h"
#include "vote_codes.h"
#include "weighted_graphs.h"

enum { MOST_ROWS = 420, COLS = 12 };

typedef struct fixture {
    backend be;
    float data[MOST_ROWS * COLS];
    int32_t truth[MOST_ROWS], labels[MOST_ROWS];
    cludi_matrix X;
    neighbor_graph graph;
    callbacks messages;
    int64_t seen, stop_at;
    cludi_progress last;
    start_args args;
    start_run run;
} fixture;

static fixture f;

static int note(void *user, const cludi_progress *progress)
{
    (void)user;
    assert_int_equal(progress->phase, CLUDI_PHASE_INIT);
    assert_in_range(progress->step, f.last.step, progress->steps);
    f.last = *progress;
    return ++f.seen == f.stop_at;
}

static void find_neighbors(int64_t rows, int32_t degree)
{
    const cludi_source source = rows_of_matrix(&f.X);
    const neighbor_args find = {.be = &f.be, .X = &source, .degree = degree, .exact_rows = rows};
    neighbors_clear(&f.graph);
    assert_int_equal(neighbors_find(&find, &f.graph, NULL), CLUDI_OK);
    f.args.graph = &f.graph;
}

/* Unit rows around K axes, cluster k with as many rows as `sizes` says; neighbors only where degree > 0. */
static void begin(const int32_t *sizes, int32_t K, float noise, int32_t degree, int threads)
{
    int64_t rows = 0;
    memset(&f, 0, sizeof f);
    for (int32_t k = 0; k < K; k++)
        for (int32_t m = 0; m < sizes[k]; m++, rows++) {
            float *row = f.data + rows * COLS;
            f.truth[rows] = k;
            rng_normal((rng_stream){9, 230, 0}, (uint64_t)rows, row, COLS);
            for (int j = 0; j < COLS; j++)
                row[j] = noise * row[j] + (j == k ? 1 : 0);
            (void)rows_unit(row, COLS);
        }
    open_backend(&f.be, "ref", threads);
    f.X = (cludi_matrix){f.data, rows, COLS, COLS};
    f.messages = (callbacks){.progress = note};
    f.args = (start_args){.be = &f.be, .messages = &f.messages, .X = &f.X, .clusters = K, .starts = 10, .seed = 5};
    if (degree > 0)
        find_neighbors(rows, degree);
    start_run_begin(&f.run, &f.args);
}

static void end(void)
{
    neighbors_clear(&f.graph);
    backend_close(&f.be);
}

static int32_t count_used(const int32_t *labels, int32_t K)
{
    bool seen[MOST_ROWS] = {false};
    int32_t used = 0;
    for (int64_t i = 0; i < f.X.rows; i++) {
        assert_in_range(labels[i], 0, K - 1);
        used += !seen[labels[i]];
        seen[labels[i]] = true;
    }
    return used;
}

/* The same partition as the truth, under other names, but for `most` rows. */
static void expect_truth(const int32_t *labels, int64_t most)
{
    int64_t wrong = 0;
    for (int32_t k = 0; k < f.args.clusters; k++) {
        int64_t of_cluster[MOST_ROWS] = {0}, rows = 0, best = 0;
        for (int64_t i = 0; i < f.X.rows; i++)
            if (f.truth[i] == k) {
                rows++;
                of_cluster[labels[i]]++;
            }
        for (int32_t c = 0; c < f.args.clusters; c++)
            best = of_cluster[c] > best ? of_cluster[c] : best;
        wrong += rows - best;
    }
    if (wrong > most)
        fail_msg("%d of %d rows are elsewhere", (int)wrong, (int)f.X.rows);
    assert_int_equal(count_used(labels, f.args.clusters), f.args.clusters);
}

/* ---- parts ---- */

static void test_codes(void **state)
{
    (void)state;
    begin((int32_t[]){3, 2}, 2, 0, 0, 1);
    vote_codes v = {.allocator = &f.be.allocator, .rows = 5, .clusters = 2, .width = 7, .seed = 3};
    float a[7], b[7];
    assert_int_equal(vote_codes_init(&v, NULL), CLUDI_OK);
    vote_codes_add(&v, (int32_t[]){0, 0, 1, 1, 0}, 4, 1);
    vote_codes_add(&v, (int32_t[]){1, 0, 1, 0, 0}, 6, 0.5F);
    rng_normal((rng_stream){3, RNG_VOTES, 4}, 1, a, 7);
    rng_normal((rng_stream){3, RNG_VOTES, 6}, 0, b, 7);
    for (int j = 0; j < 7; j++)
        assert_true(v.sums[3 * 7 + j] == a[j] + 0.5F * b[j]);
    assert_memory_equal(v.sums + 7, v.sums + 4 * 7, 7 * sizeof(float)); /* two rows that always went together */
    vote_codes_clear(&v);
    end();
}

/* Voters who all agree are right, however uneven the sizes; of three, two outvote one; families count, not voters. */
static void test_consensus(void **state)
{
    static int32_t votes[6][MOST_ROWS], found[MOST_ROWS];
    (void)state;
    begin((int32_t[]){300, 80, 20, 10, 5, 5}, 6, 0.1F, 0, 1);
    for (int v = 0; v < 6; v++)
        for (int64_t i = 0; i < f.X.rows; i++)
            votes[v][i] = (f.truth[i] + v) % 6;
    const vote_family all[] = {{votes[0], 0}, {votes[0], 6}};
    assert_int_equal(consensus_find(&f.run, all, 2, f.labels, NULL), CLUDI_OK);
    expect_truth(f.labels, 0);
    for (int64_t i = 0; i < f.X.rows; i++)
        for (int v = 0; v < 3; v++) /* each of three is wrong about a tenth of the rows, never two about the same */
            votes[v][i] = i % 10 == v ? (f.truth[i] + 1) % 6 : f.truth[i];
    assert_int_equal(consensus_find(&f.run, &(vote_family){votes[0], 3}, 1, found, NULL), CLUDI_OK);
    expect_truth(found, f.X.rows / 20);
    end();
}

/* A family counts as one, however many voters it has. */
static void test_families(void **state)
{
    static int32_t many[6 * MOST_ROWS], one[MOST_ROWS];
    (void)state;
    begin((int32_t[]){60, 60, 60}, 3, 0.1F, 0, 1);
    for (int64_t i = 0; i < f.X.rows; i++) {
        one[i] = f.truth[i];
        for (int v = 0; v < 6; v++)
            many[v * f.X.rows + i] = i % 9 == 0 ? (f.truth[i] + 1) % 3 : f.truth[i];
    }
    const vote_family families[] = {{many, 6}, {one, 1}, {one, 1}};
    assert_int_equal(consensus_find(&f.run, families, 3, f.labels, NULL), CLUDI_OK);
    expect_truth(f.labels, 0);
    end();
}

static void test_consensus_of_few(void **state)
{
    static int32_t votes[MOST_ROWS];
    (void)state;
    begin((int32_t[]){20, 20, 20}, 3, 0.1F, 0, 1);
    for (int64_t i = 0; i < f.X.rows; i++)
        votes[i] = f.truth[i] == 0; /* two clusters where three are wanted */
    assert_int_equal(consensus_find(&f.run, &(vote_family){votes, 1}, 1, f.labels, NULL), CLUDI_OK);
    assert_int_equal(count_used(f.labels, 3), 2);
    assert_int_equal(fill_clusters(&f.run, f.labels, NULL), CLUDI_OK);
    expect_truth(f.labels, 0);
    end();
}

static void test_fill(void **state)
{
    (void)state;
    begin((int32_t[]){30, 20, 10, 7, 3}, 5, 0.1F, 0, 1);
    memset(f.labels, 0, sizeof f.labels); /* four are empty */
    assert_int_equal(fill_clusters(&f.run, f.labels, NULL), CLUDI_OK);
    expect_truth(f.labels, 0);
    for (int64_t i = 0; i < f.X.rows; i++)
        memcpy(f.data + i * COLS, f.data + i % 2 * COLS, COLS * sizeof *f.data); /* two different rows are left */
    memset(f.labels, 0, sizeof f.labels);
    assert_int_equal(fill_clusters(&f.run, f.labels, NULL), CLUDI_OK);
    assert_int_equal(count_used(f.labels, 5), 2);
    end();
}

static void test_neighbor_vote(void **state)
{
    static const graph_edge EDGES[] = {{0, 1, 1}, {0, 2, 1}, {1, 2, 1}, {3, 4, 1}, {3, 5, 1}, {4, 5, 1}, {2, 3, 0.5}};
    static int32_t labels[7];
    (void)state;
    begin((int32_t[]){4, 3}, 2, 0.1F, 0, 3);
    weighted_graph graph = graph_of_edges(7, EDGES, 7); /* row 6 has no edge */
    memcpy(labels, (int32_t[]){0, 0, 1, 1, 1, 1, 0}, sizeof labels);
    assert_int_equal(neighbor_vote(&f.be, &graph, 2, 3, labels, NULL), CLUDI_OK);
    assert_memory_equal(labels, ((int32_t[]){0, 0, 0, 1, 1, 1, 0}), sizeof labels);
    memcpy(labels, (int32_t[]){0, 0, 1, 2, 2, 2, 0}, sizeof labels); /* cluster 1 would be lost */
    assert_int_equal(neighbor_vote(&f.be, &graph, 3, 3, labels, NULL), CLUDI_OK);
    assert_memory_equal(labels, ((int32_t[]){0, 0, 1, 2, 2, 2, 0}), sizeof labels);
    memcpy(labels, (int32_t[]){0, 1, 1, 0, 0, 0, 0},
           sizeof labels); /* no round, no change; one cluster is never asked for */
    assert_int_equal(neighbor_vote(&f.be, &graph, 2, 0, labels, NULL), CLUDI_OK);
    assert_int_equal(labels[0], 0);
    graph_clear(&graph);
    end();
}

/* ---- the whole ---- */

static void test_clusters(void **state)
{
    static const int32_t EVEN[] = {70, 70, 70, 70, 70, 70}, UNEVEN[] = {150, 90, 60, 50, 40, 30};
    static int32_t first[MOST_ROWS], room[START_CANDIDATES][MOST_ROWS];
    (void)state;
    for (int uneven = 0; uneven < 2; uneven++)
        for (int t = 0; t < 3; t++) {
            start_details details = {0};
            for (int c = 0; c < START_CANDIDATES; c++)
                details.candidate[c] = room[c];
            begin(uneven ? UNEVEN : EVEN, 6, 0.12F, 45, (int[]){1, 2, 5}[t]);
            assert_int_equal(start_find(&f.args, f.labels, &details, NULL), CLUDI_OK);
            expect_truth(f.labels, 2);
            assert_true(details.facts.nearest > 0.9);
            assert_memory_equal(f.labels, room[details.facts.pick], (size_t)f.X.rows * sizeof *f.labels);
            assert_int_equal(f.last.step, f.last.steps);
            if (t == 0)
                memcpy(first, f.labels, sizeof first);
            assert_memory_equal(f.labels, first, (size_t)f.X.rows * sizeof *first);
            end();
        }
}

static cludi_status count_down(void *user, cludi_error *error)
{
    int32_t *left = user;
    (void)error;
    return --*left == 0 ? CLUDI_STOPPED : CLUDI_OK;
}

/* A start that is stopped after some voters, and asked again with their votes, ends the same and asks the others alone. */
static void test_votes(void **state)
{
    static int32_t votes[64 * MOST_ROWS], whole[MOST_ROWS];
    (void)state;
    begin((int32_t[]){60, 50, 40, 60}, 4, 0.3F, 45, 1);
    const int32_t most = start_voters(&f.args);
    assert_in_range(most, 12, 64);
    assert_int_equal(start_find(&f.args, whole, NULL, NULL), CLUDI_OK);
    for (int32_t first = 1; first < most; first += 3) {
        int32_t left = first;
        start_votes kept = {.labels = votes, .most = most, .keep = count_down, .user = &left};
        f.args.votes = &kept;
        f.last = (cludi_progress){0};
        memset(votes, 77, sizeof votes);
        assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_STOPPED);
        assert_int_equal(kept.known, first);
        left = most;
        f.last = (cludi_progress){0};
        assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_OK);
        assert_int_equal(kept.known, most);
        assert_int_equal(left, first);
        assert_memory_equal(f.labels, whole, (size_t)f.X.rows * sizeof *whole);
    }
    end();
}

/* Votes that no start gives, a voter without a partition where each has one: it is asked again, as are those behind it. */
static void test_votes_of_another(void **state)
{
    static const int32_t VOTERS[] = {0, 5, 28, 33}; /* the last is spectral: it may have none */
    static int32_t votes[64 * MOST_ROWS], whole[MOST_ROWS];
    (void)state;
    begin((int32_t[]){60, 50, 40, 60}, 4, 0.3F, 45, 1);
    const int32_t most = start_voters(&f.args);
    assert_int_equal(start_find(&f.args, whole, NULL, NULL), CLUDI_OK);
    for (size_t v = 0; v < sizeof VOTERS / sizeof *VOTERS; v++) {
        const int32_t none = VOTERS[v];
        int32_t left = 2 * most + 1;
        start_votes kept = {.labels = votes, .most = most, .keep = count_down, .user = &left};
        f.args.votes = &kept;
        f.last = (cludi_progress){0};
        assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_OK);
        memset(votes + none * f.X.rows, -1, (size_t)f.X.rows * sizeof *votes);
        f.last = (cludi_progress){0};
        assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_OK);
        const bool is_asked = none < 33;
        assert_int_equal(left, 1 + (is_asked ? none : most));
        if (is_asked)
            assert_memory_equal(f.labels, whole, (size_t)f.X.rows * sizeof *whole);
    }
    end();
}

/* Clusters of fewer rows than a row has neighbors, beside one twenty times as large: whatever the seed. */
static void test_very_uneven(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        start_details details = {0};
        begin((int32_t[]){240, 80, 40, 30, 18, 12}, 6, 0.12F, 45, 1);
        f.args.seed = seed;
        assert_int_equal(start_find(&f.args, f.labels, &details, NULL), CLUDI_OK);
        expect_truth(f.labels, 12);
        assert_true(details.facts.agreement[START_SINGLE] > details.facts.agreement[START_DEEP]);
        end();
    }
}

/* Each neighbor tells little, many tell much: then the communities of all neighbors' graph are the start. */
static void test_blurred(void **state)
{
    enum { ROWS = 1600, WIDE = 128, CLUSTERS = 80 };
    static float rows[ROWS * WIDE];
    static int32_t labels[ROWS];
    start_details details = {0};
    int64_t together = 0;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        float center[WIDE], *row = rows + i * WIDE;
        rng_normal((rng_stream){9, 230, 0}, (uint64_t)(i % CLUSTERS), center, WIDE);
        rng_normal((rng_stream){9, 230, 1}, (uint64_t)i, row, WIDE);
        for (int j = 0; j < WIDE; j++)
            row[j] = center[j] + 2.2F * row[j];
        (void)rows_unit(row, WIDE);
    }
    begin((int32_t[]){1}, 1, 0, 0, 2);
    f.X = (cludi_matrix){rows, ROWS, WIDE, WIDE};
    find_neighbors(ROWS, 45);
    f.args.clusters = CLUSTERS;
    assert_int_equal(start_find(&f.args, labels, &details, NULL), CLUDI_OK);
    assert_true(details.facts.nearest < 0.6);
    assert_int_equal(details.facts.pick, START_GRAPH);
    assert_int_equal(f.last.steps, 1 + 2 + 1 + 2); /* plain, on smoothed rows, communities, what is made of them */
    for (int64_t i = CLUSTERS; i < ROWS; i++)
        together += labels[i] == labels[i - CLUSTERS];
    if (together < (ROWS - CLUSTERS) * 7 / 10)
        fail_msg("%d of %d pairs are together", (int)together, ROWS - CLUSTERS);
    end();
}

/* As many clusters as rows: more than k-means is seeded for. */
static void test_unseeded(void **state)
{
    enum { ROWS = 300 };
    (void)state;
    for (uint64_t seed = 3; seed < 5; seed++) {
        begin((int32_t[]){ROWS}, 1, 20, 0, 1);
        f.args.clusters = ROWS;
        f.args.seed = seed;
        assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_OK);
        assert_int_equal(count_used(f.labels, ROWS), ROWS);
        end();
    }
}

/* Rows without clusters still are parted. */
static void test_noise(void **state)
{
    start_details details = {0};
    (void)state;
    begin((int32_t[]){100, 100, 100, 100}, 4, 20, 45, 1);
    f.args.clusters = 40;
    assert_int_equal(start_find(&f.args, f.labels, &details, NULL), CLUDI_OK);
    assert_true(details.facts.nearest < 0.6);
    assert_int_equal(count_used(f.labels, 40), 40);
    end();
}

static void test_edges(void **state)
{
    (void)state;
    for (int32_t degree = 0; degree < 12; degree += 11) {
        begin((int32_t[]){6, 6}, 2, 0.1F, degree, 1);
        f.args.messages = NULL;
        assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_OK);
        expect_truth(f.labels, 0);
        for (f.args.clusters = 1; f.args.clusters <= 12; f.args.clusters++) {
            assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_OK);
            assert_int_equal(count_used(f.labels, f.args.clusters), f.args.clusters);
        }
        end();
    }
    begin((int32_t[]){1, 1}, 2, 0, 1, 1); /* two rows */
    assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_OK);
    expect_truth(f.labels, 0);
    end();
    begin((int32_t[]){60, 60, 0}, 3, 0, 45, 1); /* two different rows where three clusters are wanted */
    assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_OK);
    assert_in_range(count_used(f.labels, 3), 2, 3);
    end();
}

/* More clusters than eigenvectors are made for. */
static void test_many_clusters(void **state)
{
    (void)state;
    begin((int32_t[]){150, 150, 100}, 3, 0.3F, 45, 1);
    for (int64_t i = 1; i < f.X.rows; i += 2) { /* pairs that are nearly equal */
        memcpy(f.data + i * COLS, f.data + (i - 1) * COLS, COLS * sizeof *f.data);
        f.data[i * COLS] += 1e-3F;
        (void)rows_unit(f.data + i * COLS, COLS);
    }
    find_neighbors(f.X.rows, 45);
    f.args.clusters = 260;
    assert_int_equal(start_find(&f.args, f.labels, NULL, NULL), CLUDI_OK);
    assert_int_equal(count_used(f.labels, 260), 260);
    end();
}

static void test_stop(void **state)
{
    cludi_status status = CLUDI_STOPPED;
    (void)state;
    for (int64_t at = 1; status == CLUDI_STOPPED; at = at + 1 + at / 8) {
        cludi_error error = {0};
        begin((int32_t[]){40, 40}, 2, 0.1F, 45, 1);
        f.stop_at = at;
        status = start_find(&f.args, f.labels, NULL, &error);
        assert_true(status == CLUDI_STOPPED || at > 100);
        if (status == CLUDI_STOPPED) {
            assert_string_equal(error.message, "Training was stopped before its first step.");
            assert_int_equal(f.seen, at);
        }
        end();
    }
    stop_after stop;
    int64_t at = 1;
    do {
        begin((int32_t[]){40, 40}, 2, 0.1F, 45, 1);
        stop_after_begin(&stop, &f.be, at);
        status = start_find(&f.args, f.labels, NULL, NULL);
        end();
        at += 1 + at / 8;
    } while (status == CLUDI_STOPPED);
    assert_int_equal(status, CLUDI_OK);
    assert_true(at > 100);
}

static void test_no_memory(void **state)
{
    cludi_status status = CLUDI_ERROR_MEMORY;
    int64_t n = 0;
    (void)state;
    while (status != CLUDI_OK) {
        counting_allocator counter = {0};
        begin((int32_t[]){20, 20}, 2, 0.1F, 30, 1);
        const cludi_allocator kept = f.be.allocator;
        f.be.allocator = counting_allocator_table(&counter);
        counter.fail_at = n += 1 + n / 40;
        status = start_find(&f.args, f.labels, NULL, NULL);
        assert_true(status == CLUDI_OK || (status == CLUDI_ERROR_MEMORY && counter.failed > 0));
        assert_true(status != CLUDI_OK || counter.failed == 0);
        assert_int_equal(counter.live, 0);
        f.be.allocator = kept;
        end();
    }
    assert_true(n > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes),
                                       cmocka_unit_test(test_consensus),
                                       cmocka_unit_test(test_consensus_of_few),
                                       cmocka_unit_test(test_fill),
                                       cmocka_unit_test(test_neighbor_vote),
                                       cmocka_unit_test(test_clusters),
                                       cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_families),
                                       cmocka_unit_test(test_very_uneven),
                                       cmocka_unit_test(test_edges),
                                       cmocka_unit_test(test_many_clusters),
                                       cmocka_unit_test(test_stop),
                                       cmocka_unit_test(test_no_memory),
                                       cmocka_unit_test(test_votes),
                                       cmocka_unit_test(test_blurred),
                                       cmocka_unit_test(test_unseeded),
                                       cmocka_unit_test(test_votes_of_another)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
