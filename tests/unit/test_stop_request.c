/* stop_request.c: who is asked, how often, and how long an answer holds. */
#include "cmocka_all.h"
#include "stop_request.h"

static int answer(void *user)
{
    int *left = user;
    return (*left)-- == 0;
}

static void test_answer_holds(void **state)
{
    (void)state;
    int left = 2;
    stop_request watch;
    cludi_error error;
    stop_request_init(&watch, answer, &left);
    watch.every = 0;
    assert_false(stop_request_stopped(&watch));
    assert_int_equal(stop_request_check(&watch, &error), CLUDI_OK);
    assert_int_equal(stop_request_check(&watch, &error), CLUDI_STOPPED);
    assert_true(stop_request_stopped(&watch));
    stop_request_begin(&watch);
    assert_false(stop_request_stopped(&watch));
}

static void test_seldom(void **state)
{
    (void)state;
    int left = 1;
    stop_request watch;
    stop_request_init(&watch, answer, &left);
    watch.every = 3600;
    for (int i = 0; i < 1000; i++)
        assert_false(stop_request_stopped(&watch));
    assert_in_range(left, 0, 1);
    stop_request_init(&watch, NULL, NULL);
    assert_false(stop_request_stopped(&watch));
    assert_false(stop_request_stopped(NULL));
}

static void *look(void *user)
{
    stop_request *watch = user;
    return stop_request_stopped(watch) ? watch : NULL;
}

/* Another thread sees what was answered, and does not ask. */
static void test_other_thread(void **state)
{
    (void)state;
    int left = 0;
    void *seen = NULL;
    pthread_t other;
    stop_request watch;
    stop_request_init(&watch, answer, &left);
    watch.every = 0;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(pthread_create(&other, NULL, look, &watch), 0);
        assert_int_equal(pthread_join(other, &seen), 0);
        assert_ptr_equal(seen, round ? &watch : NULL);
        assert_true(stop_request_stopped(&watch));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_holds),
        cmocka_unit_test(test_seldom),
        cmocka_unit_test(test_other_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
