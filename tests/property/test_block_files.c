/* Rows that stay in their file: a fit gives the bytes of a fit on a matrix, and the program, which predicts in blocks, the
   bytes of one prediction of all rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "io_support.h"
#include "tensor_support.h"

/* ---- fit ---- */

static cludi_status fit_file(cludi_context *context, const char *path, const cludi_config *config, cludi_model **model)
{
    cludi_dataset *dataset;
    assert_int_equal(cludi_dataset_open(context, path, &dataset, NULL), CLUDI_OK);
    const cludi_source rows = cludi_dataset_get_source(dataset);
    const cludi_status status = cludi_fit_source(context, &rows, BLOB_CLUSTERS, config, model, NULL);
    cludi_dataset_free(dataset);
    return status;
}

static void test_fit(void **state)
{
    (void)state;
    blobs b;
    blobs_fill(&b, 0.2);
    const cludi_matrix X = blobs_matrix(&b);
    const cludi_config config = blobs_config();
    assert_int_equal(cludi_matrix_write(io_path("rows.npy"), &X, NULL), CLUDI_OK);
    for (int n = 0; float_backend(n); n++) {
        cludi_context *context = blobs_context(float_backend(n), 2, 5);
        cludi_model *whole = blobs_fit(context, &X, BLOB_CLUSTERS, &config), *streamed;
        assert_int_equal(fit_file(context, io_path("rows.npy"), &config, &streamed), CLUDI_OK);
        assert_int_equal(cludi_model_save(whole, io_path("whole"), NULL), CLUDI_OK);
        assert_int_equal(cludi_model_save(streamed, io_path("streamed"), NULL), CLUDI_OK);
        expect_same_files(io_path("whole"), io_path("streamed"));
        cludi_model_free(whole);
        cludi_model_free(streamed);
        cludi_context_free(context);
    }
    io_empty();
}

/* ---- predict ---- */

enum { ROWS = 300, COLS = 1 << 16, CLUSTERS = 3 }; /* 64 MiB are 256 rows */

static float data[(size_t)ROWS * COLS];

/* Rows around three directions, as int8 in a file and as float32 in memory. */
static void make_rows(const char *path)
{
    char header[129];
    const int length =
        snprintf(header, sizeof header, "\x93NUMPY\1%cv%c{'descr': '|i1', 'fortran_order': False, 'shape': (%d, %d), }",
                 0, 0, ROWS, COLS);
    memset(header + length, ' ', sizeof header - (size_t)length);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(header, 1, 128, file), 128);
    uint32_t next = 7;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLS; j++) {
            next = next * 1664525U + 1013904223U;
            const int number = (int)(next >> 29) + (j % CLUSTERS == i % CLUSTERS ? 20 : 0);
            data[i * COLS + j] = (float)number;
            assert_int_equal(fputc(number, file), number);
        }
    assert_int_equal(fclose(file), 0);
}

static cludi_model *make_model(cludi_context *context)
{
    cludi_config config = blobs_config();
    config.batch_size = 6;
    config.steps = 2;
    config.draws = 2;
    config.denoise_steps = 2;
    return blobs_fit(context, &(cludi_matrix){data, 30, COLS, COLS}, CLUSTERS, &config);
}

static void write_whole(const answers *a)
{
    const cludi_matrix proba = {a->probabilities, a->rows, a->K, a->K}, embedding = {a->embedding, a->rows, a->d, a->d};
    assert_int_equal(cludi_labels_write(io_path("y"), a->labels, a->rows, NULL), CLUDI_OK);
    assert_int_equal(cludi_matrix_write(io_path("p"), &proba, NULL), CLUDI_OK);
    assert_int_equal(cludi_matrix_write(io_path("z"), &embedding, NULL), CLUDI_OK);
}

static void test_predict(void **state)
{
    (void)state;
    char command[4096];
    cludi_context *context = blobs_context("auto", 0, 0);
    make_rows(io_path("rows.npy"));
    cludi_model *model = make_model(context);
    assert_int_equal(cludi_model_save(model, io_path("model"), NULL), CLUDI_OK);
    answers whole = blobs_predict(context, model, &(cludi_matrix){data, ROWS, COLS, COLS}, 0);
    write_whole(&whole);
    snprintf(command, sizeof command,
             "cd '%s' && '%s' predict model rows.npy -o y.npy --proba p.npy --embedding z.npy --precision f32 --quiet",
             io_folder, CLUDI_PROGRAM);
    assert_int_equal(system(command), 0);
    expect_same_files(io_path("y"), io_path("y.npy"));
    expect_same_files(io_path("p"), io_path("p.npy"));
    expect_same_files(io_path("z"), io_path("z.npy"));
    answers_clear(&whole);
    cludi_model_free(model);
    cludi_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fit), cmocka_unit_test(test_predict)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
