/* text_labels.c: labels in words from arrays of strings. */
#include "cmocka_all.h"

#include "alloc.h"
#include "dataset_file.h"
#include "io_support.h"
#include "npy.h"

static cludi_error error;

/* UTF-32 in both orders, bytes; filled up with zeros. */
static void labels_may_be_strings(void **state)
{
    (void)state;
    const cludi_allocator allocator = alloc_system();
    static const unsigned char little[] = "c\0\0\0\xE4\0\0\0\x08\xF6\1\0\0\0\0\0c\0\0\0\0\0\0\0c\0\0\0\xE4\0\0\0";
    static const unsigned char big[] = "\0\0\0c\0\0\0\xE4\0\0\0d\0\0\0\0\0\0\0c\0\0\0\xE4";
    static const struct {
        const char *dtype;
        const void *data;
        size_t size;
    } cases[] = {{"<U2", little, 32}, {">U2", big, 24}, {"|S2", "ab\0\0c\0ab", 8}, {"|S3", "xy\0z\0\0xy\0", 9}};
    static const int32_t wanted[][4] = {{0, 1, 2, 0}, {0, 1, 0}, {0}, {0, 1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char shape[16];
        cludi_labels labels;
        const int64_t count = (int64_t)cases[i].size / (cases[i].dtype[2] - '0') / (cases[i].dtype[1] == 'U' ? 4 : 1);
        snprintf(shape, sizeof shape, "(%d,)", (int)count);
        const char *path = io_put_npy(cases[i].dtype, shape, cases[i].data, cases[i].size);
        cludi_status status =
            dataset_file_read_labels(&(dataset_request){.path = path, .allocator = &allocator}, &labels, &error);
        if (i == 2) { /* the second string is empty */
            io_expect_error(&error, status, CLUDI_ERROR_FORMAT, "x\": row 1 (counted from 0) is empty or no text; ");
            continue;
        }
        assert_int_equal(status, CLUDI_OK);
        assert_int_equal(labels.rows, count);
        assert_memory_equal(labels.data, wanted[i], (size_t)count * 4);
        alloc_free(&allocator, labels.data);
    }
    dataset_rows rows;
    const char *two = io_put_npy("|S2", "(1, 2)", "abcd", 4);
    io_expect_error(&error,
                    dataset_file_read_rows(&(dataset_request){.path = two, .allocator = &allocator}, &rows, &error),
                    CLUDI_ERROR_FORMAT, "x\" holds strings, not numbers; they can be labels, but not feature vectors.");
    cludi_file_info info;
    assert_int_equal(dataset_file_describe(io_put_npy("<U2", "(4,)", little, 32), &allocator, &info, &error), CLUDI_OK);
    assert_string_equal(info.dtype, "<U2");
}

/* More strings than one block holds. */
static void blocks_of_strings_join(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    static char texts[ROWS][4];
    const cludi_allocator allocator = alloc_system();
    cludi_labels labels;
    for (int i = 0; i < ROWS; i++)
        memcpy(texts[i], i % 3 ? i % 3 == 1 ? "one\0" : "four" : "a\0\0", 4);
    const char *path = io_put_npy("|S4", "(20000,)", texts, sizeof texts);
    assert_int_equal(
        dataset_file_read_labels(&(dataset_request){.path = path, .allocator = &allocator}, &labels, &error), CLUDI_OK);
    for (int i = 0; i < ROWS; i++)
        assert_int_equal(labels.data[i], i % 3);
    alloc_free(&allocator, labels.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_may_be_strings),
        cmocka_unit_test(blocks_of_strings_join),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
