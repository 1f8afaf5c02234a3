/* Bad input to the public functions that take rows and files a piece at a time: the status, and the words of the
   message. */
#include <math.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "io_support.h"

static cludi_context *context;

static int setup(void **state)
{
    context = blobs_context("ref", 1, 1);
    return io_setup(state);
}

static int teardown(void **state)
{
    cludi_context_free(context);
    return io_teardown(state);
}

static void expect_source_fails(const cludi_source *X, int32_t clusters, cludi_status wanted, const char *words)
{
    cludi_model *model = (cludi_model *)context;
    EXPECT(wanted, words, cludi_fit_source, context, X, clusters, NULL, &model);
    assert_null(model);
}

static cludi_status read_nothing(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    (void)user;
    (void)first;
    (void)count;
    (void)out;
    (void)error;
    return CLUDI_ERROR_BACKEND;
}

static void test_fit_source(void **state)
{
    (void)state;
    cludi_model *model = (cludi_model *)context;
    const cludi_source good = {10, 2, read_nothing, NULL, 0, NULL};
    cludi_source X = good;
    EXPECT_ARGUMENT("context is NULL.", cludi_fit_source, NULL, &X, 3, NULL, &model);
    assert_null(model);
    EXPECT_ARGUMENT("model is NULL.", cludi_fit_source, context, &X, 3, NULL, NULL);
    expect_source_fails(NULL, 3, CLUDI_ERROR_ARGUMENT, "X is NULL; a source");
    expect_source_fails(&X, 11, CLUDI_ERROR_ARGUMENT, "K is 11, but X has only 10 rows;");
    expect_source_fails(&X, 1, CLUDI_ERROR_ARGUMENT, "K is 1;");
    expect_source_fails(&X, 3, CLUDI_ERROR_BACKEND, "The source of X could not read rows 0 to 9 ");
    X.sequential = 1;
    expect_source_fails(&X, 3, CLUDI_ERROR_UNSUPPORTED, "X can only be read in order, but training takes");
    EXPECT(CLUDI_ERROR_BACKEND, "could not read rows 0 to 9 ", cludi_source_check, context, &X);
    EXPECT_ARGUMENT("context is NULL.", cludi_source_check, NULL, &X);
    EXPECT_ARGUMENT("X is NULL; a source", cludi_source_check, context, NULL);
    X.rows = 0;
    EXPECT_ARGUMENT("X has 0 rows;", cludi_source_check, context, &X);
    X = good;
    X.read = NULL;
    expect_source_fails(&X, 3, CLUDI_ERROR_ARGUMENT, "X->read is NULL;");
    X = good;
    X.cols = 0;
    expect_source_fails(&X, 3, CLUDI_ERROR_ARGUMENT, "X has 0 columns;");
}

/* ---- any rows ---- */

/* A file's rows in any order, one of them twice, are those of read; a program of 0.1 sees its own struct. */
static void check_any_rows(const char *path, int32_t in_memory)
{
    enum { ROWS = 5 };
    static const int64_t WANTED[] = {3, 0, 4, 3, 1};
    float data[ROWS * 2], got[ROWS * 2];
    cludi_dataset *dataset;
    cludi_dataset_options options;
    for (int i = 0; i < ROWS * 2; i++)
        data[i] = (float)i;
    assert_int_equal(cludi_matrix_write(path, &(cludi_matrix){data, ROWS, 2, 2}, NULL), CLUDI_OK);
    cludi_dataset_options_init(&options);
    options.in_memory = in_memory;
    assert_int_equal(cludi_dataset_open_with(context, path, &options, &dataset, NULL), CLUDI_OK);
    const cludi_source X = cludi_dataset_get_source(dataset);
    const cludi_source_0_1 old = (cludi_dataset_get_source)(dataset);
    assert_true(old.rows == ROWS && old.cols == 2 && old.read == X.read && old.user == X.user);
    assert_int_equal(X.read_rows(X.user, WANTED, ROWS, got, NULL), CLUDI_OK);
    for (int i = 0; i < ROWS; i++)
        assert_memory_equal(got + 2 * i, data + 2 * WANTED[i], 2 * sizeof *got);
    assert_int_equal(X.read_rows(X.user, &(int64_t){ROWS}, 1, got, NULL), CLUDI_ERROR_ARGUMENT);
    cludi_dataset_free(dataset);
}

static void test_any_rows(void **state)
{
    (void)state;
    check_any_rows("any.npy", 0);
    check_any_rows("any.npy", 1);
    EXPECT_ARGUMENT("size is 7; a cludi_source has", cludi_source_check_sized, context, NULL, 7);
}

/* ---- files ---- */

static const float NUMBERS[6] = {1, 2, 3, 4, 5, 6};
static const cludi_matrix MATRIX = {NUMBERS, 3, 2, 2};

static void count_tensor(void *user, const cludi_tensor_info *tensor)
{
    (void)tensor;
    ++*(int *)user;
}

static void test_list_tensors(void **state)
{
    (void)state;
    const char *path = io_path("absent");
    EXPECT_ARGUMENT("context is NULL.", cludi_file_list_tensors, NULL, path, count_tensor, NULL);
    EXPECT_ARGUMENT("path is NULL.", cludi_file_list_tensors, context, NULL, count_tensor, NULL);
    EXPECT_ARGUMENT("visit is NULL.", cludi_file_list_tensors, context, path, NULL, NULL);
    EXPECT(CLUDI_ERROR_FILE, path, cludi_file_list_tensors, context, path, count_tensor, NULL);
    path = io_put("x.csv", "1,2\n", 4);
    EXPECT(CLUDI_ERROR_FORMAT, "x.csv\" is CSV, not a safetensors file.", cludi_file_list_tensors, context, path,
           count_tensor, NULL);
}

static void test_dataset_open(void **state)
{
    (void)state;
    cludi_dataset *dataset = (cludi_dataset *)context;
    const char *path = io_path("nowhere");
    EXPECT_ARGUMENT("context is NULL.", cludi_dataset_open, NULL, path, &dataset);
    assert_null(dataset);
    EXPECT_ARGUMENT("path is NULL.", cludi_dataset_open, context, NULL, &dataset);
    EXPECT_ARGUMENT("dataset is NULL.", cludi_dataset_open, context, path, NULL);
    EXPECT(CLUDI_ERROR_FILE, "No such file or directory", cludi_dataset_open, context, path, &dataset);
    assert_null(dataset);
    EXPECT(CLUDI_ERROR_FILE, "is a folder", cludi_dataset_open, context, io_folder, &dataset);
    const char *pipe = io_path("pipe");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    EXPECT(CLUDI_ERROR_FILE, "it is not a regular file", cludi_dataset_open, context, pipe, &dataset);
    EXPECT(CLUDI_ERROR_FORMAT, "is not an array", cludi_dataset_open, context, io_put("words", "some\2words", 10),
           &dataset);
    const char *cut = io_path("cut.npy");
    assert_int_equal(cludi_matrix_write(cut, &MATRIX, NULL), CLUDI_OK);
    assert_int_equal(truncate(cut, 150), 0);
    EXPECT(CLUDI_ERROR_FORMAT, "cut.npy\" is truncated: wanted 24 bytes", cludi_dataset_open, context, cut, &dataset);
    assert_null(dataset);
    io_empty();
}

/* The lowest descriptor that is free: another one than before when something stayed open. */
static int next_descriptor(void)
{
    int descriptor = dup(0);
    close(descriptor);
    return descriptor;
}

/* The rows of a file: in memory, and in the file, whose name is the dataset's own. */
static void test_dataset_open_with(void **state)
{
    (void)state;
    cludi_dataset *dataset = (cludi_dataset *)context;
    cludi_dataset_options options;
    char id[CLUDI_ID_SIZE];
    const char *path = io_put("x.csv", "name,a\nfirst,1\nsecond,2\n", 24);
    cludi_dataset_options_init(NULL);
    cludi_dataset_options_init(&options);
    EXPECT_ARGUMENT("options is NULL.", cludi_dataset_open_with, context, path, NULL, &dataset);
    assert_null(dataset);
    EXPECT_ARGUMENT("dataset is NULL.", cludi_dataset_open_with, context, path, &options, NULL);
    options.struct_size--;
    EXPECT_ARGUMENT("cludi_dataset_options_init", cludi_dataset_open_with, context, path, &options, &dataset);
    options.struct_size++;
    options.id_column = "nam";
    EXPECT(CLUDI_ERROR_FORMAT, "x.csv\" has no column \"nam\"", cludi_dataset_open_with, context, path, &options,
           &dataset);
    assert_null(dataset);
    options.id_column = "name";
    assert_int_equal(cludi_dataset_open_with(context, path, &options, &dataset, NULL), CLUDI_OK);
    assert_int_equal(cludi_dataset_read_id(dataset, 1, id, NULL), CLUDI_OK);
    assert_string_equal(id, "second");
    EXPECT_ARGUMENT("dataset is NULL.", cludi_dataset_read_id, NULL, 0, id);
    EXPECT_ARGUMENT("text is NULL.", cludi_dataset_read_id, dataset, 0, NULL);
    EXPECT_ARGUMENT("x.csv\" has 2 rows; row 2 is wanted.", cludi_dataset_read_id, dataset, 2, id);
    EXPECT_ARGUMENT("row -1 is wanted.", cludi_dataset_read_id, dataset, -1, id);
    cludi_dataset_free(dataset);
    options.in_memory = 1;
    assert_int_equal(cludi_dataset_open_with(context, path, &options, &dataset, NULL), CLUDI_OK);
    EXPECT_ARGUMENT("was read into memory, without its ids", cludi_dataset_read_id, dataset, 0, id);
    cludi_dataset_free(dataset);
}

static void test_dataset_source(void **state)
{
    (void)state;
    const int descriptor = next_descriptor();
    for (int opened = 0; opened < 2; opened++) {
        cludi_dataset *dataset;
        char path[1024];
        float out[6] = {0};
        snprintf(path, sizeof path, "%s", io_path("x.npy"));
        assert_int_equal(cludi_matrix_write(path, &MATRIX, NULL), CLUDI_OK);
        assert_int_equal(opened ? cludi_dataset_open(context, path, &dataset, NULL)
                                : cludi_dataset_read(context, path, &dataset, NULL),
                         CLUDI_OK);
        memset(path, 'x', sizeof path);
        const cludi_source X = cludi_dataset_get_source(dataset);
        const cludi_matrix whole = cludi_dataset_get_matrix(dataset);
        assert_true(X.rows == 3 && X.cols == 2 && X.sequential == 0);
        assert_true(whole.rows == 3 && whole.cols == 2 && (opened ? !whole.data : whole.data != NULL));
        assert_int_equal(X.read(X.user, 1, 2, out, NULL), CLUDI_OK);
        assert_memory_equal(out, NUMBERS + 2, 4 * sizeof *out);
        EXPECT_ARGUMENT("/x.npy\" has 3 rows, but 2 rows from row 2 on are wanted.", X.read, X.user, 2, 2, out);
        EXPECT_ARGUMENT("but 1 rows from row -1 on", X.read, X.user, -1, 1, out);
        EXPECT_ARGUMENT("but -1 rows from row 0 on", X.read, X.user, 0, -1, out);
        EXPECT_ARGUMENT("rows from row 9223372036854775807 on", X.read, X.user, INT64_MAX, 1, out);
        assert_int_equal(X.read(X.user, 3, 0, out, NULL), CLUDI_OK);
        assert_int_equal(truncate(io_path("x.npy"), 128 + 9), 0);
        if (opened)
            EXPECT(CLUDI_ERROR_FORMAT, "Row 1 (counted from 0) cannot be read: \"", X.read, X.user, 0, 3, out);
        else
            assert_int_equal(X.read(X.user, 0, 3, out, NULL), CLUDI_OK);
        cludi_dataset_free(dataset);
        assert_int_equal(next_descriptor(), descriptor);
    }
    io_empty();
}

static void test_writer_open(void **state)
{
    (void)state;
    static const struct {
        cludi_array array;
        const char *words;
    } CASES[] = {{{(cludi_array_type)3, 1, 1}, "array->type is 3;"},
                 {{(cludi_array_type)-1, 1, 1}, "array->type is -1;"},
                 {{CLUDI_ARRAY_TEXT, 1, 2}, "array has 2 columns; labels and text have 1."},
                 {{CLUDI_ARRAY_LABELS, 1, 2}, "array has 2 columns; labels and text have 1."},
                 {{CLUDI_ARRAY_LABELS, -1, 1}, "array has -1 rows and 1 columns;"},
                 {{CLUDI_ARRAY_MATRIX, 1, 0}, "array has 1 rows and 0 columns;"},
                 {{CLUDI_ARRAY_MATRIX, INT64_MAX / 8, 4}, "that a file can hold are wanted."},
                 {{CLUDI_ARRAY_MATRIX, INT64_MAX / 2, 1}, "that a file can hold are wanted."}};
    const cludi_array good = {CLUDI_ARRAY_MATRIX, 3, 2};
    const char *path = io_path("out.npy");
    cludi_writer *writer = (cludi_writer *)context;
    EXPECT_ARGUMENT("context is NULL.", cludi_writer_open, NULL, path, &good, &writer);
    assert_null(writer);
    EXPECT_ARGUMENT("path is NULL.", cludi_writer_open, context, NULL, &good, &writer);
    EXPECT_ARGUMENT("array is NULL.", cludi_writer_open, context, path, NULL, &writer);
    EXPECT_ARGUMENT("writer is NULL.", cludi_writer_open, context, path, &good, NULL);
    EXPECT(CLUDI_ERROR_FILE, "Is a directory", cludi_writer_open, context, io_folder, &good, &writer);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        EXPECT_ARGUMENT(CASES[i].words, cludi_writer_open, context, path, &CASES[i].array, &writer);
        assert_null(writer);
    }
    assert_int_equal(io_empty(), 0);
    cludi_writer_free(NULL);
}

static void test_writer(void **state)
{
    (void)state;
    cludi_writer *writer;
    const cludi_array array = {CLUDI_ARRAY_MATRIX, 3, 2};
    const char *path = io_put("out.npy", "old", 3), *same = io_path("same.npy");
    assert_int_equal(cludi_writer_open(context, path, &array, &writer, NULL), CLUDI_OK);
    EXPECT_ARGUMENT("writer is NULL.", cludi_writer_append, NULL, NUMBERS, 1);
    EXPECT_ARGUMENT("writer is NULL.", cludi_writer_commit, NULL);
    EXPECT_ARGUMENT("data is NULL.", cludi_writer_append, writer, NULL, 1);
    EXPECT_ARGUMENT("rows is -1;", cludi_writer_append, writer, NUMBERS, -1);
    EXPECT_ARGUMENT("4 more do not fit behind the 0", cludi_writer_append, writer, NUMBERS, 4);
    assert_int_equal(cludi_writer_append(writer, NUMBERS, 1, NULL), CLUDI_OK);
    assert_int_equal(cludi_writer_append(writer, NULL, 0, NULL), CLUDI_OK);
    EXPECT_ARGUMENT("out.npy\" was begun for 3 rows, but only 1 came;", cludi_writer_commit, writer);
    assert_int_equal(cludi_writer_append(writer, NUMBERS + 2, 2, NULL), CLUDI_OK);
    io_expect(path, "old", 3);
    assert_int_equal(cludi_writer_commit(writer, NULL), CLUDI_OK);
    EXPECT_ARGUMENT("nothing can be appended any more.", cludi_writer_append, writer, NUMBERS, 0);
    EXPECT_ARGUMENT("it cannot be committed again.", cludi_writer_commit, writer);
    cludi_writer_free(writer);
    size_t size;
    assert_int_equal(cludi_matrix_write(same, &MATRIX, NULL), CLUDI_OK);
    unsigned char *wanted = read_whole(same, &size);
    io_expect(path, wanted, size);
    assert_int_equal(cludi_writer_open(context, path, &array, &writer, NULL), CLUDI_OK);
    assert_int_equal(cludi_writer_append(writer, NUMBERS, 2, NULL), CLUDI_OK);
    cludi_writer_free(writer);
    io_expect(path, wanted, size);
    free(wanted);
    assert_int_equal(io_empty(), 2); /* and no temporary file */
}

/* Bytes as they come, whatever number of rows was said. */
static void test_text_writer(void **state)
{
    (void)state;
    cludi_writer *writer;
    const cludi_array array = {CLUDI_ARRAY_TEXT, 0, 1};
    const char *path = io_put("out.csv", "old", 3);
    assert_int_equal(cludi_writer_open(context, path, &array, &writer, NULL), CLUDI_OK);
    assert_int_equal(cludi_writer_append(writer, "id,la", 5, NULL), CLUDI_OK);
    assert_int_equal(cludi_writer_append(writer, "bel\n", 4, NULL), CLUDI_OK);
    io_expect(path, "old", 3);
    assert_int_equal(cludi_writer_commit(writer, NULL), CLUDI_OK);
    EXPECT_ARGUMENT("nothing can be appended any more.", cludi_writer_append, writer, "x", 1);
    cludi_writer_free(writer);
    io_expect(path, "id,label\n", 9);
    assert_int_equal(io_empty(), 1);
}

static void test_outputs(void **state)
{
    (void)state;
    cludi_output_lock *lock, *second;
    const char *path = io_path("output");
    EXPECT_ARGUMENT("path is NULL.", cludi_output_check, NULL);
    EXPECT(CLUDI_ERROR_FILE, "Is a directory.", cludi_output_check, io_folder);
    EXPECT(CLUDI_ERROR_FILE, "the folder \"", cludi_output_check, io_path("missing/x"));
    assert_int_equal(cludi_output_check(path, NULL), CLUDI_OK);
    assert_int_equal(io_empty(), 0); /* nothing is touched */
    EXPECT_ARGUMENT("context is NULL.", cludi_output_lock_take, NULL, path, &lock);
    EXPECT_ARGUMENT("path is NULL.", cludi_output_lock_take, context, NULL, &lock);
    assert_null(lock);
    EXPECT_ARGUMENT("lock is NULL.", cludi_output_lock_take, context, path, NULL);
    assert_int_equal(cludi_output_lock_take(context, path, &lock, NULL), CLUDI_OK);
    EXPECT(CLUDI_ERROR_FILE, "Another cludi is writing to \"", cludi_output_lock_take, context, path, &second);
    assert_null(second);
    cludi_output_lock_free(lock);
    cludi_output_lock_free(NULL);
    assert_int_equal(io_empty(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_rows),          cmocka_unit_test(test_fit_source),
        cmocka_unit_test(test_list_tensors),      cmocka_unit_test(test_dataset_open),
        cmocka_unit_test(test_dataset_open_with), cmocka_unit_test(test_dataset_source),
        cmocka_unit_test(test_writer_open),       cmocka_unit_test(test_writer),
        cmocka_unit_test(test_text_writer),       cmocka_unit_test(test_outputs),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
