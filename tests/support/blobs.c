#include "blobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "rng.h"

void blobs_fill(blobs *b, double deviation)
{
    for (int i = 0; i < BLOB_ROWS; i++) {
        float noise[BLOB_COLS];
        b->truth[i] = i * 7 / 5 % BLOB_CLUSTERS;
        rng_normal((rng_stream){99, 210, 0}, (uint64_t)i, noise, BLOB_COLS);
        for (int j = 0; j < BLOB_COLS; j++)
            b->data[i * BLOB_COLS + j] = (float)((j / 2 == b->truth[i]) + deviation * (double)noise[j]);
    }
}

cludi_matrix blobs_matrix(const blobs *b)
{
    return (cludi_matrix){b->data, BLOB_ROWS, BLOB_COLS, BLOB_COLS};
}

cludi_config blobs_config(void)
{
    cludi_config config;
    cludi_config_init(&config);
    config.method = CLUDI_METHOD_CLUDI;
    config.batch_size = 16;
    config.hidden_dim = 16;
    config.embedding_dim = BLOB_D;
    config.views = 3;
    config.teacher_steps = 3;
    config.denoise_steps = 3;
    config.draws = 3;
    config.steps = 15;
    config.preprocessing = CLUDI_PREPROCESSING_UNIT;
    config.n_neighbors = 0;
    config.init_runs = 0;
    config.cluster_sizes = CLUDI_CLUSTER_SIZES_EQUAL;
    return config;
}

cludi_config blobs_recipe(void)
{
    const cludi_config small = blobs_config();
    cludi_config config;
    cludi_config_init(&config);
    config.method = CLUDI_METHOD_CLUDI;
    config.batch_size = small.batch_size;
    config.hidden_dim = small.hidden_dim;
    config.embedding_dim = small.embedding_dim;
    config.views = small.views;
    config.teacher_steps = small.teacher_steps;
    config.denoise_steps = small.denoise_steps;
    config.draws = small.draws;
    return config;
}

void blobs_choose(cludi_context_options *options, const char *backend)
{
    const bool bf16 = strcmp(backend, "onednn bf16") == 0;
    options->backend = bf16 ? "onednn" : backend;
    options->precision = bf16 ? "bf16" : "f32";
}

cludi_context *blobs_context(const char *backend, int32_t threads, uint64_t seed)
{
    cludi_context_options options;
    cludi_context *context;
    cludi_error error;
    cludi_context_options_init(&options);
    blobs_choose(&options, backend);
    options.threads = threads;
    options.seed = seed;
    if (cludi_context_new(&options, &context, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    return context;
}

cludi_model *blobs_fit(cludi_context *context, const cludi_matrix *X, int32_t clusters, const cludi_config *config)
{
    const cludi_config own = blobs_config();
    cludi_model *model;
    cludi_error error;
    if (cludi_fit(context, X, clusters, config ? config : &own, &model, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    return model;
}

answers blobs_predict(cludi_context *context, const cludi_model *model, const cludi_matrix *X, int32_t draws)
{
    cludi_model_info info = {.struct_size = sizeof info};
    cludi_predict_options options;
    cludi_error error;
    assert_int_equal(cludi_model_get_info(model, &info, NULL), CLUDI_OK);
    answers a = {.rows = X->rows, .K = info.clusters, .d = info.config.embedding_dim};
    a.labels = malloc((size_t)a.rows * sizeof *a.labels);
    a.probabilities = malloc((size_t)(a.rows * a.K) * sizeof *a.probabilities);
    a.embedding = malloc((size_t)(a.rows * a.d) * sizeof *a.embedding);
    assert_true(a.labels && a.probabilities && a.embedding);
    const cludi_prediction out = {.labels = a.labels, .probabilities = a.probabilities, .embedding = a.embedding};
    cludi_predict_options_init(&options);
    options.draws = draws;
    if (cludi_predict(context, model, X, &options, &out, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    return a;
}

void context_forget_prediction(cludi_context *context); /* context_private.h */

cludi_status blobs_try_predict(cludi_context *context, const cludi_model *model, const cludi_matrix *X,
                               cludi_error *error)
{
    int32_t labels[BLOB_ROWS];
    const cludi_status status = cludi_predict(context, model, X, NULL, &(cludi_prediction){.labels = labels}, error);
    context_forget_prediction(context);
    return status;
}

void answers_clear(answers *a)
{
    free(a->labels);
    free(a->probabilities);
    free(a->embedding);
    *a = (answers){0};
}

void answers_expect_same_row(const answers *a, int64_t i, const answers *b, int64_t j, const char *what)
{
    const bool labels = a->labels[i] == b->labels[j];
    const bool probabilities =
        memcmp(a->probabilities + i * a->K, b->probabilities + j * b->K, (size_t)a->K * sizeof(float)) == 0;
    const bool embedding = memcmp(a->embedding + i * a->d, b->embedding + j * b->d, (size_t)a->d * sizeof(float)) == 0;
    if (!labels || !probabilities || !embedding)
        fail_msg("%s: row %d against row %d: labels %s, probabilities %s, embedding %s", what, (int)i, (int)j,
                 labels ? "same" : "differ", probabilities ? "same" : "differ", embedding ? "same" : "differ");
}

void answers_expect_same(const answers *a, const answers *b, const char *what)
{
    assert_int_equal(a->rows, b->rows);
    for (int64_t i = 0; i < a->rows; i++)
        answers_expect_same_row(a, i, b, i, what);
}

unsigned char *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long length = ftell(file);
    assert_true(length >= 0);
    rewind(file);
    unsigned char *bytes = malloc((size_t)length + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)length, file), length);
    fclose(file);
    bytes[length] = 0;
    *size = (size_t)length;
    return bytes;
}

void expect_same_info(const cludi_model_info *a, const cludi_model_info *b)
{
    const int64_t ours[] = {a->struct_size, a->features, a->clusters,   (int64_t)a->seed,
                            a->rows,        a->steps,    a->parameters, a->clusters_in_use};
    const int64_t theirs[] = {b->struct_size, b->features, b->clusters,   (int64_t)b->seed,
                              b->rows,        b->steps,    b->parameters, b->clusters_in_use};
    const double reals[] = {a->loss, a->largest_share, a->confidence},
                 others[] = {b->loss, b->largest_share, b->confidence};
    assert_memory_equal(ours, theirs, sizeof ours);
    assert_memory_equal(reals, others, sizeof reals);
    for (int32_t i = 0; i < cludi_param_count(); i++) {
        char text[64], other[64];
        assert_int_equal(cludi_config_format(&a->config, i, text, sizeof text), CLUDI_OK);
        assert_int_equal(cludi_config_format(&b->config, i, other, sizeof other), CLUDI_OK);
        assert_string_equal(text, other);
    }
}

static bool same_files(const char *a, const char *b)
{
    size_t size_a, size_b;
    unsigned char *x = read_whole(a, &size_a), *y = read_whole(b, &size_b);
    const bool same = size_a == size_b && size_a > 1000 && memcmp(x, y, size_a) == 0;
    free(x);
    free(y);
    return same;
}

void expect_same_files(const char *a, const char *b)
{
    if (!same_files(a, b))
        fail_msg("%s and %s differ", a, b);
}

void expect_other_files(const char *a, const char *b)
{
    if (same_files(a, b))
        fail_msg("%s and %s are the same", a, b);
}
