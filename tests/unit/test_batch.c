/* training_data.c and batch.c: rows in the canonical order mapped one by one, in memory and beyond the sample, whatever order
   they are stored in; averages and swaps against naive ones. noasan: many searches; every training has the sanitizers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "cmocka_all.h"
#include "config_table.h"
#include "full_run.h"
#include "rng.h"
#include "rows.h"
#include "tensor_support.h"

enum { MOST = 16900, COLS = 3, CLUSTERS = 3, BATCH = 40, VIEWS = 3 };

static float data[MOST * COLS], permuted[MOST * COLS];

typedef struct fixture {
    backend be;
    callbacks messages;
    cludi_config config;
    cludi_matrix X;
    cludi_source source;
    training_data p;
} fixture;

static void fill(int64_t rows)
{
    rng_normal((rng_stream){4, 231, 0}, 0, data, rows * COLS);
    for (int64_t i = 0; i < rows; i++) {
        data[i * COLS + i % CLUSTERS] += 6;
        memcpy(permuted + (i * 7 + 5) % rows * COLS, data + i * COLS, COLS * sizeof *data);
    }
}

static void begin(fixture *f, const float *rows, int64_t count, int32_t neighbors, int threads)
{
    *f = (fixture){.X = {rows, count, COLS, COLS}};
    f->source = rows_of_matrix(&f->X);
    config_table_defaults(&f->config);
    f->config.n_neighbors = neighbors;
    f->config.init_runs = 3;
    f->config.batch_size = BATCH;
    f->config.views = VIEWS;
    open_backend(&f->be, "ref", threads);
    const training_data_args args = {&f->be, &f->messages, &f->source, &f->config, CLUSTERS,
                                     9,      NULL,         false,      {0},        false};
    cludi_error error;
    if (training_data_init(&f->p, &args, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
}

static void end(fixture *f)
{
    training_data_clear(&f->p);
    backend_close(&f->be);
}

static void expect_same_preparation(const fixture *a, const fixture *b)
{
    const training_data *p = &a->p, *q = &b->p;
    assert_int_equal(p->kind, q->kind);
    assert_int_equal(p->map_numbers, q->map_numbers);
    assert_memory_equal(p->map_values, q->map_values, (size_t)p->map_numbers * sizeof(float));
    assert_int_equal(p->sample_rows, q->sample_rows);
    assert_memory_equal(p->sample, q->sample, (size_t)(p->sample_rows * p->map.cols) * sizeof(float));
    assert_memory_equal(p->start, q->start, (size_t)p->sample_rows * sizeof *p->start);
    assert_int_equal(p->neighbors, q->neighbors);
    const size_t count = (size_t)(p->graph.rows * p->graph.degree);
    assert_true(count == (size_t)(q->graph.rows * q->graph.degree));
    if (count > 0)
        assert_memory_equal(p->graph.neighbor, q->graph.neighbor, count * sizeof(int32_t));
}

/* Rows stored in another order, and another number of threads; more rows than the sample too. */
static void test_order(void **state)
{
    static const int64_t ROWS[] = {150, MOST};
    (void)state;
    for (int i = 0; i < 2; i++) {
        fixture a, b;
        fill(ROWS[i]);
        const int32_t neighbors = i == 0 || is_full_run() ? 4 : 0; /* of the sample they take seconds */
        begin(&a, data, ROWS[i], neighbors, 1);
        begin(&b, permuted, ROWS[i], neighbors, 2);
        assert_int_equal(a.p.sample_rows, i ? 16384 : 150);
        expect_same_preparation(&a, &b);
        end(&b);
        end(&a);
    }
}

/* Every row by its place, from the sample or from the source, is the mapped row. */
static void test_rows(void **state)
{
    (void)state;
    fixture f;
    fill(MOST);
    begin(&f, data, MOST, 0, 1);
    const cludi_source all = training_data_source(&f.p);
    assert_true(all.rows == MOST && all.cols == COLS + 1 && f.p.neighbors == 0 && f.p.graph.rows == 0);
    for (int64_t place = 0; place < MOST; place += 97) {
        float room[COLS + 1], wanted[COLS + 1], read[COLS + 1];
        const float *row;
        input_map_row(&f.p.map, data + f.p.order.canonical[place] * COLS, wanted);
        assert_int_equal(training_data_rows(&f.p, &place, 1, room, &row, NULL), CLUDI_OK);
        assert_true((row == room) == (place >= 16384));
        assert_memory_equal(row, wanted, sizeof wanted);
        assert_int_equal(rows_read(&all, place, 1, read, NULL), CLUDI_OK);
        assert_memory_equal(read, wanted, sizeof wanted);
    }
    end(&f);
}

/* ---- batches ---- */

static void lift(const fixture *f, const double *y, double *out)
{
    const input_map *map = &f->p.map;
    for (int k = 0; k < INPUT_FREQUENCIES; k++) {
        double angle = 0;
        for (int64_t j = 0; j < map->cols; j++)
            angle += (double)map->frequency[k * map->cols + j] * y[j];
        out[k] = cos(angle) / sqrt(INPUT_FREQUENCIES);
        out[INPUT_FREQUENCIES + k] = sin(angle) / sqrt(INPUT_FREQUENCIES);
    }
}

static void mapped(fixture *f, int64_t place, double *y)
{
    float row[COLS + 1];
    input_map_row(&f->p.map, f->X.data + f->p.order.canonical[place] * COLS, row);
    for (int j = 0; j <= COLS; j++)
        y[j] = (double)row[j];
}

static double distance(const float *got, const double *wanted, int64_t count)
{
    double largest = 0;
    for (int64_t j = 0; j < count; j++)
        largest = fmax(largest, fabs((double)got[j] - wanted[j]));
    return largest;
}

static void expect_teacher(fixture *f, const batch *b, int64_t i)
{
    double y[COLS + 1], sum[COLS + 1], own[COLS + 1], out[2 * INPUT_FREQUENCIES], square = 0;
    mapped(f, b->place[i], own);
    memcpy(sum, own, sizeof sum);
    for (int32_t k = 0; k < f->p.neighbors; k++) {
        double weight = 0;
        mapped(f, f->p.graph.neighbor[b->place[i] * f->p.graph.degree + k], y);
        for (int j = 0; j <= COLS; j++)
            weight += own[j] * y[j];
        for (int j = 0; j <= COLS; j++)
            sum[j] += fmax(weight, 0) * y[j];
    }
    for (int j = 0; j <= COLS; j++)
        square += sum[j] * sum[j];
    for (int j = 0; j <= COLS; j++)
        sum[j] /= sqrt(square);
    lift(f, sum, out);
    assert_true(distance(b->teacher + i * f->p.map.width, out, f->p.map.width) < 1e-4);
}

/* Which row a view shows: 0 itself, 1 .. its neighbors; fails when none of them. */
static int32_t find_view(fixture *f, const batch *b, int64_t view, int64_t i)
{
    double y[COLS + 1], out[2 * INPUT_FREQUENCIES];
    for (int32_t k = 0; k <= f->p.neighbors; k++) {
        mapped(f, k == 0 ? b->place[i] : f->p.graph.neighbor[b->place[i] * f->p.graph.degree + k - 1], y);
        lift(f, y, out);
        if (distance(b->views + (view * BATCH + i) * f->p.map.width, out, f->p.map.width) < 1e-6)
            return k;
    }
    fail_msg("view %d of row %d is no row", (int)view, (int)i);
    return -1;
}

static void check_batches(int64_t rows, int32_t neighbors, double swap)
{
    enum { STEPS = 6 };
    fixture f;
    batch b;
    int64_t seen[8] = {0}, swapped = 0;
    fill(rows);
    begin(&f, data, rows, neighbors, 2);
    f.config.neighbor_swap = swap;
    assert_int_equal(batch_init(&b, &f.p, &f.be,
                                &(batch_shape){BATCH_AVERAGED, {0, BATCH, BATCH}, VIEWS, f.config.neighbor_swap}, NULL),
                     CLUDI_OK);
    assert_int_equal(b.room == NULL, rows <= 16384);
    for (uint32_t step = 0; step < STEPS; step++) {
        assert_int_equal(batch_load(&b, step, NULL), CLUDI_OK);
        for (int64_t i = 0; i < BATCH; i++) {
            expect_teacher(&f, &b, i);
            for (int64_t view = 0; view < VIEWS; view++)
                seen[find_view(&f, &b, view, i)]++;
        }
    }
    const double all = (double)STEPS * BATCH * VIEWS;
    for (int32_t k = 1; k <= neighbors; k++) { /* all neighbors equally often, 5 standard deviations */
        swapped += seen[k];
        assert_true(fabs((double)seen[k] - all * swap / neighbors) <= 5 * sqrt(all * swap / neighbors));
    }
    assert_true(fabs((double)swapped - (neighbors > 0 ? all * swap : 0)) <= 5 * sqrt(all * swap * (1 - swap)));
    batch_clear(&b);
    end(&f);
}

static void test_batches(void **state)
{
    (void)state;
    check_batches(150, 4, 0.5);
    check_batches(150, 4, 0);
    check_batches(150, 4, 1);
    check_batches(150, 0, 0.5);
    check_batches(MOST, is_full_run() ? 4 : 0, 0.3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_batches)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
