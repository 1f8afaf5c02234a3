/* Every operation gives the same bits with 1, 2, 3 and 5 threads, in bf16 too. open_backend() sets the grain to 1, so that
   the threads are really started. noasan: many shapes; test_parity.c has the sanitizers. */
#include "cmocka_all.h"
#include "full_run.h"
#include "op_cases.h"
#include "tensor_support.h"

static const op_shape SHAPES[] = {{129, 384, 3}, {700, 65, 5}, {1030, 17, 1}, {8200, 3, 8200}};

static void check_case(const op_case *c, op_shape shape, const char *name)
{
    static const int THREADS[] = {1, 2, 3, 5};
    op_run first, run;
    for (int i = 0; i < 4; i += is_full_run() ? 1 : 2) {
        backend be;
        open_backend(&be, name, THREADS[i]);
        op_run_case(i ? &run : &first, &be, c, shape);
        if (i) {
            op_expect_same(c, &run, &first, name);
            op_run_clear(&run);
        }
        backend_close(&be);
    }
    op_run_clear(&first);
}

static void check_cases(const op_case *cases, int count, const char *name)
{
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s += is_full_run() ? 1 : 2)
        for (int k = 0; k < count; k++)
            check_case(&cases[k], SHAPES[s], name);
}

static void check_backend(const char *name)
{
    check_cases(OP_CASES, OP_CASE_COUNT, name);
    check_cases(OP_NARROW_CASES, OP_NARROW_CASE_COUNT, name);
}

static void test_ref(void **state)
{
    (void)state;
    check_backend("ref");
}

static void test_onednn(void **state)
{
    (void)state;
    check_backend("onednn");
}

static void test_onednn_bf16(void **state)
{
    (void)state;
    check_backend("onednn bf16");
    check_cases(OP_NARROW_PRODUCTS, OP_NARROW_PRODUCT_COUNT, "onednn bf16");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ref), cmocka_unit_test(test_onednn),
                                       cmocka_unit_test(test_onednn_bf16)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
