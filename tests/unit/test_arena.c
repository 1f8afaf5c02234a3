/* arena.c: two passes give the same layout; tensors are aligned and do not overlap; sizes that do not fit. */
#include <string.h>

#include "arena.h"
#include "cmocka_all.h"
#include "counting_allocator.h"

enum { TENSORS = 40 };

static void layout(arena *a, tensor *x)
{
    for (int i = 0; i < TENSORS; i++)
        x[i] = arena_take(a, i % 7, 1 + 3 * i);
}

static void open_counted(backend *be, const char *name, counting_allocator *counter)
{
    const cludi_allocator allocator = counting_allocator_table(counter);
    assert_int_equal(backend_open(be, name, "f32", 1, &allocator, NULL), CLUDI_OK);
}

static void check_layout(const char *name)
{
    counting_allocator counter = {0};
    backend be;
    arena a;
    tensor first[TENSORS], x[TENSORS];
    open_counted(&be, name, &counter);
    arena_begin(&a, &be);
    layout(&a, first);
    const size_t used = a.used;
    assert_int_equal(arena_allocate(&a, "a test", NULL), CLUDI_OK);
    assert_int_equal(counter.calls, 1);
    layout(&a, x);
    assert_int_equal(a.used, used);
    for (int i = 0; i < TENSORS; i++) {
        assert_null(first[i].data);
        assert_int_equal(x[i].rows, i % 7);
        assert_int_equal(x[i].cols, 1 + 3 * i);
        assert_int_equal((uintptr_t)x[i].data % 64, 0);
        memset(x[i].data, i, (size_t)(x[i].rows * x[i].cols) * be.ops.real_size); /* inside the block: ASan watches */
    }
    for (int i = 0; i < TENSORS; i++) /* nobody wrote over anybody */
        for (size_t j = 0; j < (size_t)(x[i].rows * x[i].cols) * be.ops.real_size; j++)
            assert_int_equal(((unsigned char *)x[i].data)[j], i);
    arena_clear(&a);
    arena_clear(&a);
    assert_int_equal(counter.live, 0);
    backend_close(&be);
}

static void test_layout(void **state)
{
    (void)state;
    check_layout("ref");
    check_layout("ref64");
}

static void expect_no_memory(int64_t rows, int64_t cols, int64_t fail_at)
{
    counting_allocator counter = {.fail_at = fail_at};
    backend be;
    arena a;
    cludi_error error;
    open_counted(&be, "ref", &counter);
    arena_begin(&a, &be);
    arena_take(&a, 2, 2);
    arena_take(&a, rows, cols);
    arena_take(&a, 2, 2);
    assert_int_equal(arena_allocate(&a, "the test's tensors", &error), CLUDI_ERROR_MEMORY);
    assert_string_equal(error.message, "There is not enough memory for the test's tensors.");
    assert_int_equal(counter.calls, fail_at); /* 0: the allocator is not even asked */
    arena_clear(&a);
    backend_close(&be);
}

static void test_no_memory(void **state)
{
    (void)state;
    expect_no_memory(2, 2, 1);
    expect_no_memory(INT64_MAX, 2, 0);
    expect_no_memory(INT64_MAX, 1, 0);
    expect_no_memory(-1, 2, 0);
    expect_no_memory(INT64_C(1) << 32, INT64_C(1) << 31, 0);
}

static void test_zeroed_arena(void **state)
{
    (void)state;
    arena a = {0};
    arena_clear(&a);
    assert_null(a.block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_zeroed_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
