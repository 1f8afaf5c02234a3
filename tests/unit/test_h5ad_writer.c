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
static const cludi_h5ad_columns COLUMNS = {labels, confidence, HDF5_ROWS, 4};

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
    hid_t dataset = H5Dopen2(obs, "cludi_confidence", H5P_DEFAULT);
    assert_true(H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, found) >= 0);
    assert_memory_equal(found, confidence, sizeof found);
    H5Dclose(dataset);
    H5Gclose(obs);
    H5Fclose(file);
    snprintf(codes, sizeof codes, "%s:/obs/cludi", path);
    assert_int_equal(cludi_labels_read(context, codes, &read, NULL), CLUDI_OK);
    assert_int_equal(read.rows, HDF5_ROWS);
    assert_memory_equal(read.data, labels, sizeof labels);
    cludi_labels_clear(context, &read);
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
        cmocka_unit_test(columns_are_added_to_a_copy),
        cmocka_unit_test(many_clusters_have_wider_codes),
        cmocka_unit_test(what_cannot_be_added_is_refused),
        cmocka_unit_test(what_cannot_be_written_is_refused),
    };
    cludi_context_options options;
    cludi_context_options_init(&options);
    options.backend = "ref";
    if (cludi_context_new(&options, &context, NULL) != CLUDI_OK)
        return 1;
    for (int i = 0; i < HDF5_ROWS; i++) {
        labels[i] = i % 4;
        confidence[i] = (float)i / 32;
    }
    int failed = cmocka_run_group_tests(tests, io_setup, io_teardown);
    cludi_context_free(context);
    return failed;
}

#else

int main(void)
{
    return 77;
}

#endif
