#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc.h"
#include "io_support.h"
#include "safetensors.h"

static cludi_error error;
static safetensors_file file;
static cludi_allocator allocator;

static const float NUMBERS[7] = {1, 2, 3, 4, 5, 6, 7};
static const safetensors_array ARRAYS[] = {{"z", 2, {2, 3}, NUMBERS},
                                           {"a", 1, {1, 0}, NUMBERS + 6},
                                           {"none", 1, {0, 0}, NULL},
                                           {"scalar", 0, {0, 0}, NUMBERS + 1}};
static const safetensors_meta PAIRS[] = {{"format", "cludi"}, {"config", "{\"T\": 1000, \"name\": \"\xC3\xA4/b\"}"}};
static const safetensors_content CONTENT = {ARRAYS, 4, PAIRS, 2};

static const char WANTED_HEADER[] =
    "{\"__metadata__\":{\"format\":\"cludi\",\"config\":\"{\\\"T\\\": 1000, \\\"name\\\": "
    "\\\"\xC3\xA4/b\\\"}\"},"
    "\"z\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
    "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]},"
    "\"none\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[28,28]},"
    "\"scalar\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[28,32]}}";

/* Length, header and size bytes of zeros as a file; opens it. */
static cludi_status open_header(const char *header, size_t size)
{
    unsigned char bytes[4096] = {0};
    uint64_t length = strlen(header);
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    safetensors_close(&file);
    return safetensors_open(io_put("m", bytes, 8 + length + size), &allocator, &file, &error);
}

static void bytes_are_as_specified(void **state)
{
    (void)state;
    unsigned char wanted[1024];
    uint64_t length = (sizeof WANTED_HEADER - 1 + 7) / 8 * 8;
    assert_int_not_equal(length, sizeof WANTED_HEADER - 1); /* the padding is seen */
    memcpy(wanted, &length, 8);
    memset(wanted + 8, ' ', length);
    memcpy(wanted + 8, WANTED_HEADER, sizeof WANTED_HEADER - 1);
    memcpy(wanted + 8 + length, NUMBERS, 28);
    memcpy(wanted + 36 + length, NUMBERS + 1, 4);
    assert_int_equal(safetensors_write(io_path("m"), &CONTENT, &error), CLUDI_OK);
    io_expect(io_path("m"), wanted, 40 + length);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    float found[6];
    assert_int_equal(safetensors_write(io_path("m"), &CONTENT, &error), CLUDI_OK);
    assert_int_equal(safetensors_open(io_path("m"), &allocator, &file, &error), CLUDI_OK);
    assert_int_equal(file.count, 4);
    assert_string_equal(file.entries[0].name, "z");
    assert_string_equal(safetensors_metadata(&file, "config"), PAIRS[1].value);
    assert_null(safetensors_metadata(&file, "absent"));
    assert_null(safetensors_find(&file, "absent"));
    assert_null(safetensors_find(&file, "__metadata__"));
    const safetensors_entry *entry = safetensors_find(&file, "z");
    assert_non_null(entry);
    assert_int_equal(entry->rank, 2);
    assert_int_equal(entry->shape[0], 2);
    assert_int_equal(entry->shape[1], 3);
    assert_int_equal(entry->count, 6);
    assert_int_equal(safetensors_read(&file, entry, found, &error), CLUDI_OK);
    assert_memory_equal(found, NUMBERS, 24);
    assert_int_equal(safetensors_find(&file, "none")->count, 0);
    assert_int_equal(safetensors_read(&file, safetensors_find(&file, "scalar"), found, &error), CLUDI_OK);
    assert_true(found[0] == 2.0F);
    assert_int_equal(safetensors_read(&file, safetensors_find(&file, "a"), found, &error), CLUDI_OK);
    assert_true(found[0] == 7.0F);
}

static void a_file_without_anything_is_one(void **state)
{
    (void)state;
    const safetensors_content nothing = {0};
    safetensors_close(&file);
    assert_int_equal(safetensors_write(io_path("m"), &nothing, &error), CLUDI_OK);
    io_expect(io_path("m"), "\x08\0\0\0\0\0\0\0{}      ", 16);
    assert_int_equal(safetensors_open(io_path("m"), &allocator, &file, &error), CLUDI_OK);
    assert_int_equal(file.count, 0);
    assert_null(safetensors_metadata(&file, "format"));
}

static void expect_unwritable(const safetensors_array *arrays, int64_t count, const safetensors_meta *pairs,
                              int64_t pair_count, const char *words)
{
    const safetensors_content content = {arrays, count, pairs, pair_count};
    io_expect_error(&error, safetensors_write(io_path("bad"), &content, &error), CLUDI_ERROR_ARGUMENT, words);
    assert_int_equal(access(io_path("bad"), F_OK), -1);
}

static void bad_contents_are_not_written(void **state)
{
    (void)state;
    const safetensors_array twice[] = {{"w", 1, {1, 0}, NUMBERS}, {"w", 1, {1, 0}, NUMBERS}};
    const safetensors_array reserved = {"__metadata__", 1, {1, 0}, NUMBERS};
    const safetensors_array latin = {"\xE4", 1, {1, 0}, NUMBERS};
    const safetensors_array large = {"w", 2, {INT64_MAX, 2}, NUMBERS};
    const safetensors_array larger = {"w", 1, {INT64_MAX / 2, 0}, NUMBERS};
    const safetensors_array negative = {"w", 1, {-1, 0}, NUMBERS};
    const safetensors_array deep = {"w", 3, {1, 1}, NUMBERS};
    const safetensors_meta keys[] = {{"k", "1"}, {"k", "2"}};
    const safetensors_meta value = {"k", "\xFF"};
    expect_unwritable(twice, 2, NULL, 0, "bad\": the name or value \"w\" is there twice");
    expect_unwritable(&reserved, 1, NULL, 0, "\"__metadata__\" is there twice");
    expect_unwritable(&latin, 1, NULL, 0, "is not UTF-8.");
    expect_unwritable(&large, 1, NULL, 0, "the shape of \"w\" is out of bounds.");
    expect_unwritable(&larger, 1, NULL, 0, "the shape of \"w\" is out of bounds.");
    expect_unwritable(&negative, 1, NULL, 0, "the shape of \"w\" is out of bounds.");
    expect_unwritable(&deep, 1, NULL, 0, "the shape of \"w\" is out of bounds.");
    expect_unwritable(NULL, 0, keys, 2, "\"k\" is there twice");
    expect_unwritable(NULL, 0, &value, 1, "is not UTF-8.");
    io_expect_error(&error, safetensors_write(io_path("no/m"), &CONTENT, &error), CLUDI_ERROR_FILE,
                    "no/m\": No such file or directory.");
}

#define W(shape, offsets) "{\"w\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

static void valid_headers_are_read(void **state)
{
    (void)state;
    assert_int_equal(open_header(W("[2]", "[0,8]"), 8), CLUDI_OK);
    assert_int_equal(open_header(W("[2]", "[0,8]") "   \n", 8), CLUDI_OK);
    assert_int_equal(open_header(W("[1,1,1,1,1,1,1,2]", "[0,8]"), 8), CLUDI_OK);
    assert_int_equal(open_header(W("[0,5]", "[0,0]"), 0), CLUDI_OK);
    assert_int_equal(open_header("{\"__metadata__\":{\"a\":\"b\"}}", 0), CLUDI_OK);
    assert_string_equal(safetensors_metadata(&file, "a"), "b");
    assert_int_equal(open_header("{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]},"
                                 "\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]}}",
                                 3),
                     CLUDI_OK);
    assert_string_equal(file.entries[0].name, "a");
    assert_string_equal(file.entries[1].name, "b");
    float found;
    io_expect_error(&error, safetensors_read(&file, safetensors_find(&file, "a"), &found, &error), CLUDI_ERROR_FORMAT,
                    "m\": tensor \"a\" is of type BF16; F32 is wanted.");
}

typedef struct header_case {
    const char *header, *words;
    size_t size;
} header_case;

static void damaged_headers_are_refused(void **state)
{
    (void)state;
    static const header_case cases[] = {
        {"[]", "m\" is not a safetensors file: its header does not begin with {.", 0},
        {"{", "within 2 and 100000000", 0},
        {"{]", "not valid JSON", 0},
        {"{\"a\"}", "not valid JSON", 0},
        {"{\"\xFF\":{}}", "not valid JSON", 0},
        {"{\"a\\u0000b\":{}}", "not valid JSON", 0},
        {"{} {}", "not valid JSON", 0},
        {"{\"w\":{},\"w\":{}}", "a name twice", 0},
        {"{\"__metadata__\":[]}", "metadata is not an object", 0},
        {"{\"__metadata__\":{\"a\":1}}", "a value that is not a string", 0},
        {"{\"w\":[]}", "m\" is damaged: tensor \"w\" does not have just dtype", 0},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", "does not have just", 8},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", "does not have just", 8},
        {"{\"w\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", "unknown dtype", 8},
        {"{\"w\":{\"dtype\":4,\"shape\":[2],\"data_offsets\":[0,8]}}", "does not have just", 8},
        {W("{}", "[0,8]"), "shape", 8},
        {W("[2.0]", "[0,8]"), "shape", 8},
        {W("[-2]", "[0,8]"), "shape", 8},
        {W("[1,1,1,1,1,1,1,1,2]", "[0,8]"), "shape", 8},
        {W("[9223372036854775807,2]", "[0,8]"), "shape", 8},
        {W("[4611686018427387904]", "[0,0]"), "shape", 8},
        {W("[92233720368547758080]", "[0,0]"), "not valid JSON", 8},
        {W("[2]", "[0,8,9]"), "does not have just", 8},
        {W("[2]", "[0]"), "does not have just", 8},
        {W("[2]", "[8,0]"), "data_offsets that do not fit", 8},
        {W("[2]", "[1,-9223372036854775808]"), "data_offsets that do not fit", 8},
        {W("[2]", "[-8,0]"), "data_offsets that do not fit", 8},
        {W("[2]", "[-9223372036854775807,9223372036854775807]"), "data_offsets that do not fit", 8},
        {W("[2]", "[0,7]"), "data_offsets that do not fit", 8},
        {W("[2]", "[0,8]"), "truncated: wanted 8 bytes at offset 62, the file has 69.", 7},
        {W("[2]", "[0,8]"), "bytes follow its last tensor", 9},
        {W("[2]", "[1,9]"), "\"w\" leaves a gap", 9},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
         "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
         "\"b\" leaves a gap before it or overlaps", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        io_expect_error(&error, open_header(cases[i].header, cases[i].size), CLUDI_ERROR_FORMAT, cases[i].words);
}

static void names_twice_and_other_types_are_refused(void **state)
{
    (void)state;
    static const header_case cases[] = {
        {"{\"w\":{},\"\\u0077\":{}}", "a name twice", 0},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}}", "a name twice", 8},
        {"{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}", "a name twice", 0},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", "a name twice", 0},
        {"{\"__metadata__\":{\"a\":null}}", "a value that is not a string", 0},
        {"{\"__metadata__\":{\"a\":{\"b\":\"c\"}}}", "a value that is not a string", 0},
        {"{\"__metadata__\":{\"\xC3\":\"c\"}}", "not valid JSON", 0},
        {"{\"__metadata__\":{\"a\":\"\xED\xA0\x80\"}}", "not valid JSON", 0},
        {"{\"__metadata__\":{\"a\":\"\\ud800\"}}", "not valid JSON", 0},
        {" {}", "does not begin with {", 0},
        {"\xEF\xBB\xBF{}", "does not begin with {", 0},
        {"{}x", "not valid JSON", 0},
        {W("[1e0]", "[0,4]"), "shape", 4},
        {W("[true]", "[0,4]"), "shape", 4},
        {W("[[1]]", "[0,4]"), "shape", 4},
        {W("[1]", "[0,4.0]"), "does not have just", 4},
        {W("[1]", "[\"0\",4]"), "does not have just", 4},
        {"{\"\\u001b[2J\":[]}", "tensor \"\\x1b[2J\" does not have just", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        io_expect_error(&error, open_header(cases[i].header, cases[i].size), CLUDI_ERROR_FORMAT, cases[i].words);
}

/* Deeper than the parser goes, and more than it should have to hold. */
static void deep_and_long_headers_are_refused(void **state)
{
    (void)state;
    enum { SIZE = SAFETENSORS_HEADER_MOST + 1 };
    uint64_t length = SIZE;
    char *bytes = malloc(8 + SIZE);
    assert_non_null(bytes);
    memset(bytes + 8, '[', SIZE);
    memcpy(bytes + 8, "{\"w\":", 5);
    for (int i = 0; i < 2; i++, length--) {
        memcpy(bytes, &length, 8);
        safetensors_close(&file);
        io_expect_error(
            &error, safetensors_open(io_put("m", bytes, 8 + length), &allocator, &file, &error), CLUDI_ERROR_FORMAT,
            i == 0 ? "m\" has a header of 1048577 bytes; cludi reads safetensors files with at most 1048576."
                   : "not valid JSON");
    }
    free(bytes);
}

/* A tensor without numbers takes no room, wherever it stands. */
static void empty_tensors_leave_no_gap(void **state)
{
    (void)state;
#define U8(shape, offsets) "{\"dtype\":\"U8\",\"shape\":" shape ",\"data_offsets\":" offsets "}"
    assert_int_equal(
        open_header("{\"a\":" U8("[0]", "[0,0]") ",\"b\":" U8("[2]", "[0,2]") ",\"c\":" U8("[0]", "[2,2]") "}", 2),
        CLUDI_OK);
    io_expect_error(&error, open_header("{\"a\":" U8("[0]", "[1,1]") ",\"b\":" U8("[2]", "[0,2]") "}", 2),
                    CLUDI_ERROR_FORMAT, "\"a\" leaves a gap before it or overlaps");
    io_expect_error(&error, open_header("{\"a\":" U8("[0]", "[3,3]") ",\"b\":" U8("[2]", "[0,2]") "}", 2),
                    CLUDI_ERROR_FORMAT, "truncated");
    io_expect_error(&error, open_header("{\"a\":" U8("[1]", "[0,1]") ",\"b\":" U8("[1]", "[0,1]") "}", 1),
                    CLUDI_ERROR_FORMAT, "leaves a gap before it or overlaps");
#undef U8
}

static void lengths_are_compared_with_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *words;
        size_t size;
    } cases[] = {{"", "truncated", 0},
                 {"\2\0\0\0\0\0\0", "truncated", 7},
                 {"\3\0\0\0\0\0\0\0{}", "m\" is truncated: wanted 3 bytes at offset 8, the file has 10.", 10},
                 {"\1\xE1\xF5\5\0\0\0\0{}", "within 2 and 100000000", 10},
                 {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF{}", "within 2 and 100000000", 10}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        safetensors_close(&file);
        io_expect_error(&error, safetensors_open(io_put("m", cases[i].bytes, cases[i].size), &allocator, &file, &error),
                        CLUDI_ERROR_FORMAT, cases[i].words);
    }
}

static void starts_are_recognized(void **state)
{
    (void)state;
    assert_true(safetensors_is_start((const unsigned char *)"\2\0\0\0\0\0\0\0{", 9));
    assert_false(safetensors_is_start((const unsigned char *)"\2\0\0\0\0\0\0\0{", 8));
    assert_false(safetensors_is_start((const unsigned char *)"\2\0\0\0\0\0\0\0[", 9));
    assert_false(safetensors_is_start((const unsigned char *)"\0\0\x08\1\0\0\0\2{", 9)); /* IDX with 2 labels */
}

static int setup(void **state)
{
    allocator = alloc_system();
    file = (safetensors_file){.allocator = &allocator, .file.descriptor = -1};
    return io_setup(state);
}

static int teardown(void **state)
{
    safetensors_close(&file);
    return io_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_as_specified),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_file_without_anything_is_one),
        cmocka_unit_test(bad_contents_are_not_written),
        cmocka_unit_test(valid_headers_are_read),
        cmocka_unit_test(damaged_headers_are_refused),
        cmocka_unit_test(names_twice_and_other_types_are_refused),
        cmocka_unit_test(deep_and_long_headers_are_refused),
        cmocka_unit_test(empty_tensors_leave_no_gap),
        cmocka_unit_test(lengths_are_compared_with_the_file),
        cmocka_unit_test(starts_are_recognized),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
