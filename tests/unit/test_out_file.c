#define _DEFAULT_SOURCE /* mknod */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <signal.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "io_support.h"
#include "out_file.h"

static cludi_error error;

static cludi_status write_text(const char *path, const char *text)
{
    out_file file;
    cludi_status status = out_file_open(&file, path, &error);
    if (!status)
        status = out_file_write(&file, text, strlen(text), &error);
    if (!status)
        status = out_file_commit(&file, &error);
    out_file_discard(&file);
    return status;
}

static mode_t mode_of(const char *path)
{
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    return found.st_mode & 0777;
}

static void writes_a_new_file_with_the_umask(void **state)
{
    (void)state;
    mode_t old = umask(027);
    assert_int_equal(write_text(io_path("new"), "hello"), CLUDI_OK);
    umask(old);
    io_expect(io_path("new"), "hello", 5);
    assert_int_equal(mode_of(io_path("new")), 0640);
    assert_int_equal(io_empty(), 1);
}

static void replaces_a_file_and_keeps_its_mode(void **state)
{
    (void)state;
    const char *path = io_put("old", "old", 3);
    assert_int_equal(chmod(path, 0606), 0);
    assert_int_equal(write_text(path, "new text"), CLUDI_OK);
    io_expect(path, "new text", 8);
    assert_int_equal(mode_of(path), 0606);
    assert_int_equal(io_empty(), 1);
}

static void discard_leaves_the_old_file(void **state)
{
    (void)state;
    out_file file;
    const char *path = io_put("kept", "old", 3);
    assert_int_equal(out_file_open(&file, path, &error), CLUDI_OK);
    assert_non_null(strstr(file.temporary, "/.kept.cludi-"));
    assert_int_equal(out_file_write(&file, "half", 4, &error), CLUDI_OK);
    out_file_discard(&file);
    out_file_discard(&file);
    io_expect(path, "old", 3);
    assert_int_equal(io_empty(), 1);
}

static void discard_finds_a_folder_that_was_moved(void **state)
{
    (void)state;
    out_file file;
    char moved[1024];
    snprintf(moved, sizeof moved, "%s", io_path("elsewhere"));
    assert_int_equal(mkdir(io_path("folder"), 0700), 0);
    assert_int_equal(out_file_open(&file, io_path("folder/x"), &error), CLUDI_OK);
    assert_int_equal(rename(io_path("folder"), moved), 0);
    out_file_discard(&file);
    assert_int_equal(rmdir(moved), 0); /* nothing is in it */
}

static void the_old_file_is_whole_until_the_commit(void **state)
{
    (void)state;
    out_file file;
    char large[3 * OUT_FILE_BUFFER];
    const char *path = io_put("whole", "old", 3);
    memset(large, 'x', sizeof large);
    assert_int_equal(out_file_open(&file, path, &error), CLUDI_OK);
    assert_int_equal(out_file_write(&file, large, sizeof large, &error), CLUDI_OK);
    io_expect(path, "old", 3);
    assert_int_equal(out_file_commit(&file, &error), CLUDI_OK);
    io_expect(path, large, sizeof large);
    io_empty();
}

static void pieces_of_all_sizes_stay_in_order(void **state)
{
    (void)state;
    out_file file;
    enum { SIZE = 200000 };
    unsigned char *bytes = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (unsigned char)(i * 2654435761U >> 24);
    assert_int_equal(out_file_open(&file, io_path("pieces"), &error), CLUDI_OK);
    for (size_t at = 0, piece = 1; at < SIZE; at += piece, piece = piece * 3 % 65537) {
        piece = piece < SIZE - at ? piece : SIZE - at;
        assert_int_equal(out_file_write(&file, bytes + at, piece, &error), CLUDI_OK);
    }
    assert_int_equal(out_file_commit(&file, &error), CLUDI_OK);
    io_expect(io_path("pieces"), bytes, SIZE);
    free(bytes);
    io_empty();
}

static void links_stay_and_their_target_is_replaced(void **state)
{
    (void)state;
    io_put("target", "old", 3);
    assert_int_equal(symlink("target", io_path("link")), 0);
    assert_int_equal(symlink(io_path("link"), io_path("link2")), 0);
    assert_int_equal(write_text(io_path("link2"), "new"), CLUDI_OK);
    io_expect(io_path("target"), "new", 3);
    struct stat found;
    assert_int_equal(lstat(io_path("link"), &found), 0);
    assert_true(S_ISLNK(found.st_mode));
    assert_int_equal(io_empty(), 3);
}

static void a_link_to_nothing_makes_its_target(void **state)
{
    (void)state;
    assert_int_equal(symlink("absent", io_path("dangling")), 0);
    assert_int_equal(write_text(io_path("dangling"), "new"), CLUDI_OK);
    io_expect(io_path("absent"), "new", 3);
    assert_int_equal(symlink("loop", io_path("loop")), 0);
    io_expect_error(&error, write_text(io_path("loop"), "x"), CLUDI_ERROR_FILE, "Too many levels of symbolic links.");
    assert_int_equal(io_empty(), 3);
}

/* As the kernel's fs.protected_symlinks, which sees none of the links that are followed by hand. Only root can make one. */
static void a_strangers_link_is_not_followed(void **state)
{
    (void)state;
    const uid_t stranger = 65534;
    if (geteuid() != 0)
        skip();
    io_put("precious", "old", 3);
    assert_int_equal(symlink("precious", io_path("link")), 0);
    assert_int_equal(lchown(io_path("link"), stranger, (gid_t)-1), 0);
    assert_int_equal(symlink("link", io_path("mine")), 0);
    assert_int_equal(chmod(io_path("."), 01777), 0);
    io_expect_error(&error, write_text(io_path("link"), "new"), CLUDI_ERROR_FILE, "Permission denied.");
    io_expect_error(&error, write_text(io_path("mine"), "new"), CLUDI_ERROR_FILE, "Permission denied.");
    io_expect(io_path("precious"), "old", 3);
    assert_int_equal(lchown(io_path("link"), 0, (gid_t)-1), 0);
    assert_int_equal(write_text(io_path("mine"), "own"), CLUDI_OK);
    assert_int_equal(chmod(io_path("."), 0700), 0); /* nobody but its owner could have put it there */
    assert_int_equal(lchown(io_path("link"), stranger, (gid_t)-1), 0);
    assert_int_equal(write_text(io_path("link"), "new"), CLUDI_OK);
    io_expect(io_path("precious"), "new", 3);
    assert_int_equal(io_empty(), 3);
}

/* Nobody can take the next name before us. */
static void temporary_names_differ(void **state)
{
    (void)state;
    enum { NAMES = 16 };
    char seen[NAMES][PATH_MAX];
    for (int i = 0; i < NAMES; i++) {
        out_file file;
        assert_int_equal(out_file_open(&file, io_path("x"), &error), CLUDI_OK);
        memcpy(seen[i], file.temporary, sizeof seen[i]);
        out_file_discard(&file);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(seen[i], seen[j]);
    }
    assert_int_equal(io_empty(), 0);
}

/* /dev/NAME. Root, who could replace it by mistake, gets a device of the same kind in the test's folder;
   NULL where that is forbidden. */
static const char *device(const char *name, unsigned number)
{
    static char path[1024];
    snprintf(path, sizeof path, "/dev/%s", name);
    if (geteuid() != 0)
        return path;
    snprintf(path, sizeof path, "%s", io_path(name));
    if (mknod(path, S_IFCHR | 0600, makedev(1, number)) == 0)
        return path;
    print_message("skipped: cannot make a device like /dev/%s: %s\n", name, strerror(errno));
    return NULL;
}

static void devices_pipes_and_descriptors_are_written_straight(void **state)
{
    (void)state;
    char text[64], got[8] = {0};
    int ends[2];
    const char *null = device("null", 3);
    struct stat after;
    if (null) {
        assert_int_equal(write_text(null, "x"), CLUDI_OK);
        assert_int_equal(stat(null, &after), 0);
        assert_true(S_ISCHR(after.st_mode));
    }
    assert_int_equal(pipe(ends), 0);
    snprintf(text, sizeof text, "/dev/fd/%d", ends[1]);
    assert_int_equal(write_text(text, "pipe"), CLUDI_OK);
    assert_int_equal(read(ends[0], got, sizeof got), 4);
    assert_string_equal(got, "pipe");
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(mkfifo(io_path("fifo"), 0600), 0);
    int reader = open(io_path("fifo"), O_RDONLY | O_NONBLOCK);
    assert_int_equal(write_text(io_path("fifo"), "fifo"), CLUDI_OK);
    assert_int_equal(read(reader, got, sizeof got), 4);
    assert_string_equal(got, "fifo");
    close(reader);
    io_empty();
}

/* What `cludi predict ... -o /dev/stdout >> file` needs. */
static void a_descriptor_of_a_file_is_appended_to(void **state)
{
    (void)state;
    char text[64];
    int descriptor = open(io_put("log", "old", 3), O_WRONLY | O_APPEND);
    snprintf(text, sizeof text, "/proc/self/fd/%d", descriptor);
    assert_int_equal(write_text(text, "new"), CLUDI_OK);
    close(descriptor);
    io_expect(io_path("log"), "oldnew", 6);
    assert_int_equal(io_empty(), 1);
}

static void errors_name_the_path_and_the_reason(void **state)
{
    (void)state;
    char longest[PATH_MAX + 8];
    io_expect_error(&error, write_text(io_folder, "x"), CLUDI_ERROR_FILE, "\": Is a directory.");
    io_expect_error(&error, write_text(io_path("no/x.npy"), "x"), CLUDI_ERROR_FILE,
                    "no/x.npy\": No such file or directory.");
    io_expect_error(&error, write_text(io_path("no/"), "x"), CLUDI_ERROR_FILE, "Is a directory.");
    io_expect_error(&error, write_text("", "x"), CLUDI_ERROR_FILE, "Cannot write \"\": No such file or directory.");
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(write_text(longest, "x"), CLUDI_ERROR_FILE);
    assert_int_equal(io_empty(), 0);
    const char *full = device("full", 7);
    if (full)
        io_expect_error(&error, write_text(full, "x"), CLUDI_ERROR_FILE, "full\": No space left on device.");
    io_empty();
}

static void a_protected_file_is_not_replaced(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip();
    assert_int_equal(chmod(io_put("protected", "old", 3), 0444), 0);
    io_expect_error(&error, write_text(io_path("protected"), "new"), CLUDI_ERROR_FILE, "Permission denied.");
    io_expect(io_path("protected"), "old", 3);
    io_empty();
}

static void the_longest_name_is_written(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    memcpy(name + 199, "\xC3\xA4", 2); /* a character across the place where the temporary name is cut */
    name[255] = '\0';
    assert_int_equal(write_text(io_path(name), "long"), CLUDI_OK);
    io_expect(io_path(name), "long", 4);
    assert_int_equal(io_empty(), 1);
}

static void what_killed_writers_left_is_removed(void **state)
{
    (void)state;
    static const char *const stale[] = {".x.cludi-000000", ".x.cludi-00beef"};
    static const char *const kept[] = {".x.cludi-00bee",   ".x.cludi-00beefe", ".x.cludi-00BEEF", ".x.cludi-00beeg",
                                       ".xy.cludi-00beef", "x.cludi-00beef",   ".x.cludi_00beef", "..x.cludi-00beef"};
    for (size_t i = 0; i < sizeof stale / sizeof stale[0]; i++)
        io_put(stale[i], "half", 4);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        io_put(kept[i], "mine", 4);
    assert_int_equal(symlink("x", io_path(".x.cludi-0000aa")), 0);
    assert_int_equal(mkfifo(io_path(".x.cludi-0000ab"), 0600), 0);
    assert_int_equal(write_text(io_path("x"), "new"), CLUDI_OK);
    for (size_t i = 0; i < sizeof stale / sizeof stale[0]; i++)
        assert_int_equal(access(io_path(stale[i]), F_OK), -1);
    io_expect(io_path("x"), "new", 3);
    assert_int_equal(io_empty(), 1 + 2 + sizeof kept / sizeof kept[0]);
}

static void what_is_being_written_stays(void **state)
{
    (void)state;
    out_file first, second;
    assert_int_equal(out_file_open(&first, io_path("x"), &error), CLUDI_OK);
    assert_int_equal(out_file_open(&second, io_path("x"), &error), CLUDI_OK);
    assert_int_equal(access(first.temporary, F_OK), 0);
    assert_int_equal(out_file_write(&first, "1", 1, &error), CLUDI_OK);
    assert_int_equal(out_file_write(&second, "2", 1, &error), CLUDI_OK);
    assert_int_equal(out_file_commit(&second, &error), CLUDI_OK);
    io_expect(io_path("x"), "2", 1);
    assert_int_equal(out_file_commit(&first, &error), CLUDI_OK);
    io_expect(io_path("x"), "1", 1);
    assert_int_equal(io_empty(), 1);
}

/* A process is killed while it writes, another lives on: the next writer removes the file of the dead one alone. */
static void a_killed_process_and_a_living_one(void **state)
{
    (void)state;
    enum { DEAD, ALIVE };
    static out_file file;
    pid_t child[2];
    int data[2];
    char byte;
    assert_int_equal(pipe(data), 0);
    for (int i = DEAD; i <= ALIVE; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (child[i] == 0) {
            alarm(30); /* not to outlive a test that failed */
            cludi_status status = out_file_open(&file, io_path("x"), NULL);
            if (write(data[1], status ? "n" : "y", 1) == 1)
                pause();
            _exit(1);
        }
        assert_int_equal(read(data[0], &byte, 1), 1);
        assert_int_equal(byte, 'y');
    }
    assert_int_equal(kill(child[DEAD], SIGKILL), 0);
    assert_int_equal(waitpid(child[DEAD], NULL, 0), child[DEAD]);
    assert_int_equal(write_text(io_path("x"), "new"), CLUDI_OK);
    io_expect(io_path("x"), "new", 3);
    assert_int_equal(io_count(), 2);
    assert_int_equal(kill(child[ALIVE], SIGKILL), 0);
    assert_int_equal(waitpid(child[ALIVE], NULL, 0), child[ALIVE]);
    assert_int_equal(write_text(io_path("x"), "newer"), CLUDI_OK);
    assert_int_equal(io_empty(), 1);
    close(data[0]);
    close(data[1]);
}

/* Writers of one target at the same time, each of which looks for stale files: none loses its own. */
static void concurrent_writers_all_succeed(void **state)
{
    (void)state;
    enum { WRITERS = 6, TIMES = 200 };
    pid_t child[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (child[i] == 0) {
            int failed = 0;
            for (int j = 0; j < TIMES && !failed; j++)
                failed = write_text(io_path("x"), "text") != CLUDI_OK;
            _exit(failed);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    io_expect(io_path("x"), "text", 4);
    assert_int_equal(io_empty(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_new_file_with_the_umask),
        cmocka_unit_test(replaces_a_file_and_keeps_its_mode),
        cmocka_unit_test(discard_leaves_the_old_file),
        cmocka_unit_test(discard_finds_a_folder_that_was_moved),
        cmocka_unit_test(the_old_file_is_whole_until_the_commit),
        cmocka_unit_test(pieces_of_all_sizes_stay_in_order),
        cmocka_unit_test(links_stay_and_their_target_is_replaced),
        cmocka_unit_test(a_link_to_nothing_makes_its_target),
        cmocka_unit_test(a_strangers_link_is_not_followed),
        cmocka_unit_test(temporary_names_differ),
        cmocka_unit_test(devices_pipes_and_descriptors_are_written_straight),
        cmocka_unit_test(a_descriptor_of_a_file_is_appended_to),
        cmocka_unit_test(errors_name_the_path_and_the_reason),
        cmocka_unit_test(a_protected_file_is_not_replaced),
        cmocka_unit_test(the_longest_name_is_written),
        cmocka_unit_test(what_killed_writers_left_is_removed),
        cmocka_unit_test(what_is_being_written_stays),
        cmocka_unit_test(a_killed_process_and_a_living_one),
        cmocka_unit_test(concurrent_writers_all_succeed),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
