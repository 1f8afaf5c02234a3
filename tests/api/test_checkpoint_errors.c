/* cludi_fit_set_checkpoint, cludi_checkpoint_remove: bad arguments, their codes and sentences. What a resumed fit refuses is in
   property/test_checkpoint.c. */
#include <math.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "io_support.h"

static void test_checkpoint(void **state)
{
    (void)state;
    cludi_checkpoint checkpoint;
    cludi_context *context = blobs_context("ref", 1, 0);
    cludi_checkpoint_init(&checkpoint);
    EXPECT_ARGUMENT("context is NULL", cludi_fit_set_checkpoint, NULL, NULL);
    EXPECT_ARGUMENT("path is NULL", cludi_checkpoint_remove, NULL);
    assert_int_equal(cludi_checkpoint_remove(io_path("nothing"), NULL), CLUDI_OK);
    EXPECT(CLUDI_ERROR_FILE, "Cannot remove", cludi_checkpoint_remove, io_path("."));
    EXPECT_ARGUMENT("checkpoint has no path", cludi_fit_set_checkpoint, context, &checkpoint);
    checkpoint.path = "";
    EXPECT_ARGUMENT("checkpoint has no path", cludi_fit_set_checkpoint, context, &checkpoint);
    checkpoint.path = "x";
    checkpoint.every_seconds = -1;
    EXPECT_ARGUMENT("every_seconds -1 and every_steps 0; neither may be negative", cludi_fit_set_checkpoint, context,
                    &checkpoint);
    checkpoint.every_seconds = (double)NAN;
    EXPECT_ARGUMENT("neither may be negative", cludi_fit_set_checkpoint, context, &checkpoint);
    checkpoint.every_seconds = 0;
    checkpoint.every_steps = -5;
    EXPECT_ARGUMENT("every_steps -5", cludi_fit_set_checkpoint, context, &checkpoint);
    checkpoint.every_steps = 5;
    checkpoint.struct_size++;
    EXPECT_ARGUMENT("checkpoint has struct_size", cludi_fit_set_checkpoint, context, &checkpoint);
    assert_int_equal(cludi_fit_set_checkpoint(context, NULL, NULL), CLUDI_OK);
    cludi_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_checkpoint)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
