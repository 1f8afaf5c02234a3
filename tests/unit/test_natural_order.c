/* Names in natural order: one list, every pair of it. */
#include <string.h>

#include "cmocka_all.h"
#include "natural_order.h"

static const char *const SORTED[] = {"",
                                     "/a",
                                     "a",
                                     "a/z",
                                     "a b",
                                     "a1",
                                     "a01",
                                     "a001",
                                     "a1b",
                                     "a2",
                                     "a2/img2.png",
                                     "a2/img10.png",
                                     "a2b",
                                     "a10",
                                     "a10/1",
                                     "a010/2",
                                     "a99999999999999999999998",
                                     "a99999999999999999999999",
                                     "a100000000000000000000000",
                                     "ab",
                                     "b\xC3\xA9",
                                     "b\xFF"};

static int compare(const char *a, const char *b)
{
    return natural_compare((name_part){a, strlen(a)}, (name_part){b, strlen(b)});
}

static void test_every_pair(void **state)
{
    enum { COUNT = sizeof SORTED / sizeof *SORTED };
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        for (int j = 0; j < COUNT; j++) {
            int found = compare(SORTED[i], SORTED[j]);
            if ((found > 0) - (found < 0) != (i > j) - (i < j))
                fail_msg("\"%s\" against \"%s\": %d", SORTED[i], SORTED[j], found);
        }
    }
}

/* A part ends where it says, whatever follows. */
static void test_parts(void **state)
{
    (void)state;
    assert_int_equal(natural_compare((name_part){"img12", 4}, (name_part){"img13", 4}), 0);
    assert_true(natural_compare((name_part){"img12", 5}, (name_part){"img2", 4}) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_pair), cmocka_unit_test(test_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
