/* Several spaces of features in one matrix: what turtle makes of them, and what is refused. */
#include <math.h>
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "model_edit.h"

static const int64_t WIDTHS[] = {2, 4};

static struct {
    blobs b;
    cludi_matrix X;
    cludi_config config;
    cludi_context *context;
    int64_t stop_at; /* step; 0: never */
} fix;

static int note(void *user, const cludi_progress *progress)
{
    (void)user;
    return progress->phase == CLUDI_PHASE_FIT && progress->step == fix.stop_at;
}

static int setup(void **state)
{
    (void)state;
    cludi_context_options options;
    cludi_context_options_init(&options);
    blobs_fill(&fix.b, 0.2);
    fix.X = blobs_matrix(&fix.b);
    blobs_choose(&options, "ref");
    options.progress = note;
    fix.config = blobs_config();
    fix.config.method = CLUDI_METHOD_TURTLE;
    fix.config.preprocessing = CLUDI_PREPROCESSING_DIRECTIONS;
    fix.config.steps = 4;
    return cludi_context_new(&options, &fix.context, NULL) == CLUDI_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    cludi_context_free(fix.context);
    return 0;
}

/* The next trainings have these; NULL: one space. */
static void choose(const int64_t *widths, int32_t count)
{
    assert_int_equal(cludi_fit_set_spaces(fix.context, widths, count, NULL), CLUDI_OK);
}

static cludi_status fit(const char *name, cludi_error *error)
{
    cludi_model *model = NULL;
    const cludi_status status = cludi_fit(fix.context, &fix.X, BLOB_CLUSTERS, &fix.config, &model, error);
    if (model)
        assert_int_equal(cludi_model_save(model, io_path(name), NULL), CLUDI_OK);
    cludi_model_free(model);
    return status;
}

static cludi_model *load(const char *name)
{
    cludi_model *model;
    assert_int_equal(cludi_model_load(fix.context, io_path(name), &model, NULL), CLUDI_OK);
    return model;
}

static void test_arguments(void **state)
{
    (void)state;
    static const int64_t NONE[] = {3, 0}, MANY[] = {1, 1, 1, 1, 1}, LARGE[] = {INT64_MAX, INT64_MAX};
    EXPECT_ARGUMENT("context is NULL.", cludi_fit_set_spaces, NULL, WIDTHS, 2);
    EXPECT_ARGUMENT("widths is NULL.", cludi_fit_set_spaces, fix.context, NULL, 2);
    EXPECT_ARGUMENT("count is -1; it must be between 0 and 4.", cludi_fit_set_spaces, fix.context, WIDTHS, -1);
    EXPECT_ARGUMENT("count is 5; it must be between 0 and 4.", cludi_fit_set_spaces, fix.context, MANY, 5);
    EXPECT_ARGUMENT("widths[1] is 0; it must be between 1 and 2147483647.", cludi_fit_set_spaces, fix.context, NONE, 2);
    EXPECT_ARGUMENT("widths[0] is 9223372036854775807; it must be", cludi_fit_set_spaces, fix.context, LARGE, 2);
}

static void test_refused(void **state)
{
    (void)state;
    cludi_model *model;
    cludi_config config = fix.config;
    choose((const int64_t[]){2, 3}, 2);
    EXPECT_ARGUMENT("The spaces have 5 columns together, but X has 6.", cludi_fit, fix.context, &fix.X, BLOB_CLUSTERS,
                    &config, &model);
    choose(WIDTHS, 2);
    config.preprocessing = CLUDI_PREPROCESSING_COORDINATES;
    EXPECT_ARGUMENT("Several spaces of features want preprocessing unit or directions, not coordinates.", cludi_fit,
                    fix.context, &fix.X, BLOB_CLUSTERS, &config, &model);
    config.method = CLUDI_METHOD_SCAN;
    EXPECT(CLUDI_ERROR_UNSUPPORTED, "The method scan takes one space of features, not 2.", cludi_fit, fix.context,
           &fix.X, BLOB_CLUSTERS, &config, &model);
}

/* One space is one space, however it is said; two are something else. */
static void test_one(void **state)
{
    (void)state;
    choose(NULL, 0);
    assert_int_equal(fit("one", NULL), CLUDI_OK);
    choose((const int64_t[]){BLOB_COLS}, 1);
    assert_int_equal(fit("again", NULL), CLUDI_OK);
    expect_same_files(io_path("one"), io_path("again"));
    choose(WIDTHS, 2);
    assert_int_equal(fit("two", NULL), CLUDI_OK);
    expect_other_files(io_path("one"), io_path("two"));
}

static void predict(const cludi_model *model, const cludi_matrix *X, float *probabilities)
{
    const cludi_prediction out = {.probabilities = probabilities};
    assert_int_equal(cludi_predict(fix.context, model, X, NULL, &out, NULL), CLUDI_OK);
}

/* p += softmax(W x + b) / 2, x = the row's columns brought to norm sqrt(n). */
static void add_head(double *p, const float *row, int64_t n, const float *W, const float *b)
{
    double square = 0, e[BLOB_CLUSTERS], sum = 0;
    for (int64_t j = 0; j < n; j++)
        square += (double)row[j] * (double)row[j];
    for (int k = 0; k < BLOB_CLUSTERS; k++) {
        double logit = (double)b[k];
        for (int64_t j = 0; j < n; j++)
            logit += (double)W[k * n + j] * (double)row[j] * sqrt((double)n / square);
        sum += e[k] = exp(logit);
    }
    for (int k = 0; k < BLOB_CLUSTERS; k++)
        p[k] += e[k] / sum / 2;
}

/* Of unit rows, by the tensors of the file. */
static void expect_mean_of_heads(const char *name, const float *probabilities)
{
    model_edit edit;
    model_edit_read(&edit, io_path(name));
    for (int i = 0; i < BLOB_ROWS; i++) {
        const float *row = fix.X.data + i * fix.X.stride;
        double p[BLOB_CLUSTERS] = {0};
        add_head(p, row, WIDTHS[0], model_edit_array(&edit, "last.weight")->data,
                 model_edit_array(&edit, "last.bias")->data);
        add_head(p, row + WIDTHS[0], WIDTHS[1], model_edit_array(&edit, "last.weight.1")->data,
                 model_edit_array(&edit, "last.bias.1")->data);
        for (int k = 0; k < BLOB_CLUSTERS; k++)
            assert_float_equal(probabilities[i * BLOB_CLUSTERS + k], p[k], 1e-5);
    }
    model_edit_clear(&edit);
}

/* The model remembers its spaces; a row has its answer alone as among others; the columns of a space may be of any scale. */
static void test_model(void **state)
{
    (void)state;
    float all[BLOB_ROWS * BLOB_CLUSTERS], again[BLOB_ROWS * BLOB_CLUSTERS];
    blobs scaled = fix.b;
    const cludi_matrix other = blobs_matrix(&scaled);
    cludi_config config = fix.config;
    config.steps = 100;
    config.preprocessing = CLUDI_PREPROCESSING_UNIT;
    choose(WIDTHS, 2);
    cludi_model *model = blobs_fit(fix.context, &fix.X, BLOB_CLUSTERS, &config);
    assert_int_equal(cludi_model_save(model, io_path("two"), NULL), CLUDI_OK);
    cludi_model *loaded = load("two");
    predict(model, &fix.X, all);
    predict(loaded, &fix.X, again);
    assert_memory_equal(again, all, sizeof all);
    expect_mean_of_heads("two", all);
    for (int64_t i = 0; i < BLOB_ROWS; i += 17) {
        const cludi_matrix row = {fix.X.data + i * fix.X.stride, 1, BLOB_COLS, fix.X.stride};
        predict(loaded, &row, again);
        assert_memory_equal(again, all + i * BLOB_CLUSTERS, BLOB_CLUSTERS * sizeof *all);
    }
    for (int i = 0; i < BLOB_ROWS; i++)
        for (int j = 0; j < WIDTHS[0]; j++)
            scaled.data[i * BLOB_COLS + j] *= 8;
    predict(model, &other, again);
    for (int64_t i = 0; i < BLOB_ROWS * BLOB_CLUSTERS; i++)
        assert_float_equal(again[i], all[i], 1e-4);
    cludi_model_free(loaded);
    cludi_model_free(model);
}

static void keep(int resume)
{
    cludi_checkpoint checkpoint;
    cludi_checkpoint_init(&checkpoint);
    checkpoint.path = io_path("checkpoint");
    checkpoint.resume = resume;
    assert_int_equal(cludi_fit_set_checkpoint(fix.context, &checkpoint, NULL), CLUDI_OK);
}

static void test_resume(void **state)
{
    (void)state;
    choose(WIDTHS, 2);
    assert_int_equal(fit("whole", NULL), CLUDI_OK);
    keep(0);
    fix.stop_at = 2;
    assert_int_equal(fit("part", NULL), CLUDI_STOPPED);
    fix.stop_at = 0;
    keep(1);
    choose((const int64_t[]){4, 2}, 2); /* as many numbers, of other columns */
    EXPECT(CLUDI_ERROR_FORMAT, "does not fit the training that it is of.", fit, "other");
    choose(WIDTHS, 2);
    assert_int_equal(fit("resumed", NULL), CLUDI_OK);
    expect_same_files(io_path("whole"), io_path("resumed"));
    assert_int_equal(cludi_fit_set_checkpoint(fix.context, NULL, NULL), CLUDI_OK);
}

static void expect_refused(model_edit *edit)
{
    cludi_model *model;
    model_edit_sign(edit);
    model_edit_write(edit, io_path("wrong"));
    EXPECT(CLUDI_ERROR_FORMAT, "its metadata has no valid spaces.", cludi_model_load, fix.context, io_path("wrong"),
           &model);
    model_edit_clear(edit);
}

/* Widths that a file could have wrong; and a method or a map to which they do not belong. */
static void test_files(void **state)
{
    (void)state;
    static const char *const WRONG[] = {
        "",     "6",    "2,3",   "2,4,0", "0,6",  "-2,8",      "2,4,",
        " 2,4", "02,4", "2,4,x", "2;4",   "2,+4", "1,1,1,1,2", "99999999999999999999,2"};
    choose(WIDTHS, 2);
    assert_int_equal(fit("model", NULL), CLUDI_OK);
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        model_edit edit;
        model_edit_read(&edit, io_path("model"));
        model_edit_replace(&edit, "spaces", "2,4", WRONG[i]);
        expect_refused(&edit);
    }
    static const char *const OTHERS[][2] = {{"\"turtle\"", "\"scan\""}, {"\"directions\"", "\"coordinates\""}};
    for (int i = 0; i < 2; i++) {
        model_edit edit;
        model_edit_read(&edit, io_path("model"));
        model_edit_replace(&edit, "config", OTHERS[i][0], OTHERS[i][1]);
        expect_refused(&edit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments), cmocka_unit_test(test_refused), cmocka_unit_test(test_one),
        cmocka_unit_test(test_model),     cmocka_unit_test(test_resume),  cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
