/* The table of methods as the public interface tells of it, and what a training will consist of beside what it then does. */
#include <cludi/cludi.h>

#include "blobs.h"
#include "expect_error.h"

static cludi_method_info info_of(int method)
{
    cludi_method_info info = {.struct_size = sizeof info};
    assert_int_equal(cludi_method_get_info((cludi_method)method, &info, NULL), CLUDI_OK);
    return info;
}

static const char *const *find_methods(void)
{
    for (int32_t i = 0; i < cludi_param_count(); i++)
        if (strcmp(cludi_param_get(i)->name, "method") == 0)
            return cludi_param_get(i)->choices;
    return NULL;
}

static int is_parameter(const char *name)
{
    for (int32_t i = 0; i < cludi_param_count(); i++)
        if (strcmp(cludi_param_get(i)->name, name) == 0)
            return 1;
    return 0;
}

static void test_info(void **state)
{
    (void)state;
    const char *const *names = find_methods();
    for (int method = 0; names[method]; method++) {
        const cludi_method_info info = info_of(method);
        assert_string_equal(info.name, names[method]);
        assert_true(*info.help && *info.loss && *info.step_unit);
        for (int i = 0; info.parameters && info.parameters[i]; i++)
            assert_true(is_parameter(info.parameters[i]));
    }
    assert_true(info_of(CLUDI_METHOD_CLUDI).has_embedding && info_of(CLUDI_METHOD_CLUDI).uses_draws);
    assert_true(!info_of(CLUDI_METHOD_KMEANS).has_steps && !info_of(CLUDI_METHOD_KMEANS).has_confidence);
    assert_true(!info_of(CLUDI_METHOD_KMEANS).can_resume);
    const cludi_method_info own = info_of(CLUDI_METHOD_DISCRIMINANT);
    assert_true(!own.has_steps && own.has_confidence && !own.has_embedding && !own.uses_draws && !own.uses_precision);
    assert_true(info_of(CLUDI_METHOD_TEMI).can_resume && !info_of(CLUDI_METHOD_TEMI).has_embedding);
}

static void test_errors(void **state)
{
    (void)state;
    cludi_method_info info = {.struct_size = sizeof info};
    cludi_fit_outline outline = {.struct_size = sizeof outline};
    cludi_config config;
    cludi_config_init(&config);
    EXPECT_ARGUMENT("method is -1; it must be between 0 and ", cludi_method_get_info, (cludi_method)-1, &info);
    EXPECT_ARGUMENT("method is 1000; it must be between 0 and ", cludi_method_get_info, (cludi_method)1000, &info);
    EXPECT_ARGUMENT("info is NULL.", cludi_method_get_info, CLUDI_METHOD_CLUDI, NULL);
    EXPECT_ARGUMENT("outline is NULL.", cludi_fit_describe, &config, 10, 2, NULL);
    EXPECT_ARGUMENT("X has 0 rows and K is 2; both must be at least 1.", cludi_fit_describe, &config, 0, 2, &outline);
    EXPECT_ARGUMENT("X has 10 rows and K is 0;", cludi_fit_describe, &config, 10, 0, &outline);
    config.lr = -1;
    EXPECT_ARGUMENT("lr is -1;", cludi_fit_describe, &config, 10, 2, &outline);
}

/* Trains with each method: the steps and rows are those that were told before. */
static void test_outline(void **state)
{
    (void)state;
    blobs points;
    blobs_fill(&points, 0.2);
    const cludi_matrix X = blobs_matrix(&points);
    cludi_context *context = blobs_context("ref", 1, 1);
    for (int method = 0; find_methods()[method]; method++) {
        cludi_model_info info = {.struct_size = sizeof info};
        cludi_profile profile = {.struct_size = sizeof profile};
        cludi_fit_outline outline = {.struct_size = sizeof outline};
        cludi_config config = blobs_config();
        config.method = (cludi_method)method;
        config.steps = 0;
        config.epochs = 2;
        assert_int_equal(cludi_fit_describe(&config, BLOB_ROWS, BLOB_CLUSTERS, &outline, NULL), CLUDI_OK);
        cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, &config);
        assert_int_equal(cludi_model_get_info(model, &info, NULL), CLUDI_OK);
        if (info_of(method).has_steps)
            assert_int_equal(info.steps, outline.steps);
        assert_int_equal(outline.steps > 0, info_of(method).has_steps);
        assert_int_equal(cludi_fit_get_profile(context, &profile, NULL) == CLUDI_OK, info_of(method).has_steps);
        assert_true(outline.first_steps <= outline.steps && outline.batch_rows >= 1 && !outline.is_most);
        assert_int_equal(outline.sample_rows, BLOB_ROWS);
        cludi_model_free(model);
    }
    cludi_context_free(context);
}

static void test_defaults(void **state)
{
    (void)state;
    cludi_config config;
    cludi_fit_outline outline = {.struct_size = sizeof outline};
    cludi_config_init(&config);
    assert_int_equal(config.method, CLUDI_METHOD_DISCRIMINANT);
    assert_int_equal(cludi_fit_describe(NULL, 100000, 10, &outline, NULL), CLUDI_OK);
    assert_true(!outline.is_most && outline.steps == 0 && outline.batch_rows == 100000);
    assert_true(outline.neighbors == 15 && outline.sample_rows == 16384);
    assert_true(outline.init_runs == 27 && outline.init_kmeans == 17 && outline.init_spectral == 4);
    assert_int_equal(outline.init_starts, 10);
    config.method = CLUDI_METHOD_CLUDI;
    assert_int_equal(cludi_fit_describe(&config, 100000, 10, &outline, NULL), CLUDI_OK);
    assert_true(outline.is_most && outline.first_steps == config.init_steps && outline.init_starts == config.init_runs);
    assert_int_equal(outline.batch_rows, config.batch_size);
    assert_int_equal(outline.neighbors, config.n_neighbors);
    assert_int_equal(outline.rows_read, config.batch_size * (1 + config.n_neighbors));
    config.method = CLUDI_METHOD_SCAN;
    config.steps = 100;
    assert_int_equal(cludi_fit_describe(&config, 100000, 10, &outline, NULL), CLUDI_OK);
    assert_int_equal(outline.first_steps, 50);
    assert_int_equal(outline.neighbors, 20);
    assert_true(outline.init_runs == 0 && outline.init_kmeans == 0 && outline.init_starts == 0);
    assert_int_equal(outline.rows_read, 2 * outline.batch_rows);
    assert_int_equal(cludi_fit_describe(&config, 5, 2, &outline, NULL), CLUDI_OK);
    assert_int_equal(outline.neighbors, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_info), cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_outline), cmocka_unit_test(test_defaults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
