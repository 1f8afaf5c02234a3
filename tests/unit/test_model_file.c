/* model_file.c: what is in the file (names, shapes, numbers, metadata), and that all of it comes back. What is refused:
   tests/api/test_model_errors.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/cludi.h>

#include "alloc.h"
#include "blobs.h"
#include "cmocka_all.h"
#include "config_table.h"
#include "io_support.h"
#include "model_edit.h"
#include "model_file.h"

enum { FEATURES = 7, CLUSTERS = 4 };

static cludi_config odd_config(void)
{
    cludi_config config;
    config_table_defaults(&config);
    config.method = CLUDI_METHOD_CLUDI;
    config.embedding_dim = 5;
    config.hidden_dim = 9;
    config.lr = 1.0 / 3;
    config.steps = 100000000;
    config.temperature = 0.1 + 0.2;
    config.snr_weight = CLUDI_SNR_NONE;
    config.logits = CLUDI_LOGITS_LINEAR;
    config.preprocessing = CLUDI_PREPROCESSING_DIRECTIONS;
    return config;
}

static cludi_model *make_model(void)
{
    const cludi_allocator allocator = alloc_system();
    const cludi_config config = odd_config();
    cludi_model *model;
    assert_int_equal(model_new(&model, &allocator, &(model_shape){FEATURES, 100, CLUSTERS, &config, {0}}, NULL),
                     CLUDI_OK);
    for (int64_t i = 0; i < model->total; i++)
        model->values[i] = (float)sin((double)i) * (i % 5 ? 1 : 1e-42F);
    model->info.seed = UINT64_MAX;
    model->info.rows = INT64_C(5000000000);
    model->info.steps = 77;
    model->info.loss = -1.0 / 7;
    model->info.clusters_in_use = 3;
    model->info.largest_share = 0.1 + 0.7;
    model->info.confidence = 0.3 + 0.3;
    return model;
}

static void test_new(void **state)
{
    (void)state;
    cludi_model *model = make_model();
    const int64_t bias = 9 * 4 + 2 * (27 + 9 + 9) + 5;
    const int64_t weights = 9 * 7 + 9 * 9 + 9 * 10 + 9 * 128 + 2 * (27 * 9 + 2 * 81) + 5 * 9 + 4 * 5;
    assert_int_equal(model->info.parameters, bias + weights);
    assert_int_equal(model->total, bias + weights + 4 * 5 + 2 * 7); /* and the codes and the input map, not trained */
    assert_int_equal(model->info.features, FEATURES);
    assert_int_equal(model->info.clusters, CLUSTERS);
    model_free(model);
    model_free(NULL);
}

static void test_round_trip(void **state)
{
    (void)state;
    const cludi_allocator allocator = alloc_system();
    cludi_model *model = make_model(), *back;
    cludi_error error;
    if (model_file_save(model, io_path("model"), &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    if (model_file_load(&back, &allocator, io_path("model"), &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    expect_same_info(&back->info, &model->info);
    assert_int_equal(back->total, model->total);
    assert_memory_equal(back->values, model->values, (size_t)model->total * sizeof *model->values);
    model_free(model);
    model_free(back);
}

static void expect_pair(model_edit *file, const char *key, const char *value)
{
    assert_string_equal(model_edit_pair(file, key)->value, value);
}

/* The names, as other programs read them. */
static void test_contents(void **state)
{
    (void)state;
    cludi_model *model = make_model();
    model_edit file;
    const float *values = model->values;
    assert_int_equal(model_file_save(model, io_path("model"), NULL), CLUDI_OK);
    model_edit_read(&file, io_path("model"));
    expect_pair(&file, "format", "cludi-model");
    expect_pair(&file, "format_version", "3");
    expect_pair(&file, "cludi_version",
                "0.1.0"); /* the bytes of a model change with its numbers, not with every version */
    expect_pair(&file, "generator", "philox4x32-10");
    expect_pair(&file, "seed", "18446744073709551615");
    expect_pair(&file, "n_features", "7");
    expect_pair(&file, "n_clusters", "4");
    expect_pair(&file, "rows", "5000000000");
    expect_pair(&file, "steps", "77");
    expect_pair(&file, "clusters_in_use", "3");
    assert_true(strtod(model_edit_pair(&file, "loss")->value, NULL) == model->info.loss);
    assert_true(strtod(model_edit_pair(&file, "largest_share")->value, NULL) == model->info.largest_share);
    assert_true(strtod(model_edit_pair(&file, "confidence")->value, NULL) == model->info.confidence);
    const char *config = model_edit_pair(&file, "config")->value;
    assert_non_null(strstr(config, "\"lr\":0.3333333333333333,"));
    assert_non_null(strstr(config, "\"temperature\":0.30000000000000004,"));
    assert_non_null(strstr(config, "\"snr_weight\":\"none\","));
    assert_non_null(strstr(config, "\"preprocessing\":\"directions\","));
    assert_int_equal(file.count, model->spec_count);
    for (int i = 0; i < model->spec_count; i++) {
        const param_spec *spec = &model->specs[i];
        const safetensors_array *array = &file.arrays[i];
        assert_string_equal(array->name, spec->name);
        assert_int_equal(array->rank, spec->matrix ? 2 : 1);
        assert_int_equal(array->shape[0], spec->matrix ? spec->rows : spec->cols);
        assert_int_equal(array->shape[1], spec->matrix ? spec->cols : 0);
        assert_memory_equal(array->data, values, (size_t)(spec->rows * spec->cols) * sizeof *values);
        values += spec->rows * spec->cols;
    }
    model_edit_clear(&file);
    model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_contents),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
