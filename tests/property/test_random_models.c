/* 1,000 models with random finite weights of every size, as a file from anybody may have (the answers for fitted rows, which are checked on
   their own, as they were): a prediction has finite probabilities that add up
   to 1, or is refused with one sentence; with labels alone it is refused for the same row. And how long a row takes is not for
   a file to decide. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "config_table.h"
#include "expect_error.h"
#include "float_math.h"
#include "io_support.h"
#include "model.h"
#include "model_edit.h"
#include "predict_loop.h"
#include "rng.h"
#include "tensor_support.h"

#define COUNT_ROW(row, name) +1
enum { MODELS = 1000, METHODS = METHOD_LIST(COUNT_ROW), KINDS = 8, ROWS = BLOB_ROWS };

static float finite_of_bits(uint32_t bits)
{
    const float value = float_of_bits(bits);
    return isfinite(value) ? value : float_of_bits(bits & 0xbfffffffU);
}

/* Number `i` of a model: the weights that training leaves, times what a kind says; or bits as they come. */
static float draw(int kind, uint32_t bits, float normal, int64_t i)
{
    switch (kind) {
    case 0:
        return normal;
    case 1:
        return normal * 1e18F;
    case 2:
        return normal * 1e-42F; /* denormal */
    case 3:
        return finite_of_bits(bits);
    case 4:
        return bits & 1 ? FLT_MAX : -FLT_MAX;
    case 5:
        return bits % 97 == 0 ? FLT_MAX : normal;
    case 6:
        return i % 2 ? normal * 1e-30F : normal * 1e30F;
    default:
        return bits % 3 == 0 ? normal * 3e37F : 0;
    }
}

/* Numbers of the model before its answers for fitted rows, which are to stay as they are; all, where there are none. */
static int64_t count_before_fitted(const cludi_model *model)
{
    int64_t total = 0;
    for (int i = 0; i < model->first_input; i++) {
        if (strcmp(model->specs[i].name, "fitted") == 0)
            return total;
        total += model->specs[i].rows * model->specs[i].cols;
    }
    return model->total;
}

static void fill(cludi_model *model, int kind, uint32_t seed)
{
    const int64_t count = count_before_fitted(model);
    float *normal = malloc((size_t)model->total * sizeof *normal);
    assert_non_null(normal);
    rng_normal((rng_stream){seed, 240, 0}, 0, normal, model->total);
    uint64_t state = seed;
    for (int64_t i = 0; i < count; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        model->values[i] = draw(kind, (uint32_t)(state >> 32), normal[i], i);
    }
    free(normal);
}

typedef struct outcome {
    int finite, refused;
} outcome;

static void expect_rows(const float *p, const float *z, const int32_t *labels)
{
    for (int64_t i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int64_t k = 0; k < BLOB_CLUSTERS; k++) {
            const float share = p[i * BLOB_CLUSTERS + k];
            assert_true(share >= 0 && share <= 1.001F);
            sum += (double)share;
        }
        assert_true(fabs(sum - 1) < 1e-3);
        assert_true(labels[i] >= 0 && labels[i] < BLOB_CLUSTERS);
        for (int64_t j = 0; z && j < BLOB_D; j++)
            assert_true(isfinite(z[i * BLOB_D + j]));
    }
}

static void expect_sound(cludi_context *context, const cludi_model *model, const cludi_matrix *X, int32_t adaptive,
                         outcome *seen)
{
    float p[ROWS * BLOB_CLUSTERS], z[ROWS * BLOB_D];
    int32_t labels[ROWS], alone[ROWS];
    const bool has_z = model->info.config.method == CLUDI_METHOD_CLUDI;
    cludi_error error = {0}, other = {0};
    cludi_predict_options options;
    cludi_predict_options_init(&options);
    options.adaptive = adaptive;
    const cludi_prediction all = {.labels = labels, .probabilities = p, .embedding = has_z ? z : NULL};
    const cludi_status status = cludi_predict(context, model, X, &options, &all, &error);
    const cludi_status again = cludi_predict(context, model, X, &options, &(cludi_prediction){.labels = alone}, &other);
    if (status == CLUDI_OK) {
        expect_rows(p, has_z ? z : NULL, labels);
        assert_int_equal(again, CLUDI_OK);
        assert_memory_equal(labels, alone, sizeof labels);
        seen->finite++;
        return;
    }
    if (status != CLUDI_ERROR_DIVERGED || !strstr(error.message, "The model's numbers overflow on row "))
        fail_msg("%d: %s", status, error.message);
    if (again != CLUDI_OK) { /* an embedding alone may overflow */
        assert_int_equal(again, status);
        assert_true(has_z || strcmp(error.message, other.message) == 0);
    }
    seen->refused++;
}

static cludi_config config_of(int chosen, int i)
{
    cludi_config config = blobs_config();
    config.method = (cludi_method)chosen;
    config.steps = 1;
    config.logits = i % 2 ? CLUDI_LOGITS_LINEAR : CLUDI_LOGITS_COSINE;
    config.preprocessing = (cludi_preprocessing)(CLUDI_PREPROCESSING_UNIT + i % 3);
    return config;
}

static void test_random_weights(void **state)
{
    (void)state;
    outcome seen[METHODS] = {{0, 0}};
    blobs b, others; /* a row that was fitted has its answer, whatever the weights */
    blobs_fill(&b, 0.3);
    blobs_fill(&others, 0.31);
    const cludi_matrix X = blobs_matrix(&b), Y = blobs_matrix(&others);
    int backends = 0, model_number = 0;
    while (float_backend(backends))
        backends++;
    for (int chosen = 0; chosen < METHODS; chosen++)
        for (int n = 0; n < backends; n++) {
            cludi_context *context = blobs_context(float_backend(n), 1, 3);
            for (int shape = 0; shape < 6; shape++) {
                const cludi_config config = config_of(chosen, shape);
                cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, &config);
                const int count = MODELS / (METHODS * backends * 6) + 1;
                for (int i = 0; i < count; i++, model_number++) {
                    fill(model, (i + shape + n) % KINDS, (uint32_t)model_number);
                    expect_sound(context, model, i % 5 ? &Y : &X, i % 2, &seen[chosen]);
                }
                cludi_model_free(model);
            }
            cludi_context_free(context);
        }
    assert_true(model_number >= MODELS);
    for (int chosen = 0; chosen < METHODS; chosen++)
        assert_true(seen[chosen].finite > 10 && seen[chosen].refused > 10);
}

/* No preset is more than what a file may decide. */
static void test_presets(void **state)
{
    (void)state;
    static const char *const PRESETS[] = {"default", "paper"};
    int64_t most = 0;
    for (int i = 0; i < 2; i++)
        for (int32_t K = 2; K <= 65536; K *= 2) {
            cludi_config config;
            assert_int_equal(config_table_preset(&config, PRESETS[i], K, NULL), CLUDI_OK);
            const int64_t work = (int64_t)config.draws * config.denoise_steps;
            most = work > most ? work : most;
        }
    assert_int_equal(most, PREDICT_MOST_UNASKED);
}

static cludi_model *load_edited(cludi_context *context, const char *draws, const char *steps)
{
    model_edit edit;
    cludi_model *model;
    model_edit_read(&edit, io_path("model"));
    model_edit_replace(&edit, "config", "\"draws\":3", draws);
    model_edit_replace(&edit, "config", "\"denoise_steps\":3", steps);
    model_edit_sign(&edit);
    model_edit_write(&edit, io_path("edited"));
    model_edit_clear(&edit);
    assert_int_equal(cludi_model_load(context, io_path("edited"), &model, NULL), CLUDI_OK);
    return model;
}

static cludi_status predict(cludi_context *context, const cludi_model *model, const cludi_matrix *X, int32_t draws,
                            int32_t steps, cludi_error *error)
{
    int32_t labels[ROWS];
    cludi_predict_options options;
    cludi_predict_options_init(&options);
    options.draws = draws;
    options.denoise_steps = steps;
    return cludi_predict(context, model, X, &options, &(cludi_prediction){.labels = labels}, error);
}

static void test_work(void **state)
{
    (void)state;
    blobs b;
    blobs_fill(&b, 0.3);
    const cludi_matrix X = blobs_matrix(&b);
    cludi_context *context = blobs_context("ref", 1, 0);
    cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, NULL);
    assert_int_equal(cludi_model_save(model, io_path("model"), NULL), CLUDI_OK);
    cludi_model_free(model);

    model = load_edited(context, "\"draws\":65536", "\"denoise_steps\":1000");
    EXPECT_ARGUMENT("draws 65536 and denoise_steps 1000, 65536000 times the denoiser for each row; more than 400",
                    predict, context, model, &X, 0, 0);
    EXPECT_ARGUMENT("more than 400 times, or 100 steps, have to be asked for", predict, context, model, &X, 2, 0);
    EXPECT_ARGUMENT("more than 400 times, or 100 steps, have to be asked for", predict, context, model, &X, 0, 2);
    assert_int_equal(predict(context, model, &X, 2, 2, NULL), CLUDI_OK);
    cludi_model_free(model);

    model = load_edited(context, "\"draws\":1", "\"denoise_steps\":101");
    EXPECT_ARGUMENT("draws 1 and denoise_steps 101, 101 times", predict, context, model, &X, 0, 0);
    EXPECT_ARGUMENT("or 100 steps", predict, context, model, &X, 64, 0);
    assert_int_equal(predict(context, model, &X, 0, 101, NULL), CLUDI_OK);
    cludi_model_free(model);

    model = load_edited(context, "\"draws\":4", "\"denoise_steps\":100"); /* as in the paper */
    assert_int_equal(predict(context, model, &X, 0, 0, NULL), CLUDI_OK);
    cludi_model_free(model);
    model = load_edited(context, "\"draws\":401", "\"denoise_steps\":1");
    EXPECT_ARGUMENT("draws 401 and", predict, context, model, &X, 0, 0);
    assert_int_equal(predict(context, model, &X, 401, 0, NULL), CLUDI_OK);
    cludi_model_free(model);

    cludi_config config = blobs_config(); /* what one's own training asked for is asked for */
    config.draws = 500;
    config.denoise_steps = 1;
    model = blobs_fit(context, &X, BLOB_CLUSTERS, &config);
    assert_int_equal(predict(context, model, &X, 0, 0, NULL), CLUDI_OK);
    cludi_model_free(model);
    cludi_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_weights),
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_work),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
