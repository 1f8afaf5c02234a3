/* A child after fork(): a context and a model of the parent, and a context of its own, give the parent's answers; also where
   other threads were predicting with contexts of theirs. noasan: threads of a child that was forked from threads. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blobs.h"
#include "cmocka_all.h"

enum { ROWS = 600, COLS = 8, PATIENCE = 60, FORKS = 20 };

typedef struct world {
    float X[ROWS][COLS];
    cludi_context *context;
    cludi_model *model;
    int32_t wanted[ROWS];
} world;

static world w;

static cludi_matrix rows(void)
{
    return (cludi_matrix){&w.X[0][0], ROWS, COLS, COLS};
}

static bool predicts(cludi_context *context)
{
    int32_t labels[ROWS];
    const cludi_matrix X = rows();
    const cludi_prediction out = {.labels = labels};
    return cludi_predict(context, w.model, &X, NULL, &out, NULL) == CLUDI_OK &&
           memcmp(labels, w.wanted, sizeof labels) == 0;
}

static cludi_status fit(cludi_context *context, cludi_model **model)
{
    const cludi_config config = blobs_config();
    const cludi_matrix X = rows();
    return cludi_fit(context, &X, 3, &config, model, NULL);
}

static cludi_context *new_context(void)
{
    cludi_context_options options;
    cludi_context *context = NULL;
    cludi_context_options_init(&options);
    options.threads = 3;
    return cludi_context_new(&options, &context, NULL) == CLUDI_OK ? context : NULL;
}

/* With what the parent made, and anew. */
static bool works(void)
{
    cludi_model *model = NULL;
    cludi_context *own = new_context();
    const bool good = predicts(w.context) && own && predicts(own) && fit(own, &model) == CLUDI_OK;
    cludi_model_free(model);
    cludi_context_free(own);
    return good;
}

/* 0: it works in a child, and in the child's child if `depth`; 14: it hung. */
static int in_child(int depth)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        alarm(PATIENCE);
        int code = works() ? 0 : 1;
        if (code == 0 && depth > 0)
            code = in_child(depth - 1);
        cludi_context_free(depth > 0 ? NULL : w.context);
        _exit(code);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
}

static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLS; j++)
            w.X[i][j] = (float)((i % 3 == j % 3 ? 5 : 0) + (i * 7 + j * 13) % 11 * 0.1);
    w.context = new_context();
    const cludi_matrix X = rows();
    const cludi_prediction out = {.labels = w.wanted};
    return !w.context || fit(w.context, &w.model) != CLUDI_OK ||
           cludi_predict(w.context, w.model, &X, NULL, &out, NULL) != CLUDI_OK;
}

static int tear_down(void **state)
{
    (void)state;
    cludi_model_free(w.model);
    cludi_context_free(w.context);
    return 0;
}

static void test_child(void **state)
{
    (void)state;
    for (int i = 0; i < FORKS; i++) {
        assert_true(predicts(w.context));
        assert_int_equal(in_child(i % 2), 0);
    }
    assert_true(predicts(w.context));
}

static void *fork_here(void *result)
{
    *(int *)result = in_child(0);
    return NULL;
}

static void test_fork_from_another_thread(void **state)
{
    (void)state;
    pthread_t thread;
    int result = -1;
    assert_true(predicts(w.context));
    assert_int_equal(pthread_create(&thread, NULL, fork_here, &result), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(result, 0);
}

/* New contexts plan again, so this thread is often in the middle of that. */
static void *keep_busy(void *user)
{
    atomic_bool *ends = user;
    while (!atomic_load(ends)) {
        cludi_context *context = new_context();
        (void)(context && predicts(context));
        cludi_context_free(context);
    }
    return NULL;
}

static void test_fork_while_others_work(void **state)
{
    (void)state;
    atomic_bool ends = false;
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, keep_busy, &ends), 0);
    for (int i = 0; i < FORKS; i++)
        assert_int_equal(in_child(0), 0);
    atomic_store(&ends, true);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_child), cmocka_unit_test(test_fork_from_another_thread),
                                       cmocka_unit_test(test_fork_while_others_work)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
