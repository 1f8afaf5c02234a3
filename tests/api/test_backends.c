/* The public table of backends: every row can be asked for, and says truly whether it is there. */
#include <cludi/cludi.h>

#include "cmocka_all.h"

static void test_backends(void **state)
{
    cludi_context_options options;
    (void)state;
    assert_null(cludi_backend_get(-1));
    assert_null(cludi_backend_get(cludi_backend_count()));
    assert_string_equal(cludi_backend_get(0)->name, "ref");
    cludi_context_options_init(&options);
    for (int32_t i = 0; i < cludi_backend_count(); i++) {
        const cludi_backend *row = cludi_backend_get(i);
        cludi_context *context;
        options.backend = row->name;
        const cludi_status status = cludi_context_new(&options, &context, NULL);
        assert_int_equal(status, row->is_built ? CLUDI_OK : CLUDI_ERROR_UNSUPPORTED);
        if (context)
            assert_string_equal(cludi_context_backend(context), row->name);
        assert_true(*row->help);
        cludi_context_free(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_backends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
