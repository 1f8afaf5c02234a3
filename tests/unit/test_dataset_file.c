#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc.h"
#include "dataset_file.h"
#include "io_support.h"
#include "npy.h"
#include "safetensors.h"

static cludi_error error;
static cludi_allocator allocator;
static int blocks; /* allocated and not yet freed */

static void *count_allocate(void *user, size_t bytes)
{
    (void)user;
    blocks++;
    return malloc(bytes);
}

static void count_release(void *user, void *block)
{
    (void)user;
    blocks--;
    free(block);
}

static void *refuse_to_allocate(void *user, size_t bytes)
{
    (void)user;
    (void)bytes;
    return NULL;
}

/* A .npy with a header of 128 bytes. */
static const char *put_npy(const char *descr, const char *shape, const void *data, size_t size)
{
    unsigned char bytes[1024];
    memset(bytes, ' ', 128);
    int length =
        snprintf((char *)bytes + 10, 118, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    bytes[10 + length] = ' ';
    memcpy(bytes, NPY_MAGIC "\1\0\x76\0", 10);
    if (size > 0)
        memcpy(bytes + 128, data, size);
    return io_put("x", bytes, 128 + size);
}

static const char *put_model(void)
{
    const char *path = io_path("x");
    const safetensors_content content = {0};
    assert_int_equal(safetensors_write(path, &content, &error), CLUDI_OK);
    return path;
}

static const float NUMBERS[6] = {1, 2, 3, 4, 5, 6};

static void features_are_read_from_any_format(void **state)
{
    (void)state;
    dataset_rows rows;
    assert_int_equal(dataset_file_read_rows(put_npy("<f4", "(2, 3)", NUMBERS, 24), &allocator, &rows, &error),
                     CLUDI_OK);
    assert_int_equal(rows.rows, 2);
    assert_int_equal(rows.cols, 3);
    assert_memory_equal(rows.data, NUMBERS, 24);
    alloc_free(&allocator, rows.data);
    const char *path = io_put("x", "\0\0\x08\3\0\0\0\2\0\0\0\1\0\0\0\2\xFF\0\xFF\0", 20);
    assert_int_equal(dataset_file_read_rows(path, &allocator, &rows, &error), CLUDI_OK);
    assert_int_equal(rows.rows, 2);
    assert_int_equal(rows.cols, 2);
    assert_true(rows.data[0] == 1.0F && rows.data[1] == 0.0F);
    alloc_free(&allocator, rows.data);
}

static void labels_are_read_from_any_format(void **state)
{
    (void)state;
    cludi_labels labels;
    const int64_t stored[3] = {5, -1, 7};
    static const char *const shapes[] = {"(3,)", "(3, 1)"};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(dataset_file_read_labels(put_npy("<i8", shapes[i], stored, 24), &allocator, &labels, &error),
                         CLUDI_OK);
        assert_int_equal(labels.rows, 3);
        assert_memory_equal(labels.data, ((int32_t[]){5, -1, 7}), 12);
        alloc_free(&allocator, labels.data);
    }
    const char *path = io_put("x", "\0\0\x08\1\0\0\0\2\x09\xFF", 10);
    assert_int_equal(dataset_file_read_labels(path, &allocator, &labels, &error), CLUDI_OK);
    assert_memory_equal(labels.data, ((int32_t[]){9, 255}), 8);
    alloc_free(&allocator, labels.data);
}

static void expect_no_rows(const char *path, cludi_status status, const char *words)
{
    dataset_rows rows;
    io_expect_error(&error, dataset_file_read_rows(path, &allocator, &rows, &error), status, words);
    assert_null(rows.data);
    assert_int_equal(blocks, 0);
}

static void expect_no_labels(const char *path, cludi_status status, const char *words)
{
    cludi_labels labels;
    io_expect_error(&error, dataset_file_read_labels(path, &allocator, &labels, &error), status, words);
    assert_null(labels.data);
    assert_int_equal(blocks, 0);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    expect_no_rows(io_put("x", "1,2,3\n", 6), CLUDI_ERROR_FORMAT,
                   "x\" is not an array that cludi reads (.npy, IDX or gzipped IDX).");
    expect_no_rows(io_put("x", "", 0), CLUDI_ERROR_FORMAT, "x\" is empty.");
    expect_no_rows(io_put("x", "\x1F\x8B\x08", 3), CLUDI_ERROR_FORMAT, "x\" is truncated");
    expect_no_rows(put_model(), CLUDI_ERROR_FORMAT, "x\" is a cludi model, not an array of feature vectors.");
    expect_no_labels(put_model(), CLUDI_ERROR_FORMAT, "x\" is a cludi model, not an array of labels.");
    expect_no_rows(io_path("absent"), CLUDI_ERROR_FILE, "absent\": No such file or directory.");
    expect_no_labels(io_folder, CLUDI_ERROR_FILE, "Is a directory.");
}

static void wrong_shapes_are_refused(void **state)
{
    (void)state;
    expect_no_rows(put_npy("<f4", "(6,)", NUMBERS, 24), CLUDI_ERROR_FORMAT,
                   "x\" has the shape (6,); feature vectors have two dimensions, rows and columns.");
    expect_no_rows(put_npy("<f4", "()", NUMBERS, 24), CLUDI_ERROR_FORMAT, "has the shape ();");
    expect_no_rows(put_npy("<f4", "(1, 2, 3)", NUMBERS, 24), CLUDI_ERROR_FORMAT, "has the shape (1, 2, 3);");
    expect_no_rows(put_npy("<f4", "(0, 3)", NUMBERS, 24), CLUDI_ERROR_FORMAT,
                   "(0, 3); at least one row and one column");
    expect_no_rows(put_npy("<f4", "(3, 0)", NUMBERS, 24), CLUDI_ERROR_FORMAT,
                   "(3, 0); at least one row and one column");
    expect_no_rows(io_put("x", "\0\0\x08\1\0\0\0\1\0", 9), CLUDI_ERROR_FORMAT, "has the shape (1,);");
    expect_no_rows(io_put("x", "\0\0\x08\2\0\0\0\0\0\0\0\1", 12), CLUDI_ERROR_FORMAT, "(0, 1); at least one row");
    expect_no_labels(put_npy("<i4", "(2, 3)", NUMBERS, 24), CLUDI_ERROR_FORMAT,
                     "x\" has the shape (2, 3); labels have one dimension.");
    expect_no_labels(put_npy("<i4", "(0,)", NUMBERS, 24), CLUDI_ERROR_FORMAT, "(0,); at least one label is wanted.");
    expect_no_labels(put_npy("<i4", "()", NUMBERS, 24), CLUDI_ERROR_FORMAT, "has the shape ();");
}

/* What is found after the memory was allocated gives it back. */
static void late_errors_free_the_memory(void **state)
{
    (void)state;
    expect_no_labels(put_npy("<f4", "(2,)", (float[]){1.0F, 0.5F}, 8), CLUDI_ERROR_FORMAT, "x\" has 0.5 in row 1 ");
    expect_no_rows(io_put("x", "\0\0\x08\2\0\0\0\1\0\0\0\1xx", 14), CLUDI_ERROR_FORMAT, "holds more numbers");
}

static void missing_memory_is_said(void **state)
{
    (void)state;
    dataset_rows rows;
    cludi_labels labels;
    cludi_file_info info;
    const cludi_allocator none = {refuse_to_allocate, count_release, NULL};
    io_expect_error(&error, dataset_file_read_rows(put_npy("<f4", "(2, 3)", NUMBERS, 24), &none, &rows, &error),
                    CLUDI_ERROR_MEMORY, "x\" of shape (2, 3).");
    io_expect_error(&error, dataset_file_read_labels(put_npy("<i4", "(6,)", NUMBERS, 24), &none, &labels, &error),
                    CLUDI_ERROR_MEMORY, "x\" of shape (6,).");
    io_expect_error(&error, dataset_file_describe(put_model(), &none, &info, &error), CLUDI_ERROR_MEMORY,
                    "not enough memory");
}

static void expect_described(const char *path, const char *format, const char *dtype, int64_t bytes)
{
    cludi_file_info info;
    assert_int_equal(dataset_file_describe(path, &allocator, &info, &error), CLUDI_OK);
    assert_string_equal(info.format, format);
    assert_string_equal(info.dtype, dtype);
    assert_int_equal(info.bytes, bytes);
    assert_int_equal(blocks, 0);
}

static void files_are_described(void **state)
{
    (void)state;
    cludi_file_info info;
    expect_described(put_npy(">f8", "(3, 0)", NULL, 0), "npy", ">f8", 128);
    expect_described(put_npy("|u1", "(3,)", NUMBERS, 3), "npy", "|u1", 131);
    expect_described(io_put("x", "\0\0\x0C\1\0\0\0\1\0\0\0\1", 12), "idx", ">i4", 12);
    expect_described(put_model(), "model", "", 16);
    /* gzip of 00 00 08 01 00 00 00 00 in a stored block */
    const char zipped[] = "\x1F\x8B\x08\0\0\0\0\0\0\xFF\1\x08\0\xF7\xFF\0\0\x08\1\0\0\0\0";
    expect_described(io_put("x", zipped, sizeof zipped - 1), "idx.gz", "|u1", sizeof zipped - 1);
    assert_int_equal(dataset_file_describe(put_npy("<f4", "(2, 3)", NUMBERS, 24), &allocator, &info, &error), CLUDI_OK);
    assert_int_equal(info.dimensions, 2);
    assert_int_equal(info.shape[0], 2);
    assert_int_equal(info.shape[1], 3);
    assert_int_equal(info.fortran, 0);
    io_expect_error(&error, dataset_file_describe(io_put("x", "\x08\0\0\0\0\0\0\0{", 9), &allocator, &info, &error),
                    CLUDI_ERROR_FORMAT, "x\" is truncated");
    assert_string_equal(info.format, "");
}

static int setup(void **state)
{
    allocator = (cludi_allocator){count_allocate, count_release, NULL};
    return io_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_are_read_from_any_format),
        cmocka_unit_test(labels_are_read_from_any_format),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(wrong_shapes_are_refused),
        cmocka_unit_test(late_errors_free_the_memory),
        cmocka_unit_test(missing_memory_is_said),
        cmocka_unit_test(files_are_described),
    };
    return cmocka_run_group_tests(tests, setup, io_teardown);
}
