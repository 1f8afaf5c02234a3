/* start_checkpoint.c: a disk that is full is told of once, and tried again when votes are due again. */
#include <stdio.h>

#include "cmocka_all.h"
#include "error.h"
#include "start_checkpoint.h"
#include "tensor_support.h"

enum { ROWS = 4, VOTERS = 6, EVERY = 2 };

typedef struct full_disk {
    int tries, warnings;
} full_disk;

static cludi_status refuse(void *user, const checkpoint_state *state, cludi_error *error)
{
    (void)state;
    ((full_disk *)user)->tries++;
    return error_set(error, CLUDI_ERROR_FILE, "No space left on device.");
}

static void count_warnings(void *user, cludi_log_level level, const char *sentence)
{
    (void)sentence;
    ((full_disk *)user)->warnings += level == CLUDI_LOG_WARNING;
}

static void test_full_disk(void **state)
{
    backend be;
    full_disk disk = {0};
    (void)state;
    open_backend(&be, "ref", 1);
    const callbacks messages = {.log = count_warnings, .log_user = &disk};
    const checkpoint_writer writer = {.every_steps = EVERY, .name = "m.checkpoint", .write = refuse, .user = &disk};
    start_checkpoint s = {.to = &writer, .allocator = &be.allocator, .messages = &messages, .rows = ROWS};
    assert_int_equal(start_checkpoint_begin(&s, VOTERS, 2, NULL), CLUDI_OK);
    for (int i = 0; i < VOTERS * ROWS; i++)
        s.votes.labels[i] = 0;
    for (s.votes.known = 1; s.votes.known <= VOTERS; s.votes.known++)
        assert_int_equal(s.votes.keep(&s, NULL), CLUDI_OK);
    assert_int_equal(disk.tries, VOTERS / EVERY);
    assert_int_equal(disk.warnings, 1);
    start_checkpoint_clear(&s);
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_full_disk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
