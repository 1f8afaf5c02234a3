/* Arrays of HDF5 files, through the public functions: what is read. What is refused: test_hdf5_refusals.c. */
#include "expect_error.h"

#include <cludi/cludi.h>

#ifdef CLUDI_WITH_HDF5
#include "hdf5_files.h"

static cludi_context *context;

/* Fails unless the rows of FILE:NAME are those of hdf5_number, read at once and in pieces. */
static void expect_matrix(const char *path)
{
    cludi_error error;
    cludi_dataset *dataset;
    float rows[HDF5_ROWS][HDF5_COLS];
    if (cludi_dataset_open(context, path, &dataset, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    const cludi_source source = cludi_dataset_get_source(dataset);
    assert_int_equal(source.rows, HDF5_ROWS);
    assert_int_equal(source.cols, HDF5_COLS);
    for (int step = 1; step <= HDF5_ROWS; step += 6) {
        for (int first = HDF5_ROWS - step; first >= 0; first -= 5) {
            if (source.read(source.user, first, step, rows[0], &error) != CLUDI_OK)
                fail_msg("%s", error.message);
            for (int i = 0; i < step; i++)
                for (int j = 0; j < HDF5_COLS; j++)
                    assert_true((double)rows[i][j] == hdf5_number(first + i, j));
        }
    }
    cludi_dataset_free(dataset);
}

static void every_type_is_read(void **state)
{
    (void)state;
    hid_t half = H5Tcopy(H5T_IEEE_F32BE);
    assert_true(H5Tset_fields(half, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(half, 2) >= 0 && H5Tset_ebias(half, 15) >= 0);
    const hid_t types[] = {half,          H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE,
                           H5T_STD_I8LE,  H5T_STD_U8BE,   H5T_STD_I16LE,  H5T_STD_I16BE,  H5T_STD_U16LE,
                           H5T_STD_I32BE, H5T_STD_U32LE,  H5T_STD_I64LE,  H5T_STD_U64BE};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        hid_t file = hdf5_begin("x.h5", 0, false);
        hdf5_put_matrix(file, "a", types[i], (hdf5_storage){0});
        hdf5_put_matrix(file, "b", types[i], (hdf5_storage){.chunk = {7, 2}, .shuffle = true, .deflate = true});
        H5Fclose(file);
        expect_matrix(io_path("x.h5:/a"));
        expect_matrix(io_path("x.h5:b"));
    }
    H5Tclose(half);
}

static void every_storage_is_read(void **state)
{
    (void)state;
    const hdf5_storage storages[] = {{.compact = true},
                                     {.chunk = {20, 3}},
                                     {.chunk = {7, 2}},
                                     {.chunk = {1, 1}},
                                     {.chunk = {6, 3}, .shuffle = true},
                                     {.chunk = {6, 3}, .fletcher = true},
                                     {.chunk = {20, 1}, .deflate = true},
                                     {.chunk = {5, 2}, .deflate = true, .shuffle = true, .fletcher = true},
                                     {.chunk = {20, 3}, .lzf = true},
                                     {.chunk = {20, 3}, .lzf = true, .shuffle = true},
                                     {.chunk = {7, 2}, .lzf = true, .shuffle = true, .fletcher = true},
                                     {.chunk = {20, 3}, .lzf = true, .deflate = true}};
    const hsize_t userblocks[] = {0, 512, 2048};
    for (size_t i = 0; i < 6 * sizeof storages / sizeof *storages; i++) {
        hid_t file = hdf5_begin("x.h5", userblocks[i % 3], i / 3 % 2);
        hdf5_put_group(file, "deep");
        hdf5_put_matrix(file, "deep/a", H5T_IEEE_F64BE, storages[i / 6]);
        hdf5_put_matrix(file, "deep/plain", H5T_IEEE_F32LE, (hdf5_storage){0});
        H5Fclose(file);
        expect_matrix(io_path("x.h5:/deep//./a"));
        expect_matrix(io_path("x.h5:deep/plain"));
    }
}

/* Rows longer than one block, chunks across them, and numbers from a formula. */
static void wide_rows_are_read(void **state)
{
    (void)state;
    enum { ROWS = 3, COLS = 10007 };
    static float numbers[ROWS][COLS];
    const hdf5_storage storages[] = {{.deflate = false}, {.chunk = {2, 5000}}, {.chunk = {2, 5000}, .deflate = true}};
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLS; j++)
            numbers[i][j] = (float)(i * 20000 + j);
    for (int n = 0; n < 3; n++) {
        hid_t file = hdf5_begin("x.h5", 0, false), properties = hdf5_properties(storages[n]);
        hdf5_put(file, "a", H5T_IEEE_F32LE, 2, (hsize_t[]){ROWS, COLS}, properties, H5T_NATIVE_FLOAT, numbers);
        H5Pclose(properties);
        H5Fclose(file);
        cludi_dataset *dataset;
        assert_int_equal(cludi_dataset_read(context, io_path("x.h5"), &dataset, NULL), CLUDI_OK);
        assert_memory_equal(cludi_dataset_get_matrix(dataset).data, numbers, sizeof numbers);
        cludi_dataset_free(dataset);
    }
}

static void the_array_is_found_without_a_name(void **state)
{
    (void)state;
    hid_t file = hdf5_begin("x.h5", 0, false);
    hdf5_put_group(file, "deep");
    hdf5_put_matrix(file, "deep/only", H5T_IEEE_F32LE, (hdf5_storage){0});
    hdf5_put_integers(file, "ids", H5T_STD_I32LE, (int[HDF5_ROWS]){0});
    assert_true(H5Lcreate_hard(file, "/", file, "deep/again", H5P_DEFAULT, H5P_DEFAULT) >= 0); /* a cycle */
    H5Fclose(file);
    expect_matrix(io_path("x.h5"));
    file = hdf5_begin("x.h5", 0, false);
    hdf5_put_group(file, "obsm");
    hdf5_put_matrix(file, "X", H5T_IEEE_F32LE, (hdf5_storage){.chunk = {1, 1}});
    hdf5_put_matrix(file, "obsm/X_pca", H5T_IEEE_F32LE, (hdf5_storage){0});
    H5Fclose(file);
    expect_matrix(io_path("x.h5"));
}

static void a_file_is_described(void **state)
{
    (void)state;
    cludi_file_info info;
    hid_t file = hdf5_begin("x.h5", 0, false);
    hdf5_put_matrix(file, "a", H5T_IEEE_F64BE, (hdf5_storage){0});
    H5Fclose(file);
    assert_int_equal(cludi_file_describe(context, io_path("x.h5"), &info, NULL), CLUDI_OK);
    assert_string_equal(info.format, "hdf5");
    assert_string_equal(info.dtype, ">f8");
    assert_int_equal(info.dimensions, 2);
    assert_int_equal(info.shape[0], HDF5_ROWS);
    assert_int_equal(info.shape[1], HDF5_COLS);
}

static void expect_labels(const char *path, const int *wanted)
{
    cludi_labels labels;
    cludi_error error;
    if (cludi_labels_read(context, path, &labels, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    assert_int_equal(labels.rows, HDF5_ROWS);
    for (int i = 0; i < HDF5_ROWS; i++)
        assert_int_equal(labels.data[i], wanted[i]);
    cludi_labels_clear(context, &labels);
}

static void labels_are_read(void **state)
{
    (void)state;
    int numbers[HDF5_ROWS];
    for (int i = 0; i < HDF5_ROWS; i++)
        numbers[i] = i % 7 - 3;
    hid_t file = hdf5_begin("x.h5", 0, false);
    hdf5_put_integers(file, "a", H5T_STD_I64BE, numbers);
    hid_t properties = hdf5_properties((hdf5_storage){.chunk = {6}, .deflate = true});
    hdf5_put(file, "b", H5T_STD_I16LE, 1, (hsize_t[]){HDF5_ROWS}, properties, H5T_NATIVE_INT, numbers);
    hdf5_put(file, "column", H5T_IEEE_F64LE, 2, (hsize_t[]){HDF5_ROWS, 1}, H5P_DEFAULT, H5T_NATIVE_INT, numbers);
    H5Pclose(properties);
    H5Fclose(file);
    expect_labels(io_path("x.h5:a"), numbers);
    expect_labels(io_path("x.h5:b"), numbers);
    expect_labels(io_path("x.h5:column"), numbers);
}

/* A categorical as AnnData stores it, and as it did before 0.8. */
static void put_categorical(const int *codes)
{
    const char *const names[] = {"B cell", "T cell"};
    hid_t file = hdf5_begin("x.h5ad", 0, false), text = hdf5_text_type();
    hdf5_put_group(file, "obs");
    hdf5_put_group(file, "obs/type");
    hdf5_put_integers(file, "obs/type/codes", H5T_STD_I8LE, codes);
    hdf5_put(file, "obs/type/categories", text, 1, (hsize_t[]){2}, H5P_DEFAULT, text, names);
    hdf5_put_integers(file, "obs/old", H5T_STD_I8LE, codes);
    hid_t old = H5Dopen2(file, "obs/old", H5P_DEFAULT);
    hdf5_put_texts(old, "categories", text, 2, names);
    H5Dclose(old);
    H5Tclose(text);
    H5Fclose(file);
}

static void categories_are_read_as_codes(void **state)
{
    (void)state;
    int codes[HDF5_ROWS];
    cludi_labels labels;
    for (int i = 0; i < HDF5_ROWS; i++)
        codes[i] = i % 2;
    put_categorical(codes);
    expect_labels(io_path("x.h5ad:/obs/type"), codes);
    expect_labels(io_path("x.h5ad:/obs/type/codes"), codes);
    expect_labels(io_path("x.h5ad:obs/old"), codes);
    codes[13] = -1;
    put_categorical(codes);
    EXPECT(CLUDI_ERROR_FORMAT, "x.h5ad:/obs/type\" has no category in row 13 (counted from 0): its code is -1.",
           cludi_labels_read, context, io_path("x.h5ad:/obs/type"), &labels);
    EXPECT(CLUDI_ERROR_FORMAT, "has no category in row 13", cludi_labels_read, context, io_path("x.h5ad:obs/old"),
           &labels);
}

/* Booleans, as h5py stores them. */
static void enumerations_are_read_as_integers(void **state)
{
    (void)state;
    int numbers[HDF5_ROWS];
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    signed char bytes[HDF5_ROWS], no = 0, yes = 1;
    assert_true(H5Tenum_insert(type, "FALSE", &no) >= 0 && H5Tenum_insert(type, "TRUE", &yes) >= 0);
    for (int i = 0; i < HDF5_ROWS; i++)
        bytes[i] = (signed char)(numbers[i] = i % 2);
    hid_t file = hdf5_begin("x.h5", 0, false);
    hdf5_put(file, "flag", type, 1, (hsize_t[]){HDF5_ROWS}, H5P_DEFAULT, type, bytes);
    H5Tclose(type);
    H5Fclose(file);
    expect_labels(io_path("x.h5"), numbers);
}

static herr_t print_nothing(hid_t stack, void *user)
{
    (void)stack;
    (void)user;
    return 0;
}

/* A program that uses libhdf5 itself finds it as it left it. */
static void settings_of_the_library_are_put_back(void **state)
{
    (void)state;
    H5E_auto2_t print;
    void *user;
    unsigned plugins;
    int mine;
    cludi_dataset *dataset;
    assert_true(H5Eset_auto2(H5E_DEFAULT, print_nothing, &mine) >= 0);
    assert_true(H5PLset_loading_state(H5PL_FILTER_PLUGIN) >= 0);
    hid_t file = hdf5_begin("x.h5", 0, false);
    hdf5_put_matrix(file, "a", H5T_IEEE_F64BE, (hdf5_storage){0});
    H5Fclose(file);
    expect_matrix(io_path("x.h5"));
    assert_int_equal(cludi_dataset_read(context, io_path("x.h5:b"), &dataset, NULL), CLUDI_ERROR_FORMAT);
    assert_true(H5Eget_auto2(H5E_DEFAULT, &print, &user) >= 0 && print == print_nothing && user == &mine);
    assert_true(H5PLget_loading_state(&plugins) >= 0 && plugins == H5PL_FILTER_PLUGIN);
    assert_true(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL) == 0); /* nothing is left open */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(every_storage_is_read),
        cmocka_unit_test(wide_rows_are_read),
        cmocka_unit_test(the_array_is_found_without_a_name),
        cmocka_unit_test(a_file_is_described),
        cmocka_unit_test(labels_are_read),
        cmocka_unit_test(categories_are_read_as_codes),
        cmocka_unit_test(enumerations_are_read_as_integers),
        cmocka_unit_test(settings_of_the_library_are_put_back),
    };
    return hdf5_run_tests(tests, sizeof tests / sizeof *tests, &context);
}

#else

/* A build without HDF5 says so. */
static void hdf5_is_refused(void **state)
{
    (void)state;
    cludi_context *context;
    cludi_dataset *dataset;
    assert_int_equal(cludi_context_new(NULL, &context, NULL), CLUDI_OK);
    EXPECT(CLUDI_ERROR_UNSUPPORTED, "x.h5\" is an HDF5 file; this build of cludi has no HDF5.", cludi_dataset_read,
           context, io_put("x.h5", "\x89HDF\r\n\x1A\n", 8), &dataset);
    cludi_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hdf5_is_refused)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}

#endif
