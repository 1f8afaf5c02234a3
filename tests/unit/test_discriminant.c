/* discriminant.c, discriminant_predict.c: wrong labels among clear clusters are put right; what predicts says what the formula in
   double says; no cluster is lost; few and many clusters; threads change nothing; it can be stopped; memory. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "cmocka_all.h"
#include "counting_allocator.h"
#include "discriminant_predict.h"
#include "graph_support.h"
#include "rng.h"
#include "rows.h"
#include "tensor_support.h"

enum { COLS = 24, MOST_ROWS = 900 /* more than landmarks */, ROWS = 300, NEIGHBORS = 12 };

typedef struct fixture {
    backend be;
    float data[MOST_ROWS * COLS];
    int32_t truth[MOST_ROWS], labels[MOST_ROWS];
    int32_t cluster[2 * MOST_ROWS];
    float probability[2 * MOST_ROWS];
    fitted_labels fitted; /* two of each row */
    float *values;
    cludi_matrix X;
    neighbor_graph graph;
    discriminant_args args;
    discriminant found;
} fixture;

/* Unit rows around random directions; each third label is wrong. */
static void begin(fixture *f, int64_t rows, int32_t K, int threads)
{
    memset(f, 0, sizeof *f);
    for (int64_t i = 0; i < rows; i++) {
        float center[COLS], *row = f->data + i * COLS;
        f->truth[i] = (int32_t)(i % K);
        f->labels[i] = i % 3 == 0 ? (int32_t)((i / 3 + 1) % K) : f->truth[i];
        rng_normal((rng_stream){6, 230, 0}, (uint64_t)f->truth[i], center, COLS);
        rng_normal((rng_stream){6, 230, 1}, (uint64_t)i, row, COLS);
        for (int j = 0; j < COLS; j++)
            row[j] = center[j] + 0.3F * row[j];
        (void)rows_unit(row, COLS);
    }
    open_backend(&f->be, "ref", threads);
    f->X = (cludi_matrix){f->data, rows, COLS, COLS};
    const cludi_source source = rows_of_matrix(&f->X);
    const neighbor_args find = {
        .be = &f->be, .X = &source, .degree = (int32_t)min_int(NEIGHBORS, rows - 1), .exact_rows = NEIGHBOR_EXACT_ROWS};
    assert_int_equal(neighbors_find(&find, &f->graph, NULL), CLUDI_OK);
    f->args = (discriminant_args){.be = &f->be, .X = &f->X, .graph = &f->graph, .clusters = K};
    f->fitted = (fitted_labels){2, f->cluster, f->probability};
    const int64_t m = discriminant_landmarks(rows);
    f->values = malloc((size_t)(m * (COLS + m + 1 + K) + K + 1) * sizeof *f->values);
    assert_non_null(f->values);
    f->found = discriminant_bind(f->values, COLS, m, K);
}

static void end(fixture *f)
{
    free(f->values);
    neighbors_clear(&f->graph);
    backend_close(&f->be);
}

static cludi_status try_fit(fixture *f)
{
    return discriminant_fit(&f->args, f->labels, &f->fitted, f->values, NULL);
}

static void fit(fixture *f)
{
    assert_int_equal(try_fit(f), CLUDI_OK);
    for (int64_t i = 0; i < f->X.rows; i++) {
        assert_true(f->probability[2 * i] >= f->probability[2 * i + 1] && f->probability[2 * i + 1] >= 0);
        assert_int_not_equal(f->cluster[2 * i], f->cluster[2 * i + 1]);
        f->labels[i] = f->cluster[2 * i];
    }
}

static int64_t count_wrong(const fixture *f, const int32_t *labels)
{
    int64_t wrong = 0;
    for (int64_t i = 0; i < f->X.rows; i++)
        wrong += labels[i] != f->truth[i];
    return wrong;
}

static void test_put_right(void **state)
{
    (void)state;
    static const int32_t CLUSTERS[] = {2, 5, 20};
    static fixture f;
    for (size_t c = 0; c < sizeof CLUSTERS / sizeof *CLUSTERS; c++) {
        begin(&f, ROWS, CLUSTERS[c], 2);
        assert_true(count_wrong(&f, f.labels) > ROWS / 8);
        fit(&f);
        assert_true(count_wrong(&f, f.labels) <= 2);
        for (int64_t i = 0; i < f.X.rows; i++)
            assert_true(f.probability[2 * i] > 0.3F && f.probability[2 * i] <= 1.0001F);
        end(&f);
    }
}

/* log p less a constant, in double. */
static void scores_of(const discriminant *d, const float *x, double *score)
{
    double *kernel = malloc((size_t)d->landmarks * sizeof *kernel), *u = malloc((size_t)d->landmarks * sizeof *u);
    double square = 0;
    assert_true(kernel && u);
    for (int64_t a = 0; a < d->landmarks; a++) {
        double cosine = 0;
        for (int64_t j = 0; j < d->cols; j++)
            cosine += (double)x[j] * (double)d->landmark[a * d->cols + j];
        kernel[a] = *d->width > 0 ? exp((cosine - 1) / (double)*d->width) : cosine;
    }
    for (int64_t b = 0; b < d->landmarks; b++) {
        u[b] = -(double)d->offset[b];
        for (int64_t a = 0; a < d->landmarks; a++)
            u[b] += (double)d->map[b * d->landmarks + a] * kernel[a];
        square += u[b] * u[b];
    }
    for (int32_t k = 0; k < d->clusters; k++) {
        score[k] = (double)d->bias[k];
        for (int64_t b = 0; b < d->landmarks; b++)
            score[k] += u[b] / sqrt(square) * (double)d->prototype[k * d->landmarks + b];
    }
    free(kernel);
    free(u);
}

static void test_predicts(void **state)
{
    (void)state;
    enum { K = 5, BLOCK = 100 };
    static fixture f;
    static float p[BLOCK * K];
    begin(&f, MOST_ROWS, K, 2);
    fit(&f);
    discriminant_predictor predictor;
    assert_int_equal(discriminant_predictor_init(&predictor, &f.be, &f.found, BLOCK, NULL), CLUDI_OK);
    for (int64_t first = 0; first < f.X.rows; first += BLOCK) {
        assert_int_equal(discriminant_predict(&predictor, f.data + first * COLS, BLOCK, p, NULL), CLUDI_OK);
        for (int64_t i = 0; i < BLOCK; i++)
            assert_int_equal(argmax_float(p + i * K, K), f.labels[first + i]);
    }
    assert_int_equal(discriminant_predict(&predictor, f.data, 3, p, NULL), CLUDI_OK);
    for (int64_t i = 0; i < 3; i++) {
        double score[K], sum = 0;
        scores_of(&f.found, f.data + i * COLS, score);
        for (int k = 0; k < K; k++)
            sum += exp(score[k]);
        for (int k = 0; k < K; k++)
            assert_true(fabs((double)p[i * K + k] - exp(score[k]) / sum) < 2e-4);
    }
    discriminant_predictor_clear(&predictor);
    end(&f);
}

/* One row of another cluster has a cluster of its own in the start: it keeps it. More clusters than are kept of a row; few rows. */
static void test_nothing_is_lost(void **state)
{
    (void)state;
    static const struct {
        int64_t rows;
        int32_t K;
    } SHAPES[] = {{300, 4}, {ROWS, 90}, {12, 4}, {3, 3}, {2, 2}};
    static fixture f;
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
        bool seen[MOST_ROWS] = {false};
        begin(&f, SHAPES[s].rows, SHAPES[s].K, 1);
        memcpy(f.labels, f.truth, sizeof f.labels);
        for (int64_t i = 0; i < f.X.rows; i++)
            f.labels[i] = f.labels[i] == 0 && i > 0 ? 1 : f.labels[i];
        fit(&f);
        for (int64_t i = 0; i < f.X.rows; i++)
            seen[f.labels[i]] = true;
        for (int32_t k = 0; k < SHAPES[s].K; k++)
            assert_true(seen[k]);
        end(&f);
    }
}

/* A start that is to be kept is kept, however wrong it looks. */
static void test_keeps_start(void **state)
{
    (void)state;
    static fixture f;
    static int32_t start[MOST_ROWS];
    begin(&f, ROWS, 7, 2);
    for (int64_t i = 0; i < f.X.rows; i++)
        start[i] = f.labels[i] = (int32_t)(i * 7919 % 13 % 7);
    f.args.trust = START_KEPT;
    fit(&f);
    assert_memory_equal(f.labels, start, (size_t)f.X.rows * sizeof *start);
    end(&f);
}

static void test_threads(void **state)
{
    (void)state;
    static fixture f[2];
    for (int i = 0; i < 2; i++) {
        begin(&f[i], ROWS, 7, 1 + 2 * i);
        fit(&f[i]);
    }
    const discriminant *a = &f[0].found, *b = &f[1].found;
    assert_memory_equal(f[0].labels, f[1].labels, sizeof f[0].labels);
    assert_memory_equal(f[0].probability, f[1].probability, sizeof f[0].probability);
    assert_memory_equal(a->map, b->map, (size_t)(a->landmarks * a->landmarks) * sizeof(float));
    assert_memory_equal(a->prototype, b->prototype, (size_t)(a->clusters * a->landmarks) * sizeof(float));
    end(&f[0]);
    end(&f[1]);
}

/* Rows that are all the same, and rows of zeros, have an answer too. */
static void test_equal_rows(void **state)
{
    (void)state;
    static fixture f;
    for (int zeros = 0; zeros < 2; zeros++) {
        begin(&f, 50, 2, 1);
        neighbors_clear(&f.graph);
        for (int i = 0; i < 50 * COLS; i++)
            f.data[i] = !zeros && i % COLS == 0;
        const cludi_source source = rows_of_matrix(&f.X);
        const neighbor_args find = {.be = &f.be, .X = &source, .degree = 5, .exact_rows = NEIGHBOR_EXACT_ROWS};
        assert_int_equal(neighbors_find(&find, &f.graph, NULL), CLUDI_OK);
        fit(&f);
        for (int i = 0; i < 50; i++)
            assert_true(f.labels[i] >= 0 && f.labels[i] < 2 && isfinite(f.probability[2 * i]));
        end(&f);
    }
}

/* So close together that float32 hardly tells their cosines from 1: the kernel's matrix is not positive as it is. */
static void test_close_rows(void **state)
{
    (void)state;
    static fixture f;
    begin(&f, 300, 3, 1);
    for (int64_t i = 0; i < f.X.rows; i++) {
        float *row = f.data + i * COLS;
        for (int j = 0; j < COLS; j++)
            row[j] = 2e-3F * row[j] + (j == 0);
        (void)rows_unit(row, COLS);
    }
    const cludi_source source = rows_of_matrix(&f.X);
    const neighbor_args find = {.be = &f.be, .X = &source, .degree = NEIGHBORS, .exact_rows = NEIGHBOR_EXACT_ROWS};
    neighbors_clear(&f.graph);
    assert_int_equal(neighbors_find(&find, &f.graph, NULL), CLUDI_OK);
    fit(&f);
    end(&f);
}

typedef struct rounds_seen {
    int64_t told, stop_at;
} rounds_seen;

static int note(void *user, const cludi_progress *progress)
{
    rounds_seen *seen = user;
    assert_int_equal(progress->phase, CLUDI_PHASE_FIT);
    assert_int_equal(progress->step, ++seen->told);
    assert_int_equal(progress->clusters, 5);
    assert_in_range(progress->step, 1, progress->steps);
    return progress->step == seen->stop_at;
}

/* Rounds are told, and each but the last may be the end. */
static void test_progress(void **state)
{
    (void)state;
    static fixture f;
    static const struct {
        start_trust trust;
        int64_t rounds;
    } KINDS[] = {{START_NEAR, 16}, {START_ROUGH, 8}, {START_KEPT, 1}};
    for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++)
        for (int64_t stop_at = 1; stop_at <= KINDS[k].rounds;
             stop_at += KINDS[k].rounds > 1 ? KINDS[k].rounds - 1 : 1) {
            rounds_seen seen = {.stop_at = stop_at};
            const callbacks messages = {.progress = note, .progress_user = &seen};
            begin(&f, 200, 5, 1);
            f.args.messages = &messages;
            f.args.trust = KINDS[k].trust;
            assert_int_equal(try_fit(&f), stop_at < KINDS[k].rounds ? CLUDI_STOPPED : CLUDI_OK);
            assert_int_equal(seen.told, stop_at);
            end(&f);
        }
}

static int always(void *user)
{
    (void)user;
    return 1;
}

static void test_stop(void **state)
{
    (void)state;
    static fixture f;
    stop_request stop;
    begin(&f, MOST_ROWS, 5, 2);
    stop_request_init(&stop, always, NULL);
    f.be.stop = &stop;
    assert_int_equal(try_fit(&f), CLUDI_STOPPED);
    f.be.stop = NULL;
    end(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    static fixture f;
    int64_t fail_at = 1;
    cludi_status status;
    do {
        counting_allocator counter = {.fail_at = fail_at++};
        begin(&f, 40, 3, 1);
        const cludi_allocator system = f.be.allocator;
        f.be.allocator = counting_allocator_table(&counter);
        status = try_fit(&f);
        assert_true(status == CLUDI_ERROR_MEMORY || (status == CLUDI_OK && counter.failed == 0));
        assert_int_equal(counter.live, 0);
        f.be.allocator = system;
        end(&f);
    } while (status != CLUDI_OK);
    assert_true(fail_at > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_right),  cmocka_unit_test(test_predicts),    cmocka_unit_test(test_nothing_is_lost),
        cmocka_unit_test(test_threads),    cmocka_unit_test(test_equal_rows),  cmocka_unit_test(test_stop),
        cmocka_unit_test(test_no_memory),  cmocka_unit_test(test_keeps_start), cmocka_unit_test(test_progress),
        cmocka_unit_test(test_close_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
