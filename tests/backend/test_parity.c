/* Every operation of every backend over odd shapes: "ref" against the same sources in double, "onednn" against "ref".
   Products in bf16 have a test of their own, test_narrow_products.c.
   Element-wise operations of onednn come from the same source as ref's, compiled for another instruction set without
   contraction: those must have the same bits. */
#include <stdio.h>
#include <string.h>

#include "backend_table.h"
#include "cmocka_all.h"
#include "full_run.h"
#include "op_cases.h"
#include "tensor_support.h"

static const int64_t ROWS[] = {1, 15, 16, 17, 63, 64, 65, 129}, COLS[] = {1, 2, 3, 15, 16, 17, 63, 65, 384};
static const int64_t GROUPS[] = {1, 3, 5, 0}; /* 0: every row is a group */
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS, COL_COUNT = sizeof COLS / sizeof *COLS, GROUP_COUNT = 4 };

/* The i-th shape; false when its groups do not divide the rows, or say again what another shape says. */
static bool shape_get(int i, op_shape *shape)
{
    const int64_t rows = ROWS[i / GROUP_COUNT / COL_COUNT], groups = GROUPS[i % GROUP_COUNT];
    *shape = (op_shape){rows, COLS[i / GROUP_COUNT % COL_COUNT], groups ? groups : rows};
    return rows % shape->groups == 0 && (groups == 1 || shape->groups > 1);
}

enum { SHAPE_COUNT = ROW_COUNT * COL_COUNT * GROUP_COUNT };

/* Products know no groups. */
static bool is_wanted(const op_case *c, op_shape shape)
{
    return shape.cols >= c->least_cols && (c->kind != OP_PRODUCT || shape.groups == 1);
}

static void compare(const op_case *c, op_shape shape, backend *tested, backend *truth, bool same_type)
{
    op_run a, b;
    char what[64];
    snprintf(what, sizeof what, "%s against %s", tested->ops.name, truth->ops.name);
    op_run_case(&a, tested, c, shape);
    op_run_case(&b, truth, c, shape);
    if (c->kind == OP_EXACT || (same_type && c->kind == OP_ELEMENT))
        op_expect_same(c, &a, &b, what);
    else
        op_expect_close(c, &a, &b, c->tolerance, what);
    op_run_clear(&a);
    op_run_clear(&b);
}

/* Products with operands that were rounded before are not compared here. */
static bool is_comparable(const op_case *c, const backend *tested)
{
    return c->kind != OP_PRODUCT || tested->precision == PRECISION_F32;
}

typedef struct case_list {
    const op_case *cases;
    int count;
} case_list;

static case_list all_cases(void)
{
    return (case_list){OP_CASES, OP_CASE_COUNT};
}

static case_list bf16_cases(void)
{
    return (case_list){OP_NARROW_CASES, OP_NARROW_CASE_COUNT};
}

static void compare_backends(case_list list, const char *tested, const char *truth, bool same_type)
{
    backend a, b;
    const int every = is_full_run() ? 1 : 3;
    int compared = 0;
    open_backend(&a, tested, 2);
    open_backend(&b, truth, 1);
    for (int i = 0; i < SHAPE_COUNT; i += every) {
        op_shape shape;
        if (!shape_get(i, &shape))
            continue;
        for (int k = 0; k < list.count; k++)
            if (is_wanted(&list.cases[k], shape) && is_comparable(&list.cases[k], &a)) {
                compare(&list.cases[k], shape, &a, &b, same_type);
                compared++;
            }
    }
    assert_true(compared * every > (a.precision == PRECISION_F32 ? 100 : 80) * list.count);
    backend_close(&a);
    backend_close(&b);
}

static void test_ref_against_double(void **state)
{
    (void)state;
    compare_backends(all_cases(), "ref", "ref64", false);
}

/* Every row of the table that is built. */
static void test_backends_against_ref(void **state)
{
    const backend_row *row;
    (void)state;
    for (int32_t i = 0; (row = backend_table_get(i)); i++) {
        if (!row->offered.help || !row->offered.is_built || strcmp(row->offered.name, "ref") == 0)
            continue;
        compare_backends(all_cases(), row->offered.name, "ref", true);
        compare_backends(bf16_cases(), row->offered.name, "ref", true);
    }
}

static void test_onednn_bf16_against_ref(void **state)
{
    (void)state;
    compare_backends(all_cases(), "onednn bf16", "ref", true);
    compare_backends(bf16_cases(), "onednn bf16", "ref", true);
}

/* No entry of any table is NULL, and OP_CASES names each entry exactly once. */
static void test_tables_are_full(void **state)
{
    static const char *const NAMES[] = {"ref", "ref64", "onednn", "onednn bf16"};
    typedef void (*any_fn)(void);
    const size_t first = offsetof(backend_ops, allocate), entries = (sizeof(backend_ops) - first) / sizeof(any_fn);
    (void)state;
    assert_int_equal(OP_CASE_COUNT, entries);
    for (int k = 0; k < OP_CASE_COUNT; k++)
        for (int other = 0; other < k; other++)
            assert_true(OP_CASES[k].offset != OP_CASES[other].offset);
    for (int n = 0; n < 4; n++) {
        backend be;
        if (!has_backend(NAMES[n]))
            continue;
        open_backend(&be, NAMES[n], 1);
        for (int k = 0; k < OP_CASE_COUNT; k++) {
            any_fn function;
            memcpy(&function, (char *)&be.ops + OP_CASES[k].offset, sizeof function);
            if (!function)
                fail_msg("%s has no %s", NAMES[n], OP_CASES[k].name);
        }
        assert_int_equal(be.ops.real_size, strcmp(NAMES[n], "ref64") == 0 ? 8 : 4);
        backend_close(&be);
    }
}

static void test_names(void **state)
{
    (void)state;
    const cludi_allocator allocator = {0};
    backend be;
    cludi_error error;
    assert_int_equal(backend_open(&be, "cuda", "auto", 1, &allocator, &error), CLUDI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "no backend \"cuda\"; choose auto, ref or onednn."));
    backend_close(&be);                                                           /* allowed after an error */
    assert_int_equal(backend_table_check("ref64", &error), CLUDI_ERROR_ARGUMENT); /* not a user's choice */
    assert_int_equal(backend_open(&be, "ref", "fp8", 1, &allocator, &error), CLUDI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "no precision \"fp8\"; choose auto, f32 or bf16."));
    backend_close(&be);
    assert_int_equal(backend_open(&be, "ref", "bf16", 1, &allocator, &error), CLUDI_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "no bf16 here"));
    assert_int_equal(backend_open(&be, "ref", "auto", 1, &allocator, &error), CLUDI_OK);
    assert_string_equal(backend_precision(&be), "f32");
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ref_against_double),
        cmocka_unit_test(test_backends_against_ref),
        cmocka_unit_test(test_onednn_bf16_against_ref),
        cmocka_unit_test(test_tables_are_full),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
