/* kmeans.c, kmeans_rounds.c and kmeans_repair.c, on every backend, against Lloyd's rounds in double; large offsets and
   units, threads, blocks, memory, progress, and what is refused. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "expect_error.h"
#include "kmeans_support.h"
#include "rows.h"
#include "tensor_support.h"

enum { ROUNDS = 300 };

/* tolerance: of centroids, in units of the rows' spread; float32 keeps 6e-8 of it, sums and products lose a little. */
static void expect_same(const kmeans_result *result, const naive *w, double spread)
{
    assert_memory_equal(result->labels, w->labels, (size_t)w->M * sizeof *w->labels);
    for (int64_t i = 0; i < w->K * w->n; i++)
        assert_true(fabs((double)result->centroids[i] - w->centroids[i]) < 1e-6 * spread);
    assert_true(fabs(result->inertia - w->inertia) <= 1e-6 * w->inertia);
}

/* First centroids given, compared with the naive version. */
static void check_given(const char *name, const cludi_matrix *X, const float *initial, int32_t K, int repaired)
{
    const cludi_matrix first = {initial, K, X->cols, X->cols};
    kmeans_args args = usual_args(NULL, NULL, K);
    args.initial = &first;
    args.tolerance = 0;
    kmeans_result result = run_matrix(name, 1, X, args);
    naive w = naive_run(X, initial, K, ROUNDS);
    expect_same(&result, &w, 4);
    assert_int_equal(result.rounds, w.rounds);
    assert_int_equal(result.empty_repaired, repaired);
    assert_int_equal(result.clusters_in_use, K);
    naive_free(&w);
    kmeans_result_clear(&result);
}

/* ---- tests ---- */

static void test_given_centroids(void **state)
{
    (void)state;
    static const problem PROBLEMS[] = {
        {97, 5, 4, 0.9, 0, 1}, {400, 33, 30, 0.8, 0, 1}, {193, 1, 3, 0.5, 0, 1}, {7, 2, 1, 1, 0, 1}};
    for (int b = 0; b < BACKEND_COUNT; b++)
        for (size_t i = 0; i < sizeof PROBLEMS / sizeof *PROBLEMS; i++) {
            const problem *p = &PROBLEMS[i];
            float *data = make_rows(p);
            check_given(KMEANS_BACKENDS[b], &(cludi_matrix){data, p->M, p->n, p->n}, data + p->n, p->K, 0);
            free(data);
        }
}

/* Two first centroids that no row is near. */
static void test_empty_clusters(void **state)
{
    (void)state;
    const problem p = {120, 3, 4, 0.3, 0, 1};
    float *data = make_rows(&p);
    const float initial[4][3] = {{data[0], data[1], data[2]}, {90, 90, 90}, {data[3], data[4], data[5]}, {-90, 0, 90}};
    for (int b = 0; b < BACKEND_COUNT; b++)
        check_given(KMEANS_BACKENDS[b], &(cludi_matrix){data, p.M, p.n, p.n}, initial[0], 4, 2);
    free(data);
}

/* The row farthest from its centroid is alone in its cluster: another one fills the empty cluster. */
static void test_lone_row(void **state)
{
    (void)state;
    const float data[6] = {0, 1, 2, 100, 2.5F, 1.25F}, initial[3] = {1, 50, 1000};
    for (int b = 0; b < BACKEND_COUNT; b++)
        check_given(KMEANS_BACKENDS[b], &(cludi_matrix){data, 6, 1, 1}, initial, 3, 1);
}

/* An offset and units change neither labels nor, in units, the inertia. */
static void test_offset_and_unit(void **state)
{
    (void)state;
    static const problem PROBLEMS[] = {{300, 12, 5, 0.7, 0, 1},
                                       {300, 12, 5, 0.7, 1e4, 1},
                                       {300, 12, 5, 0.7, 0, 0x1p90},
                                       {300, 12, 5, 0.7, -4096, 0x1p-100}};
    for (int b = 0; b < BACKEND_COUNT; b++) {
        kmeans_result results[4];
        for (int i = 0; i < 4; i++) {
            const problem *p = &PROBLEMS[i];
            float *data = make_rows(p);
            results[i] =
                run_matrix(KMEANS_BACKENDS[b], 1, &(cludi_matrix){data, p->M, p->n, p->n}, usual_args(NULL, NULL, 5));
            const double inertia = results[i].inertia / p->unit / p->unit;
            assert_memory_equal(results[i].labels, results[0].labels, (size_t)p->M * sizeof(int32_t));
            assert_true(fabs(inertia - results[0].inertia) < 1e-5 * results[0].inertia);
            free(data);
        }
        for (int i = 0; i < 4; i++)
            kmeans_result_clear(&results[i]);
    }
}

static void test_threads(void **state)
{
    (void)state;
    const problem p = {1000, 300, 9, 1.5, 0, 1};
    float *data = make_rows(&p);
    const cludi_matrix X = {data, p.M, p.n, p.n};
    kmeans_args args = usual_args(NULL, NULL, p.K);
    args.starts = 4;
    for (int b = 0; b < BACKEND_COUNT; b++) {
        kmeans_result one = run_matrix(KMEANS_BACKENDS[b], 1, &X, args),
                      three = run_matrix(KMEANS_BACKENDS[b], 3, &X, args);
        assert_true(one.inertia == three.inertia);
        assert_int_equal(one.rounds, three.rounds);
        assert_memory_equal(one.labels, three.labels, (size_t)p.M * sizeof *one.labels);
        assert_memory_equal(one.centroids, three.centroids, (size_t)(p.K * p.n) * sizeof *one.centroids);
        kmeans_result_clear(&one);
        kmeans_result_clear(&three);
    }
    free(data);
}

/* More than the 32 MiB of a block. */
static void test_blocks(void **state)
{
    (void)state;
    const problem p = {8600, 1024, 3, 0.5, 0, 1};
    float *data = make_rows(&p);
    const cludi_matrix X = {data, p.M, p.n, p.n};
    check_given("onednn", &X, data, p.K, 0);
    kmeans_args args = usual_args(NULL, NULL, p.K);
    kmeans_result result = run_matrix("onednn", 2, &X, args);
    for (int64_t i = 0; i < p.M; i++)
        assert_int_equal(result.labels[i], result.labels[i % p.K]);
    assert_int_equal(result.clusters_in_use, p.K);
    kmeans_result_clear(&result);
    free(data);
}

/* ---- memory, callbacks, errors ---- */

static int64_t calls_of(const cludi_matrix *X, kmeans_args args, counting_allocator *counter, cludi_status wanted)
{
    backend be;
    kmeans_result result;
    const cludi_source source = rows_of_matrix(X);
    open_backend(&be, "ref", 1);
    be.allocator = counting_allocator_table(counter);
    args.be = &be;
    args.X = &source;
    assert_int_equal(kmeans_run(&args, &result, NULL), wanted);
    kmeans_result_clear(&result);
    assert_int_equal(counter->live, 0);
    backend_close(&be);
    return counter->calls;
}

/* Every allocation that fails is an error and leaves nothing; rounds allocate nothing. */
static void test_memory(void **state)
{
    (void)state;
    const problem p = {200, 4, 15, 1, 0, 1};
    float *data = make_rows(&p);
    const cludi_matrix X = {data, p.M, p.n, p.n};
    kmeans_args args = usual_args(NULL, NULL, p.K);
    counting_allocator counter = {0};
    args.starts = 2;
    const int64_t calls = calls_of(&X, args, &counter, CLUDI_OK);
    for (int64_t n = 1; n <= calls; n++) {
        counter = (counting_allocator){.fail_at = n};
        calls_of(&X, args, &counter, CLUDI_ERROR_MEMORY);
        counter = (counting_allocator){.fail_at = n, .once = true};
        calls_of(&X, args, &counter, CLUDI_ERROR_MEMORY);
    }
    counter = (counting_allocator){0};
    args.rounds = 1;
    assert_int_equal(calls_of(&X, args, &counter, CLUDI_OK), calls);
    free(data);
}

typedef struct watcher {
    int64_t steps, stop_at;
    double loss;
} watcher;

static int watch(void *user, const cludi_progress *progress)
{
    watcher *w = user;
    assert_int_equal(progress->step, ++w->steps);
    assert_true(progress->step <= progress->steps);
    w->loss = progress->loss;
    return w->steps == w->stop_at;
}

/* K steps of seeding, then rounds with the inertia; each may stop the run. */
static void test_progress(void **state)
{
    (void)state;
    const problem p = {150, 3, 6, 0.9, 7, 1};
    float *data = make_rows(&p);
    watcher w = {0};
    const callbacks messages = {.progress = watch, .progress_user = &w};
    const cludi_matrix X = {data, p.M, p.n, p.n};
    kmeans_args args = usual_args(NULL, NULL, p.K);
    args.messages = &messages;
    kmeans_result result = run_matrix("ref", 1, &X, args);
    assert_int_equal(w.steps, p.K + result.rounds + 1);
    assert_true(fabs(w.loss - result.inertia / (double)p.M) < 1e-4 * w.loss);
    kmeans_result_clear(&result);
    for (int64_t stop = 1; stop < p.K + 3; stop++) {
        counting_allocator counter = {0};
        w = (watcher){.stop_at = stop};
        calls_of(&X, args, &counter, CLUDI_STOPPED);
        assert_int_equal(w.steps, stop);
    }
    free(data);
}

typedef struct reader {
    const float *data;
    int64_t cols, calls, fail_at;
} reader;

static cludi_status read_rows(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    reader *r = user;
    (void)error;
    if (++r->calls == r->fail_at)
        return CLUDI_ERROR_FILE;
    memcpy(out, r->data + first * r->cols, (size_t)(count * r->cols) * sizeof *out);
    return CLUDI_OK;
}

/* Data of one block are read to be measured, to be kept, and to be judged: three times. */
static void test_reads(void **state)
{
    (void)state;
    const problem p = {150, 3, 6, 0.9, 7, 1};
    float *data = make_rows(&p);
    for (int64_t fail_at = 0; fail_at <= 3; fail_at++) {
        reader r = {data, p.n, 0, fail_at};
        const cludi_source X = {.rows = p.M, .cols = p.n, .read = read_rows, .user = &r};
        backend be;
        kmeans_result result;
        open_backend(&be, "ref", 1);
        const kmeans_args args = usual_args(&be, &X, p.K);
        assert_int_equal(kmeans_run(&args, &result, NULL), fail_at ? CLUDI_ERROR_FILE : CLUDI_OK);
        assert_int_equal(r.calls, fail_at ? fail_at : 3);
        kmeans_result_clear(&result);
        backend_close(&be);
    }
    free(data);
}

static void expect_refused(kmeans_args args, cludi_status wanted, const char *words)
{
    kmeans_result result;
    EXPECT(wanted, words, kmeans_run, &args, &result);
    assert_null(result.labels);
}

static void test_refused(void **state)
{
    (void)state;
    float data[6] = {1, 2, 3, 4, 5, 6};
    const cludi_matrix X = {data, 3, 2, 2}, three = {data, 3, 2, 2};
    const cludi_source source = rows_of_matrix(&X);
    backend be;
    int32_t labels[3];
    open_backend(&be, "ref", 1);
    const kmeans_args good = usual_args(&be, &source, 2);
    kmeans_args args = good;
    args.X = NULL;
    expect_refused(args, CLUDI_ERROR_ARGUMENT, "X is NULL");
    args = good, args.clusters = 4;
    expect_refused(args, CLUDI_ERROR_ARGUMENT, "4 clusters are asked of 3 rows");
    args = good, args.clusters = 0;
    expect_refused(args, CLUDI_ERROR_ARGUMENT, "0 clusters are asked of 3 rows");
    args = good, args.starts = 0;
    expect_refused(args, CLUDI_ERROR_ARGUMENT, "starts is 0");
    args = good, args.rounds = 0;
    expect_refused(args, CLUDI_ERROR_ARGUMENT, "rounds is 0");
    args = good, args.tolerance = (double)NAN;
    expect_refused(args, CLUDI_ERROR_ARGUMENT, "tolerance is nan");
    args = good, args.initial = &three;
    expect_refused(args, CLUDI_ERROR_ARGUMENT, "first centroids are 3 x 2; 2 x 2");
    args.clusters = 3, args.starts = 2;
    expect_refused(args, CLUDI_ERROR_ARGUMENT, "starts is 2");
    EXPECT(CLUDI_ERROR_ARGUMENT, "X has 2 columns; the centroids have 1.", kmeans_assign, &be,
           &(cludi_matrix){data, 3, 1, 1}, &source, labels, NULL);
    data[3] = INFINITY;
    expect_refused(good, CLUDI_ERROR_DATA, "X has an infinity in row 1, column 1");
    data[3] = NAN;
    expect_refused(good, CLUDI_ERROR_DATA, "X has NaN in row 1, column 1");
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given_centroids), cmocka_unit_test(test_empty_clusters), cmocka_unit_test(test_lone_row),
        cmocka_unit_test(test_offset_and_unit), cmocka_unit_test(test_threads),        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_memory),          cmocka_unit_test(test_progress),       cmocka_unit_test(test_reads),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
