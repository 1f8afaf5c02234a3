/* Names of columns through the public API: from a CSV into a model, into its file and back, and by them from another CSV. */
#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "counting_allocator.h"
#include "expect_error.h"
#include "failing_memory.h"
#include "io_support.h"
#include "model_edit.h"

static cludi_context *context;
static cludi_model *model;

static const char *const NAMES[] = {"x", "\"y\", \\ \n", "gr\u00F6\u00DFe", ""};
static const char *const DROPPED[] = {"id", "u\t"};
static const cludi_columns COLUMNS = {NAMES, 4, DROPPED, 2};

static int setup(void **state)
{
    static const float rows[4][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {1, 0.1F, 0, 0}, {0.1F, 1, 0, 0}};
    const cludi_matrix X = {rows[0], 4, 4, 4};
    cludi_config config;
    cludi_config_init(&config);
    config.method = CLUDI_METHOD_KMEANS;
    context = blobs_context("ref", 1, 1);
    return io_setup(state) != 0 || cludi_fit(context, &X, 2, &config, &model, NULL) != CLUDI_OK;
}

static int teardown(void **state)
{
    cludi_model_free(model);
    cludi_context_free(context);
    return io_teardown(state);
}

static void expect_columns(cludi_columns found, const cludi_columns *wanted)
{
    assert_int_equal(found.count, wanted->count);
    assert_int_equal(found.dropped_count, wanted->dropped_count);
    for (int64_t i = 0; i < wanted->count; i++)
        assert_string_equal(found.names[i], wanted->names[i]);
    for (int64_t i = 0; i < wanted->dropped_count; i++)
        assert_string_equal(found.dropped[i], wanted->dropped[i]);
}

static cludi_columns save_and_load(cludi_model **loaded)
{
    cludi_error error;
    if (cludi_model_save(model, io_path("model"), &error) != CLUDI_OK ||
        cludi_model_load(context, io_path("model"), loaded, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    return cludi_model_get_columns(*loaded);
}

static void names_live_in_the_file_of_a_model(void **state)
{
    (void)state;
    static const cludi_columns none = {0};
    cludi_model *loaded;
    static char before[4096], after[4096];
    expect_columns(cludi_model_get_columns(model), &none);
    assert_int_equal(cludi_model_save(model, io_path("bare"), NULL), CLUDI_OK);
    assert_int_equal(cludi_model_set_columns(model, &COLUMNS, NULL), CLUDI_OK);
    expect_columns(cludi_model_get_columns(model), &COLUMNS);
    expect_columns(save_and_load(&loaded), &COLUMNS);
    cludi_model_free(loaded);
    assert_int_equal(cludi_model_set_columns(model, &none, NULL), CLUDI_OK);
    expect_columns(save_and_load(&loaded), &none);
    cludi_model_free(loaded);
    /* without names the file is as it was */
    FILE *files[] = {fopen(io_path("bare"), "rb"), fopen(io_path("model"), "rb")};
    const size_t size = fread(before, 1, sizeof before, files[0]);
    assert_int_equal(fread(after, 1, sizeof after, files[1]), size);
    assert_memory_equal(before, after, size);
    fclose(files[0]);
    fclose(files[1]);
}

static void names_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const char *const wide[] = {"a", "b", "c\xFF", "d"};
    static char long_name[900001];
    memset(long_name, 'n', sizeof long_name - 1);
    const char *const long_names[] = {long_name, "b", "c", "d"};
    cludi_columns columns = COLUMNS;
    assert_int_equal(cludi_model_set_columns(model, &COLUMNS, NULL), CLUDI_OK);
    EXPECT_ARGUMENT("model is NULL.", cludi_model_set_columns, NULL, &columns);
    EXPECT_ARGUMENT("columns is NULL.", cludi_model_set_columns, model, NULL);
    columns.count = 3;
    EXPECT_ARGUMENT("columns has 3 names; the model has 4 features.", cludi_model_set_columns, model, &columns);
    columns = (cludi_columns){NULL, 4, NULL, 0};
    EXPECT_ARGUMENT("columns->names[0] is no text in UTF-8.", cludi_model_set_columns, model, &columns);
    columns.names = wide;
    EXPECT_ARGUMENT("columns->names[2] is no text in UTF-8.", cludi_model_set_columns, model, &columns);
    columns = (cludi_columns){NAMES, 4, wide + 1, 2};
    EXPECT_ARGUMENT("columns->dropped[1] is no text in UTF-8.", cludi_model_set_columns, model, &columns);
    columns = (cludi_columns){NULL, 0, DROPPED, 1};
    EXPECT_ARGUMENT("columns has 0 names", cludi_model_set_columns, model, &columns);
    columns = (cludi_columns){long_names, 4, NULL, 0};
    EXPECT(CLUDI_ERROR_UNSUPPORTED, "more than the 900000 bytes", cludi_model_set_columns, model, &columns);
    expect_columns(cludi_model_get_columns(model), &COLUMNS);
}

static void names_in_a_file_are_checked(void **state)
{
    static const struct {
        const char *key, *value, *words;
    } CASES[] = {
        {"feature_names", "[\"x\",\"y\",\"z\"]", "it has another number of feature_names"},
        {"feature_names", "[\"x\",\"y\",\"z\",4]", "no valid feature_names"},
        {"feature_names", "{}", "no valid feature_names"},
        {"feature_names", "x", "no valid feature_names"},
        {"dropped_columns", "[1]", "no valid feature_names and dropped_columns"},
        {"dropped_columns", "[", "no valid feature_names and dropped_columns"},
    };
    (void)state;
    model_edit edit;
    assert_int_equal(cludi_model_set_columns(model, &COLUMNS, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_save(model, io_path("model"), NULL), CLUDI_OK);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cludi_model *loaded;
        model_edit_read(&edit, io_path("model"));
        model_edit_pair(&edit, CASES[i].key)->value = CASES[i].value;
        model_edit_write(&edit, io_path("bad"));
        EXPECT(CLUDI_ERROR_FORMAT, CASES[i].words, cludi_model_load, context, io_path("bad"), &loaded);
        model_edit_clear(&edit);
    }
}

static void a_dataset_is_opened_by_names(void **state)
{
    (void)state;
    static const char *const wanted[] = {"b", "a"}, *const drop[] = {"new"};
    const cludi_columns columns = {wanted, 2, NULL, 0};
    cludi_dataset *dataset;
    cludi_dataset_options options;
    cludi_file_info info;
    const char *path = io_put("x.csv", ",a,new,b\n0,1,x,2\n1,3,y,4\n", 25);
    cludi_dataset_options_init(&options);
    options.columns = &columns;
    EXPECT(CLUDI_ERROR_FORMAT, "does not know: \"new\"", cludi_dataset_open_with, context, path, &options, &dataset);
    options.drop = drop;
    options.drop_count = 1;
    for (options.in_memory = 0; options.in_memory < 2; options.in_memory++) {
        float rows[4];
        assert_int_equal(cludi_dataset_open_with(context, path, &options, &dataset, NULL), CLUDI_OK);
        const cludi_source source = cludi_dataset_get_source(dataset);
        assert_true(source.rows == 2 && source.cols == 2);
        assert_int_equal(source.read(source.user, 0, 2, rows, NULL), CLUDI_OK);
        assert_memory_equal(rows, ((float[]){2, 1, 4, 3}), sizeof rows);
        const cludi_columns found = cludi_dataset_get_columns(dataset);
        assert_true(found.count == 2 && found.dropped_count == 2);
        assert_string_equal(found.names[0], "b");
        assert_string_equal(found.dropped[1], "new");
        assert_non_null(strstr(cludi_dataset_get_notes(dataset), "is left out, as the index of a data frame.\n"));
        if (options.in_memory) {
            EXPECT_ARGUMENT("was read into memory", cludi_dataset_describe, dataset, &info);
        } else {
            assert_int_equal(cludi_dataset_describe(dataset, &info, NULL), CLUDI_OK);
            assert_true(info.shape[0] == 2 && info.shape[1] == 2 && info.bytes == 25);
        }
        EXPECT_ARGUMENT("info is NULL.", cludi_dataset_describe, dataset, NULL);
        cludi_dataset_free(dataset);
    }
    EXPECT_ARGUMENT("dataset is NULL.", cludi_dataset_describe, NULL, &info);
}

static void options_are_checked(void **state)
{
    (void)state;
    cludi_dataset *dataset;
    cludi_dataset_options options;
    const char *path = io_put("x.csv", "a,b\n1,2\n", 8);
    cludi_dataset_options_init(&options);
    options.header = (cludi_header)3;
    EXPECT_ARGUMENT("options->header is 3", cludi_dataset_open_with, context, path, &options, &dataset);
    options.header = CLUDI_HEADER_AUTO;
    options.drop_count = 1;
    EXPECT_ARGUMENT("options->drop has no 1 columns.", cludi_dataset_open_with, context, path, &options, &dataset);
    options.drop_count = -1;
    EXPECT_ARGUMENT("options->drop has no -1 columns.", cludi_dataset_open_with, context, path, &options, &dataset);
    options.drop_count = 0;
    assert_int_equal(cludi_dataset_open_with(context, path, &options, &dataset, NULL), CLUDI_OK);
    assert_null(cludi_dataset_get_notes(dataset));
    cludi_dataset_free(dataset);
}

/* ---- memory ---- */

struct scene {
    cludi_context *context;
    cludi_model *model;
};

/* Columns in another order than they are wanted, with an index, and a likely id among all of them. */
static cludi_status open_columns(scene *s, cludi_error *error)
{
    static const char *const names[] = {"x", "name"};
    const cludi_columns wanted = {names, 2, NULL, 0};
    cludi_status status = CLUDI_OK;
    for (int i = 0; i < 2 && status == CLUDI_OK; i++) {
        cludi_dataset *dataset;
        cludi_dataset_options options;
        cludi_dataset_options_init(&options);
        options.find_ids = 1;
        options.columns = i ? NULL : &wanted;
        status = cludi_dataset_open_with(s->context, io_path("index.csv"), &options, &dataset, error);
        cludi_dataset_free(dataset);
    }
    return status;
}

static cludi_status name_columns(scene *s, cludi_error *error)
{
    cludi_model *loaded = NULL;
    cludi_status status = cludi_model_set_columns(s->model, &COLUMNS, error);
    if (status == CLUDI_OK)
        status = cludi_model_save(s->model, io_path("named"), error);
    if (status == CLUDI_OK)
        status = cludi_model_load(s->context, io_path("named"), &loaded, error);
    cludi_model_free(loaded);
    assert_int_equal(cludi_model_set_columns(s->model, &(cludi_columns){0}, NULL), CLUDI_OK);
    return status;
}

static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    enum { ROWS = 60 };
    counting_allocator counter = {0};
    cludi_context_options options;
    scene s;
    FILE *file = fopen(io_path("index.csv"), "w");
    assert_non_null(file);
    fputs(",name,x\n", file);
    for (int i = 0; i < ROWS; i++)
        fprintf(file, "%d,%d,%d.5\n", i, 3 * i, i);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(cludi_model_save(model, io_path("model"), NULL), CLUDI_OK);
    cludi_context_options_init(&options);
    options.allocator = counting_allocator_table(&counter);
    assert_int_equal(cludi_context_new(&options, &s.context, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_load(s.context, io_path("model"), &s.model, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_set_columns(s.model, &(cludi_columns){0}, NULL), CLUDI_OK);
    fail_calls(&counter, &s, open_columns, "columns by name", 20);
    fail_calls(&counter, &s, name_columns, "names of a model", 8);
    cludi_model_free(s.model);
    cludi_context_free(s.context);
    assert_int_equal(counter.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_live_in_the_file_of_a_model),
        cmocka_unit_test(names_that_do_not_fit_are_refused),
        cmocka_unit_test(names_in_a_file_are_checked),
        cmocka_unit_test(a_dataset_is_opened_by_names),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
