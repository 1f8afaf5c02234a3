/* Bad input to the public functions that take rows and files a piece at a time: the status, and the words of the
   message. */
#include <math.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "io_support.h"

static cludi_context *context;

static int setup(void **state)
{
    context = blobs_context("ref", 1, 1);
    return io_setup(state);
}

static int teardown(void **state)
{
    cludi_context_free(context);
    return io_teardown(state);
}

static void expect_source_fails(const cludi_source *X, int32_t clusters, cludi_status wanted, const char *words)
{
    cludi_model *model = (cludi_model *)context;
    EXPECT(wanted, words, cludi_fit_source, context, X, clusters, NULL, &model);
    assert_null(model);
}

static cludi_status read_nothing(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    (void)user;
    (void)first;
    (void)count;
    (void)out;
    (void)error;
    return CLUDI_ERROR_BACKEND;
}

static void test_fit_source(void **state)
{
    (void)state;
    cludi_model *model = (cludi_model *)context;
    const cludi_source good = {10, 2, read_nothing, NULL, 0};
    cludi_source X = good;
    EXPECT_ARGUMENT("context is NULL.", cludi_fit_source, NULL, &X, 3, NULL, &model);
    assert_null(model);
    EXPECT_ARGUMENT("model is NULL.", cludi_fit_source, context, &X, 3, NULL, NULL);
    expect_source_fails(NULL, 3, CLUDI_ERROR_ARGUMENT, "X is NULL; a source");
    expect_source_fails(&X, 11, CLUDI_ERROR_ARGUMENT, "K is 11, but X has only 10 rows;");
    expect_source_fails(&X, 1, CLUDI_ERROR_ARGUMENT, "K is 1;");
    expect_source_fails(&X, 3, CLUDI_ERROR_BACKEND, "The source of X could not read rows 0 to 9 ");
    X.sequential = 1;
    expect_source_fails(&X, 3, CLUDI_ERROR_UNSUPPORTED, "X can only be read in order, but training takes");
    EXPECT(CLUDI_ERROR_BACKEND, "could not read rows 0 to 9 ", cludi_source_check, context, &X);
    EXPECT_ARGUMENT("context is NULL.", cludi_source_check, NULL, &X);
    EXPECT_ARGUMENT("X is NULL; a source", cludi_source_check, context, NULL);
    X.rows = 0;
    EXPECT_ARGUMENT("X has 0 rows;", cludi_source_check, context, &X);
    X = good;
    X.read = NULL;
    expect_source_fails(&X, 3, CLUDI_ERROR_ARGUMENT, "X->read is NULL;");
    X = good;
    X.cols = 0;
    expect_source_fails(&X, 3, CLUDI_ERROR_ARGUMENT, "X has 0 columns;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit_source),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
