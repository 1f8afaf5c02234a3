#include "cmocka_all.h"
#include <zlib.h>

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

/* As dataset_file_open and dataset_file_read_rows, without an id column. */
static cludi_status open_rows(dataset_file *out, const char *path, const cludi_allocator *from, cludi_error *problem)
{
    return dataset_file_open(out, &(dataset_request){.path = path, .allocator = from}, problem);
}

static cludi_status read_rows(const char *path, const cludi_allocator *from, dataset_rows *out, cludi_error *problem)
{
    return dataset_file_read_rows(&(dataset_request){.path = path, .allocator = from}, out, problem);
}

static const char *put_model(void)
{
    const char *path = io_path("x");
    const safetensors_meta format = {"format", "cludi-model"};
    const safetensors_content content = {.pairs = &format, .pair_count = 1};
    assert_int_equal(safetensors_write(path, &content, &error), CLUDI_OK);
    return path;
}

static const float NUMBERS[6] = {1, 2, 3, 4, 5, 6};

static void features_are_read_from_any_format(void **state)
{
    (void)state;
    dataset_rows rows;
    assert_int_equal(read_rows(io_put_npy("<f4", "(2, 3)", NUMBERS, 24), &allocator, &rows, &error), CLUDI_OK);
    assert_int_equal(rows.rows, 2);
    assert_int_equal(rows.cols, 3);
    assert_memory_equal(rows.data, NUMBERS, 24);
    alloc_free(&allocator, rows.data);
    const char *path = io_put("x", "\0\0\x08\3\0\0\0\2\0\0\0\1\0\0\0\2\xFF\0\xFF\0", 20);
    assert_int_equal(read_rows(path, &allocator, &rows, &error), CLUDI_OK);
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
        assert_int_equal(dataset_file_read_labels(&(dataset_request){.path = io_put_npy("<i8", shapes[i], stored, 24),
                                                                     .allocator = &allocator},
                                                  &labels, &error),
                         CLUDI_OK);
        assert_int_equal(labels.rows, 3);
        assert_memory_equal(labels.data, ((int32_t[]){5, -1, 7}), 12);
        alloc_free(&allocator, labels.data);
    }
    const char *path = io_put("x", "\0\0\x08\1\0\0\0\2\x09\xFF", 10);
    assert_int_equal(
        dataset_file_read_labels(&(dataset_request){.path = path, .allocator = &allocator}, &labels, &error), CLUDI_OK);
    assert_memory_equal(labels.data, ((int32_t[]){9, 255}), 8);
    alloc_free(&allocator, labels.data);
}

static void expect_no_rows(const char *path, cludi_status status, const char *words)
{
    dataset_rows rows;
    io_expect_error(&error, read_rows(path, &allocator, &rows, &error), status, words);
    assert_null(rows.data);
    assert_int_equal(blocks, 0);
}

static void expect_no_labels(const char *path, cludi_status status, const char *words)
{
    cludi_labels labels;
    io_expect_error(
        &error, dataset_file_read_labels(&(dataset_request){.path = path, .allocator = &allocator}, &labels, &error),
        status, words);
    assert_null(labels.data);
    assert_int_equal(blocks, 0);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    expect_no_rows(io_put("x", "\1,2,3\n", 6), CLUDI_ERROR_FORMAT,
                   "x\" is not an array that cludi reads (.npy, .npz, CSV, IDX, safetensors or HDF5).");
    expect_no_rows(io_put("x", "", 0), CLUDI_ERROR_FORMAT, "x\" is empty.");
    expect_no_rows(io_put("x", "\x1F\x8B\x08", 3), CLUDI_ERROR_FORMAT, "x\" is truncated");
    expect_no_rows(put_model(), CLUDI_ERROR_FORMAT, "x\" is a cludi model, not an array of feature vectors.");
    expect_no_labels(put_model(), CLUDI_ERROR_FORMAT, "x\" is a cludi model, not an array of labels.");
    expect_no_rows(io_path("absent"), CLUDI_ERROR_FILE, "absent\": No such file or directory.");
    expect_no_labels(io_folder, CLUDI_ERROR_FILE, " is a folder; a file with one row per item is wanted; ");
}

static void wrong_shapes_are_refused(void **state)
{
    (void)state;
    expect_no_rows(io_put_npy("<f4", "(6,)", NUMBERS, 24), CLUDI_ERROR_FORMAT,
                   "x\" has the shape (6,); feature vectors have two dimensions, rows and columns.");
    expect_no_rows(io_put_npy("<f4", "()", NUMBERS, 4), CLUDI_ERROR_FORMAT, "has the shape ();");
    expect_no_rows(io_put_npy("<f4", "(1, 2, 3)", NUMBERS, 24), CLUDI_ERROR_FORMAT, "has the shape (1, 2, 3);");
    expect_no_rows(io_put_npy("<f4", "(0, 3)", NUMBERS, 0), CLUDI_ERROR_FORMAT,
                   "(0, 3); at least one row and one column");
    expect_no_rows(io_put_npy("<f4", "(3, 0)", NUMBERS, 0), CLUDI_ERROR_FORMAT,
                   "(3, 0); at least one row and one column");
    expect_no_rows(io_put("x", "\0\0\x08\1\0\0\0\1\0", 9), CLUDI_ERROR_FORMAT, "has the shape (1,);");
    expect_no_rows(io_put("x", "\0\0\x08\2\0\0\0\0\0\0\0\1", 12), CLUDI_ERROR_FORMAT, "(0, 1); at least one row");
    expect_no_labels(io_put_npy("<i4", "(2, 3)", NUMBERS, 24), CLUDI_ERROR_FORMAT,
                     "x\" has the shape (2, 3); labels have one dimension.");
    expect_no_labels(io_put_npy("<i4", "(0,)", NUMBERS, 0), CLUDI_ERROR_FORMAT, "(0,); at least one label is wanted.");
    expect_no_labels(io_put_npy("<i4", "()", NUMBERS, 4), CLUDI_ERROR_FORMAT, "has the shape ();");
}

/* FILE:MEMBER is a member only where no file has that name. */
static void members_are_told_from_names_with_colons(void **state)
{
    (void)state;
    char path[1100];
    dataset_rows rows;
    io_put_npy("<f4", "(2, 3)", NUMBERS, 24);
    snprintf(path, sizeof path, "%s:features", io_path("x"));
    expect_no_rows(
        path, CLUDI_ERROR_FORMAT,
        "x:features\" names a member \"features\", but the file before the ':' is a .npy, which has no members.");
    put_model();
    expect_no_rows(path, CLUDI_ERROR_FORMAT, "x:features\" is a cludi model, not an array of feature vectors.");
    snprintf(path, sizeof path, "%s:features", io_path("absent"));
    expect_no_rows(path, CLUDI_ERROR_FILE, "absent:features\": No such file or directory.");
    io_put_npy("<f4", "(2, 3)", NUMBERS, 24);
    assert_int_equal(rename(io_path("x"), io_path("x:y")), 0);
    assert_int_equal(read_rows(io_path("x:y"), &allocator, &rows, &error), CLUDI_OK);
    alloc_free(&allocator, rows.data);
    assert_int_equal(remove(io_path("x:y")), 0);
}

/* What is found after the memory was allocated gives it back. */
static void late_errors_free_the_memory(void **state)
{
    (void)state;
    expect_no_labels(io_put_npy("<f4", "(2,)", (float[]){1.0F, 0.5F}, 8), CLUDI_ERROR_FORMAT, "x\" has 0.5 in row 1 ");
    expect_no_rows(io_put_npy("<f4", "(1, 2)", NUMBERS, 9), CLUDI_ERROR_FORMAT, "x\" has 1 bytes behind its array");
    expect_no_rows(io_put("x", "1,2\n3,x\n", 8), CLUDI_ERROR_FORMAT, "x\": line 2, column 2 has \"x\"");
}

static void missing_memory_is_said(void **state)
{
    (void)state;
    dataset_rows rows;
    cludi_labels labels;
    cludi_file_info info;
    const cludi_allocator none = {refuse_to_allocate, count_release, NULL};
    io_expect_error(&error, read_rows(io_put_npy("<f4", "(2, 3)", NUMBERS, 24), &none, &rows, &error),
                    CLUDI_ERROR_MEMORY, "x\" of shape (2, 3).");
    io_expect_error(
        &error,
        dataset_file_read_labels(&(dataset_request){.path = io_put_npy("<i4", "(6,)", NUMBERS, 24), .allocator = &none},
                                 &labels, &error),
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
    expect_described(io_put_npy(">f8", "(3, 0)", NULL, 0), "npy", ">f8", 128);
    expect_described(io_put_npy("|u1", "(3,)", NUMBERS, 3), "npy", "|u1", 131);
    expect_described(io_put("x", "\0\0\x0C\1\0\0\0\1\0\0\0\1", 12), "idx", ">i4", 12);
    expect_described(put_model(), "model", "", 56);
    assert_int_equal(dataset_file_describe(io_put_npy("<f4", "(2, 3)", NUMBERS, 24), &allocator, &info, &error),
                     CLUDI_OK);
    assert_int_equal(info.dimensions, 2);
    assert_int_equal(info.shape[0], 2);
    assert_int_equal(info.shape[1], 3);
    assert_int_equal(info.fortran, 0);
    io_expect_error(&error, dataset_file_describe(io_put("x", "\x08\0\0\0\0\0\0\0{", 9), &allocator, &info, &error),
                    CLUDI_ERROR_FORMAT, "x\" is truncated");
    assert_string_equal(info.format, "");
}

/* ---- rows a block at a time ---- */

enum { ROWS = ELEMENT_BLOCK + 37, COLS = 5, COUNT = ROWS * COLS };

static unsigned char file_bytes[128 + COUNT * ELEMENT_MAX_SIZE];

/* Bytes of no pattern, after a header of `start` bytes; a clear top byte keeps floating point finite. */
static size_t fill_bytes(size_t start, int element_size)
{
    uint32_t next = 1;
    for (size_t i = 0; i < (size_t)(COUNT * element_size); i++) {
        next = next * 1664525U + 1013904223U;
        file_bytes[start + i] = (unsigned char)(next >> 24) & 0x3F;
    }
    return start + (size_t)(COUNT * element_size);
}

static const char *put_large_npy(const char *descr, const char *fortran)
{
    char text[119];
    int length = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': %s, 'shape': (%d, %d)}", descr, fortran,
                          ROWS, COLS);
    memset(file_bytes, ' ', 128);
    memcpy(file_bytes, NPY_MAGIC "\1\0\x76\0", 10);
    memcpy(file_bytes + 10, text, (size_t)length);
    return io_put("large", file_bytes, fill_bytes(128, descr[2] - '0'));
}

/* IDX of (ROWS, 1, COLS), plain or zipped. */
static const char *put_large_idx(unsigned char code, int element_size, bool zipped)
{
    const unsigned char head[16] = {0, 0, code, 3, 0, 0, ROWS >> 8, ROWS & 255, 0, 0, 0, 1, 0, 0, 0, COLS};
    memcpy(file_bytes, head, sizeof head);
    size_t size = fill_bytes(sizeof head, element_size);
    if (!zipped)
        return io_put("large", file_bytes, size);
    const char *path = io_path("large");
    gzFile out = gzopen(path, "wb");
    assert_int_equal(gzwrite(out, file_bytes, (unsigned)size), size);
    assert_int_equal(gzclose(out), Z_OK);
    return path;
}

static void expect_block(dataset_file *opened, const dataset_rows *whole, int64_t first, int64_t count)
{
    static float found[COUNT];
    assert_int_equal(dataset_file_read(opened, first, count, found, &error), CLUDI_OK);
    assert_memory_equal(found, whole->data + first * COLS, (size_t)(count * COLS) * sizeof *found);
}

/* Blocks of several sizes in order, then backwards, then single rows here and there. */
static void expect_blocks(const char *path, bool sequential)
{
    static const int64_t SIZES[] = {1, 3, 1000, ELEMENT_BLOCK, ROWS};
    dataset_file opened;
    dataset_rows whole;
    assert_int_equal(read_rows(path, &allocator, &whole, &error), CLUDI_OK);
    assert_int_equal(open_rows(&opened, path, &allocator, &error), CLUDI_OK);
    assert_true(opened.rows == ROWS && opened.cols == COLS);
    assert_true(dataset_file_is_sequential(&opened) == sequential);
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
        for (int64_t first = 0; first < ROWS; first += SIZES[i])
            expect_block(&opened, &whole, first, SIZES[i] < ROWS - first ? SIZES[i] : ROWS - first);
    for (int64_t first = ROWS; first > 0; first -= 459)
        expect_block(&opened, &whole, first > 459 ? first - 459 : 0, first > 459 ? 459 : first);
    for (int64_t i = 0; i < 20; i++)
        expect_block(&opened, &whole, i * 1777 % ROWS, 1);
    dataset_file_close(&opened);
    dataset_file_close(&opened);
    alloc_free(&allocator, whole.data);
}

static void blocks_are_the_rows_of_the_whole(void **state)
{
    static const char *const TYPES[] = {"<f4", ">f4", "<f8", ">f8", "<f2", ">f2", "|i1", "<i2", ">i2", "<i4", ">i4",
                                        "<i8", ">i8", "|u1", "<u2", ">u2", "<u4", ">u4", "<u8", ">u8", "|b1"};
    (void)state;
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        expect_blocks(put_large_npy(TYPES[i], "False"), false);
        expect_blocks(put_large_npy(TYPES[i], "True"), true);
    }
    for (int zipped = 0; zipped < 2; zipped++) {
        expect_blocks(put_large_idx(0x08, 1, zipped), zipped);
        expect_blocks(put_large_idx(0x09, 1, zipped), zipped);
        expect_blocks(put_large_idx(0x0B, 2, zipped), zipped);
        expect_blocks(put_large_idx(0x0C, 4, zipped), zipped);
        expect_blocks(put_large_idx(0x0D, 4, zipped), zipped);
        expect_blocks(put_large_idx(0x0E, 8, zipped), zipped);
    }
    assert_int_equal(blocks, 0);
}

/* The rows before the cut come; of the others the first is named. */
static void expect_cut(const char *path, off_t size, int64_t row)
{
    static float found[COUNT];
    char words[64];
    dataset_file opened;
    assert_int_equal(open_rows(&opened, path, &allocator, &error), CLUDI_OK);
    assert_int_equal(dataset_file_read(&opened, 0, 1, found, &error), CLUDI_OK);
    assert_int_equal(truncate(path, size), 0);
    snprintf(words, sizeof words, "Row %d (counted from 0) cannot be read: ", (int)row);
    io_expect_error(&error, dataset_file_read(&opened, 0, ROWS, found, &error), CLUDI_ERROR_FORMAT, words);
    assert_non_null(strstr(error.message, "large\" is truncated: "));
    io_expect_error(&error, dataset_file_read(&opened, row, ROWS - row, found, &error), CLUDI_ERROR_FORMAT, words);
    assert_int_equal(dataset_file_read(&opened, 0, ROWS, found, NULL), CLUDI_ERROR_FORMAT);
    if (!dataset_file_is_sequential(&opened))
        assert_int_equal(dataset_file_read(&opened, row - 1, 1, found, &error), CLUDI_OK);
    dataset_file_close(&opened);
}

static void a_file_that_becomes_shorter_is_named_with_the_row(void **state)
{
    (void)state;
    expect_cut(put_large_npy("<f4", "False"), 128 + 4 * COLS * 3000 + 7, 3000);
    expect_cut(put_large_npy(">i2", "False"), 128 + 2 * COLS * 4111, 4111);
    expect_cut(put_large_npy("<f4", "True"), 128 + 4 * (2 * ROWS + 100), 100);
    expect_cut(put_large_idx(0x08, 1, false), 16 + COLS * 2000 + 1, 2000);
}

/* The file at `path` zipped, and removed. */
static const char *zip_file(const char *path)
{
    static unsigned char bytes[sizeof file_bytes];
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    size_t size = fread(bytes, 1, sizeof bytes, in);
    assert_int_equal(fclose(in), 0);
    const char *zipped = io_path("zipped");
    gzFile out = gzopen(zipped, "wb");
    assert_int_equal(gzwrite(out, bytes, (unsigned)size), size);
    assert_int_equal(gzclose(out), Z_OK);
    assert_int_equal(remove(path), 0);
    return zipped;
}

static const char *put_large_csv(void)
{
    const char *path = io_path("large");
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    for (int i = 0; i < COUNT; i++)
        fprintf(out, "%d%c", i * 37 % 1009, i % COLS == COLS - 1 ? '\n' : ',');
    assert_int_equal(fclose(out), 0);
    return path;
}

/* A safetensors file of ROWS x COLS numbers. */
static const char *put_large_tensor(const char *dtype, int element_size)
{
    char text[129];
    int length = snprintf(text, sizeof text, "{\"emb\":{\"dtype\":\"%s\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}",
                          dtype, ROWS, COLS, COUNT * element_size);
    memset(file_bytes, ' ', 128);
    memcpy(file_bytes, "\x78\0\0\0\0\0\0", 8);
    memcpy(file_bytes + 8, text, (size_t)length);
    return io_put("large", file_bytes, fill_bytes(128, element_size));
}

static void every_format_is_unzipped(void **state)
{
    (void)state;
    expect_blocks(zip_file(put_large_npy("<f4", "False")), true);
    expect_blocks(zip_file(put_large_npy(">i2", "False")), true);
    expect_blocks(zip_file(put_large_npy("<f8", "True")), true);
    expect_blocks(put_large_csv(), false);
    expect_blocks(zip_file(put_large_csv()), true);
    expect_blocks(zip_file(put_large_tensor("F16", 2)), true);
    cludi_file_info info;
    assert_int_equal(dataset_file_describe(zip_file(put_large_csv()), &allocator, &info, &error), CLUDI_OK);
    assert_string_equal(info.format, "csv.gz");
    assert_int_equal(dataset_file_describe(put_large_idx(0x08, 1, true), &allocator, &info, &error), CLUDI_OK);
    assert_string_equal(info.format, "idx.gz");
    assert_string_equal(info.dtype, "|u1");
    assert_true(info.bytes > 0 && info.bytes < 16 + COUNT);
    assert_int_equal(blocks, 0);
}

static void tensors_of_every_type_are_rows(void **state)
{
    static const struct {
        const char *dtype;
        int size;
    } TYPES[] = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8}, {"I32", 4}, {"I16", 2},
                 {"I8", 1},  {"U64", 8}, {"U32", 4}, {"U16", 2},  {"U8", 1},  {"BOOL", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        expect_blocks(put_large_tensor(TYPES[i].dtype, TYPES[i].size), false);
    assert_int_equal(blocks, 0);
}

/* Before any row is read. */
static void damaged_zipped_files_are_refused_at_once(void **state)
{
    (void)state;
    dataset_file opened;
    const char *path = put_large_idx(0x08, 1, true);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -8, SEEK_END), 0); /* the checksum */
    int old = fgetc(file);
    assert_int_equal(fseek(file, -8, SEEK_END), 0);
    assert_int_equal(fputc(old ^ 1, file), old ^ 1);
    assert_int_equal(fclose(file), 0);
    io_expect_error(&error, open_rows(&opened, path, &allocator, &error), CLUDI_ERROR_FORMAT, "large\" is damaged");
    dataset_file_close(&opened);
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
        cmocka_unit_test(members_are_told_from_names_with_colons),
        cmocka_unit_test(late_errors_free_the_memory),
        cmocka_unit_test(missing_memory_is_said),
        cmocka_unit_test(files_are_described),
        cmocka_unit_test(blocks_are_the_rows_of_the_whole),
        cmocka_unit_test(a_file_that_becomes_shorter_is_named_with_the_row),
        cmocka_unit_test(every_format_is_unzipped),
        cmocka_unit_test(tensors_of_every_type_are_rows),
        cmocka_unit_test(damaged_zipped_files_are_refused_at_once),
    };
    return cmocka_run_group_tests(tests, setup, io_teardown);
}
