#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc.h"
#include "dataset_file.h"
#include "io_support.h"
#include "npy.h"

static cludi_error error;
static cludi_allocator allocator;

static cludi_status read_rows(const char *path, const cludi_allocator *from, dataset_rows *out, cludi_error *problem)
{
    return dataset_file_read_rows(&(dataset_request){.path = path, .allocator = from}, out, problem);
}

#ifdef CLUDI_WITH_LIBZIP

/* As dataset_file_open, without an id column. */
static cludi_status open_rows(dataset_file *out, const char *path, const cludi_allocator *from, cludi_error *problem)
{
    return dataset_file_open(out, &(dataset_request){.path = path, .allocator = from}, problem);
}

#include <zip.h>

enum { ROWS = ELEMENT_BLOCK + 41, COLS = 7, HEADER = 128, SIZE = HEADER + ROWS * COLS * 4 };

static unsigned char npy[SIZE];

/* (ROWS, COLS) of float32: little-endian numbers of no pattern. */
static void fill_npy(const char *fortran)
{
    uint32_t next = 7;
    int length = snprintf((char *)npy + 10, HEADER - 10, "{'descr': '<f4', 'fortran_order': %s, 'shape': (%d, %d), }",
                          fortran, ROWS, COLS);
    memset(npy + 10 + length, ' ', (size_t)(HEADER - 10 - length));
    memcpy(npy, NPY_MAGIC "\1\0\x76\0", 10);
    for (int i = 0; i < ROWS * COLS; i++) {
        next = next * 1664525U + 1013904223U;
        float value = (float)(next >> 16) / 256.0F;
        memcpy(npy + HEADER + 4 * i, &value, 4);
    }
}

typedef struct member {
    const char *name;
    const void *bytes;
    size_t size;
    zip_int32_t method;
} member;

/* A zip of these members, as libzip writes it. */
static const char *put_zip(const member *members, int count)
{
    int code = 0;
    remove(io_path("x.npz"));
    zip_t *archive = zip_open(io_path("x.npz"), ZIP_CREATE | ZIP_TRUNCATE, &code);
    assert_non_null(archive);
    for (int i = 0; i < count; i++) {
        zip_source_t *source = zip_source_buffer(archive, members[i].bytes, members[i].size, 0);
        zip_int64_t index = zip_file_add(archive, members[i].name, source, ZIP_FL_ENC_UTF_8);
        assert_true(index >= 0);
        assert_int_equal(zip_set_file_compression(archive, (zip_uint64_t)index, members[i].method, 0), 0);
    }
    assert_int_equal(zip_close(archive), 0);
    return io_path("x.npz");
}

static const char *put_one(zip_int32_t method)
{
    return put_zip(&(member){"features.npy", npy, sizeof npy, method}, 1);
}

static const char *name_member(const char *key)
{
    static char path[1200];
    snprintf(path, sizeof path, "%s:%s", io_path("x.npz"), key);
    return path;
}

static void expect_refused(const char *path, cludi_status status, const char *words)
{
    dataset_rows rows;
    io_expect_error(&error, read_rows(path, &allocator, &rows, &error), status, words);
    assert_null(rows.data);
}

static void expect_rows(const char *path, const float *wanted)
{
    dataset_rows rows;
    if (read_rows(path, &allocator, &rows, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    assert_true(rows.rows == ROWS && rows.cols == COLS);
    assert_memory_equal(rows.data, wanted, ROWS * COLS * sizeof *wanted);
    alloc_free(&allocator, rows.data);
}

/* Blocks in order and backwards, then single rows. */
static void expect_blocks(const char *path, bool sequential, const float *wanted)
{
    static float found[ROWS * COLS];
    dataset_file opened;
    assert_int_equal(open_rows(&opened, path, &allocator, &error), CLUDI_OK);
    assert_true(dataset_file_is_sequential(&opened) == sequential);
    for (int64_t step = 700, first = 0; first < ROWS; first += step) {
        int64_t count = step < ROWS - first ? step : ROWS - first;
        assert_int_equal(dataset_file_read(&opened, first, count, found, &error), CLUDI_OK);
        assert_memory_equal(found, wanted + first * COLS, (size_t)(count * COLS) * sizeof *found);
    }
    for (int64_t i = 0; i < 12; i++) {
        int64_t row = i * 3001 % ROWS;
        assert_int_equal(dataset_file_read(&opened, row, 1, found, &error), CLUDI_OK);
        assert_memory_equal(found, wanted + row * COLS, COLS * sizeof *found);
    }
    dataset_file_close(&opened);
    dataset_file_close(&opened);
}

static void members_have_the_bytes_of_the_file(void **state)
{
    (void)state;
    for (int fortran = 0; fortran < 2; fortran++) {
        dataset_rows plain;
        fill_npy(fortran ? "True" : "False");
        assert_int_equal(read_rows(io_put("x.npy", npy, sizeof npy), &allocator, &plain, &error), CLUDI_OK);
        for (int deflated = 0; deflated < 2; deflated++) {
            const char *path = put_one(deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE);
            expect_rows(path, plain.data);
            expect_rows(name_member("features"), plain.data);
            expect_rows(name_member("features.npy"), plain.data);
            expect_blocks(path, fortran || deflated, plain.data);
        }
        alloc_free(&allocator, plain.data);
    }
    fill_npy("False");
}

/* A .npy of labels 3, 1, 2. */
static const unsigned char *get_labels(size_t *size)
{
    static unsigned char bytes[HEADER + 3];
    memset(bytes, ' ', sizeof bytes);
    memcpy(bytes, NPY_MAGIC "\1\0\x76\0", 10);
    memcpy(bytes + 10, "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", 57);
    memcpy(bytes + HEADER, "\3\1\2", 3);
    *size = sizeof bytes;
    return bytes;
}

static void keys_choose_an_array(void **state)
{
    (void)state;
    size_t size;
    cludi_labels labels;
    cludi_file_info info;
    const unsigned char *bytes = get_labels(&size);
    const char *path = put_zip((member[]){{"X.npy", npy, sizeof npy, ZIP_CM_DEFLATE},
                                          {"notes.txt", "words", 5, ZIP_CM_STORE},
                                          {"y\n.npy", bytes, size, ZIP_CM_DEFLATE}},
                               3);
    expect_refused(path, CLUDI_ERROR_FORMAT,
                   "x.npz\" has 2 arrays; name one as FILE:KEY, where KEY is one of "
                   "\"X\", \"y\\x0a\".");
    expect_refused(name_member("Z"), CLUDI_ERROR_FORMAT, "x.npz:Z\": there is no such array; the file has \"X\", ");
    expect_refused(name_member("notes.txt"), CLUDI_ERROR_FORMAT, "is truncated");
    assert_int_equal(dataset_file_read_labels(&(dataset_request){.path = name_member("y\n"), .allocator = &allocator},
                                              &labels, &error),
                     CLUDI_OK);
    assert_int_equal(labels.rows, 3);
    assert_memory_equal(labels.data, ((int32_t[]){3, 1, 2}), 12);
    alloc_free(&allocator, labels.data);
    assert_int_equal(dataset_file_describe(name_member("X"), &allocator, &info, &error), CLUDI_OK);
    assert_string_equal(info.format, "npz");
    assert_string_equal(info.dtype, "<f4");
    assert_int_equal(info.shape[0], ROWS);
    expect_refused(put_zip(&(member){"a.txt", "a", 1, ZIP_CM_STORE}, 1), CLUDI_ERROR_FORMAT,
                   "is a zip without arrays (members named KEY.npy).");
}

/* Many keys do not fit the sentence. */
static void long_lists_of_keys_are_cut(void **state)
{
    (void)state;
    enum { COUNT = 60 };
    char names[COUNT][24];
    member members[COUNT];
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "array%d.npy", i);
        members[i] = (member){names[i], npy, HEADER, ZIP_CM_STORE};
    }
    expect_refused(put_zip(members, COUNT), CLUDI_ERROR_FORMAT, "\"array1\", ");
    assert_non_null(strstr(error.message, ", ...."));
}

/* ---- files that lie ---- */

static unsigned char edited[2 * SIZE + 4096];
static size_t edited_size;

/* Reads the zip and returns where its n-th signature "PK" a b is. */
static unsigned char *find(char a, char b)
{
    const char wanted[4] = {'P', 'K', a, b};
    FILE *file = fopen(io_path("x.npz"), "rb");
    assert_non_null(file);
    edited_size = fread(edited, 1, sizeof edited, file);
    fclose(file);
    for (size_t i = edited_size - 4; i > 0; i--)
        if (memcmp(edited + i, wanted, 4) == 0)
            return edited + i;
    assert_memory_equal(edited, wanted, 4);
    return edited;
}

static const char *put_edited(void)
{
    return io_put("x.npz", edited, edited_size);
}

static void put_number(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

static void sizes_that_cannot_be_are_refused(void **state)
{
    (void)state;
    put_one(ZIP_CM_DEFLATE);
    put_number(find(1, 2) + 24, 4000000000U);
    expect_refused(put_edited(), CLUDI_ERROR_FORMAT, "cannot unzip to 4000000000 bytes.");
    put_one(ZIP_CM_STORE);
    put_number(find(1, 2) + 24, SIZE + 1);
    expect_refused(put_edited(), CLUDI_ERROR_FORMAT, "x.npz\" is damaged: ");
    put_one(ZIP_CM_DEFLATE);
    put_number(find(1, 2) + 24, SIZE - 1);
    expect_refused(put_edited(), CLUDI_ERROR_FORMAT, "x.npz\" is truncated: wanted ");
    put_one(ZIP_CM_DEFLATE);
    put_number(find(1, 2) + 24, SIZE + 1); /* one byte more than there are, behind what the header needs */
    expect_rows(put_edited(), (const float *)(const void *)(npy + HEADER));
    memcpy(npy + 10, "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 7), }", 69);
    expect_refused(put_one(ZIP_CM_DEFLATE), CLUDI_ERROR_FORMAT, "is truncated: wanted 2799999999972 bytes");
    fill_npy("False");
}

static void damage_is_found(void **state)
{
    (void)state;
    put_one(ZIP_CM_STORE);
    unsigned char *central = find(1, 2);
    central[-1] ^= 1; /* the last number */
    expect_refused(put_edited(), CLUDI_ERROR_FORMAT, "CRC error");
    put_one(ZIP_CM_DEFLATE);
    find(1, 2)[-(SIZE / 4)] ^= 0x55;
    expect_refused(put_edited(), CLUDI_ERROR_FORMAT, "is damaged: as a zip it has the fault");
    put_one(ZIP_CM_STORE);
    find(1, 2);
    for (size_t cut = 0; cut < edited_size; cut += cut < 200 || cut > SIZE ? 1 : 997) {
        dataset_rows rows;
        io_put("x.npz", edited, cut);
        assert_int_equal(read_rows(io_path("x.npz"), &allocator, &rows, &error), CLUDI_ERROR_FORMAT);
    }
}

/* The checksum counts though rows of a column-major array are read here and there, and bytes lie behind the array. */
static void damage_is_found_in_any_order(void **state)
{
    (void)state;
    static unsigned char longer[SIZE + 9];
    dataset_rows rows;
    fill_npy("True");
    put_one(ZIP_CM_STORE);
    find(1, 2)[-SIZE / 2] ^= 1;
    expect_refused(put_edited(), CLUDI_ERROR_FORMAT, "CRC error");
    fill_npy("False");
    memcpy(longer, npy, SIZE);
    const char *path = put_zip(&(member){"a.npy", longer, sizeof longer, ZIP_CM_DEFLATE}, 1);
    assert_int_equal(read_rows(path, &allocator, &rows, &error), CLUDI_OK);
    alloc_free(&allocator, rows.data);
    put_zip(&(member){"a.npy", longer, sizeof longer, ZIP_CM_STORE}, 1);
    find(1, 2)[-1] ^= 1;
    expect_refused(put_edited(), CLUDI_ERROR_FORMAT, "CRC error");
}

/* Labels have a checksum too. */
static void damaged_labels_are_refused(void **state)
{
    (void)state;
    size_t size;
    cludi_labels labels;
    const unsigned char *bytes = get_labels(&size);
    put_zip(&(member){"y.npy", bytes, size, ZIP_CM_STORE}, 1);
    find(1, 2)[-1] ^= 1;
    io_expect_error(
        &error,
        dataset_file_read_labels(&(dataset_request){.path = put_edited(), .allocator = &allocator}, &labels, &error),
        CLUDI_ERROR_FORMAT, "CRC error");
}

static void other_zips_are_refused(void **state)
{
    (void)state;
    put_one(ZIP_CM_STORE);
    find(1, 2)[8] |= 1;
    expect_refused(put_edited(), CLUDI_ERROR_FORMAT, "x.npz\" is encrypted");
    put_one(ZIP_CM_STORE);
    find(1, 2)[10] = 14;
    expect_refused(put_edited(), CLUDI_ERROR_FORMAT, "is compressed by method 14 of zip");
    put_zip((member[]){{"a.npy", npy, sizeof npy, ZIP_CM_STORE}, {"b.npy", npy, sizeof npy, ZIP_CM_STORE}}, 2);
    find(1, 2)[46] = 'a';
    put_edited();
    expect_refused(name_member("a"), CLUDI_ERROR_FORMAT, "x.npz:a\" has 2 members of that name.");
    expect_refused(put_zip(&(member){"a.npy", "these are words", 15, ZIP_CM_STORE}, 1), CLUDI_ERROR_FORMAT,
                   "is not a .npy file that cludi reads: it does not begin as one.");
    expect_refused(io_put("x.npz", "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22), CLUDI_ERROR_FORMAT,
                   "without arrays");
}

static int setup(void **state)
{
    allocator = alloc_system();
    fill_npy("False");
    return io_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_have_the_bytes_of_the_file),
        cmocka_unit_test(keys_choose_an_array),
        cmocka_unit_test(long_lists_of_keys_are_cut),
        cmocka_unit_test(sizes_that_cannot_be_are_refused),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(damage_is_found_in_any_order),
        cmocka_unit_test(damaged_labels_are_refused),
        cmocka_unit_test(other_zips_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, io_teardown);
}

#else

static void a_build_without_libzip_says_so(void **state)
{
    (void)state;
    dataset_rows rows;
    allocator = alloc_system();
    io_expect_error(&error, read_rows(io_put("x", "PK\5\6", 4), &allocator, &rows, &error), CLUDI_ERROR_UNSUPPORTED,
                    "built without libzip.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_build_without_libzip_says_so)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}

#endif
