#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "in_file.h"
#include "io_support.h"

static cludi_error error;

static void reads_in_order_and_counts(void **state)
{
    (void)state;
    in_file file;
    char bytes[8] = {0};
    size_t got;
    const char *path = io_put("ten", "0123456789", 10);
    assert_int_equal(in_file_open(&file, path, &error), CLUDI_OK);
    assert_int_equal(file.size, 10);
    assert_int_equal(in_file_read(&file, bytes, 4, &error), CLUDI_OK);
    assert_memory_equal(bytes, "0123", 4);
    assert_int_equal(in_file_peek(&file, bytes, 8, &got, &error), CLUDI_OK);
    assert_int_equal(got, 8);
    assert_memory_equal(bytes, "01234567", 8);
    assert_int_equal(in_file_read(&file, bytes, 4, &error), CLUDI_OK);
    assert_memory_equal(bytes, "4567", 4);
    io_expect_error(&error, in_file_read(&file, bytes, 4, &error), CLUDI_ERROR_FORMAT,
                    "ten\" is truncated: wanted 4 bytes at offset 8, the file has 10.");
    file.offset = 1;
    assert_int_equal(in_file_read(&file, bytes, 2, &error), CLUDI_OK);
    assert_memory_equal(bytes, "12", 2);
    in_file_close(&file);
    in_file_close(&file);
}

static void a_short_file_has_fewer_first_bytes(void **state)
{
    (void)state;
    in_file file;
    char bytes[8];
    size_t got;
    const char *path = io_put("two", "01", 2);
    assert_int_equal(in_file_open(&file, path, &error), CLUDI_OK);
    assert_int_equal(in_file_peek(&file, bytes, sizeof bytes, &got, &error), CLUDI_OK);
    assert_int_equal(got, 2);
    in_file_close(&file);
}

static void what_is_required_must_be_there(void **state)
{
    (void)state;
    in_file file;
    const char *path = io_put("ten", "0123456789", 10);
    assert_int_equal(in_file_open(&file, path, &error), CLUDI_OK);
    assert_int_equal(in_file_require(&file, 4, 6, &error), CLUDI_OK);
    assert_int_equal(in_file_require(&file, 4, 7, &error), CLUDI_ERROR_FORMAT);
    assert_int_equal(in_file_require(&file, 11, 0, &error), CLUDI_ERROR_FORMAT);
    assert_int_equal(in_file_require(&file, 4, INT64_MAX, &error), CLUDI_ERROR_FORMAT);
    in_file_close(&file);
}

static void only_regular_files_are_opened(void **state)
{
    (void)state;
    in_file file;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    io_expect_error(&error, in_file_open(&file, io_path("absent"), &error), CLUDI_ERROR_FILE,
                    "absent\": No such file or directory.");
    in_file_close(&file);
    io_expect_error(&error, in_file_open(&file, io_folder, &error), CLUDI_ERROR_FILE, "Is a directory.");
    io_expect_error(&error, in_file_open(&file, "/dev/null", &error), CLUDI_ERROR_FILE, "it is not a regular file.");
    assert_int_equal(mkfifo(io_path("fifo"), 0600), 0);
    io_expect_error(&error, in_file_open(&file, io_path("fifo"), &error), CLUDI_ERROR_FILE, "not a regular file.");
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", io_path("socket"));
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(in_file_open(&file, io_path("socket"), &error), CLUDI_ERROR_FILE);
    close(listener);
}

/* A file that shrinks after it was opened. */
static void shrinking_is_noticed(void **state)
{
    (void)state;
    in_file file;
    char bytes[10];
    const char *path = io_put("shrinks", "0123456789", 10);
    assert_int_equal(in_file_open(&file, path, &error), CLUDI_OK);
    assert_int_equal(truncate(path, 5), 0);
    assert_int_equal(in_file_read(&file, bytes, 10, &error), CLUDI_ERROR_FORMAT);
    in_file_close(&file);
}

/* Files that the kernel makes up have no size: nothing is read, and nothing is waited for. */
static void files_without_a_size_are_empty(void **state)
{
    (void)state;
    static const char *const paths[] = {"/proc/self/mem", "/proc/self/maps", "/proc/kmsg", "/proc/kcore"};
    in_file file;
    char bytes[8];
    size_t got = 1;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (in_file_open(&file, paths[i], &error) != CLUDI_OK || file.size > 0) {
            in_file_close(&file); /* not for us, or kcore, whose size is that of the address space */
            continue;
        }
        assert_int_equal(in_file_peek(&file, bytes, sizeof bytes, &got, &error), CLUDI_OK);
        assert_int_equal(got, 0);
        assert_int_equal(in_file_read(&file, bytes, 1, &error), CLUDI_ERROR_FORMAT);
        in_file_close(&file);
    }
}

/* A file that grows after it was opened ends where it ended. */
static void growing_is_not_seen(void **state)
{
    (void)state;
    in_file file;
    char bytes[16];
    size_t got;
    const char *path = io_put("grows", "0123", 4);
    assert_int_equal(in_file_open(&file, path, &error), CLUDI_OK);
    io_put("grows", "0123456789", 10);
    assert_int_equal(in_file_peek(&file, bytes, sizeof bytes, &got, &error), CLUDI_OK);
    assert_int_equal(got, 4);
    assert_int_equal(in_file_read(&file, bytes, 5, &error), CLUDI_ERROR_FORMAT);
    in_file_close(&file);
}

static void names_are_escaped(void **state)
{
    (void)state;
    in_file file;
    io_expect_error(&error, in_file_open(&file, io_path("no\n\x1b[2J\xff"), &error), CLUDI_ERROR_FILE,
                    "no\\x0a\\x1b[2J\\xff\": No such file or directory.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_in_order_and_counts),
        cmocka_unit_test(a_short_file_has_fewer_first_bytes),
        cmocka_unit_test(what_is_required_must_be_there),
        cmocka_unit_test(only_regular_files_are_opened),
        cmocka_unit_test(shrinking_is_noticed),
        cmocka_unit_test(files_without_a_size_are_empty),
        cmocka_unit_test(growing_is_not_seen),
        cmocka_unit_test(names_are_escaped),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
