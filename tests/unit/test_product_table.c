/* product_table.c and packed.c: every product that a network may need is planned, with one layout of the weight for all heights; desks
   are one for each thread; more threads than a product has seats. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "cmocka_all.h"
#include "full_run.h"
#include "tensor_support.h"
#ifdef CLUDI_WITH_ONEDNN
#include "onednn/packed.h"

static product_table *open_table(precision operands, int threads)
{
    const cludi_allocator allocator = alloc_system();
    product_table *table;
    assert_int_equal(product_table_new(&table, operands, threads, &allocator, NULL), CLUDI_OK);
    return table;
}

/* ---- plans ---- */

static void check_layer(product_table *table, int64_t depth, int64_t width)
{
    static const int64_t ROWS[] = {1, 31, 64};
    const planned_product *typical =
        product_table_find(table, (product_shape){PRODUCT_PACKED, 96, depth, width, width}, NULL);
    assert_non_null(typical);
    const dnnl_memory_desc_t *layout = product_weight_layout(typical);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        for (product_kind kind = PRODUCT_PACKED; kind <= PRODUCT_PACKED_SILU; kind++) {
            const planned_product *p =
                product_table_find(table, (product_shape){kind, ROWS[i], depth, width, width}, layout);
            if (!p || !dnnl_memory_desc_equal(product_weight_layout(p), layout))
                fail_msg("%d rows, %d -> %d, kind %d: %s", (int)ROWS[i], (int)depth, (int)width, (int)kind,
                         p ? "another layout" : "no plan");
        }
    product_table_empty(table);
}

/* A product that is not planned, or wants another layout, is right but many times slower: nothing else would tell. */
static void check_plans(const char *backend_name, precision operands)
{
    static const int64_t SIZES[] = {1, 2, 3, 10, 17, 50, 63, 64, 65, 127, 384, 400, 784, 1023, 1536, 2048, 3072, 4096};
    enum { COUNT = sizeof SIZES / sizeof *SIZES };
    if (!has_backend(backend_name))
        return;
    product_table *table = open_table(operands, 1);
    for (int i = 0; i < COUNT; i++)
        for (int o = 0; o < COUNT; o++)
            if (i + o < 2 * COUNT - 6) /* the largest take long */
                check_layer(table, SIZES[i], SIZES[o]);
    product_table_free(table);
}

static void test_plans(void **state)
{
    (void)state;
    check_plans("onednn bf16", PRECISION_BF16);
}

/* Tiles of weight gradients: rows and columns up to 384, pieces of up to 512 rows. */
static void test_gradient_plans(void **state)
{
    static const int64_t SIZES[] = {1, 2, 17, 64, 72, 127, 384}, DEPTHS[] = {1, 2, 31, 62, 64, 511, 512};
    (void)state;
    if (!has_backend("onednn bf16"))
        skip();
    product_table *table = open_table(PRECISION_BF16, 1);
    for (int k = 0; k < 7; k++)
        for (int i = 0; i < 49; i++) {
            const int64_t rows = SIZES[i % 7], width = SIZES[i / 7], depth = DEPTHS[k];
            const product_kind kind = i % 2 ? PRODUCT_GRADIENT : PRODUCT_GRADIENT_MORE;
            if (!product_table_find(table, (product_shape){kind, rows, depth, width, width + 7}, NULL))
                fail_msg("no plan for %d x %d x %d", (int)rows, (int)depth, (int)width);
        }
    product_table_free(table);
}

/* One plan for one shape, whatever came between; other shapes have others; emptied, all are gone. */
static void test_find(void **state)
{
    (void)state;
    product_table *table = open_table(PRECISION_F32, 1);
    const product_shape shape = {PRODUCT_PACKED, 7, 5, 3, 3}, other = {PRODUCT_PACKED, 8, 5, 3, 3};
    const planned_product *first = product_table_find(table, shape, NULL);
    assert_non_null(first);
    const planned_product *second = product_table_find(table, other, NULL);
    assert_true(second && second != first);
    assert_ptr_equal(product_table_find(table, shape, NULL), first);
    product_table_empty(table);
    assert_ptr_equal(product_table_find(table, other, NULL), first); /* the first place again */
    product_table_free(table);
}

/* A packed weight is used for every height, on both sides. */
static void check_packed(packed_store *store, product_table *table, int64_t in, int64_t out)
{
    enum { MOST = 64 };
    const int64_t most = in > out ? in : out;
    float *numbers = calloc((size_t)(in * out), sizeof *numbers), *bias = calloc((size_t)most, sizeof *bias);
    uint16_t *x = calloc((size_t)(MOST * most), sizeof *x);
    float *y = calloc((size_t)(MOST * most), sizeof *y);
    assert_true(numbers && bias && x && y);
    const tensor W = {numbers, out, in, false};
    product_scratchpad *scratchpad = product_scratchpad_take(table);
    assert_int_equal(packed_store_add(store, W, true), CLUDI_OK);
    for (packed_side side = PACKED_FORWARD; side <= PACKED_BACKWARD; side++) {
        assert_int_equal(packed_store_pack(store, W, side), CLUDI_OK);
        for (int64_t rows = 1; rows <= MOST; rows += is_full_run() ? rows < 9 ? 8 : 11 : 30)
            for (int after = 0; after < 3; after++) {
                const packed_rows all = {.x = x, .y = y, .bias = after ? bias : NULL, .silu = after == 2, .rows = rows};
                if (packed_multiply(store, packed_store_find(store, W), side, &all, scratchpad) != CLUDI_OK)
                    fail_msg("%d rows, %d -> %d, side %d: not multiplied", (int)rows, (int)in, (int)out, (int)side);
            }
    }
    packed_store_forget(store, W);
    product_scratchpad_leave(table, scratchpad);
    free(numbers);
    free(bias);
    free(x);
    free(y);
}

static void test_packed(void **state)
{
    static const int64_t SIZES[] = {1, 10, 17, 48, 64, 96, 384, 784};
    (void)state;
    if (!has_backend("onednn bf16"))
        skip();
    const cludi_allocator allocator = alloc_system();
    product_table *table = open_table(PRECISION_BF16, 1);
    packed_store *store;
    assert_int_equal(packed_store_new(&store, table, &allocator, NULL), CLUDI_OK);
    for (int i = 0; i < 8; i++)
        for (int o = 0; o < 8; o++)
            if (is_full_run() || (i + o) % 3 == 0)
                check_packed(store, table, SIZES[i], SIZES[o]);
    packed_store_free(store);
    product_table_free(table);
}

/* ---- desks and seats ---- */

static void test_desks(void **state)
{
    enum { THREADS = 12 };
    (void)state;
    product_table *table = open_table(PRECISION_F32, THREADS);
    product_scratchpad *scratchpads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        scratchpads[i] = product_scratchpad_take(table);
        memset(scratchpads[i], i, sizeof *scratchpads[i]); /* ASan watches that it is ours */
        for (int k = 0; k < i; k++)
            assert_ptr_not_equal(scratchpads[i], scratchpads[k]);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(scratchpads[i]->scratch[SCRATCHPAD_SCRATCH - 1], i);
    product_scratchpad_leave(table, scratchpads[5]);
    assert_ptr_equal(product_scratchpad_take(table), scratchpads[5]);
    for (int i = 0; i < THREADS; i++)
        product_scratchpad_leave(table, scratchpads[i]);
    product_table_free(table);
}

enum { ROWS = 24, DEPTH = 33, WIDTH = 40, ROUNDS = 300, MANY = 20 };

/* x^T W for one thread's own x, again and again. */
typedef struct worker {
    product_table *table;
    float x[DEPTH * ROWS], W[DEPTH * WIDTH], first[ROWS * WIDTH];
    int wrong;
    pthread_barrier_t *start;
} worker;

static void *multiply_often(void *self)
{
    worker *w = self;
    float y[ROWS * WIDTH];
    const product_operands operands = {.y = y, .x = w->x, .plain = w->W};
    pthread_barrier_wait(w->start);
    for (int i = 0; i < ROUNDS; i++) {
        product_scratchpad *scratchpad = product_scratchpad_take(w->table);
        planned_product *p =
            product_table_find(w->table, (product_shape){PRODUCT_GRADIENT, ROWS, DEPTH, WIDTH, WIDTH}, NULL);
        memset(y, 0, sizeof y);
        w->wrong += !p || !product_multiply(w->table, p, &operands, scratchpad) || memcmp(y, w->first, sizeof y) != 0;
        product_scratchpad_leave(w->table, scratchpad);
    }
    return NULL;
}

/* What a thread gets alone it gets among twenty: a product has eight seats, the others make their own. */
static void test_slot(void **state)
{
    static worker workers[MANY];
    pthread_t threads[MANY];
    pthread_barrier_t start;
    (void)state;
    product_table *table = open_table(PRECISION_F32, MANY);
    assert_int_equal(pthread_barrier_init(&start, NULL, MANY), 0);
    for (int i = 0; i < MANY; i++) {
        worker *w = &workers[i];
        *w = (worker){.table = table, .start = &start};
        for (int k = 0; k < DEPTH * ROWS; k++)
            w->x[k] = (float)((k * 7 + i * 13) % 11) - 5;
        for (int k = 0; k < DEPTH * WIDTH; k++)
            w->W[k] = (float)((k * 5 + i) % 7) - 3;
        for (int r = 0; r < ROWS; r++)
            for (int j = 0; j < WIDTH; j++)
                for (int k = 0; k < DEPTH; k++) /* small integers: exact in any order */
                    w->first[r * WIDTH + j] += w->x[k * ROWS + r] * w->W[k * WIDTH + j];
    }
    for (int i = 0; i < MANY; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, multiply_often, &workers[i]), 0);
    for (int i = 0; i < MANY; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(workers[i].wrong, 0);
    pthread_barrier_destroy(&start);
    product_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plans),  cmocka_unit_test(test_gradient_plans), cmocka_unit_test(test_find),
        cmocka_unit_test(test_packed), cmocka_unit_test(test_desks),          cmocka_unit_test(test_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 77;
}

#endif
