/* Bad input to every public function: the status, and the words of the message. Models: test_model_errors.c. Files:
   tests/unit of src/io; here only what the public functions add. */
#include <math.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "io_support.h"

typedef struct fixture {
    blobs b;
    cludi_matrix X;
    cludi_context *context;
    cludi_model *model;
} fixture;

static fixture fix;

static int setup(void **state)
{
    blobs_fill(&fix.b, 0.2);
    fix.X = blobs_matrix(&fix.b);
    fix.context = blobs_context("ref", 1, 1);
    fix.model = blobs_fit(fix.context, &fix.X, BLOB_CLUSTERS, NULL);
    return io_setup(state);
}

static int teardown(void **state)
{
    cludi_model_free(fix.model);
    cludi_context_free(fix.context);
    return io_teardown(state);
}

/* ---- status and version ---- */

static void test_names(void **state)
{
    static const char *const NAMES[] = {
        "CLUDI_OK",           "CLUDI_ERROR_ARGUMENT", "CLUDI_ERROR_MEMORY",      "CLUDI_ERROR_FILE",
        "CLUDI_ERROR_FORMAT", "CLUDI_ERROR_DATA",     "CLUDI_ERROR_UNSUPPORTED", "CLUDI_ERROR_BACKEND",
        "CLUDI_STOPPED",      "CLUDI_ERROR_DIVERGED"};
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_string_equal(cludi_status_name((cludi_status)i), NAMES[i]);
    assert_string_equal(cludi_status_name((cludi_status)10), "unknown status");
    assert_string_equal(cludi_status_name((cludi_status)-1), "unknown status");
}

static void test_escape(void **state)
{
    (void)state;
    char out[8] = "kept";
    assert_int_equal(cludi_text_escape(NULL, 8, "x"), 0);
    assert_int_equal(cludi_text_escape(out, sizeof out, NULL), 0);
    assert_string_equal(out, "kept");
    assert_int_equal(cludi_text_escape(out, sizeof out, "a\x1B"), 5);
    assert_string_equal(out, "a\\x1b");
}

/* ---- context ---- */

static cludi_context_options context_options(void)
{
    cludi_context_options options;
    cludi_context_options_init(&options);
    return options;
}

static void *allocate_nothing(void *user, size_t bytes)
{
    (void)user;
    (void)bytes;
    return NULL;
}

static void release_nothing(void *user, void *block)
{
    (void)user;
    (void)block;
}

static void test_context(void **state)
{
    (void)state;
    cludi_context *context = fix.context;
    cludi_context_options options = context_options();
    options.struct_size--;
    EXPECT_ARGUMENT("options has struct_size", cludi_context_new, &options, &context);
    assert_null(context);
    options = context_options();
    options.threads = -1;
    EXPECT_ARGUMENT("threads is -1; it must be between 0 and 1024.", cludi_context_new, &options, &context);
    options.threads = 1025;
    EXPECT_ARGUMENT("threads is 1025;", cludi_context_new, &options, &context);
    options = context_options();
    options.backend = "gpu";
    EXPECT_ARGUMENT("There is no backend \"gpu\"; choose auto, ref or onednn.", cludi_context_new, &options, &context);
    assert_null(context);
    options.backend = "OneDNN";
    EXPECT_ARGUMENT("choose auto, ref or onednn (did you mean onednn?).", cludi_context_new, &options, &context);
    options.backend = "auto";
    options.precision = "BF-16";
    EXPECT_ARGUMENT("choose auto, f32 or bf16 (did you mean bf16?).", cludi_context_new, &options, &context);
    options = context_options();
    options.backend = "ref64"; /* for tests of the inside alone */
    EXPECT_ARGUMENT("There is no backend \"ref64\"", cludi_context_new, &options, &context);
    options = context_options();
    options.allocator.allocate = allocate_nothing;
    EXPECT_ARGUMENT("only one of allocate and release", cludi_context_new, &options, &context);
    options.allocator.release = release_nothing;
    EXPECT(CLUDI_ERROR_MEMORY, "not enough memory for the context.", cludi_context_new, &options, &context);
    assert_null(context);
    EXPECT_ARGUMENT("context is NULL.", cludi_context_new, &options, NULL);
    cludi_context_free(NULL);
}

static void test_context_defaults(void **state)
{
    (void)state;
    cludi_context *context;
    assert_int_equal(cludi_context_new(NULL, &context, NULL), CLUDI_OK);
    assert_true(cludi_context_threads(context) >= 1 && cludi_context_threads(context) <= 1024);
    assert_true(strcmp(cludi_context_backend(context), "ref") == 0 ||
                strcmp(cludi_context_backend(context), "onednn") == 0);
    cludi_context_free(context);
    cludi_context_options options = context_options();
    assert_int_equal(options.struct_size, sizeof options);
    assert_true(options.threads == 0 && options.seed == 0);
    assert_string_equal(options.backend, "auto");
    options.threads = 3;
    options.backend = "ref";
    assert_int_equal(cludi_context_new(&options, &context, NULL), CLUDI_OK);
    assert_int_equal(cludi_context_threads(context), 3);
    assert_string_equal(cludi_context_backend(context), "ref");
    cludi_context_free(context);
}

/* ---- config ---- */

static void test_config_set(void **state)
{
    static const char *const CASES[][3] = {
        {"clas_weight", "5", "There is no parameter \"clas_weight\" (did you mean class_weight?)."},
        {"self_conditio", "5", "did you mean self_condition?"},
        {"denoise-step", "5", "did you mean denoise_steps?"},
        {"gpu", "5", "There is no parameter \"gpu\"."},
        {"elephant", "5", "There is no parameter \"elephant\"."},
        {"", "5", "There is no parameter \"\"."},
        {"batch_size", "1", "batch_size is 1; it must be between 2 and 65536."},
        {"batch_size", "65537", "it must be between 2 and 65536."},
        {"batch_size", "16.5", "batch_size is 16.5; it must be a whole number from 2 to 65536."},
        {"batch_size", "1e99", "it must be between 2 and 65536."},
        {"batch_size", "inf", "batch_size is \"inf\"; it must be a whole number from 2 to 65536."},
        {"batch_size", "", "batch_size is \"\"; it must be a whole number from 2 to 65536."},
        {"temperature", "0.1x", "temperature is \"0.1x\"; it must be a number from 0.001 to 100."},
        {"temperature", "nan", "temperature is \"nan\"; it must be a number from 0.001 to 100."},
        {"temperature", "0x1p-3", "temperature is \"0x1p-3\"; it must be a number from 0.001 to 100."},
        {"temperature", "-inf", "temperature is \"-inf\"; it must be a number from 0.001 to 100."},
        {"temperature", "0", "temperature is 0; it must be between 0.001 and 100."},
        {"dropout", "1", "dropout is 1; it must be between 0 and 0.99."},
        {"logits", "Cosine", "logits is \"Cosine\"; it must be one of cosine, linear (did you mean cosine?)."},
        {"method", "KMeans", "turtle, discriminant (did you mean kmeans?)."},
        {"method", "SelfClassifier", "turtle, discriminant (did you mean self-classifier?)."},
        {"SNRweight", "max", "(did you mean snr_weight?)."},
        {"snr_weight", "", "it must be one of max, min, none."},
        {"column_scope", "0", "it must be one of view, batch."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cludi_config config, before;
        cludi_config_init(&config);
        before = config;
        EXPECT_ARGUMENT(CASES[i][2], cludi_config_set, &config, CASES[i][0], CASES[i][1]);
        assert_memory_equal(&config, &before, sizeof config); /* unchanged after an error */
    }
    cludi_config config;
    EXPECT_ARGUMENT("config is NULL.", cludi_config_set, NULL, "batch_size", "5");
    EXPECT_ARGUMENT("name is NULL.", cludi_config_set, &config, NULL, "5");
    EXPECT_ARGUMENT("value is NULL.", cludi_config_set, &config, "N", NULL);
}

static void test_config_preset(void **state)
{
    (void)state;
    cludi_config config;
    EXPECT_ARGUMENT("There is no preset \"fast\"; choose default or paper.", cludi_config_preset, &config, "fast", 5);
    EXPECT_ARGUMENT("choose default or paper (did you mean paper?).", cludi_config_preset, &config, "Paper", 5);
    EXPECT_ARGUMENT("config is NULL.", cludi_config_preset, NULL, "paper", 5);
    EXPECT_ARGUMENT("preset is NULL.", cludi_config_preset, &config, NULL, 5);
}

static void test_config_format(void **state)
{
    (void)state;
    cludi_config config;
    char text[32];
    cludi_config_init(&config);
    assert_int_equal(cludi_config_format(NULL, 0, text, sizeof text), CLUDI_ERROR_ARGUMENT);
    assert_int_equal(cludi_config_format(&config, 0, NULL, sizeof text), CLUDI_ERROR_ARGUMENT);
    assert_int_equal(cludi_config_format(&config, -1, text, sizeof text), CLUDI_ERROR_ARGUMENT);
    assert_int_equal(cludi_config_format(&config, cludi_param_count(), text, sizeof text), CLUDI_ERROR_ARGUMENT);
    assert_int_equal(cludi_config_format(&config, 0, text, 12), CLUDI_ERROR_ARGUMENT); /* and its NUL */
    assert_int_equal(cludi_config_format(&config, 0, text, 13), CLUDI_OK);
    assert_string_equal(text, "discriminant");
    assert_null(cludi_param_get(-1));
    assert_null(cludi_param_get(cludi_param_count()));
}

/* Every field of the table, one step outside its bounds. */
static void test_config_check(void **state)
{
    (void)state;
    cludi_config config;
    for (int32_t i = 0; i < cludi_param_count(); i++) {
        const cludi_param *param = cludi_param_get(i);
        for (int high = 0; high < 2; high++) {
            char words[100];
            double value = high ? param->max * 2 + 1 : param->min - 1;
            const int32_t whole = (int32_t)value;
            cludi_config_init(&config);
            if (param->type == CLUDI_PARAM_REAL)
                memcpy((char *)&config + param->offset, &value, sizeof value);
            else
                memcpy((char *)&config + param->offset, &whole, sizeof whole);
            snprintf(words, sizeof words, "%s is %.10g; it must be between %.10g and %.10g.", param->name, value,
                     param->min, param->max);
            EXPECT_ARGUMENT(words, cludi_config_check, &config);
        }
    }
    cludi_config_init(&config);
    assert_int_equal(cludi_config_check(&config, NULL), CLUDI_OK);
    config.temperature = NAN;
    EXPECT_ARGUMENT("temperature is nan; it must be between", cludi_config_check, &config);
}

static void test_config_check_pairs(void **state)
{
    (void)state;
    cludi_config config;
    EXPECT_ARGUMENT("config is NULL.", cludi_config_check, NULL);
    cludi_config_init(&config);
    config.corrupt_low = 0.31;
    EXPECT_ARGUMENT("corrupt_low is 0.31; it must not exceed corrupt_high, 0.3.", cludi_config_check, &config);
    cludi_config_init(&config);
    config.diffusion_steps = 7;
    EXPECT_ARGUMENT("teacher_steps is 8; it must not exceed diffusion_steps, 7.", cludi_config_check, &config);
    config.teacher_steps = 7;
    config.denoise_steps = 8;
    EXPECT_ARGUMENT("denoise_steps is 8; it must not exceed diffusion_steps, 7.", cludi_config_check, &config);
    config.denoise_steps = 7;
    assert_int_equal(cludi_config_check(&config, NULL), CLUDI_OK);
}

/* ---- fit ---- */

static void expect_fit_fails(const cludi_matrix *X, int32_t clusters, const cludi_config *config, cludi_status wanted,
                             const char *words)
{
    cludi_model *model = fix.model;
    EXPECT(wanted, words, cludi_fit, fix.context, X, clusters, config, &model);
    assert_null(model);
}

static void test_fit(void **state)
{
    (void)state;
    cludi_model *model;
    cludi_config config = blobs_config();
    model = fix.model;
    EXPECT_ARGUMENT("context is NULL.", cludi_fit, NULL, &fix.X, 3, NULL, &model);
    assert_null(model);
    EXPECT_ARGUMENT("model is NULL.", cludi_fit, fix.context, &fix.X, 3, NULL, NULL);
    expect_fit_fails(NULL, 3, &config, CLUDI_ERROR_ARGUMENT, "X is NULL;");
    expect_fit_fails(&fix.X, 1, &config, CLUDI_ERROR_ARGUMENT, "K is 1; it must be between 2 and 65536.");
    expect_fit_fails(&fix.X, -5, &config, CLUDI_ERROR_ARGUMENT, "K is -5;");
    expect_fit_fails(&fix.X, 65537, &config, CLUDI_ERROR_ARGUMENT, "K is 65537;");
    expect_fit_fails(&fix.X, 61, &config, CLUDI_ERROR_ARGUMENT, "K is 61, but X has only 60 rows;");
    config.struct_size = 0;
    expect_fit_fails(&fix.X, 3, &config, CLUDI_ERROR_ARGUMENT, "config has struct_size 0;");
    config = blobs_config();
    config.temperature = -1;
    expect_fit_fails(&fix.X, 3, &config, CLUDI_ERROR_ARGUMENT, "temperature is -1;");
}

static void test_fit_shapes(void **state)
{
    (void)state;
    const cludi_config config = blobs_config();
    cludi_matrix X = fix.X;
    X.data = NULL;
    expect_fit_fails(&X, 3, &config, CLUDI_ERROR_ARGUMENT, "X is NULL;");
    X = fix.X;
    X.rows = 0;
    expect_fit_fails(&X, 3, &config, CLUDI_ERROR_ARGUMENT, "X has 0 rows;");
    X.rows = -1;
    expect_fit_fails(&X, 3, &config, CLUDI_ERROR_ARGUMENT, "X has -1 rows;");
    X = fix.X;
    X.cols = 0;
    expect_fit_fails(&X, 3, &config, CLUDI_ERROR_ARGUMENT, "X has 0 columns");
    X = fix.X;
    X.stride = X.cols - 1;
    expect_fit_fails(&X, 3, &config, CLUDI_ERROR_ARGUMENT, "a stride of 5;");
}

/* The first bad number of the first bad row; numbers between the rows do not count. */
static void test_not_finite(void **state)
{
    (void)state;
    const cludi_config config = blobs_config();
    blobs b = fix.b;
    cludi_matrix X = {b.data, 30, BLOB_COLS - 1, BLOB_COLS};
    int32_t labels[30];
    cludi_model *model = blobs_fit(fix.context, &X, 3, &config);
    b.data[3 * BLOB_COLS + 5] = NAN; /* outside */
    assert_int_equal(cludi_predict(fix.context, model, &X, NULL, &(cludi_prediction){.labels = labels}, NULL),
                     CLUDI_OK);
    b.data[29 * BLOB_COLS] = -INFINITY;
    expect_fit_fails(&X, 3, &config, CLUDI_ERROR_DATA, "in row 29, column 0 (counted from 0)");
    b.data[17 * BLOB_COLS + 4] = NAN;
    expect_fit_fails(&X, 3, &config, CLUDI_ERROR_DATA, "X has NaN in row 17, column 4 (counted from 0)");
    b.data[17 * BLOB_COLS + 3] = INFINITY;
    EXPECT(CLUDI_ERROR_DATA, "in row 17, column 3", cludi_predict, fix.context, model, &X, NULL,
           &(cludi_prediction){.labels = labels});
    cludi_model_free(model);
}

/* ---- predict ---- */

static void test_predict(void **state)
{
    (void)state;
    int32_t labels[BLOB_ROWS];
    const cludi_prediction out = {.labels = labels};
    cludi_matrix X = fix.X;
    EXPECT_ARGUMENT("context is NULL.", cludi_predict, NULL, fix.model, &X, NULL, &out);
    EXPECT_ARGUMENT("model is NULL.", cludi_predict, fix.context, NULL, &X, NULL, &out);
    EXPECT_ARGUMENT("out is NULL.", cludi_predict, fix.context, fix.model, &X, NULL, NULL);
    EXPECT_ARGUMENT("X is NULL;", cludi_predict, fix.context, fix.model, NULL, NULL, &out);
    X.cols = 5;
    EXPECT_ARGUMENT("X has 5 columns; the model was trained on 6.", cludi_predict, fix.context, fix.model, &X, NULL,
                    &out);
    X = fix.X;
    X.rows = 0;
    EXPECT_ARGUMENT("X has 0 rows;", cludi_predict, fix.context, fix.model, &X, NULL, &out);
}

static void test_predict_options(void **state)
{
    (void)state;
    int32_t labels[BLOB_ROWS];
    const cludi_prediction out = {.labels = labels};
    cludi_predict_options options = {0};
    EXPECT_ARGUMENT("options has struct_size 0;", cludi_predict, fix.context, fix.model, &fix.X, &options, &out);
    cludi_predict_options_init(&options);
    options.draws = -1;
    EXPECT_ARGUMENT("draws is -1; it must be between 1 and 65536.", cludi_predict, fix.context, fix.model, &fix.X,
                    &options, &out);
    options.draws = 65537;
    EXPECT_ARGUMENT("draws is 65537;", cludi_predict, fix.context, fix.model, &fix.X, &options, &out);
    options.draws = 1;
    options.denoise_steps = 1001;
    EXPECT_ARGUMENT("denoise_steps is 1001; it must be between 1 and 1000.", cludi_predict, fix.context, fix.model,
                    &fix.X, &options, &out);
    options.denoise_steps = -1;
    EXPECT_ARGUMENT("denoise_steps is -1;", cludi_predict, fix.context, fix.model, &fix.X, &options, &out);
}

/* ---- models, scores, files ---- */

static void test_model_info(void **state)
{
    (void)state;
    cludi_model_info info = {.struct_size = sizeof info};
    EXPECT_ARGUMENT("model is NULL.", cludi_model_get_info, NULL, &info);
    EXPECT_ARGUMENT("info is NULL.", cludi_model_get_info, fix.model, NULL);
    info.struct_size = 8;
    EXPECT_ARGUMENT("info has struct_size 8;", cludi_model_get_info, fix.model, &info);
    cludi_model *model = fix.model;
    EXPECT_ARGUMENT("context is NULL.", cludi_model_load, NULL, "x", &model);
    assert_null(model);
    EXPECT_ARGUMENT("path is NULL.", cludi_model_load, fix.context, NULL, &model);
    EXPECT_ARGUMENT("model is NULL.", cludi_model_load, fix.context, "x", NULL);
    cludi_model_free(NULL);
}

static void test_score(void **state)
{
    (void)state;
    const int32_t y[3] = {0, 1, 1};
    cludi_scores scores = {.struct_size = sizeof scores};
    EXPECT_ARGUMENT("context is NULL.", cludi_score, NULL, y, y, 3, &scores);
    EXPECT_ARGUMENT("truth is NULL.", cludi_score, fix.context, NULL, y, 3, &scores);
    EXPECT_ARGUMENT("predicted is NULL.", cludi_score, fix.context, y, NULL, 3, &scores);
    EXPECT_ARGUMENT("scores is NULL.", cludi_score, fix.context, y, y, 3, NULL);
    EXPECT_ARGUMENT("rows is 0;", cludi_score, fix.context, y, y, 0, &scores);
    EXPECT_ARGUMENT("rows is -4;", cludi_score, fix.context, y, y, -4, &scores);
    scores.struct_size = 1;
    EXPECT_ARGUMENT("scores has struct_size 1;", cludi_score, fix.context, y, y, 3, &scores);
}

static void test_dataset(void **state)
{
    (void)state;
    cludi_dataset *dataset = (cludi_dataset *)&fix;
    cludi_labels labels = {(int32_t *)&fix, 5};
    cludi_file_info info;
    const char *path = io_path("nowhere");
    EXPECT_ARGUMENT("context is NULL.", cludi_dataset_read, NULL, path, &dataset);
    assert_null(dataset);
    EXPECT_ARGUMENT("path is NULL.", cludi_dataset_read, fix.context, NULL, &dataset);
    EXPECT_ARGUMENT("dataset is NULL.", cludi_dataset_read, fix.context, path, NULL);
    EXPECT(CLUDI_ERROR_FILE, "No such file or directory", cludi_dataset_read, fix.context, path, &dataset);
    assert_null(dataset);
    EXPECT_ARGUMENT("context is NULL.", cludi_labels_read, NULL, path, &labels);
    assert_true(labels.data == NULL && labels.rows == 0);
    EXPECT_ARGUMENT("path is NULL.", cludi_labels_read, fix.context, NULL, &labels);
    EXPECT_ARGUMENT("labels is NULL.", cludi_labels_read, fix.context, path, NULL);
    EXPECT(CLUDI_ERROR_FILE, path, cludi_labels_read, fix.context, path, &labels);
    EXPECT_ARGUMENT("context is NULL.", cludi_file_describe, NULL, path, &info);
    EXPECT_ARGUMENT("path is NULL.", cludi_file_describe, fix.context, NULL, &info);
    EXPECT_ARGUMENT("info is NULL.", cludi_file_describe, fix.context, path, NULL);
    EXPECT(CLUDI_ERROR_FILE, path, cludi_file_describe, fix.context, path, &info);
    cludi_dataset_free(NULL);
    cludi_labels_clear(fix.context, NULL);
    cludi_labels_clear(NULL, &labels);
}

static void test_write(void **state)
{
    (void)state;
    const int32_t y[3] = {0, 1, 1};
    const char *path = io_path("out.npy");
    char deep[1100];
    snprintf(deep, sizeof deep, "%s/missing/out.npy", io_folder);
    EXPECT_ARGUMENT("path is NULL.", cludi_labels_write, NULL, y, 3);
    EXPECT_ARGUMENT("labels is NULL.", cludi_labels_write, path, NULL, 3);
    EXPECT_ARGUMENT("rows is -1;", cludi_labels_write, path, y, -1);
    EXPECT(CLUDI_ERROR_FILE, "No such file or directory", cludi_labels_write, deep, y, 3);
    const float confidence[3] = {1, 1, 1};
    cludi_h5ad_columns columns = {.labels = y, .confidence = confidence, .rows = 3, .clusters = 2};
    EXPECT_ARGUMENT("context is NULL.", cludi_h5ad_write, NULL, path, path, &columns);
    EXPECT_ARGUMENT("source is NULL.", cludi_h5ad_write, fix.context, NULL, path, &columns);
    EXPECT_ARGUMENT("path is NULL.", cludi_h5ad_write, fix.context, path, NULL, &columns);
    EXPECT_ARGUMENT("columns is NULL.", cludi_h5ad_write, fix.context, path, path, NULL);
    EXPECT_ARGUMENT("context is NULL.", cludi_h5ad_check, NULL, path, &columns);
    EXPECT_ARGUMENT("source is NULL.", cludi_h5ad_check, fix.context, NULL, &columns);
    EXPECT_ARGUMENT("columns is NULL.", cludi_h5ad_check, fix.context, path, NULL);
    EXPECT(CLUDI_ERROR_FILE, "No such file or directory", cludi_h5ad_check, fix.context, deep, &columns);
    EXPECT(CLUDI_ERROR_FILE, "No such file or directory", cludi_h5ad_write, fix.context, deep, path, &columns);
    columns.clusters = 1;
    EXPECT_ARGUMENT("labels[1] is 1; labels from 0 to 0 are wanted.", cludi_h5ad_write, fix.context, path, path,
                    &columns);
    columns.rows = 0;
    EXPECT_ARGUMENT("columns has 0 rows and 1 clusters;", cludi_h5ad_write, fix.context, path, path, &columns);
    columns = (cludi_h5ad_columns){.labels = y, .rows = 3, .clusters = 2};
    EXPECT_ARGUMENT("columns->confidence is NULL.", cludi_h5ad_write, fix.context, path, path, &columns);
    columns = (cludi_h5ad_columns){.confidence = confidence, .rows = 3, .clusters = 2};
    EXPECT_ARGUMENT("columns->labels is NULL.", cludi_h5ad_write, fix.context, path, path, &columns);
    columns = (cludi_h5ad_columns){.labels = y, .confidence = confidence, .rows = 3, .clusters = 2, .obsm = "P"};
    EXPECT_ARGUMENT("columns->probabilities is NULL.", cludi_h5ad_write, fix.context, path, path, &columns);
    cludi_matrix X = fix.X;
    EXPECT_ARGUMENT("path is NULL.", cludi_matrix_write, NULL, &X);
    EXPECT_ARGUMENT("matrix is NULL.", cludi_matrix_write, path, NULL);
    EXPECT(CLUDI_ERROR_FILE, "No such file or directory", cludi_matrix_write, deep, &X);
    X.stride = 2;
    EXPECT_ARGUMENT("a stride of 2;", cludi_matrix_write, path, &X);
    X = (cludi_matrix){NULL, 2, 3, 3};
    EXPECT_ARGUMENT("matrix->data is NULL.", cludi_matrix_write, path, &X);
    assert_int_equal(io_empty(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_context_defaults),
        cmocka_unit_test(test_config_set),
        cmocka_unit_test(test_config_preset),
        cmocka_unit_test(test_config_format),
        cmocka_unit_test(test_config_check),
        cmocka_unit_test(test_config_check_pairs),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_fit_shapes),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_predict),
        cmocka_unit_test(test_predict_options),
        cmocka_unit_test(test_model_info),
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_dataset),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
