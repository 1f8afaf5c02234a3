/* safetensors_array.c: which tensor is meant, and what is refused. The numbers: test_dataset_file.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc.h"
#include "dataset_file.h"
#include "io_support.h"

static cludi_error error;

/* A safetensors file with a header of 400 bytes and zeros behind it. */
static const char *put(const char *header, size_t zeros)
{
    unsigned char bytes[1024] = {0};
    memset(bytes, ' ', 408);
    memcpy(bytes, "\x90\1\0\0\0\0\0\0", 8);
    memcpy(bytes + 8, header, strlen(header));
    return io_put("x.safetensors", bytes, 408 + zeros);
}

#define ROWS "\"emb\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}"
#define MORE "\"more\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[24,28]}"
#define LINE "\"y\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[24,40]}"

static cludi_status read_shape(const char *path, int64_t shape[2])
{
    const cludi_allocator allocator = alloc_system();
    dataset_rows rows;
    cludi_status status =
        dataset_file_read_rows(&(dataset_request){.path = path, .allocator = &allocator}, &rows, &error);
    shape[0] = rows.rows;
    shape[1] = rows.cols;
    alloc_free(&allocator, rows.data);
    return status;
}

static const char *member(const char *path, const char *name)
{
    static char text[1100];
    snprintf(text, sizeof text, "%s:%s", path, name);
    return text;
}

static void the_only_matrix_is_taken(void **state)
{
    (void)state;
    int64_t shape[2];
    assert_int_equal(read_shape(put("{" ROWS "}", 24), shape), CLUDI_OK);
    assert_true(shape[0] == 2 && shape[1] == 3);
    assert_int_equal(read_shape(put("{" ROWS "," LINE "}", 40), shape), CLUDI_OK);
    assert_true(shape[0] == 2 && shape[1] == 3);
    assert_int_equal(read_shape(member(put("{" ROWS "," MORE "}", 28), "more"), shape), CLUDI_OK);
    assert_true(shape[0] == 1 && shape[1] == 2);
}

static void labels_are_the_only_vector(void **state)
{
    (void)state;
    const cludi_allocator allocator = alloc_system();
    static const char *const names[] = {"", ":y"};
    for (int i = 0; i < 2; i++) {
        cludi_labels labels;
        char path[1100];
        const char *header =
            i ? "{" ROWS "," LINE "}" : "{\"y\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]}}";
        snprintf(path, sizeof path, "%s%s", put(header, i ? 40 : 16), names[i]);
        assert_int_equal(
            dataset_file_read_labels(&(dataset_request){.path = path, .allocator = &allocator}, &labels, &error),
            CLUDI_OK);
        assert_int_equal(labels.rows, 2);
        alloc_free(&allocator, labels.data);
    }
}

static void what_is_not_meant_is_said(void **state)
{
    (void)state;
    int64_t shape[2];
    io_expect_error(&error, read_shape(put("{" ROWS "," MORE "}", 28), shape), CLUDI_ERROR_FORMAT,
                    "x.safetensors\" has 2 tensors; name one as FILE:NAME, where NAME is one of \"emb\", \"more\".");
    io_expect_error(&error, read_shape(member(put("{" ROWS "}", 24), "Emb"), shape), CLUDI_ERROR_FORMAT,
                    "x.safetensors:Emb\": there is no such tensor; the file has \"emb\".");
    io_expect_error(&error, read_shape(put("{}", 0), shape), CLUDI_ERROR_FORMAT, "a safetensors file without tensors.");
    io_expect_error(&error,
                    read_shape(put("{\"e\":{\"dtype\":\"F8_E4M3\",\"shape\":[2,3],\"data_offsets\":[0,6]}}", 6), shape),
                    CLUDI_ERROR_FORMAT, "the tensor \"e\" has the type F8_E4M3; ");
    io_expect_error(&error,
                    read_shape(put("{\"e\":{\"dtype\":\"F32\",\"shape\":[1,2,3],\"data_offsets\":[0,24]}}", 24), shape),
                    CLUDI_ERROR_FORMAT, "x.safetensors\" has the shape (1, 2, 3); feature vectors have two dimensions");
    io_expect_error(
        &error,
        read_shape(member(put("{\"e\":{\"dtype\":\"F32\",\"shape\":[1,2,3],\"data_offsets\":[0,24]}}", 24), "e"),
                   shape),
        CLUDI_ERROR_FORMAT, "has the shape (1, 2, 3); feature vectors have two dimensions");
    io_expect_error(&error, read_shape(put("{\"__metadata__\":{\"format\":\"cludi-model\"}," ROWS "}", 24), shape),
                    CLUDI_ERROR_FORMAT, "x.safetensors\" is a cludi model, not an array of feature vectors.");
    io_expect_error(&error, read_shape(put("{\"__metadata__\":{\"format\":\"cludi-checkpoint\"}," ROWS "}", 24), shape),
                    CLUDI_ERROR_FORMAT, "x.safetensors\" is a checkpoint of cludi, not an array of feature vectors.");
    io_expect_error(&error, read_shape(put("{\"__metadata__\":{\"format\":\"pt\"}," ROWS "}", 20), shape),
                    CLUDI_ERROR_FORMAT, "x.safetensors\" is truncated: ");
}

static void count_tensor(void *user, const cludi_tensor_info *tensor)
{
    int *count = user;
    assert_string_equal(tensor->name, *count ? "more" : "emb");
    assert_string_equal(tensor->dtype, *count ? "BF16" : "F32");
    assert_int_equal(tensor->dimensions, 2);
    assert_int_equal(tensor->shape[1], *count ? 2 : 3);
    ++*count;
}

static void tensors_are_listed(void **state)
{
    (void)state;
    const cludi_allocator allocator = alloc_system();
    int count = 0;
    cludi_file_info info;
    const char *path = put("{" ROWS "," MORE "}", 28);
    assert_int_equal(dataset_file_list_tensors(path, &allocator, count_tensor, &count, &error), CLUDI_OK);
    assert_int_equal(count, 2);
    assert_int_equal(dataset_file_describe(path, &allocator, &info, &error), CLUDI_OK);
    assert_string_equal(info.format, "safetensors");
    assert_string_equal(info.dtype, "");
    assert_int_equal(dataset_file_describe(member(path, "more"), &allocator, &info, &error), CLUDI_OK);
    assert_string_equal(info.dtype, "bf16");
    io_expect_error(&error,
                    dataset_file_list_tensors(io_put("x.csv", "1,2\n", 4), &allocator, count_tensor, &count, &error),
                    CLUDI_ERROR_FORMAT, "x.csv\" is CSV, not a safetensors file.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_only_matrix_is_taken),
        cmocka_unit_test(labels_are_the_only_vector),
        cmocka_unit_test(what_is_not_meant_is_said),
        cmocka_unit_test(tensors_are_listed),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
