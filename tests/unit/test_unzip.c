/* unzip.c: bytes plain and zipped, from any place; what is damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zlib.h>

#include "io_support.h"
#include "unzip.h"

enum { SIZE = 100000 };

static unsigned char numbers[SIZE];
static cludi_error error;

static in_file file;

static cludi_status attach(const char *path)
{
    in_file_close(&file);
    assert_int_equal(in_file_open(&file, path, &error), CLUDI_OK);
    return unzip_attach(&file, &error);
}

static const char *put_zipped(void)
{
    const char *path = io_path("zipped");
    gzFile out = gzopen(path, "wb");
    assert_int_equal(gzwrite(out, numbers, SIZE), SIZE);
    assert_int_equal(gzclose(out), Z_OK);
    return path;
}

/* Reads at a few places, forwards and backwards, and behind the end. */
static void expect_numbers(void)
{
    static const int64_t places[] = {0, 1, 50000, 49999, SIZE - 3, 0, SIZE, 16384};
    unsigned char found[SIZE];
    size_t got;
    assert_int_equal(file.size, SIZE);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const size_t left = (size_t)(SIZE - places[i]), wanted = i % 2 ? left + 10 : left / 2;
        assert_int_equal(in_file_read_at(&file, places[i], found, wanted > SIZE ? SIZE : wanted, &got, &error),
                         CLUDI_OK);
        assert_int_equal(got, wanted < left ? wanted : left);
        assert_memory_equal(found, numbers + places[i], got);
    }
    assert_int_equal(in_file_read_at(&file, SIZE + 5, found, 1, &got, &error), CLUDI_OK);
    assert_int_equal(got, 0);
    io_expect_error(&error, in_file_require(&file, SIZE, 1, &error), CLUDI_ERROR_FORMAT,
                    "is truncated: wanted 1 bytes at offset 100000, the file has 100000.");
}

static void plain_and_zipped_bytes_are_read(void **state)
{
    (void)state;
    assert_int_equal(attach(io_put("plain", numbers, SIZE)), CLUDI_OK);
    assert_null(file.filter);
    expect_numbers();
    assert_int_equal(attach(put_zipped()), CLUDI_OK);
    assert_non_null(file.filter);
    expect_numbers();
}

static void short_files_are_plain(void **state)
{
    (void)state;
    for (size_t size = 0; size < 2; size++) {
        assert_int_equal(attach(io_put("short", "\x1F", size)), CLUDI_OK);
        assert_null(file.filter);
        assert_int_equal(file.size, size);
    }
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

static const char TEXT[] = "Fifteen letters and more of them";
enum { TEXT_SIZE = sizeof TEXT - 1 };

static void expect_text(const void *bytes, size_t size)
{
    char found[TEXT_SIZE];
    size_t got;
    assert_int_equal(attach(io_put("x", bytes, size)), CLUDI_OK);
    assert_int_equal(file.size, TEXT_SIZE);
    assert_int_equal(in_file_read_at(&file, 0, found, TEXT_SIZE, &got, &error), CLUDI_OK);
    assert_memory_equal(found, TEXT, TEXT_SIZE);
}

/* Whatever byte a zipped file ends at or has wrong, it is an error: the checksum is compared. */
static void damaged_data_are_refused(void **state)
{
    (void)state;
    unsigned char zipped[256];
    size_t size = zip(TEXT, TEXT_SIZE, zipped, sizeof zipped);
    expect_text(zipped, size);
    for (size_t cut = 2; cut < size; cut++)
        io_expect_error(&error, attach(io_put("x", zipped, cut)), CLUDI_ERROR_FORMAT,
                        "x\" is truncated: its gzip data");
    for (size_t i = 10; i < size; i++) { /* behind the gzip header, whose time and name are free */
        zipped[i] ^= 0x55;
        io_expect_error(&error, attach(io_put("x", zipped, size)), CLUDI_ERROR_FORMAT, "x\" is ");
        zipped[i] ^= 0x55;
    }
}

/* gzip files may be put one behind the other; behind the last there may be zeros and nothing else. */
static void members_are_read_and_nothing_else(void **state)
{
    (void)state;
    unsigned char bytes[1024];
    size_t first = zip(TEXT, 18, bytes, sizeof bytes);
    size_t none = first + zip("", 0, bytes + first, sizeof bytes - first);
    size_t size = none + zip(TEXT + 18, TEXT_SIZE - 18, bytes + none, sizeof bytes - none);
    expect_text(bytes, size);
    memset(bytes + size, 0, 512);
    expect_text(bytes, size + 512);
    static const struct {
        const char *behind, *words;
        size_t length;
    } cases[] = {{"x", "x\" is damaged: something else follows its gzip data.", 1},
                 {"\0\0garbage", "something else follows its gzip data.", 9},
                 {"\x1F", "is truncated: its gzip data end before they are complete, after 32 unzipped bytes.", 1},
                 {"\x1F\x8Bgarbage", "its gzip data cannot be unzipped.", 9}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memcpy(bytes + size, cases[i].behind, cases[i].length);
        io_expect_error(&error, attach(io_put("x", bytes, size + cases[i].length)), CLUDI_ERROR_FORMAT, cases[i].words);
    }
}

static int stop_now(void *user)
{
    (void)user;
    return 1;
}

static void unzipping_can_be_stopped(void **state)
{
    (void)state;
    stop_request watch;
    stop_request_init(&watch, stop_now, NULL);
    stop_request_begin(&watch);
    in_file_close(&file);
    assert_int_equal(in_file_open(&file, put_zipped(), &error), CLUDI_OK);
    file.stop = &watch;
    io_expect_error(&error, unzip_attach(&file, &error), CLUDI_STOPPED, "was stopped.");
}

static int teardown(void **state)
{
    in_file_close(&file);
    return io_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_zipped_bytes_are_read), cmocka_unit_test(short_files_are_plain),
        cmocka_unit_test(damaged_data_are_refused),        cmocka_unit_test(members_are_read_and_nothing_else),
        cmocka_unit_test(unzipping_can_be_stopped),
    };
    file.descriptor = -1;
    for (size_t i = 0; i < SIZE; i++)
        numbers[i] = (unsigned char)(i * 2654435761U >> 20);
    return cmocka_run_group_tests(tests, io_setup, teardown);
}
