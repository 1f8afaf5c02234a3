#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc.h"
#include "io_support.h"
#include "npy.h"

static cludi_error error;
static cludi_allocator system_memory;
static in_file file;
static byte_source source;
static array_info info;

/* Writes a .npy of this version with this dictionary and opens it. */
static cludi_status open_npy(int version, const char *dictionary, const void *data, size_t size)
{
    size_t length = strlen(dictionary), start = version == 1 ? 10 : 12;
    unsigned char *bytes = calloc(1, start + length + size);
    assert_non_null(bytes);
    memcpy(bytes, NPY_MAGIC, NPY_MAGIC_LENGTH);
    bytes[6] = (unsigned char)version;
    bytes[8] = (unsigned char)length;
    bytes[9] = (unsigned char)(length >> 8);
    memcpy(bytes + start, dictionary, length);
    if (size > 0)
        memcpy(bytes + start + length, data, size);
    in_file_close(&file);
    assert_int_equal(in_file_open(&file, io_put("x.npy", bytes, start + length + size), &error), CLUDI_OK);
    free(bytes);
    source = byte_source_of(&file);
    return npy_read_header(&source, &info, &error);
}

static cludi_status open_header(const char *dictionary)
{
    static const unsigned char zeros[256];
    return open_npy(1, dictionary, zeros, sizeof zeros);
}

/* Opens (4,) of a type. */
static void open_four(const char *dtype, const void *data, size_t size)
{
    char dictionary[128];
    snprintf(dictionary, sizeof dictionary, "{'descr': '%s', 'fortran_order': False, 'shape': (4,), }\n", dtype);
    assert_int_equal(open_npy(1, dictionary, data, size), CLUDI_OK);
    assert_int_equal(info.count, 4);
}

static void expect_four(const char *dtype, const void *data, size_t size, const float wanted[4])
{
    float found[4];
    open_four(dtype, data, size);
    assert_int_equal(npy_read_rows(&source, &info, 0, info.shape[0], found, &error), CLUDI_OK);
    for (int i = 0; i < 4; i++)
        assert_float_equal(found[i], wanted[i], 0.0F);
}

static void every_type_becomes_float(void **state)
{
    (void)state;
    const float small[4] = {0.0F, 1.0F, 127.0F, -2.0F}, positive[4] = {0.0F, 1.0F, 127.0F, 254.0F};
    expect_four("|i1", (int8_t[]){0, 1, 127, -2}, 4, small);
    expect_four("<i2", (int16_t[]){0, 1, 127, -2}, 8, small);
    expect_four("<i4", (int32_t[]){0, 1, 127, -2}, 16, small);
    expect_four("<i8", (int64_t[]){0, 1, 127, -2}, 32, small);
    expect_four("|u1", (uint8_t[]){0, 1, 127, 254}, 4, positive);
    expect_four("<u2", (uint16_t[]){0, 1, 127, 254}, 8, positive);
    expect_four("<u4", (uint32_t[]){0, 1, 127, 254}, 16, positive);
    expect_four("<u8", (uint64_t[]){0, 1, 127, 254}, 32, positive);
    expect_four("|b1", (uint8_t[]){0, 1, 1, 0}, 4, (float[]){0.0F, 1.0F, 1.0F, 0.0F});
    expect_four("|b1", (uint8_t[]){0, 1, 2, 255}, 4, (float[]){0.0F, 1.0F, 1.0F, 1.0F}); /* as NumPy: true is not 0 */
    expect_four("<f4", (float[]){0.0F, 1.0F, 127.0F, -2.0F}, 16, small);
    expect_four("<f8", (double[]){0.0, 1.0, 127.0, -2.0}, 32, small);
    expect_four("<f2", (uint16_t[]){0x0000, 0x3C00, 0x57F0, 0xC000}, 8, small);
}

static void the_ends_of_the_types_are_right(void **state)
{
    (void)state;
    expect_four("<u8", (uint64_t[]){UINT64_MAX, 1ULL << 63, 16777217, 16777219}, 32,
                (float[]){0x1p64F, 0x1p63F, 16777216.0F, 16777220.0F});
    expect_four("<i8", (int64_t[]){INT64_MIN, INT64_MAX, -16777217, -1}, 32,
                (float[]){-0x1p63F, 0x1p63F, -16777216.0F, -1.0F});
    expect_four("<f2", (uint16_t[]){0x7BFF, 0x0001, 0x03FF, 0x0400}, 8,
                (float[]){65504.0F, 0x1p-24F, 1023.0F * 0x1p-24F, 0x1p-14F});
    float found[4];
    open_four("<f2", (uint16_t[]){0x7C00, 0xFC00, 0x7E00, 0x8000}, 8);
    assert_int_equal(npy_read_rows(&source, &info, 0, info.shape[0], found, &error), CLUDI_OK);
    assert_true(isinf(found[0]) && found[0] > 0 && isinf(found[1]) && found[1] < 0 && isnan(found[2]));
    assert_true(found[3] == 0.0F && signbit(found[3]));
    open_four("<f8", (double[]){1e300, -1e300, 1e-300, (double)NAN}, 32);
    assert_int_equal(npy_read_rows(&source, &info, 0, info.shape[0], found, &error), CLUDI_OK);
    assert_true(isinf(found[0]) && isinf(found[1]) && found[2] == 0.0F && isnan(found[3]));
}

static void byte_orders_are_told_apart(void **state)
{
    (void)state;
    const float wanted[4] = {1.0F, 2.0F, 256.0F, 0.0F};
    const unsigned char big[8] = {0, 1, 0, 2, 1, 0, 0, 0};
    const unsigned char real[16] = {0x3F, 0x80, 0, 0, 0x40, 0, 0, 0, 0x43, 0x80, 0, 0, 0, 0, 0, 0};
    expect_four(">i2", big, sizeof big, wanted);
    expect_four(">u2", big, sizeof big, wanted);
    expect_four(">f4", real, sizeof real, wanted);
    expect_four("=i2", (int16_t[]){1, 2, 256, 0}, 8, wanted);
    expect_four("|i2", (int16_t[]){1, 2, 256, 0}, 8, wanted);
    expect_four("i2", (int16_t[]){1, 2, 256, 0}, 8, wanted);
    assert_int_equal(info.type.order, '<');
}

static void all_versions_and_spellings_are_read(void **state)
{
    (void)state;
    const float data[6] = {1, 2, 3, 4, 5, 6};
    static const char *const spellings[] = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n",
        "{\"shape\":(2,3,),\"descr\":\"<f4\",\"fortran_order\":False}",
        " { 'fortran_order' : False , 'shape' : ( 2L , 3L ) , 'descr' : '<f4' } ",
    };
    for (int version = 1; version <= 3; version++) {
        for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
            float found[6];
            if (version == 3 && strchr(spellings[i], 'L')) { /* Python 2 never wrote version 3 */
                assert_int_equal(open_npy(version, spellings[i], data, sizeof data), CLUDI_ERROR_FORMAT);
                continue;
            }
            assert_int_equal(open_npy(version, spellings[i], data, sizeof data), CLUDI_OK);
            assert_int_equal(info.dimensions, 2);
            assert_int_equal(info.shape[0], 2);
            assert_int_equal(info.shape[1], 3);
            assert_int_equal(npy_read_rows(&source, &info, 0, info.shape[0], found, &error), CLUDI_OK);
            assert_memory_equal(found, data, sizeof data);
        }
    }
    assert_int_equal(open_header("{'descr': '<f4', 'fortran_order': False, 'shape': ()}"), CLUDI_OK);
    assert_int_equal(info.dimensions, 0);
    assert_int_equal(info.count, 1);
}

static void fortran_order_is_transposed(void **state)
{
    (void)state;
    const int16_t stored[6] = {1, 4, 2, 5, 3, 6};
    const float wanted[6] = {1, 2, 3, 4, 5, 6};
    float found[6];
    assert_int_equal(open_npy(1, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3)}", stored, sizeof stored),
                     CLUDI_OK);
    assert_true(info.fortran);
    assert_int_equal(npy_read_rows(&source, &info, 0, info.shape[0], found, &error), CLUDI_OK);
    assert_memory_equal(found, wanted, sizeof wanted);
}

/* More rows than one block holds; order: 0 for C, 1 for Fortran. */
static void expect_blocks_to_join(int order)
{
    enum { ROWS = ELEMENT_BLOCK + 3, COLS = 3, COUNT = ROWS * COLS };
    static uint16_t data[COUNT];
    static float found[COUNT];
    char dictionary[128];
    for (int i = 0; i < COUNT; i++)
        data[order == 0 ? i : i % COLS * ROWS + i / COLS] = (uint16_t)i;
    snprintf(dictionary, sizeof dictionary, "{'descr': '<u2', 'fortran_order': %s, 'shape': (%d, %d)}",
             order == 0 ? "False" : "True", ROWS, COLS);
    assert_int_equal(open_npy(2, dictionary, data, sizeof data), CLUDI_OK);
    assert_int_equal(npy_read_rows(&source, &info, 0, info.shape[0], found, &error), CLUDI_OK);
    for (int i = 0; i < COUNT; i++)
        assert_true(found[i] == (float)i);
}

static void blocks_join(void **state)
{
    (void)state;
    expect_blocks_to_join(0);
    expect_blocks_to_join(1);
}

static void what_is_no_array_of_numbers_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *descr, *words;
    } cases[] = {{"'|O'", "x.npy\" is not a .npy file that cludi reads: it holds Python objects"},
                 {"'<U0'", "its type is not one of"},
                 {"'<U8193'", "its type is not one of"},
                 {"'|S5x'", "its type is not one of"},
                 {"'|V8'", "structured"},
                 {"[('a', '<f4')]", "structured"},
                 {"[('left', '<f4'), ('right', '<i4', (2,))]", "their fields are 'left', 'right'; save "},
                 {"[('a', '<f4'", "structured"},
                 {"'<V2'", "as bfloat16 is saved; save x.astype('float32')"},
                 {"'<c8'", "complex"},
                 {"'<M8[ns]'", "dates"},
                 {"'<f1'", "its type is not one of"},
                 {"'<f16'", "it holds long doubles; save x.astype('float64')"},
                 {"'<i3'", "its type is not one of"},
                 {"'<i0'", "its type is not one of"},
                 {"'f'", "its type is not one of"},
                 {"'<'", "its type is not one of"},
                 {"''", "its type is not one of"},
                 {"'<b2'", "its type is not one of"},
                 {"'<<f4'", "its type is not one of"},
                 {"'<f4", "not a Python dictionary"},
                 {"'\\x3cf4'", "not the name of a type"},
                 {"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", "not the name of a type"},
                 {"4", "not the name of a type"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char dictionary[256];
        snprintf(dictionary, sizeof dictionary, "{'descr': %s, 'fortran_order': False, 'shape': (1, 1), }",
                 cases[i].descr);
        io_expect_error(&error, open_header(dictionary), CLUDI_ERROR_FORMAT, cases[i].words);
    }
}

static void damaged_dictionaries_are_refused(void **state)
{
    (void)state;
#define GOOD "'descr': '<f4', 'fortran_order': False, "
    static const struct {
        const char *dictionary, *words;
    } cases[] = {{"", "not a Python dictionary"},
                 {"\n {" GOOD "'shape': (1, 1)}", "not a Python dictionary"},
                 {"{" GOOD "'shape': (1, 1)}\r  ", "has blanks behind a line end"},
                 {"{", "not a dictionary of"},
                 {"{}", "lacks one of"},
                 {"{" GOOD "}", "lacks one of"},
                 {"{" GOOD "'shape': (1, 1)", "not a Python dictionary"},
                 {"{" GOOD "'shape': (1, 1)} x", "behind the dictionary"},
                 {"{" GOOD "'shape': (1, 1), 'shape': (1, 1)}", "key twice"},
                 {"{" GOOD "'shape': (1, 1), 'extra': 1}", "a key besides"},
                 {"{" GOOD "'shape' (1, 1)}", "not a dictionary of"},
                 {"{'descr': '<f4' 'fortran_order': False}", "not a Python dictionary"},
                 {"{" GOOD "'shape': (1)}", "not a tuple"},
                 {"{" GOOD "'shape': [1, 1]}", "not a tuple"},
                 {"{" GOOD "'shape': (-1, 1)}", "whole numbers"},
                 {"{" GOOD "'shape': (1 1)}", "whole numbers"},
                 {"{" GOOD "'shape': (,)}", "whole numbers"},
                 {"{" GOOD "'shape': (1.5, 1)}", "whole numbers"},
                 {"{" GOOD "'shape': (01, 1)}", "whole numbers"},
                 {"{" GOOD "'shape': (1, 1LL)}", "whole numbers"},
                 {"{" GOOD "'shape': (True, 1)}", "whole numbers"},
                 {"{" GOOD "'shape': (18446744073709551617, 1)}", "whole numbers"},
                 {"{" GOOD "'shape': (9223372036854775808, 1)}", "whole numbers"},
                 {"{" GOOD "'shape': (1,1,1,1,1,1,1,1,1)}", "more than 8 dimensions"},
                 {"{" GOOD "'shape': (4294967296, 4294967296)}",
                  "its shape is (4294967296, 4294967296), which is more than a file can hold."},
                 {"{" GOOD "'shape': (4611686018427387904, 1)}", "more than a file can hold"},
                 {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 1)}", "neither True nor False"}};
#undef GOOD
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        io_expect_error(&error, open_header(cases[i].dictionary), CLUDI_ERROR_FORMAT, cases[i].words);
}

/* NumPy's own reader refuses them in version 3 alone. */
static void blanks_behind_a_line_feed_are_padding_before_version_3(void **state)
{
    (void)state;
    for (int version = 1; version <= 3; version++)
        assert_int_equal(open_npy(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)} \n ", "1234", 4),
                         version < 3 ? CLUDI_OK : CLUDI_ERROR_FORMAT);
}

static void sizes_are_compared_with_the_file(void **state)
{
    (void)state;
    const char *dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
    const float data[7] = {1, 2, 3, 4, 5, 6, 7};
    io_expect_error(&error, open_npy(1, dictionary, data, 23), CLUDI_ERROR_FORMAT,
                    "x.npy\" is truncated: wanted 24 bytes at offset 69, the file has 92.");
    assert_int_equal(open_npy(1, dictionary, data, 28), CLUDI_OK); /* more is allowed, as in NumPy */
    assert_int_equal(open_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 1000), }"),
                     CLUDI_ERROR_FORMAT);
    static const struct {
        const char *bytes, *words;
        size_t size;
    } cases[] = {{"\x93NUM", "truncated", 4},
                 {"\x93NUMPY\1\0", "truncated", 8},
                 {"\x93NUMPY\1\0\x40\0{", "truncated", 11},
                 {"\x93NUMPX\1\0\2\0{}", "does not begin as one", 12},
                 {"\x93NUMPY\4\0\2\0{}", "version is not 1.0, 2.0 or 3.0", 12},
                 {"\x93NUMPY\0\0\2\0{}", "version is not 1.0, 2.0 or 3.0", 12},
                 {"\x93NUMPY\1\1\2\0{}", "version is not 1.0, 2.0 or 3.0", 12},
                 {"\x93NUMPY\3\xFF\2\0\0\0{}", "version is not 1.0, 2.0 or 3.0", 14},
                 {"\x93NUMPY\1\0\x11\x27{}", "longer than 10000", 12},
                 {"\x93NUMPY\2\0\xFF\xFF\xFF\xFF{}", "longer than 10000", 14},
                 {"\x93NUMPY\2\0\1\0\1\0{}", "longer than 10000", 14}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        in_file_close(&file);
        assert_int_equal(in_file_open(&file, io_put("x.npy", cases[i].bytes, cases[i].size), &error), CLUDI_OK);
        source = byte_source_of(&file);
        io_expect_error(&error, npy_read_header(&source, &info, &error), CLUDI_ERROR_FORMAT, cases[i].words);
    }
}

static void the_longest_header_is_numpys(void **state)
{
    (void)state;
    enum { LIMIT = 10000 };
    static char dictionary[LIMIT + 2];
    const float data = 5;
    int length = snprintf(dictionary, sizeof dictionary, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}");
    memset(dictionary + length, ' ', (size_t)(LIMIT - length));
    assert_int_equal(open_npy(1, dictionary, &data, sizeof data), CLUDI_OK);
    assert_int_equal(open_npy(3, dictionary, &data, sizeof data), CLUDI_OK);
    dictionary[LIMIT] = ' ';
    io_expect_error(&error, open_npy(1, dictionary, &data, sizeof data), CLUDI_ERROR_FORMAT, "longer than 10000");
}

static void labels_are_exact(void **state)
{
    (void)state;
    int32_t found[4];
    open_four("<i8", (int64_t[]){INT32_MIN, INT32_MAX, 16777217, -1}, 32);
    assert_int_equal(npy_read_labels(&source, &info, &system_memory, found, &error), CLUDI_OK);
    assert_memory_equal(found, ((int32_t[]){INT32_MIN, INT32_MAX, 16777217, -1}), sizeof found);
    open_four("<u4", (uint32_t[]){0, 1, INT32_MAX, 16777217}, 16);
    assert_int_equal(npy_read_labels(&source, &info, &system_memory, found, &error), CLUDI_OK);
    assert_memory_equal(found, ((int32_t[]){0, 1, INT32_MAX, 16777217}), sizeof found);
    open_four("<f8", (double[]){INT32_MIN, INT32_MAX, -0.0, 3.0}, 32);
    assert_int_equal(npy_read_labels(&source, &info, &system_memory, found, &error), CLUDI_OK);
    assert_memory_equal(found, ((int32_t[]){INT32_MIN, INT32_MAX, 0, 3}), sizeof found);
}

static void expect_refused_label(const char *dtype, const void *data, size_t size, const char *words)
{
    int32_t found[4];
    open_four(dtype, data, size);
    io_expect_error(&error, npy_read_labels(&source, &info, &system_memory, found, &error), CLUDI_ERROR_FORMAT, words);
}

static void what_is_no_label_is_named(void **state)
{
    (void)state;
    expect_refused_label("<i8", (int64_t[]){0, 0, 2147483648, 0}, 32,
                         "x.npy\" has 2147483648 in row 2 (counted from 0)");
    expect_refused_label("<i8", (int64_t[]){0, -2147483649, 0, 0}, 32, "has -2147483649 in row 1 ");
    expect_refused_label("<u4", (uint32_t[]){0, 0, 0, 4294967295}, 16, "has 4294967295 in row 3 ");
    expect_refused_label("<u8", (uint64_t[]){UINT64_MAX, 0, 0, 0}, 32, "has 18446744073709551615 in row 0 ");
    expect_refused_label("<f4", (float[]){0, 1.5F, 0, 0}, 16, "has 1.5 in row 1 ");
    expect_refused_label("<f4", (float[]){0, 0, 2147483648.0F, 0}, 16, "in row 2 ");
    expect_refused_label("<f8", (double[]){0, 0, 0, (double)NAN}, 32, "nan in row 3 ");
    expect_refused_label("<f8", (double[]){-(double)INFINITY, 0, 0, 0}, 32, "has -inf in row 0 ");
}

static void labels_are_written_as_numpy_does(void **state)
{
    (void)state;
    const char head[] = "\x93NUMPY\1\0v\0{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }";
    const int32_t labels[3] = {7, -1, 2147483647};
    unsigned char wanted[128 + sizeof labels];
    memset(wanted, ' ', 127);
    wanted[127] = '\n';
    memcpy(wanted, head, sizeof head - 1);
    memcpy(wanted + 128, labels, sizeof labels);
    assert_int_equal(npy_write_labels(io_path("y.npy"), labels, 3, &error), CLUDI_OK);
    io_expect(io_path("y.npy"), wanted, sizeof wanted);
    assert_int_equal(npy_write_labels(io_path("none.npy"), NULL, 0, &error), CLUDI_OK);
    io_expect_error(&error, npy_write_labels(io_path("no/y.npy"), labels, 3, &error), CLUDI_ERROR_FILE, "no/y.npy");
}

static void a_matrix_is_written_without_its_stride(void **state)
{
    (void)state;
    const float data[7] = {1, 2, 99, 3, 4, 99, 5};
    const cludi_matrix matrix = {data, 2, 2, 3};
    const char head[] = "\x93NUMPY\1\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
    unsigned char wanted[128 + 16];
    memset(wanted, ' ', 127);
    wanted[127] = '\n';
    memcpy(wanted, head, sizeof head - 1);
    memcpy(wanted + 128, (float[]){1, 2, 3, 4}, 16);
    assert_int_equal(npy_write_matrix(io_path("m.npy"), &matrix, &error), CLUDI_OK);
    io_expect(io_path("m.npy"), wanted, sizeof wanted);
}

static void rows_come_in_blocks(void **state)
{
    (void)state;
    npy_writer writer;
    enum { SIZE = 4 * OUT_FILE_BUFFER / (int)sizeof(int32_t) };
    static int32_t labels[SIZE];
    for (int i = 0; i < SIZE; i++)
        labels[i] = i * 7;
    assert_int_equal(npy_write_labels(io_path("whole.npy"), labels, SIZE, &error), CLUDI_OK);
    assert_int_equal(npy_writer_open_labels(&writer, io_path("y.npy"), SIZE, &error), CLUDI_OK);
    for (int at = 0, count = 0; at < SIZE; at += count, count = count * 3 + 1) {
        count = count < SIZE - at ? count : SIZE - at;
        assert_int_equal(npy_writer_append(&writer, labels + at, count, &error), CLUDI_OK);
    }
    assert_int_equal(npy_writer_commit(&writer, &error), CLUDI_OK);
    npy_writer_discard(&writer);
    static unsigned char wanted[128 + sizeof labels];
    FILE *whole = fopen(io_path("whole.npy"), "rb");
    assert_non_null(whole);
    assert_int_equal(fread(wanted, 1, sizeof wanted, whole), sizeof wanted);
    fclose(whole);
    io_expect(io_path("y.npy"), wanted, sizeof wanted);
    io_empty();
}

static void another_number_of_rows_than_promised_is_refused(void **state)
{
    (void)state;
    npy_writer writer;
    const float data[6] = {1, 2, 3, 4, 5, 6};
    const char *path = io_put("m.npy", "old", 3);
    assert_int_equal(npy_writer_open_matrix(&writer, path, 2, 2, &error), CLUDI_OK);
    assert_int_equal(npy_writer_append(&writer, data, 1, &error), CLUDI_OK);
    io_expect_error(&error, npy_writer_append(&writer, data, 2, &error), CLUDI_ERROR_ARGUMENT,
                    "m.npy\" was begun for 2 rows; 2 more do not fit behind the 1 that it has.");
    io_expect_error(&error, npy_writer_commit(&writer, &error), CLUDI_ERROR_ARGUMENT,
                    "m.npy\" was begun for 2 rows, but only 1 came; it was not written.");
    npy_writer_discard(&writer);
    io_expect(path, "old", 3);
    assert_int_equal(io_empty(), 1);
    assert_int_equal(npy_writer_open_matrix(&writer, "/dev/full", 20000, 2, &error), CLUDI_OK);
    cludi_status status = CLUDI_OK;
    for (int i = 0; i < 20000 && !status; i++)
        status = npy_writer_append(&writer, data, 1, &error);
    io_expect_error(&error, status, CLUDI_ERROR_FILE, "No space left on device");
    npy_writer_discard(&writer);
}

/* The header stays 128 bytes with the largest shape there is. */
static void the_largest_shape_fits_the_header(void **state)
{
    (void)state;
    const cludi_matrix matrix = {(const float[]){1.0F}, 0, INT64_MAX, INT64_MAX};
    struct stat found;
    assert_int_equal(npy_write_matrix(io_path("l.npy"), &matrix, &error), CLUDI_OK);
    assert_int_equal(stat(io_path("l.npy"), &found), 0);
    assert_int_equal(found.st_size, 128);
}

static int teardown(void **state)
{
    in_file_close(&file);
    return io_teardown(state);
}

int main(void)
{
    system_memory = alloc_system();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_becomes_float),
        cmocka_unit_test(the_ends_of_the_types_are_right),
        cmocka_unit_test(byte_orders_are_told_apart),
        cmocka_unit_test(all_versions_and_spellings_are_read),
        cmocka_unit_test(fortran_order_is_transposed),
        cmocka_unit_test(blocks_join),
        cmocka_unit_test(what_is_no_array_of_numbers_is_refused),
        cmocka_unit_test(damaged_dictionaries_are_refused),
        cmocka_unit_test(blanks_behind_a_line_feed_are_padding_before_version_3),
        cmocka_unit_test(sizes_are_compared_with_the_file),
        cmocka_unit_test(the_longest_header_is_numpys),
        cmocka_unit_test(labels_are_exact),
        cmocka_unit_test(what_is_no_label_is_named),
        cmocka_unit_test(labels_are_written_as_numpy_does),
        cmocka_unit_test(a_matrix_is_written_without_its_stride),
        cmocka_unit_test(rows_come_in_blocks),
        cmocka_unit_test(another_number_of_rows_than_promised_is_refused),
        cmocka_unit_test(the_largest_shape_fits_the_header),
    };
    file.descriptor = -1;
    return cmocka_run_group_tests(tests, io_setup, teardown);
}
