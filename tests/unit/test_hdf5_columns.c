/* Columns, data frames and barcodes as AnnData stores them today and did before, through the public functions. */
#include "expect_error.h"

#include <cludi/cludi.h>

#ifdef CLUDI_WITH_HDF5
#include "blobs.h"
#include "full_run.h"
#include "hdf5_files.h"

/* libhdf5 1.10 forgets memory when it finds damage; that is not ours to free. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

static cludi_context *context;
static int kinds[HDF5_ROWS]; /* of the rows, in the order in which they come */
static const char *const WORDS[] = {"B", "T cell", "", "a word of more letters than the others"};
static const char *texts[HDF5_ROWS]; /* WORDS of the rows */
static char barcodes[HDF5_ROWS][16]; /* names of the rows */
static const char *barcode_texts[HDF5_ROWS];
static unsigned char mask[HDF5_ROWS]; /* of missing values */

/* How strings are stored; from FIXED on they have one length, as libhdf5 1.10 packs no others. */
typedef enum form { ANY_LENGTH, SCATTERED, FIXED, PACKED, LZF, FORMS } form;

static void put_strings(hid_t file, const char *name, form how, const char *const *strings)
{
    const hdf5_storage storages[FORMS] = {[PACKED] = {.chunk = {7}, .deflate = true, .shuffle = true},
                                          [SCATTERED] = {.chunk = {6}},
                                          [LZF] = {.chunk = {HDF5_ROWS}, .lzf = true, .fletcher = true}};
    char letters[HDF5_ROWS][40] = {{0}};
    hid_t type = how >= FIXED ? H5Tcopy(H5T_C_S1) : hdf5_text_type(), properties = hdf5_properties(storages[how]);
    for (int i = 0; i < HDF5_ROWS; i++)
        memcpy(letters[i], strings[i], strlen(strings[i]));
    if (how >= FIXED)
        assert_true(H5Tset_size(type, 40) >= 0 && H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0);
    hdf5_put(file, name, type, 1, (hsize_t[]){HDF5_ROWS}, properties, type,
             how >= FIXED ? (const void *)letters : strings);
    H5Pclose(properties);
    H5Tclose(type);
}

static void put_bytes(hid_t file, const char *name, hsize_t rows, const unsigned char *bytes)
{
    hdf5_put(file, name, H5T_STD_I8LE, 1, &rows, H5P_DEFAULT, H5T_NATIVE_UCHAR, bytes);
}

static void put_name(hid_t file, const char *object, const char *attribute, const char *value)
{
    hid_t opened = H5Oopen(file, object, H5P_DEFAULT), text = hdf5_text_type();
    hdf5_put_texts(opened, attribute, text, 0, &value);
    H5Tclose(text);
    H5Oclose(opened);
}

static void put_names(hid_t file, const char *object, hsize_t count, const char *const *names)
{
    hid_t opened = H5Oopen(file, object, H5P_DEFAULT), text = hdf5_text_type();
    hdf5_put_texts(opened, "column-order", text, count, names);
    H5Tclose(text);
    H5Oclose(opened);
}

static const char *in_file(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s:%s", io_path("x.h5ad"), name);
    return path;
}

static void expect_labels(const char *name, const int *wanted)
{
    cludi_labels labels;
    cludi_error error;
    if (cludi_labels_read(context, in_file(name), &labels, &error) != CLUDI_OK)
        fail_msg("%s: %s", name, error.message);
    assert_int_equal(labels.rows, HDF5_ROWS);
    for (int i = 0; i < HDF5_ROWS; i++)
        assert_int_equal(labels.data[i], wanted[i]);
    cludi_labels_clear(context, &labels);
}

#define NO_LABELS(words, name)                                                                                         \
    do {                                                                                                               \
        cludi_labels refused;                                                                                          \
        EXPECT(CLUDI_ERROR_FORMAT, words, cludi_labels_read, context, in_file(name), &refused);                        \
    } while (0)

static void strings_are_labels(void **state)
{
    (void)state;
    for (int how = 0; how < FORMS; how++) {
        for (int userblock = 0; userblock <= 512; userblock += 512) {
            hid_t file = hdf5_begin("x.h5ad", (hsize_t)userblock, userblock);
            hdf5_put_group(file, "obs");
            put_strings(file, "obs/kind", (form)how, texts);
            H5Fclose(file);
            expect_labels("/obs/kind", kinds);
        }
    }
}

static void masked_values_are_read(void **state)
{
    (void)state;
    hid_t file = hdf5_begin("x.h5ad", 0, false);
    hdf5_put_group(file, "whole");
    hdf5_put_integers(file, "whole/values", H5T_STD_I64LE, kinds);
    put_bytes(file, "whole/mask", HDF5_ROWS, (unsigned char[HDF5_ROWS]){0});
    hdf5_put_group(file, "words");
    put_strings(file, "words/values", PACKED, texts);
    put_bytes(file, "words/mask", HDF5_ROWS, (unsigned char[HDF5_ROWS]){0});
    hdf5_put_group(file, "missing");
    put_strings(file, "missing/values", ANY_LENGTH, texts);
    put_bytes(file, "missing/mask", HDF5_ROWS, mask);
    hdf5_put_group(file, "short");
    hdf5_put_integers(file, "short/values", H5T_STD_I8LE, kinds);
    put_bytes(file, "short/mask", HDF5_ROWS - 1, mask);
    H5Fclose(file);
    expect_labels("whole", kinds);
    expect_labels("/words", kinds);
    NO_LABELS("x.h5ad:/missing\" has no value in row 13 (counted from 0).", "/missing");
    NO_LABELS("x.h5ad:/short\" has a mask of missing values that does not fit the values.", "/short");
}

static void put_categories(hid_t file, const char *name, int count)
{
    hid_t text = hdf5_text_type();
    hdf5_put(file, name, text, 1, (hsize_t[]){(hsize_t)count}, H5P_DEFAULT, text, WORDS);
    H5Tclose(text);
}

static void categories_are_of_any_kind(void **state)
{
    (void)state;
    hid_t file = hdf5_begin("x.h5ad", 0, false);
    hdf5_put_group(file, "nested");
    hdf5_put_integers(file, "nested/codes", H5T_STD_I8LE, kinds);
    hdf5_put_group(file, "nested/categories");
    put_categories(file, "nested/categories/values", 4);
    put_bytes(file, "nested/categories/mask", 4, mask);
    hdf5_put_group(file, "numbers");
    hdf5_put_integers(file, "numbers/codes", H5T_STD_I16LE, kinds);
    hdf5_put_integers(file, "numbers/categories", H5T_STD_I64LE, (int[HDF5_ROWS]){30, 20, 10});
    hdf5_put_group(file, "few");
    hdf5_put_integers(file, "few/codes", H5T_STD_I8LE, kinds);
    put_categories(file, "few/categories", 3);
    hdf5_put_group(file, "obs");
    hdf5_put_group(file, "obs/__categories");
    put_categories(file, "obs/__categories/old", 4);
    int codes[HDF5_ROWS] = {0};
    codes[4] = -1;
    hdf5_put_integers(file, "obs/old", H5T_STD_I8LE, codes);
    H5Fclose(file);
    expect_labels("nested", kinds);
    expect_labels("numbers", kinds);
    NO_LABELS("x.h5ad:few\" is damaged: row 3 (counted from 0) has the code 3, and there are 3 categories.", "few");
    NO_LABELS("x.h5ad:/obs/old\" has no category in row 4 (counted from 0): its code is -1.", "/obs/old");
}

/* A data frame of three columns in obsm, each stored in another way, and an index; `last`: the third is this. */
static void put_frame(const char *order_last)
{
    const char *const order[] = {"b", "a", order_last};
    double column[HDF5_COLS][HDF5_ROWS];
    hid_t file = hdf5_begin("x.h5ad", 0, false), packed = hdf5_properties((hdf5_storage){.chunk = {7}, .lzf = true});
    const hsize_t rows = HDF5_ROWS;
    for (int i = 0; i < HDF5_ROWS; i++)
        for (int j = 0; j < HDF5_COLS; j++)
            column[j][i] = hdf5_number(i, j);
    hdf5_put_group(file, "obsm");
    hdf5_put_group(file, "obsm/Z");
    hdf5_put(file, "obsm/Z/b", H5T_IEEE_F64BE, 1, &rows, H5P_DEFAULT, H5T_NATIVE_DOUBLE, column[0]);
    hdf5_put(file, "obsm/Z/a", H5T_STD_I32LE, 1, &rows, packed, H5T_NATIVE_DOUBLE, column[1]);
    hdf5_put_group(file, "obsm/Z/c");
    hdf5_put(file, "obsm/Z/c/values", H5T_STD_I16LE, 1, &rows, packed, H5T_NATIVE_DOUBLE, column[2]);
    put_bytes(file, "obsm/Z/c/mask", HDF5_ROWS, (unsigned char[HDF5_ROWS]){0});
    hdf5_put_group(file, "obsm/Z/d");
    hdf5_put(file, "obsm/Z/d/values", H5T_STD_I16LE, 1, &rows, H5P_DEFAULT, H5T_NATIVE_DOUBLE, column[2]);
    put_bytes(file, "obsm/Z/d/mask", HDF5_ROWS, mask);
    put_strings(file, "obsm/Z/_index", ANY_LENGTH, texts);
    hdf5_put(file, "obsm/Z/short", H5T_STD_I16LE, 1, (hsize_t[]){3}, H5P_DEFAULT, H5T_NATIVE_DOUBLE, column[2]);
    put_name(file, "obsm/Z", "_index", "_index");
    put_names(file, "obsm/Z", 3, order);
    H5Pclose(packed);
    H5Fclose(file);
}

static void expect_rows(const cludi_source *source, int first, int count)
{
    float rows[HDF5_ROWS][HDF5_COLS];
    cludi_error error;
    if (source->read(source->user, first, count, rows[0], &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < HDF5_COLS; j++)
            assert_true((double)rows[i][j] == hdf5_number(first + i, j));
}

static void frames_are_rows(void **state)
{
    (void)state;
    cludi_dataset *dataset;
    cludi_error error;
    cludi_file_info info;
    put_frame("c");
    if (cludi_dataset_open(context, in_file("/obsm/Z"), &dataset, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    const cludi_source source = cludi_dataset_get_source(dataset);
    assert_int_equal(source.rows, HDF5_ROWS);
    assert_int_equal(source.cols, HDF5_COLS);
    expect_rows(&source, 0, HDF5_ROWS);
    expect_rows(&source, 13, 1);
    expect_rows(&source, 5, 9);
    cludi_dataset_free(dataset);
    assert_int_equal(cludi_file_describe(context, in_file("/obsm/Z"), &info, NULL), CLUDI_OK);
    assert_string_equal(info.dtype, "<f8");
    assert_int_equal(info.shape[1], HDF5_COLS);
}

static void what_is_no_frame_of_numbers_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *last, *words;
    } CASES[] = {{"d", "x.h5ad:/obsm/Z/d\" has no value in row 13 (counted from 0)."},
                 {"_index", "x.h5ad:/obsm/Z/_index\" holds strings; a data frame of features has numbers alone."},
                 {"short", "Z/short\" has 3 values, but the first column of its data frame has 20."},
                 {"nowhere", "the file has no \"/obsm/Z/nowhere\"."}};
    cludi_dataset *dataset;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        put_frame(CASES[i].last);
        EXPECT(CLUDI_ERROR_FORMAT, CASES[i].words, cludi_dataset_read, context, in_file("/obsm/Z"), &dataset);
    }
    hid_t file = H5Fopen(io_path("x.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT), group = H5Gopen2(file, "obsm/Z", H5P_DEFAULT);
    assert_true(H5Adelete(group, "column-order") >= 0);
    hdf5_put_texts(group, "column-order", H5T_STD_I32LE, 2, (int[]){1, 2});
    H5Gclose(group);
    H5Fclose(file);
    EXPECT(CLUDI_ERROR_FORMAT, "x.h5ad:/obsm/Z\": its attribute \"column-order\" is no list of names.",
           cludi_dataset_read, context, in_file("/obsm/Z"), &dataset);
}

/* An .h5ad whose index is this column of obs. */
static hid_t begin_h5ad(const char *index)
{
    static bool latest;
    latest = !latest; /* one way of writing headers, then the other */
    hid_t file = hdf5_begin("x.h5ad", latest ? 512 : 0, latest);
    hdf5_put_group(file, "obs");
    hdf5_put_group(file, "obsm");
    hdf5_put_matrix(file, "obsm/X_pca", H5T_IEEE_F64BE, (hdf5_storage){.chunk = {7, 2}, .deflate = true});
    put_name(file, "obs", "_index", index);
    return file;
}

/* The rows are read between their names: these share what unpacks chunks. */
static void expect_ids(const char *path)
{
    cludi_dataset *dataset;
    cludi_error error;
    char id[CLUDI_ID_SIZE];
    if (cludi_dataset_open(context, path, &dataset, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    const cludi_source source = cludi_dataset_get_source(dataset);
    for (int i = HDF5_ROWS - 1; i >= 0; i -= i % 3 ? 1 : 2) {
        expect_rows(&source, i, 1);
        if (cludi_dataset_read_id(dataset, i, id, &error) != CLUDI_OK)
            fail_msg("%s", error.message);
        assert_string_equal(id, barcodes[i]);
    }
    cludi_dataset_free(dataset);
}

static void the_index_of_obs_names_the_rows(void **state)
{
    (void)state;
    for (int how = 0; how < FORMS; how++) {
        hid_t file = begin_h5ad("barcode");
        put_strings(file, "obs/barcode", (form)how, barcode_texts);
        H5Fclose(file);
        expect_ids(io_path("x.h5ad"));
        expect_ids(in_file("obsm/X_pca"));
        file = begin_h5ad("_index");
        hdf5_put_group(file, "obs/_index");
        put_strings(file, "obs/_index/values", (form)how, barcode_texts);
        put_bytes(file, "obs/_index/mask", HDF5_ROWS, (unsigned char[HDF5_ROWS]){0});
        H5Fclose(file);
        expect_ids(io_path("x.h5ad"));
    }
}

/* AnnData stores the order of no columns as nothing. */
static void a_frame_without_columns_has_no_rows(void **state)
{
    (void)state;
    cludi_dataset *dataset;
    put_frame("c");
    hid_t file = H5Fopen(io_path("x.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT), frame = H5Oopen(file, "obsm/Z", H5P_DEFAULT);
    hid_t nothing = H5Screate(H5S_NULL), text = hdf5_text_type();
    assert_true(H5Adelete(frame, "column-order") >= 0);
    H5Aclose(H5Acreate2(frame, "column-order", text, nothing, H5P_DEFAULT, H5P_DEFAULT));
    H5Tclose(text);
    H5Sclose(nothing);
    H5Oclose(frame);
    H5Fclose(file);
    EXPECT(CLUDI_ERROR_FORMAT, "has the shape (0, 0); at least one row and one column are wanted.", cludi_dataset_open,
           context, in_file("obsm/Z"), &dataset);
}

static void expect_id(int64_t row, const char *wanted)
{
    cludi_dataset *dataset;
    char id[CLUDI_ID_SIZE];
    assert_int_equal(cludi_dataset_open(context, io_path("x.h5ad"), &dataset, NULL), CLUDI_OK);
    assert_int_equal(cludi_dataset_read_id(dataset, row, id, NULL), CLUDI_OK);
    assert_string_equal(id, wanted);
    cludi_dataset_free(dataset);
}

static void names_may_be_numbers_or_categories(void **state)
{
    (void)state;
    int numbers[HDF5_ROWS];
    for (int i = 0; i < HDF5_ROWS; i++)
        numbers[i] = 100 * i;
    hid_t file = begin_h5ad("number");
    hdf5_put_integers(file, "obs/number", H5T_STD_I16LE, numbers);
    H5Fclose(file);
    expect_id(7, "700");
    file = begin_h5ad("category");
    hdf5_put_group(file, "obs/category");
    hdf5_put_integers(file, "obs/category/codes", H5T_STD_I8LE, kinds);
    put_categories(file, "obs/category/categories", 4);
    H5Fclose(file);
    for (int i = 0; i < HDF5_ROWS; i++)
        expect_id(i, WORDS[kinds[i]]);
}

static void expect_no_id(const char *words)
{
    cludi_dataset *dataset;
    char id[CLUDI_ID_SIZE];
    assert_int_equal(cludi_dataset_open(context, io_path("x.h5ad"), &dataset, NULL), CLUDI_OK);
    EXPECT(CLUDI_ERROR_FORMAT, words, cludi_dataset_read_id, dataset, 0, id);
    EXPECT(CLUDI_ERROR_FORMAT, words, cludi_dataset_read_id, dataset, 1, id); /* again */
    cludi_dataset_free(dataset);
}

static void names_that_are_none_are_refused(void **state)
{
    (void)state;
    static char longest[600];
    const char *few[HDF5_ROWS];
    hid_t text = hdf5_text_type(), file = begin_h5ad("_index");
    hdf5_put_group(file, "obs/_index");
    put_strings(file, "obs/_index/values", ANY_LENGTH, barcode_texts);
    put_bytes(file, "obs/_index/mask", HDF5_ROWS, mask);
    H5Fclose(file);
    expect_no_id("x.h5ad:/obs/_index\" has no value in row 13 (counted from 0).");
    file = begin_h5ad("few");
    hdf5_put(file, "obs/few", text, 1, (hsize_t[]){3}, H5P_DEFAULT, text, barcode_texts);
    H5Fclose(file);
    expect_no_id("x.h5ad:/obsm/X_pca\" has 20 rows, but \"");
    expect_no_id("x.h5ad:/obs/few\" names 3.");
    file = hdf5_begin("x.h5ad", 0, true); /* more attributes than a header of the newer kind holds */
    hdf5_put_group(file, "obs");
    hdf5_put_group(file, "obsm");
    hdf5_put_matrix(file, "obsm/X_pca", H5T_IEEE_F32LE, (hdf5_storage){0});
    for (int i = 0; i < 12; i++) {
        char name[16];
        snprintf(name, sizeof name, "a%d", i);
        put_name(file, "obs", name, "x");
    }
    H5Fclose(file);
    expect_no_id("its attributes are stored as cludi does not read them;");
    file = begin_h5ad("nowhere");
    H5Fclose(file);
    expect_no_id("the file has no \"/obs/nowhere\".");
    memset(longest, 'x', sizeof longest - 1);
    for (int i = 0; i < HDF5_ROWS; i++)
        few[i] = longest;
    file = begin_h5ad("long");
    hdf5_put(file, "obs/long", text, 1, (hsize_t[]){HDF5_ROWS}, H5P_DEFAULT, text, few);
    H5Fclose(file);
    expect_no_id("x.h5ad:/obs/long\" has a string of 599 bytes; at most 511 are read.");
    H5Tclose(text);
}

/* Other arrays have rows that the index does not name. */
static void other_rows_are_numbered(void **state)
{
    (void)state;
    cludi_dataset *dataset;
    char id[CLUDI_ID_SIZE];
    hid_t file = begin_h5ad("_index");
    put_strings(file, "obs/_index", ANY_LENGTH, barcode_texts);
    hdf5_put_group(file, "varm");
    hdf5_put_matrix(file, "varm/PCs", H5T_IEEE_F32LE, (hdf5_storage){0});
    H5Fclose(file);
    assert_int_equal(cludi_dataset_open(context, in_file("/varm/PCs"), &dataset, NULL), CLUDI_OK);
    assert_int_equal(cludi_dataset_read_id(dataset, 7, id, NULL), CLUDI_OK);
    assert_string_equal(id, "7");
    cludi_dataset_free(dataset);
    assert_int_equal(cludi_dataset_read(context, io_path("x.h5ad"), &dataset, NULL), CLUDI_OK); /* the file is closed */
    assert_int_equal(cludi_dataset_read_id(dataset, 7, id, NULL), CLUDI_OK);
    assert_string_equal(id, "7");
    cludi_dataset_free(dataset);
}

/* Whatever byte of the strings and of where they lie is wrong, nothing breaks; libhdf5 1.10 would read and write anywhere. */
static void damaged_strings_do_no_harm(void **state)
{
    (void)state;
    size_t size, refused = 0;
    hid_t file = begin_h5ad("_index");
    put_strings(file, "obs/_index", ANY_LENGTH, barcode_texts);
    H5Fclose(file);
    unsigned char *bytes = read_whole(io_path("x.h5ad"), &size);
    cludi_dataset *dataset;
    char id[CLUDI_ID_SIZE];
    for (size_t i = 0; i < size; i += is_full_run() ? 1 : 3) {
        const unsigned char kept = bytes[i];
        if (kept == 0 && i % 16 && !is_full_run())
            continue;
        bytes[i] = (unsigned char)(i % 2 ? 0xFF : kept ^ 0x40);
        if (cludi_dataset_open(context, io_put("y.h5ad", bytes, size), &dataset, NULL) == CLUDI_OK) {
            for (int row = 0; row < HDF5_ROWS; row++)
                refused += cludi_dataset_read_id(dataset, row, id, NULL) != CLUDI_OK;
            cludi_dataset_free(dataset);
        }
        bytes[i] = kept;
    }
    assert_true(refused > 0);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_labels),
        cmocka_unit_test(masked_values_are_read),
        cmocka_unit_test(categories_are_of_any_kind),
        cmocka_unit_test(frames_are_rows),
        cmocka_unit_test(what_is_no_frame_of_numbers_is_refused),
        cmocka_unit_test(the_index_of_obs_names_the_rows),
        cmocka_unit_test(a_frame_without_columns_has_no_rows),
        cmocka_unit_test(names_may_be_numbers_or_categories),
        cmocka_unit_test(names_that_are_none_are_refused),
        cmocka_unit_test(other_rows_are_numbered),
        cmocka_unit_test(damaged_strings_do_no_harm),
    };
    for (int i = 0; i < HDF5_ROWS; i++) {
        kinds[i] = i < 4 ? i : i * i % 4;
        texts[i] = WORDS[kinds[i]];
        snprintf(barcodes[i], sizeof barcodes[i], "AAAC%d-1", i * i * i);
        barcode_texts[i] = barcodes[i];
        mask[i] = i == 13;
    }
    return hdf5_run_tests(tests, sizeof tests / sizeof *tests, &context);
}

#else

int main(void)
{
    return 77;
}

#endif
