/* strbuf.c: text that grows, and a failure that stays. */
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "strbuf.h"

static void test_appends(void **state)
{
    (void)state;
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    char wanted[20000] = "";
    size_t used = 0;
    strbuf buffer;
    strbuf_init(&buffer, &allocator);
    assert_null(buffer.text);
    for (int i = 0; i < 2000; i++) {
        strbuf_printf(&buffer, "%d-%s,", i, i % 3 ? "x" : "");
        used += (size_t)snprintf(wanted + used, sizeof wanted - used, "%d-%s,", i, i % 3 ? "x" : "");
        assert_int_equal(buffer.length, used);
    }
    assert_string_equal(buffer.text, wanted);
    assert_true(counter.calls < 30); /* it doubles */
    assert_false(buffer.failed);
    strbuf_clear(&buffer);
    assert_int_equal(counter.live, 0);
    strbuf_clear(&buffer);
}

static void test_long_and_empty(void **state)
{
    (void)state;
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    strbuf buffer;
    strbuf_init(&buffer, &allocator);
    strbuf_printf(&buffer, "%s", "");
    assert_string_equal(buffer.text, "");
    strbuf_printf(&buffer, "%5000d", 7);
    assert_int_equal(buffer.length, 5000);
    assert_int_equal(strlen(buffer.text), 5000);
    strbuf_clear(&buffer);
    assert_int_equal(counter.live, 0);
}

static void test_failure_stays(void **state)
{
    (void)state;
    counting_allocator counter = {.fail_at = 2, .once = true};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    strbuf buffer;
    strbuf_init(&buffer, &allocator);
    strbuf_printf(&buffer, "abc");
    assert_false(buffer.failed);
    strbuf_printf(&buffer, "%100d", 1);
    assert_true(buffer.failed);
    assert_string_equal(buffer.text, "abc"); /* what fitted before */
    strbuf_printf(&buffer, "d");
    assert_true(buffer.failed);
    assert_string_equal(buffer.text, "abc");
    strbuf_clear(&buffer);
    assert_int_equal(counter.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends),
        cmocka_unit_test(test_long_and_empty),
        cmocka_unit_test(test_failure_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
