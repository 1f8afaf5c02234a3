/* row_hash.c: equal rows, equal fingerprints; anything else, another one. */
#include <stdlib.h>

#include "cmocka_all.h"
#include "rng.h"
#include "row_hash.h"

static void test_equal_rows(void **state)
{
    (void)state;
    const float a[3] = {1, 0.0F, -3.5F}, b[3] = {1, -0.0F, -3.5F};
    assert_true(row_hash(a, 3) == row_hash(b, 3)); /* -0 counts as 0 */
    /* The value is part of the model format: it decides the order of training and the noise of a prediction. */
    assert_true(row_hash(a, 3) == UINT64_C(0x3c791908e92670fe)); /* computed in Python from the header's words */
}

static void test_one_number_changes_it(void **state)
{
    (void)state;
    float row[20];
    rng_normal((rng_stream){1, 1, 1}, 0, row, 20);
    const uint64_t hash = row_hash(row, 20);
    assert_true(row_hash(row, 19) != hash);
    assert_true(row_hash(row + 1, 19) != row_hash(row, 19));
    for (int j = 0; j < 20; j++) {
        const float kept = row[j];
        row[j] = -kept;
        assert_true(row_hash(row, 20) != hash);
        row[j] = kept * 1.0000001F;
        assert_true(row_hash(row, 20) != hash);
        row[j] = kept;
        const int other = (j + 1) % 20;
        row[j] = row[other];
        row[other] = kept;
        assert_true(row_hash(row, 20) != hash);
        row[other] = row[j];
        row[j] = kept;
    }
    assert_true(row_hash(row, 20) == hash);
}

static int compare_words(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* 100000 rows of small integers, among them all-zero rows of many lengths: no collision, and every bit is balanced. */
static void test_spread(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    static uint64_t hashes[COUNT];
    static const float zeros[1000];
    int64_t ones[64] = {0};
    for (int i = 0; i < COUNT; i++) {
        const float row[3] = {(float)(i % 100), (float)(i / 100 % 100), (float)(i / 10000)};
        hashes[i] = i < 1000 ? row_hash(zeros, i) : row_hash(row, 3);
        for (int bit = 0; bit < 64; bit++)
            ones[bit] += (int64_t)(hashes[i] >> bit & 1);
    }
    qsort(hashes, COUNT, sizeof *hashes, compare_words);
    for (int i = 1; i < COUNT; i++)
        assert_true(hashes[i] != hashes[i - 1]);
    for (int bit = 0; bit < 64; bit++)
        assert_true(llabs(ones[bit] - COUNT / 2) < 5 * 158); /* 5 standard errors */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_rows),
        cmocka_unit_test(test_one_number_changes_it),
        cmocka_unit_test(test_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
