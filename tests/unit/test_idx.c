#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zlib.h>

#include "idx.h"
#include "io_support.h"

static cludi_error error;
static idx_file idx;

/* Opens a file with these bytes as IDX. */
static cludi_status open_bytes(const void *bytes, size_t size)
{
    in_file file;
    idx_close(&idx);
    assert_int_equal(in_file_open(&file, io_put("x", bytes, size), &error), CLUDI_OK);
    cludi_status status = idx_open(&idx, &file, &error);
    in_file_close(&file);
    return status;
}

/* gzip of size bytes; returns how many there are. */
static size_t zip(const void *bytes, size_t size, unsigned char *zipped, size_t room)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)size};
    stream.next_out = zipped;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return stream.total_out;
}

static cludi_status open_zipped(const void *bytes, size_t size)
{
    unsigned char zipped[4096];
    return open_bytes(zipped, zip(bytes, size, zipped, sizeof zipped));
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
    assert_int_equal(idx.info.dimensions, 3);
    assert_int_equal(idx.info.shape[0], 2);
    assert_int_equal(idx.info.shape[1], 1);
    assert_int_equal(idx.info.shape[2], 3);
    assert_int_equal(idx.info.count, 6);
    assert_int_equal(idx_read_rows(&idx, 0, idx.info.shape[0], found, &error), CLUDI_OK);
    for (int i = 0; i < 6; i++)
        assert_true(found[i] == (float)pixels[i] / 255.0F);
}

static void images_are_read_plain_and_zipped(void **state)
{
    (void)state;
    assert_int_equal(open_bytes(IMAGES, IMAGES_SIZE), CLUDI_OK);
    assert_false(idx.gzipped);
    expect_images();
    assert_int_equal(open_zipped(IMAGES, IMAGES_SIZE), CLUDI_OK);
    assert_true(idx.gzipped);
    expect_images();
}

static void expect_two(const char *bytes, size_t size, float first, float second)
{
    float found[2];
    assert_int_equal(open_bytes(bytes, size), CLUDI_OK);
    assert_int_equal(idx_read_rows(&idx, 0, idx.info.shape[0], found, &error), CLUDI_OK);
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
    assert_int_equal(open_zipped("\0\0\x08\1\0\0\0\3\x07\x00\xFF", 11), CLUDI_OK);
    assert_int_equal(idx_read_labels(&idx, found, &error), CLUDI_OK);
    assert_memory_equal(found, ((int32_t[]){7, 0, 255}), sizeof found);
    assert_int_equal(open_bytes("\0\0\x0D\1\0\0\0\2\x3F\xC0\0\0\xC0\0\0\0", 16), CLUDI_OK);
    io_expect_error(&error, idx_read_labels(&idx, found, &error), CLUDI_ERROR_FORMAT, "x\" has 1.5 in row 0 ");
}

/* More numbers than one block holds, and longer than zlib's own buffers. */
static void blocks_join(void **state)
{
    (void)state;
    enum { COUNT = 5 * ELEMENT_BLOCK + 7 };
    static unsigned char bytes[8 + 2 * COUNT], zipped[2 * COUNT];
    static int32_t found[COUNT];
    memcpy(bytes, "\0\0\x0B\1\0\0\x50\x07", 8);
    for (int i = 0; i < COUNT; i++) {
        bytes[8 + 2 * i] = (unsigned char)(i >> 8);
        bytes[9 + 2 * i] = (unsigned char)i;
    }
    size_t size = zip(bytes, sizeof bytes, zipped, sizeof zipped);
    assert_int_equal(open_bytes(zipped, size), CLUDI_OK);
    assert_int_equal(idx.info.count, COUNT);
    assert_int_equal(idx_read_labels(&idx, found, &error), CLUDI_OK);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(found[i], i);
    zipped[size - 8] ^= 1; /* the checksum */
    assert_int_equal(open_bytes(zipped, size), CLUDI_OK);
    io_expect_error(&error, idx_read_labels(&idx, found, &error), CLUDI_ERROR_FORMAT,
                    "x\" is damaged: its gzip data cannot be unzipped.");
}

static void other_content_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *words;
        size_t size;
    } cases[] = {{"", "is truncated: its data end at byte 0, within its header.", 0},
                 {"\0\0\x08", "within its header.", 3},
                 {"\0\0\x08\1\0\0\0", "is truncated: its data end at byte 7, within its header.", 7},
                 {"\0\1\x08\1\0\0\0\1\0", "x\" is not IDX.", 9},
                 {"\0\0\x0A\1\0\0\0\1\0", "x\" is not IDX.", 9},
                 {"\0\0\x08\0\0\0\0\1\0", "x\" is not IDX.", 9},
                 {"\0\0\x08\x09\0\0\0\1\0", "x\" is not IDX.", 9},
                 {"\0\0\x0E\3\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "more than a file can hold.", 16},
                 {"\0\0\x08\1\0\0\0\4abc", "x\" is truncated: wanted 4 bytes at offset 8, the file has 11.", 11}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        io_expect_error(&error, open_bytes(cases[i].bytes, cases[i].size), CLUDI_ERROR_FORMAT, cases[i].words);
    io_expect_error(&error, open_zipped("hello, world", 12), CLUDI_ERROR_FORMAT,
                    "is not gzipped IDX: what it unzips to");
    io_expect_error(&error, open_zipped("\0\0\x08\1\0\1", 6), CLUDI_ERROR_FORMAT, "within its header.");
}

static void too_long_data_are_refused(void **state)
{
    (void)state;
    float found[6];
    assert_int_equal(open_bytes(IMAGES "x", IMAGES_SIZE + 1), CLUDI_OK);
    io_expect_error(&error, idx_read_rows(&idx, 0, idx.info.shape[0], found, &error), CLUDI_ERROR_FORMAT,
                    "x\" holds more numbers than its shape (2, 1, 3) says.");
    assert_int_equal(open_zipped(IMAGES "x", IMAGES_SIZE + 1), CLUDI_OK);
    io_expect_error(&error, idx_read_rows(&idx, 0, idx.info.shape[0], found, &error), CLUDI_ERROR_FORMAT,
                    "holds more numbers");
}

static void short_zipped_data_are_refused(void **state)
{
    (void)state;
    float found[6];
    assert_int_equal(open_zipped(IMAGES, IMAGES_SIZE - 1), CLUDI_OK);
    io_expect_error(&error, idx_read_rows(&idx, 0, idx.info.shape[0], found, &error), CLUDI_ERROR_FORMAT,
                    "x\" is truncated: its data end at byte 21, within its numbers.");
}

/* Whatever byte a zipped file ends at or has wrong, it is an error: the checksum is compared. */
static void damaged_zipped_data_are_refused(void **state)
{
    (void)state;
    unsigned char zipped[256];
    float found[6];
    size_t size = zip(IMAGES, IMAGES_SIZE, zipped, sizeof zipped);
    for (size_t cut = 0; cut < size; cut++) {
        cludi_status status = open_bytes(zipped, cut);
        if (!status)
            status = idx_read_rows(&idx, 0, idx.info.shape[0], found, &error);
        assert_int_equal(status, CLUDI_ERROR_FORMAT);
    }
    for (size_t i = 10; i < size; i++) { /* behind the gzip header, whose time and name are free */
        zipped[i] ^= 0x55;
        cludi_status status = open_bytes(zipped, size);
        if (!status)
            status = idx_read_rows(&idx, 0, idx.info.shape[0], found, &error);
        assert_int_equal(status, CLUDI_ERROR_FORMAT);
        zipped[i] ^= 0x55;
    }
}

/* gzip files may be put one behind the other; behind the last there may be zeros and nothing else. */
static void members_are_read_and_nothing_else(void **state)
{
    (void)state;
    unsigned char bytes[1024];
    float found[6];
    size_t first = zip(IMAGES, 18, bytes, sizeof bytes);
    size_t none = first + zip("", 0, bytes + first, sizeof bytes - first);
    size_t size = none + zip(&IMAGES[18], IMAGES_SIZE - 18, bytes + none, sizeof bytes - none);
    assert_int_equal(open_bytes(bytes, size), CLUDI_OK);
    expect_images();
    assert_int_equal(idx_read_rows(&idx, 0, 1, found, &error), CLUDI_OK); /* back to the start */
    assert_int_equal(idx_read_rows(&idx, 1, 1, found, &error), CLUDI_OK);
    memset(bytes + size, 0, 512);
    assert_int_equal(open_bytes(bytes, size + 512), CLUDI_OK);
    expect_images();
    static const struct {
        const char *behind, *words;
        size_t length;
    } cases[] = {{"x", "x\" is damaged: something else follows its gzip data.", 1},
                 {"\0\0garbage", "something else follows its gzip data.", 9},
                 {"\x1F", "is truncated: its gzip data end before they are complete, after 22 unzipped bytes.", 1},
                 {"\x1F\x8Bgarbage", "its gzip data cannot be unzipped.", 9}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memcpy(bytes + size, cases[i].behind, cases[i].length);
        assert_int_equal(open_bytes(bytes, size + cases[i].length), CLUDI_OK);
        io_expect_error(&error, idx_read_rows(&idx, 0, 2, found, &error), CLUDI_ERROR_FORMAT, cases[i].words);
    }
    size = none + zip(&IMAGES[18], 5, bytes + none, sizeof bytes - none);
    assert_int_equal(open_bytes(bytes, size), CLUDI_OK);
    io_expect_error(&error, idx_read_rows(&idx, 0, 2, found, &error), CLUDI_ERROR_FORMAT, "holds more numbers");
}

/* zlib's place in the file is not that of the next reader. */
static void one_file_is_opened_twice(void **state)
{
    (void)state;
    in_file file;
    assert_int_equal(in_file_open(&file, io_put("x", IMAGES, IMAGES_SIZE), &error), CLUDI_OK);
    for (int i = 0; i < 2; i++) {
        idx_close(&idx);
        assert_int_equal(idx_open(&idx, &file, &error), CLUDI_OK);
        expect_images();
    }
    in_file_close(&file);
}

/* A tiny file that claims to be huge costs no memory. */
static void a_zipped_giant_is_refused_by_its_size(void **state)
{
    (void)state;
    io_expect_error(&error, open_zipped("\0\0\x08\1\x7F\xFF\xFF\xFF", 8), CLUDI_ERROR_FORMAT,
                    "zipped bytes cannot hold an array of shape (2147483647,).");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_are_read_plain_and_zipped),
        cmocka_unit_test(every_type_becomes_float),
        cmocka_unit_test(labels_are_not_scaled),
        cmocka_unit_test(blocks_join),
        cmocka_unit_test(other_content_is_refused),
        cmocka_unit_test(too_long_data_are_refused),
        cmocka_unit_test(short_zipped_data_are_refused),
        cmocka_unit_test(damaged_zipped_data_are_refused),
        cmocka_unit_test(members_are_read_and_nothing_else),
        cmocka_unit_test(one_file_is_opened_twice),
        cmocka_unit_test(a_zipped_giant_is_refused_by_its_size),
    };
    int failed = cmocka_run_group_tests(tests, io_setup, io_teardown);
    idx_close(&idx);
    return failed;
}
