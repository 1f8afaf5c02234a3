/* src/base/module.c, module_beside.c: where modules are looked for, and what is said when there is none. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cludi/cludi.h>

#include "cmocka_all.h"
#include "module.h"

static void test_folder_is_that_of_the_file(void **state)
{
    char folder[4096], program[4096] = {0};
    (void)state;
    assert_true(readlink("/proc/self/exe", program, sizeof program - 1) > 0);
    strrchr(program, '/')[1] = '\0';
    assert_int_equal(chdir("/"), 0); /* the program may have been started by a relative name */
    assert_true(module_folder(folder, sizeof folder));
    assert_string_equal(folder, program);
    assert_false(module_folder(folder, 3));
}

static void test_missing_module(void **state)
{
    module_file file = {.file = "cludi_no_such_module.so", .entry = "entry"};
    char folder[4096], wanted[5000];
    (void)state;
    assert_null(module_table(&file));
    assert_true(module_folder(folder, sizeof folder));
    snprintf(wanted, sizeof wanted, "%s%s: cannot open shared object file", folder, file.file);
    wanted[MODULE_REASON - 1] = '\0';
    assert_memory_equal(file.reason, wanted, strlen(wanted));
    assert_null(module_table(&file));
    assert_memory_equal(file.reason, wanted, strlen(wanted));
}

#ifdef CLUDI_WITH_HDF5
static void test_another_file(void **state)
{
    module_file file = {.file = "cludi_hdf5.so", .entry = "cludi_image_module"};
    (void)state;
    assert_null(module_table(&file));
    assert_string_equal(file.reason, "cludi_hdf5.so is another file");
}

static void test_module(void **state)
{
    module_file file = {.file = "cludi_hdf5.so", .entry = "cludi_hdf5_module"};
    const char *version;
    (void)state;
    const void *table = module_table(&file);
    assert_non_null(table);
    memcpy(&version, table, sizeof version);
    assert_string_equal(version, cludi_version());
    assert_ptr_equal(module_table(&file), table);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder_is_that_of_the_file),
        cmocka_unit_test(test_missing_module),
#ifdef CLUDI_WITH_HDF5
        cmocka_unit_test(test_another_file),
        cmocka_unit_test(test_module),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
