/* unzip.c: bytes in order, plain and zipped, from any place. What is no gzip file: test_idx.c. */
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

static unzip *open_path(const char *path)
{
    in_file file;
    unzip *stream;
    assert_int_equal(in_file_open(&file, path, &error), CLUDI_OK);
    assert_int_equal(unzip_open(&stream, &file, &error), CLUDI_OK);
    in_file_close(&file);
    return stream;
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
static void expect_numbers(unzip *stream)
{
    static const int64_t places[] = {0, 1, 50000, 49999, SIZE - 3, 0, SIZE, 16384};
    unsigned char found[SIZE];
    size_t got;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const size_t left = (size_t)(SIZE - places[i]), wanted = i % 2 ? left + 10 : left / 2;
        assert_int_equal(unzip_seek(stream, places[i], &error), CLUDI_OK);
        assert_int_equal(unzip_position(stream), places[i]);
        assert_int_equal(unzip_read(stream, found, wanted > SIZE ? SIZE : wanted, &got, &error), CLUDI_OK);
        assert_int_equal(got, wanted < left ? wanted : left);
        assert_memory_equal(found, numbers + places[i], got);
        assert_int_equal(unzip_position(stream), places[i] + (int64_t)got);
    }
    assert_int_equal(unzip_seek(stream, SIZE + 5, &error), CLUDI_OK);
    assert_int_equal(unzip_position(stream), SIZE);
    assert_int_equal(unzip_read(stream, found, 1, &got, &error), CLUDI_OK);
    assert_int_equal(got, 0);
}

static void plain_and_zipped_bytes_are_read(void **state)
{
    (void)state;
    unzip *stream = open_path(io_put("plain", numbers, SIZE));
    assert_false(unzip_is_zipped(stream));
    expect_numbers(stream);
    unzip_close(stream);
    stream = open_path(put_zipped());
    assert_true(unzip_is_zipped(stream));
    expect_numbers(stream);
    unzip_close(stream);
    unzip_close(NULL);
}

static void short_files_are_plain(void **state)
{
    (void)state;
    char found[4];
    size_t got;
    for (size_t size = 0; size < 2; size++) {
        unzip *stream = open_path(io_put("short", "\x1F", size));
        assert_false(unzip_is_zipped(stream));
        assert_int_equal(unzip_read(stream, found, 4, &got, &error), CLUDI_OK);
        assert_int_equal(got, size);
        unzip_close(stream);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_zipped_bytes_are_read),
        cmocka_unit_test(short_files_are_plain),
    };
    for (size_t i = 0; i < SIZE; i++)
        numbers[i] = (unsigned char)(i * 2654435761U >> 20);
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
