#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "io_support.h"
#include "out_check.h"

static cludi_error error;

static void expect_refused(const char *path, const char *words)
{
    io_expect_error(&error, out_check(path, &error), CLUDI_ERROR_FILE, words);
    assert_int_equal(strncmp(error.message, "Cannot write \"", 14), 0);
}

static void test_what_can_be_written(void **state)
{
    (void)state;
    io_put("old", "old", 3);
    assert_int_equal(symlink("old", io_path("link")), 0);
    assert_int_equal(symlink("new", io_path("ahead")), 0);
    assert_int_equal(mkfifo(io_path("pipe"), 0600), 0);
    static const char *const NAMES[] = {"new", "old", "link", "ahead", "pipe"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        assert_int_equal(out_check(io_path(NAMES[i]), &error), CLUDI_OK);
    assert_int_equal(out_check("/dev/null", &error), CLUDI_OK);
    assert_int_equal(out_check("/dev/fd/1", &error), CLUDI_OK);
    io_expect(io_path("old"), "old", 3);
    assert_int_equal(io_empty(), 4); /* nothing was made */
}

static void test_what_cannot(void **state)
{
    (void)state;
    char name[300], path[PATH_MAX];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    io_put("file", "x", 1);
    assert_int_equal(mkdir(io_path("folder"), 0700), 0);
    assert_int_equal(symlink("folder", io_path("to_folder")), 0);
    assert_int_equal(symlink("loop", io_path("loop")), 0);
    assert_int_equal(symlink("missing/x", io_path("nowhere")), 0);
    expect_refused("", "Cannot write");
    expect_refused(io_path("folder"), "Is a directory.");
    expect_refused(io_path("folder/new/"), "");
    expect_refused(io_path("to_folder"), "Is a directory.");
    expect_refused(io_path("loop"), "Too many levels of symbolic links.");
    expect_refused(io_path("loop/x"), "Too many levels of symbolic links.");
    expect_refused(io_path("nowhere"), "the folder \"");
    expect_refused(io_path("missing/x"), "the folder \"");
    expect_refused(io_path("file/x"), "Not a directory.");
    expect_refused(io_path(name), "File name too long.");
    expect_refused("/dev/fd/977", "Bad file descriptor.");
    memset(path, '/', sizeof path); /* the temporary name would be longer than a path may be */
    memcpy(path + sizeof path - 5, "name", 5);
    assert_int_equal(out_check(path, &error), CLUDI_ERROR_FILE); /* the sentence is cut */
    assert_int_equal(io_empty(), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_can_be_written), cmocka_unit_test(test_what_cannot)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
