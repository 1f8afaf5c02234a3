/* The program on HDF5 files: the same numbers give the same bytes as from .npy, and labels come back from an .h5ad. */
#include "expect_error.h"

#include <cludi/cludi.h>

#ifdef CLUDI_WITH_HDF5
#include "blobs.h"
#include "hdf5_files.h"

/* The exit code of the program, run in the folder of the test. */
static int run(const char *arguments)
{
    char command[4096];
    snprintf(command, sizeof command, "cd '%s' && '%s' %s >out 2>err", io_folder, CLUDI_PROGRAM, arguments);
    int code = system(command);
    return WIFEXITED(code) ? WEXITSTATUS(code) : -1;
}

/* The matrix of hdf5_number as .npy, and in a.h5ad in several encodings. */
static void put_inputs(void)
{
    static float numbers[HDF5_ROWS][HDF5_COLS];
    const cludi_matrix matrix = {numbers[0], HDF5_ROWS, HDF5_COLS, HDF5_COLS};
    for (int i = 0; i < HDF5_ROWS; i++)
        for (int j = 0; j < HDF5_COLS; j++)
            numbers[i][j] = (float)hdf5_number(i, j);
    assert_int_equal(cludi_matrix_write(io_path("x.npy"), &matrix, NULL), CLUDI_OK);
    hdf5_put_h5ad("a.h5ad", false);
    hid_t file = H5Fopen(io_path("a.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT);
    hdf5_put_matrix(file, "plain", H5T_IEEE_F64BE, (hdf5_storage){0});
    hdf5_put_matrix(file, "chunks", H5T_STD_I16BE, (hdf5_storage){.chunk = {3, 2}});
    H5Fclose(file);
}

static void expect_same_small_files(const char *a, const char *b)
{
    size_t size;
    unsigned char *bytes = read_whole(a, &size);
    io_expect(b, bytes, size);
    free(bytes);
}

static void predictions_are_those_of_npy(void **state)
{
    (void)state;
    static const char *const SAME[] = {"a.h5ad", "a.h5ad:/obsm/X_pca", "a.h5ad:plain", "a.h5ad:/chunks"};
    const char *settings = "-k 3 --hidden-dim 16 --embedding-dim 8 --batch-size 16 --views 2 --teacher-steps 2 --draws "
                           "2 --steps 12 --allow-collapse --quiet";
    char arguments[512];
    put_inputs();
    snprintf(arguments, sizeof arguments, "fit x.npy -o model %s", settings);
    assert_int_equal(run(arguments), 0);
    assert_int_equal(run("predict model x.npy -o y.npy --proba p.npy --quiet"), 0);
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
        snprintf(arguments, sizeof arguments, "fit %s -o other %s", SAME[i], settings);
        assert_int_equal(run(arguments), 0);
        snprintf(arguments, sizeof arguments, "predict other %s -o y2.npy --proba p2.npy --quiet", SAME[i]);
        assert_int_equal(run(arguments), 0);
        expect_same_files(io_path("model"), io_path("other"));
        expect_same_small_files(io_path("y.npy"), io_path("y2.npy"));
        expect_same_small_files(io_path("p.npy"), io_path("p2.npy"));
    }
    snprintf(arguments, sizeof arguments, "fit a.h5ad -o other %s --memory 100", settings);
    assert_int_equal(run(arguments), 0); /* rows that stay in the file */
    expect_same_files(io_path("model"), io_path("other"));
}

/* Behind predictions_are_those_of_npy, which leaves model and data. */
static void labels_come_back_from_an_h5ad(void **state)
{
    (void)state;
    cludi_context *context;
    cludi_labels labels, read;
    assert_int_equal(cludi_context_new(NULL, &context, NULL), CLUDI_OK);
    assert_int_equal(run("predict model a.h5ad -o b.h5ad --quiet"), 0);
    assert_int_equal(cludi_labels_read(context, io_path("y.npy"), &labels, NULL), CLUDI_OK);
    assert_int_equal(cludi_labels_read(context, io_path("b.h5ad:/obs/cludi"), &read, NULL), CLUDI_OK);
    assert_int_equal(read.rows, labels.rows);
    assert_memory_equal(read.data, labels.data, (size_t)labels.rows * sizeof *labels.data);
    cludi_labels_clear(context, &labels);
    cludi_labels_clear(context, &read);
    cludi_context_free(context);
    assert_int_equal(run("eval b.h5ad:/obs/cludi y.npy"), 0);
    assert_int_equal(run("predict model a.h5ad:/obsm/X_pca -o ./a.h5ad --quiet"), 2); /* the source is not replaced */
    assert_int_equal(run("predict model x.npy -o c.h5ad --quiet"), 1);                /* there is nothing to copy */
    assert_int_not_equal(access(io_path("c.h5ad"), F_OK), 0);
}

/* Behind a "GCOL" stand version and size of a heap of strings, and from 16 on its first: number, references, and at 24 its
   size. libhdf5 1.10 crashes, or goes in circles, over sizes that cannot be. */
static void damage_strings(const char *source, const char *damaged, const unsigned char string_size[8])
{
    size_t size;
    int heaps = 0;
    unsigned char *bytes = read_whole(io_path(source), &size);
    for (size_t i = 0; i + 32 <= size; i++)
        if (memcmp(bytes + i, "GCOL", 4) == 0 && ++heaps)
            memcpy(bytes + i + 24, string_size, 8);
    assert_true(heaps > 0);
    io_put(damaged, bytes, size);
    free(bytes);
}

/* Behind the others too. */
static void damaged_strings_end_in_a_sentence(void **state)
{
    (void)state;
    static const unsigned char SIZES[][8] = {{0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
                                             {0, 0, 0x10, 0, 0, 0, 0, 0}};
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        size_t size, said;
        damage_strings("a.h5ad", "damaged.h5ad", SIZES[i]);
        unsigned char *before = read_whole(io_path("damaged.h5ad"), &size);
        int files = io_count();
        assert_int_equal(run("predict model damaged.h5ad -o c.h5ad --quiet"), 1);
        assert_int_equal(io_count(), files); /* no c.h5ad, nothing unfinished */
        io_expect(io_path("damaged.h5ad"), before, size);
        char *sentence = (char *)read_whole(io_path("err"), &said);
        assert_true(said > 0 && memchr(sentence, '\n', said) == sentence + said - 1);
        assert_memory_equal(sentence, "cludi: \"damaged.h5ad\" ", 22);
        free(sentence);
        free(before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predictions_are_those_of_npy),
        cmocka_unit_test(labels_come_back_from_an_h5ad),
        cmocka_unit_test(damaged_strings_end_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}

#else

int main(void)
{
    return 77;
}

#endif
