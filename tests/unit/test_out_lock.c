#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "io_support.h"
#include "out_file.h"
#include "out_lock.h"

static cludi_error error;

static void expect_taken(const char *path)
{
    out_lock second;
    io_expect_error(&error, out_lock_take(&second, path, &error), CLUDI_ERROR_FILE, "Another cludi is writing to \"");
    assert_int_equal(second.descriptor, -1);
    out_lock_release(&second);
}

static void expect_free(const char *path)
{
    out_lock lock;
    assert_int_equal(out_lock_take(&lock, path, &error), CLUDI_OK);
    out_lock_release(&lock);
    out_lock_release(&lock);
}

static void one_at_a_time(void **state)
{
    (void)state;
    out_lock lock, other;
    struct stat found;
    const mode_t old = umask(077);
    assert_int_equal(out_lock_take(&lock, io_path("m"), &error), CLUDI_OK);
    umask(old);
    assert_non_null(strstr(lock.path, "/.m.cludi-"));
    assert_int_equal(stat(lock.path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0644); /* another user may have to look whether it is held */
    assert_int_equal(symlink("m", io_path("link")), 0);
    assert_int_equal(mkdir(io_path("sub"), 0700), 0);
    expect_taken(io_path("m"));
    expect_taken(io_path("link"));
    expect_taken(io_path("sub/../m"));
    assert_int_equal(out_lock_take(&other, io_path("n"), &error), CLUDI_OK);
    out_lock_release(&other);
    out_lock_release(&lock);
    expect_free(io_path("m"));
    assert_int_equal(rmdir(io_path("sub")), 0);
    assert_int_equal(io_empty(), 1); /* the link */
}

/* Names that begin with the same 200 letters. */
static void long_names_are_told_apart(void **state)
{
    (void)state;
    char a[256], b[256], path[1024];
    out_lock first, second;
    memset(a, 'a', 250);
    a[250] = '\0';
    memcpy(b, a, sizeof b);
    b[249] = 'b';
    snprintf(path, sizeof path, "%s", io_path(a));
    assert_int_equal(out_lock_take(&first, path, &error), CLUDI_OK);
    expect_taken(path);
    assert_int_equal(out_lock_take(&second, io_path(b), &error), CLUDI_OK);
    out_lock_release(&second);
    out_lock_release(&first);
    assert_int_equal(io_empty(), 0);
}

static void writing_leaves_the_lock(void **state)
{
    (void)state;
    out_lock lock;
    out_file file;
    assert_int_equal(out_lock_take(&lock, io_path("m"), &error), CLUDI_OK);
    assert_int_equal(out_file_open(&file, io_path("m"), &error), CLUDI_OK);
    assert_int_equal(out_file_commit(&file, &error), CLUDI_OK);
    assert_int_equal(access(lock.path, F_OK), 0);
    expect_taken(io_path("m"));
    out_lock_release(&lock);
    assert_int_equal(io_empty(), 1);
}

static void a_killed_one_keeps_nobody_out(void **state)
{
    (void)state;
    out_lock lock;
    out_file file;
    for (int i = 0; i < 2; i++) {
        const pid_t child = fork();
        if (child == 0) {
            if (out_lock_take(&lock, io_path("m"), NULL) == CLUDI_OK)
                raise(SIGKILL);
            _exit(1);
        }
        int end;
        assert_int_equal(waitpid(child, &end, 0), child);
        assert_true(WIFSIGNALED(end) && WTERMSIG(end) == SIGKILL);
        if (i == 0) {
            expect_free(io_path("m"));
        } else { /* nor does it stay */
            assert_int_equal(out_file_open(&file, io_path("m"), &error), CLUDI_OK);
            out_file_discard(&file);
        }
    }
    assert_int_equal(io_empty(), 0);
}

static void a_moved_folder_keeps_no_rest(void **state)
{
    (void)state;
    out_lock lock;
    char moved[1024];
    snprintf(moved, sizeof moved, "%s", io_path("elsewhere"));
    assert_int_equal(mkdir(io_path("folder"), 0700), 0);
    assert_int_equal(out_lock_take(&lock, io_path("folder/m"), &error), CLUDI_OK);
    assert_int_equal(rename(io_path("folder"), moved), 0);
    out_lock_release(&lock);
    assert_int_equal(rmdir(moved), 0);
}

static void planted_ones_are_refused(void **state)
{
    (void)state;
    out_lock lock;
    char path[PATH_MAX];
    assert_int_equal(out_lock_take(&lock, io_path("m"), &error), CLUDI_OK);
    memcpy(path, lock.path, sizeof path);
    out_lock_release(&lock);
    io_put("precious", "precious", 8);
    assert_int_equal(symlink("precious", path), 0);
    io_expect_error(&error, out_lock_take(&lock, io_path("m"), &error), CLUDI_ERROR_FILE, "Too many levels");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    io_expect_error(&error, out_lock_take(&lock, io_path("m"), &error), CLUDI_ERROR_FILE, "File exists");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    io_expect_error(&error, out_lock_take(&lock, io_path("m"), &error), CLUDI_ERROR_FILE, ".m.cludi-");
    assert_int_equal(rmdir(path), 0);
    io_expect(io_path("precious"), "precious", 8);
    assert_int_equal(io_empty(), 1);
}

static void what_is_no_file_has_no_lock(void **state)
{
    (void)state;
    out_lock lock;
    assert_int_equal(out_lock_take(&lock, "/dev/null", &error), CLUDI_OK);
    assert_int_equal(lock.descriptor, -1);
    out_lock_release(&lock);
    assert_int_equal(out_lock_take(&lock, "/dev/fd/1", &error), CLUDI_OK);
    assert_int_equal(lock.descriptor, -1);
    assert_int_equal(mkfifo(io_path("pipe"), 0600), 0);
    assert_int_equal(out_lock_take(&lock, io_path("pipe"), &error), CLUDI_OK);
    assert_int_equal(lock.descriptor, -1);
    io_expect_error(&error, out_lock_take(&lock, io_path("missing/m"), &error), CLUDI_ERROR_FILE, "No such file");
    assert_int_equal(symlink("loop", io_path("loop")), 0);
    io_expect_error(&error, out_lock_take(&lock, io_path("loop"), &error), CLUDI_ERROR_FILE, "Too many levels");
    assert_int_equal(io_empty(), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(long_names_are_told_apart),
        cmocka_unit_test(writing_leaves_the_lock),
        cmocka_unit_test(a_killed_one_keeps_nobody_out),
        cmocka_unit_test(a_moved_folder_keeps_no_rest),
        cmocka_unit_test(planted_ones_are_refused),
        cmocka_unit_test(what_is_no_file_has_no_lock),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
