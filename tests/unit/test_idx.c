#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc.h"
#include "idx.h"
#include "io_support.h"
#include "npy.h"

static cludi_error error;
static in_file file;
static byte_source source;
static array_info info;

/* Opens a file with these bytes as IDX. */
static cludi_status open_bytes(const void *bytes, size_t size)
{
    in_file_close(&file);
    assert_int_equal(in_file_open(&file, io_put("x", bytes, size), &error), CLUDI_OK);
    source = byte_source_of(&file);
    return idx_read_header(&source, &info, &error);
}

static cludi_status read_rows(float *out)
{
    return idx_read_rows(&source, &info, 0, info.shape[0], out, &error);
}

static cludi_status read_labels(int32_t *out)
{
    const cludi_allocator allocator = alloc_system();
    return npy_read_labels(&source, &info, &allocator, out, &error);
}

#define IMAGES                                                                                                         \
    "\0\0\x08\3"                                                                                                       \
    "\0\0\0\2"                                                                                                         \
    "\0\0\0\1"                                                                                                         \
    "\0\0\0\3"                                                                                                         \
    "\x00\x33\xFF\x66\x01\xFE"
enum { IMAGES_SIZE = 22 };

static void expect_images(void)
{
    const unsigned char pixels[6] = {0x00, 0x33, 0xFF, 0x66, 0x01, 0xFE};
    float found[6];
    assert_int_equal(info.dimensions, 3);
    assert_int_equal(info.shape[0], 2);
    assert_int_equal(info.shape[1], 1);
    assert_int_equal(info.shape[2], 3);
    assert_int_equal(info.count, 6);
    assert_int_equal(read_rows(found), CLUDI_OK);
    for (int i = 0; i < 6; i++)
        assert_true(found[i] == (float)pixels[i] / 255.0F);
}

static void images_are_read(void **state)
{
    (void)state;
    float last[3];
    assert_int_equal(open_bytes(IMAGES, IMAGES_SIZE), CLUDI_OK);
    expect_images();
    assert_int_equal(idx_read_rows(&source, &info, 1, 1, last, &error), CLUDI_OK);
    assert_true(last[0] == (float)0x66 / 255.0F && last[2] == (float)0xFE / 255.0F);
}

static void expect_two(const char *bytes, size_t size, float first, float second)
{
    float found[2];
    assert_int_equal(open_bytes(bytes, size), CLUDI_OK);
    assert_int_equal(read_rows(found), CLUDI_OK);
    assert_true(found[0] == first);
    assert_true(found[1] == second);
}

static void every_type_becomes_float(void **state)
{
    (void)state;
    expect_two("\0\0\x09\1\0\0\0\2\x7F\xFE", 10, 127.0F, -2.0F);
    expect_two("\0\0\x0B\1\0\0\0\2\x01\x02\xFF\xFE", 12, 258.0F, -2.0F);
    expect_two("\0\0\x0C\1\0\0\0\2\0\0\x01\x02\xFF\xFF\xFF\xFE", 16, 258.0F, -2.0F);
    expect_two("\0\0\x0D\1\0\0\0\2\x3F\xC0\0\0\xC0\0\0\0", 16, 1.5F, -2.0F);
    expect_two("\0\0\x0E\1\0\0\0\2\x3F\xF8\0\0\0\0\0\0\xC0\0\0\0\0\0\0\0", 24, 1.5F, -2.0F);
}

static void labels_are_not_scaled(void **state)
{
    (void)state;
    int32_t found[3];
    assert_int_equal(open_bytes("\0\0\x08\1\0\0\0\3\x07\x00\xFF", 11), CLUDI_OK);
    assert_int_equal(read_labels(found), CLUDI_OK);
    assert_memory_equal(found, ((int32_t[]){7, 0, 255}), sizeof found);
    assert_int_equal(open_bytes("\0\0\x0D\1\0\0\0\2\x3F\xC0\0\0\xC0\0\0\0", 16), CLUDI_OK);
    io_expect_error(&error, read_labels(found), CLUDI_ERROR_FORMAT, "x\" has 1.5 in row 0 ");
}

/* More numbers than one block holds. */
static void blocks_join(void **state)
{
    (void)state;
    enum { COUNT = 5 * ELEMENT_BLOCK + 7 };
    static unsigned char bytes[8 + 2 * COUNT];
    static int32_t found[COUNT];
    memcpy(bytes, "\0\0\x0B\1\0\0\x50\x07", 8);
    for (int i = 0; i < COUNT; i++) {
        bytes[8 + 2 * i] = (unsigned char)(i >> 8);
        bytes[9 + 2 * i] = (unsigned char)i;
    }
    assert_int_equal(open_bytes(bytes, sizeof bytes), CLUDI_OK);
    assert_int_equal(info.count, COUNT);
    assert_int_equal(read_labels(found), CLUDI_OK);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(found[i], i);
}

static void other_content_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *words;
        size_t size;
    } cases[] = {{"", "x\" is truncated: wanted 4 bytes at offset 0, the file has 0.", 0},
                 {"\0\0\x08", "is truncated: wanted 4 bytes at offset 0, the file has 3.", 3},
                 {"\0\0\x08\1\0\0\0", "is truncated: wanted 4 bytes at offset 4, the file has 7.", 7},
                 {"\0\1\x08\1\0\0\0\1\0", "x\" is not IDX.", 9},
                 {"\0\0\x0A\1\0\0\0\1\0", "x\" is not IDX.", 9},
                 {"\0\0\x08\0\0\0\0\1\0", "x\" is not IDX.", 9},
                 {"\0\0\x08\x09\0\0\0\1\0", "x\" is not IDX.", 9},
                 {"\0\0\x0E\3\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "more than a file can hold.", 16},
                 {"\0\0\x08\1\0\0\0\4abc", "x\" is truncated: wanted 4 bytes at offset 8, the file has 11.", 11}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        io_expect_error(&error, open_bytes(cases[i].bytes, cases[i].size), CLUDI_ERROR_FORMAT, cases[i].words);
}

static void too_long_data_are_refused(void **state)
{
    (void)state;
    io_expect_error(&error, open_bytes(IMAGES "x", IMAGES_SIZE + 1), CLUDI_ERROR_FORMAT,
                    "x\" holds more numbers than its shape (2, 1, 3) says.");
}

static int teardown(void **state)
{
    in_file_close(&file);
    return io_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_are_read),          cmocka_unit_test(every_type_becomes_float),
        cmocka_unit_test(labels_are_not_scaled),    cmocka_unit_test(blocks_join),
        cmocka_unit_test(other_content_is_refused), cmocka_unit_test(too_long_data_are_refused),
    };
    file.descriptor = -1;
    return cmocka_run_group_tests(tests, io_setup, teardown);
}
