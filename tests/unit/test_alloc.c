/* alloc.c: aligned blocks from the allocator that was handed in, and sizes that do not fit. */
#include <string.h>

#include "alloc.h"
#include "cmocka_all.h"
#include "counting_allocator.h"

static void test_blocks(void **state)
{
    (void)state;
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    for (int64_t count = 0; count < 300; count++) {
        unsigned char *block = alloc_array(&allocator, count, 3);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 64, 0);
        memset(block, 7, (size_t)count * 3); /* all of it is ours: ASan and valgrind watch */
        assert_int_equal(counter.live, 1);
        alloc_free(&allocator, block);
        assert_int_equal(counter.live, 0);
    }
    assert_int_equal(counter.calls, 300);
    alloc_free(&allocator, NULL);
    assert_int_equal(counter.live, 0);
}

static void test_zeroed(void **state)
{
    (void)state;
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    unsigned char *block = alloc_zeroed(&allocator, 77, 5);
    assert_non_null(block);
    for (int i = 0; i < 77 * 5; i++)
        assert_int_equal(block[i], 0);
    alloc_free(&allocator, block);
}

static void test_sizes_that_do_not_fit(void **state)
{
    (void)state;
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    assert_null(alloc_array(&allocator, -1, 1));
    assert_null(alloc_array(&allocator, INT64_MAX, 4));
    assert_null(alloc_array(&allocator, 2, SIZE_MAX / 2 + 1));
    assert_null(alloc_array(&allocator, 1, SIZE_MAX - 10)); /* with the room for alignment it would come out small */
    assert_null(alloc_zeroed(&allocator, INT64_MAX / 2, 8));
    assert_int_equal(counter.calls, 0); /* the allocator is not even asked */
    counter.fail_at = 1;
    assert_null(alloc_array(&allocator, 1, 1));
    assert_null(alloc_zeroed(&allocator, 1, 1));
    assert_int_equal(counter.failed, 2);
}

static void test_system(void **state)
{
    (void)state;
    const cludi_allocator allocator = alloc_system();
    char *block = alloc_array(&allocator, 1000, 1);
    assert_non_null(block);
    memset(block, 1, 1000);
    alloc_free(&allocator, block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_zeroed),
        cmocka_unit_test(test_sizes_that_do_not_fit),
        cmocka_unit_test(test_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
