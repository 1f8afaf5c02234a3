/* Labels added to copies of .h5ad files. What AnnData makes of them was looked at by hand (docs/formats.md). */
#include "expect_error.h"

#include <cludi/cludi.h>

#ifdef CLUDI_WITH_HDF5
#include "blobs.h"
#include "hdf5_files.h"

#include <signal.h>
#include <sys/resource.h>

static cludi_context *context;
static int32_t labels[HDF5_ROWS];
static float confidence[HDF5_ROWS];
static const cludi_h5ad_columns COLUMNS = {
    .labels = labels, .confidence = confidence, .rows = HDF5_ROWS, .clusters = 4};

static void expect_texts(hid_t object, const char *name, int count, const char *const *wanted)
{
    char *found[4] = {NULL};
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), space = H5Aget_space(attribute), text = hdf5_text_type();
    assert_int_equal(H5Sget_simple_extent_npoints(space), count);
    assert_true(H5Aread(attribute, text, found) >= 0);
    for (int i = 0; i < count; i++)
        assert_string_equal(found[i], wanted[i]);
    H5Dvlen_reclaim(text, space, H5P_DEFAULT, found);
    H5Tclose(text);
    H5Sclose(space);
    H5Aclose(attribute);
}

static void expect_text(hid_t file, const char *object, const char *name, const char *wanted)
{
    hid_t opened = H5Oopen(file, object, H5P_DEFAULT);
    assert_true(opened >= 0);
    expect_texts(opened, name, 1, &wanted);
    H5Oclose(opened);
}

static void read_dataset(hid_t file, const char *name, hid_t type, void *out)
{
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    assert_true(dataset >= 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0);
    H5Dclose(dataset);
}

static void expect_columns(const char *path)
{
    static const char *const ORDER[] = {"size", "cludi", "cludi_confidence"};
    float found[HDF5_ROWS];
    cludi_labels read;
    char codes[1100];
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), obs = H5Gopen2(file, "obs", H5P_DEFAULT);
    expect_texts(obs, "column-order", 3, ORDER);
    expect_text(obs, "cludi", "encoding-type", "categorical");
    expect_text(obs, "cludi", "encoding-version", "0.2.0");
    expect_text(obs, "cludi/codes", "encoding-type", "array");
    expect_text(obs, "cludi/categories", "encoding-type", "string-array");
    expect_text(obs, "cludi_confidence", "encoding-type", "array");
    read_dataset(obs, "cludi_confidence", H5T_NATIVE_FLOAT, found);
    assert_memory_equal(found, confidence, sizeof found);
    H5Gclose(obs);
    H5Fclose(file);
    snprintf(codes, sizeof codes, "%s:/obs/cludi", path);
    assert_int_equal(cludi_labels_read(context, codes, &read, NULL), CLUDI_OK);
    assert_int_equal(read.rows, HDF5_ROWS);
    assert_memory_equal(read.data, labels, sizeof labels);
    cludi_labels_clear(context, &read);
}

/* A program compiled with an older header has four fields, and something else behind them. */
static void a_shorter_struct_is_taken(void **state)
{
    (void)state;
    cludi_h5ad_columns older;
    memset(&older, 0xA5, sizeof older);
    older.labels = COLUMNS.labels;
    older.confidence = COLUMNS.confidence;
    older.rows = COLUMNS.rows;
    older.clusters = COLUMNS.clusters;
    hdf5_put_h5ad("a.h5ad", 0);
    assert_int_equal((cludi_h5ad_write)(context, io_path("a.h5ad"), io_path("b.h5ad"), &older, NULL), CLUDI_OK);
    expect_columns(io_path("b.h5ad"));
    const size_t sizes[] = {0, 8, sizeof older + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        EXPECT_ARGUMENT("columns has ", cludi_h5ad_write_sized, context, io_path("a.h5ad"), io_path("b.h5ad"), &COLUMNS,
                        sizes[i]);
    assert_int_equal(io_empty(), 2);
}

static void columns_are_added_to_a_copy(void **state)
{
    (void)state;
    for (int fixed = 0; fixed < 2; fixed++) {
        cludi_error error;
        size_t before;
        hdf5_put_h5ad("a.h5ad", fixed);
        unsigned char *bytes = read_whole(io_path("a.h5ad"), &before);
        if (cludi_h5ad_write(context, io_path("a.h5ad:/obsm/X_pca"), io_path("b.h5ad"), &COLUMNS, &error) != CLUDI_OK)
            fail_msg("%s", error.message);
        expect_columns(io_path("b.h5ad"));
        io_expect(io_path("a.h5ad"), bytes, before); /* as it was */
        free(bytes);
        assert_int_equal(cludi_h5ad_write(context, io_path("a.h5ad"), io_path("c.h5ad"), &COLUMNS, NULL), CLUDI_OK);
        expect_same_files(io_path("b.h5ad"), io_path("c.h5ad"));
        assert_int_equal(cludi_h5ad_write(context, io_path("b.h5ad"), io_path("c.h5ad"), &COLUMNS, NULL), CLUDI_OK);
        expect_columns(io_path("c.h5ad")); /* columns of an earlier run are replaced */
        assert_int_equal(io_empty(), 3);
    }
}

static float probabilities[HDF5_ROWS][4];

/* Everything under names of the caller: a column in place of another one, an array, and a dict of every type. */
static void names_and_parameters_are_written(void **state)
{
    (void)state;
    static const char *const ORDER[] = {"cludi", "size", "size_confidence"};
    cludi_h5ad_columns columns = COLUMNS;
    float found[HDF5_ROWS][4];
    int64_t whole;
    double real;
    signed char yes;
    columns.name = "size";
    columns.obsm = "X_p\xC3\xA4";
    columns.probabilities = probabilities[0];
    columns.parameters = "{\"params\":{\"K\":4,\"rate\":0.5},\"version\":\"1\",\"yes\":true}";
    hdf5_put_h5ad("a.h5ad", false);
    for (int again = 0; again < 2; again++) {
        cludi_error error;
        const char *const from = again ? "b.h5ad" : "a.h5ad", *const to = again ? "c.h5ad" : "b.h5ad";
        char source[1024];
        snprintf(source, sizeof source, "%s", io_path(from));
        if (cludi_h5ad_write(context, source, io_path(to), &columns, &error) != CLUDI_OK)
            fail_msg("%s", error.message);
        hid_t file = H5Fopen(io_path(to), H5F_ACC_RDONLY, H5P_DEFAULT), obs = H5Gopen2(file, "obs", H5P_DEFAULT);
        expect_texts(obs, "column-order", 3, ORDER);
        expect_text(file, "obs/size", "encoding-type", "categorical");
        expect_text(file, "uns/size", "encoding-type", "dict");
        expect_text(file, "uns/size/params", "encoding-version", "0.1.0");
        expect_text(file, "uns/size/params/K", "encoding-type", "numeric-scalar");
        expect_text(file, "uns/size/version", "encoding-type", "string");
        expect_text(file, "obsm/X_p\xC3\xA4", "encoding-type", "array");
        read_dataset(file, "obsm/X_p\xC3\xA4", H5T_NATIVE_FLOAT, found);
        assert_memory_equal(found, probabilities, sizeof found);
        read_dataset(file, "uns/size/params/K", H5T_NATIVE_INT64, &whole);
        read_dataset(file, "uns/size/params/rate", H5T_NATIVE_DOUBLE, &real);
        read_dataset(file, "uns/size/yes", H5T_NATIVE_SCHAR, &yes);
        assert_true(whole == 4 && real == 0.5 && yes == 1);
        assert_true(H5Lexists(file, "obsm/X_pca", H5P_DEFAULT) > 0);
        H5Gclose(obs);
        H5Fclose(file);
    }
    io_empty();
}

static void refuse_name(const char *name, const char *words)
{
    cludi_h5ad_columns columns = COLUMNS;
    columns.name = name;
    EXPECT_ARGUMENT(words, cludi_h5ad_write, context, io_path("a.h5ad"), io_path("b.h5ad"), &columns);
    if (strstr(words, "reserved"))
        return;
    columns.name = NULL;
    columns.obsm = name;
    columns.probabilities = probabilities[0];
    EXPECT_ARGUMENT("is no name for an array of obsm", cludi_h5ad_write, context, io_path("a.h5ad"), io_path("b.h5ad"),
                    &columns);
}

static void other_names_are_refused(void **state)
{
    (void)state;
    char longest[257];
    cludi_h5ad_columns columns = COLUMNS;
    memset(longest, 'x', 256);
    longest[256] = '\0';
    hdf5_put_h5ad("a.h5ad", false);
    refuse_name("", "\"\" is no name for a column of obs: it is empty.");
    refuse_name("a/b", "\"a/b\" is no name for a column of obs: it is a path.");
    refuse_name(".", "it is reserved.");
    refuse_name("..", "it is reserved.");
    refuse_name("_index", "it is reserved.");
    refuse_name("__categories", "it is reserved.");
    refuse_name("\xFF", "\"\\xff\" is no name for a column of obs: it is not plain UTF-8.");
    refuse_name("a\nb", "it is not plain UTF-8.");
    refuse_name(longest, "it is too long.");
    columns.obsm = "X_pca";
    columns.probabilities = probabilities[0];
    EXPECT_ARGUMENT("/obsm/X_pca has the vectors that were clustered; another name is wanted for the probabilities.",
                    cludi_h5ad_write, context, io_path("a.h5ad"), io_path("b.h5ad"), &columns);
    columns.obsm = "Z";
    EXPECT_ARGUMENT("/obsm/Z has the vectors that were clustered;", cludi_h5ad_write, context,
                    io_path("a.h5ad:/obsm/Z"), io_path("b.h5ad"), &columns);
    columns = COLUMNS;
    static const char *const NONE[] = {
        "", "[1]", "{\"a\":null}", "{\"a\":[1]}", "{\"a/b\":1}", "{\"\":1}", "{\"a\":1,\"a\":2}"};
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) {
        columns.parameters = NONE[i];
        EXPECT_ARGUMENT("columns->parameters is no JSON object of strings, numbers, booleans and such objects.",
                        cludi_h5ad_write, context, io_path("a.h5ad"), io_path("b.h5ad"), &columns);
    }
    assert_int_equal(io_empty(), 1);
}

/* Neither the names of the observations nor what others keep in uns is replaced. */
static void what_others_wrote_is_kept(void **state)
{
    (void)state;
    cludi_h5ad_columns columns = COLUMNS;
    hdf5_put_h5ad("a.h5ad", false);
    hid_t file = H5Fopen(io_path("a.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT), obs = H5Gopen2(file, "obs", H5P_DEFAULT);
    const char *const index = "cell_confidence";
    hid_t text = hdf5_text_type();
    hdf5_put_group(file, "uns");
    hdf5_put_group(file, "uns/pca");
    assert_true(H5Lmove(obs, "_index", obs, index, H5P_DEFAULT, H5P_DEFAULT) >= 0 && H5Adelete(obs, "_index") >= 0);
    hdf5_put_texts(obs, "_index", text, 0, &index);
    H5Tclose(text);
    H5Gclose(obs);
    H5Fclose(file);
    columns.name = index;
    EXPECT(CLUDI_ERROR_FORMAT, "a.h5ad\" has its names of the observations in /obs/cell_confidence; another name is",
           cludi_h5ad_write, context, io_path("a.h5ad"), io_path("b.h5ad"), &columns);
    columns.name = "cell";
    EXPECT(CLUDI_ERROR_FORMAT, "in /obs/cell_confidence;", cludi_h5ad_write, context, io_path("a.h5ad"),
           io_path("b.h5ad"), &columns);
    columns.name = "pca";
    columns.parameters = "{}";
    EXPECT(CLUDI_ERROR_FORMAT, "a.h5ad\" has something else in /uns/pca; another name is wanted for the labels.",
           cludi_h5ad_write, context, io_path("a.h5ad"), io_path("b.h5ad"), &columns);
    columns.parameters = NULL;
    assert_int_equal(cludi_h5ad_write(context, io_path("a.h5ad"), io_path("b.h5ad"), &columns, NULL), CLUDI_OK);
    io_empty();
}

/* As AnnData writes the names since strings may be missing: values and a mask. */
static void names_with_a_mask_are_counted(void **state)
{
    (void)state;
    cludi_h5ad_columns columns = COLUMNS;
    hdf5_put_h5ad("a.h5ad", false);
    hid_t file = H5Fopen(io_path("a.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT);
    hdf5_put_group(file, "obs/names");
    assert_true(H5Lmove(file, "obs/_index", file, "obs/names/values", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_true(H5Lmove(file, "obs/names", file, "obs/_index", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    H5Fclose(file);
    assert_int_equal(cludi_h5ad_write(context, io_path("a.h5ad"), io_path("b.h5ad"), &columns, NULL), CLUDI_OK);
    expect_columns(io_path("b.h5ad"));
    columns.rows--;
    EXPECT(CLUDI_ERROR_FORMAT, "a.h5ad\" has 20 observations, but there are 19 labels.", cludi_h5ad_write, context,
           io_path("a.h5ad"), io_path("b.h5ad"), &columns);
    file = H5Fopen(io_path("a.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(file, "obs/_index/values", H5P_DEFAULT) >= 0);
    H5Fclose(file);
    EXPECT(CLUDI_ERROR_FORMAT, "a.h5ad\": \"/obs/_index\", which names the observations, is no column.",
           cludi_h5ad_write, context, io_path("a.h5ad"), io_path("b.h5ad"), &columns);
    io_empty();
}

/* Codes get wider with the number of clusters. */
static void many_clusters_have_wider_codes(void **state)
{
    (void)state;
    const int32_t clusters[] = {127, 128, 40000};
    const char *const types[] = {"|i1", "<i2", "<i4"};
    hdf5_put_h5ad("a.h5ad", false);
    for (int i = 0; i < 3; i++) {
        cludi_h5ad_columns columns = COLUMNS;
        cludi_file_info info;
        columns.clusters = clusters[i];
        assert_int_equal(cludi_h5ad_write(context, io_path("a.h5ad"), io_path("b.h5ad"), &columns, NULL), CLUDI_OK);
        assert_int_equal(cludi_file_describe(context, io_path("b.h5ad:/obs/cludi"), &info, NULL), CLUDI_OK);
        assert_string_equal(info.dtype, types[i]);
    }
    io_empty();
}

/* The old file stays, and nothing else is left. */
static void what_cannot_be_added_is_refused(void **state)
{
    (void)state;
    cludi_h5ad_columns columns = COLUMNS;
    char target[1024];
    snprintf(target, sizeof target, "%s", io_put("b.h5ad", "old", 3));
    hdf5_put_h5ad("a.h5ad", false);
    columns.rows = HDF5_ROWS - 1;
    EXPECT(CLUDI_ERROR_FORMAT, "a.h5ad\" has 20 observations, but there are 19 labels.", cludi_h5ad_write, context,
           io_path("a.h5ad"), target, &columns);
    EXPECT(CLUDI_ERROR_FORMAT, "b.h5ad\" is not an .h5ad file, so labels cannot be added to a copy.", cludi_h5ad_write,
           context, target, io_path("c.h5ad"), &COLUMNS);
    EXPECT_ARGUMENT("a.h5ad\" is the file that is copied; another name is wanted.", cludi_h5ad_write, context,
                    io_path("a.h5ad:/obsm"), io_path("a.h5ad"), &COLUMNS);
    EXPECT(CLUDI_ERROR_FILE, "an .h5ad has to be a regular file.", cludi_h5ad_write, context, io_path("a.h5ad"),
           "/dev/null", &COLUMNS);
    hid_t file = H5Fopen(io_path("a.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT), obs = H5Gopen2(file, "obs", H5P_DEFAULT);
    assert_true(H5Adelete(obs, "_index") >= 0);
    H5Gclose(obs);
    H5Fclose(file);
    EXPECT(CLUDI_ERROR_FORMAT, "its /obs does not say which column names the observations (attribute _index).",
           cludi_h5ad_write, context, io_path("a.h5ad"), target, &COLUMNS);
    file = H5Fopen(io_path("a.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT);
    H5Lmove(file, "obs", file, "elsewhere", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/elsewhere", file, "obs", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    EXPECT(CLUDI_ERROR_FORMAT, "\"obs\" is a soft link, which cludi does not follow.", cludi_h5ad_write, context,
           io_path("a.h5ad"), target, &COLUMNS);
    file = H5Fopen(io_path("a.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT);
    H5Ldelete(file, "obs", H5P_DEFAULT);
    hdf5_put_integers(file, "obs", H5T_STD_I32LE, (int[HDF5_ROWS]){0});
    H5Fclose(file);
    EXPECT(CLUDI_ERROR_FORMAT, "has a table in /obs, as AnnData wrote it before version 0.7", cludi_h5ad_write, context,
           io_path("a.h5ad"), target, &COLUMNS);
    io_expect(target, "old", 3);
    assert_int_equal(io_empty(), 2);
}

/* Files may not grow beyond what the columns need, as on a full disk: the old file stays. */
static void what_cannot_be_written_is_refused(void **state)
{
    (void)state;
    char target[1024];
    size_t before, after;
    struct rlimit whole;
    hdf5_put_h5ad("a.h5ad", false);
    assert_int_equal(cludi_h5ad_write(context, io_path("a.h5ad"), io_path("b.h5ad"), &COLUMNS, NULL), CLUDI_OK);
    free(read_whole(io_path("a.h5ad"), &before));
    free(read_whole(io_path("b.h5ad"), &after));
    snprintf(target, sizeof target, "%s", io_put("b.h5ad", "old", 3));
    assert_ptr_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
    for (size_t most = before; most < after; most += 256) {
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){most, whole.rlim_max}), 0);
        EXPECT(CLUDI_ERROR_FILE, "b.h5ad\": File too large.", cludi_h5ad_write, context, io_path("a.h5ad"), target,
               &COLUMNS);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
        io_expect(target, "old", 3);
    }
    assert_int_equal(io_empty(), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shorter_struct_is_taken),         cmocka_unit_test(columns_are_added_to_a_copy),
        cmocka_unit_test(names_and_parameters_are_written),  cmocka_unit_test(other_names_are_refused),
        cmocka_unit_test(what_others_wrote_is_kept),         cmocka_unit_test(names_with_a_mask_are_counted),
        cmocka_unit_test(many_clusters_have_wider_codes),    cmocka_unit_test(what_cannot_be_added_is_refused),
        cmocka_unit_test(what_cannot_be_written_is_refused),
    };
    for (int i = 0; i < HDF5_ROWS; i++) {
        labels[i] = i % 4;
        confidence[i] = (float)i / 32;
        probabilities[i][i % 4] = 1;
    }
    return hdf5_run_tests(tests, sizeof tests / sizeof *tests, &context);
}

#else

int main(void)
{
    return 77;
}

#endif
