/* Programs that were compiled with an older header: their structs are shorter, and nothing behind them is read or written. */
#include "blobs.h"
#include "expect_error.h"
#include "io_support.h"
#include "rows.h"
#include "struct_size.h"
#include "vit_file.h"

enum { MOST = 1024, GUARD = 64, FOREIGN = 0xA5 };

static cludi_context *context;
static cludi_model *model;
static cludi_encoder *encoder;
static blobs points;
static cludi_matrix X;

static int setup(void **state)
{
    context = blobs_context("ref", 1, 1);
    blobs_fill(&points, 0.2);
    X = blobs_matrix(&points);
    model = blobs_fit(context, &X, BLOB_CLUSTERS, NULL);
    return io_setup(state);
}

static int teardown(void **state)
{
    cludi_encoder_free(encoder);
    cludi_model_free(model);
    cludi_context_free(context);
    return io_teardown(state);
}

/* ---- one call for each struct ---- */

static cludi_status use_context(void *theirs, cludi_error *error)
{
    cludi_context *made;
    const cludi_status status = cludi_context_new(theirs, &made, error);
    cludi_context_free(made);
    return status;
}

static cludi_status use_config(void *theirs, cludi_error *error)
{
    return cludi_config_check(theirs, error);
}

static cludi_status use_model_info(void *theirs, cludi_error *error)
{
    return cludi_model_get_info(model, theirs, error);
}

static cludi_status use_profile(void *theirs, cludi_error *error)
{
    return cludi_fit_get_profile(context, theirs, error);
}

static cludi_status use_method_info(void *theirs, cludi_error *error)
{
    return cludi_method_get_info(CLUDI_METHOD_SCAN, theirs, error);
}

static cludi_status use_outline(void *theirs, cludi_error *error)
{
    return cludi_fit_describe(NULL, BLOB_ROWS, BLOB_CLUSTERS, theirs, error);
}

static cludi_status use_predict(void *theirs, cludi_error *error)
{
    int32_t labels[BLOB_ROWS];
    return cludi_predict(context, model, &X, theirs, &(cludi_prediction){.labels = labels}, error);
}

static cludi_status use_checkpoint(void *theirs, cludi_error *error)
{
    const cludi_status status = cludi_fit_set_checkpoint(context, theirs, error);
    assert_int_equal(cludi_fit_set_checkpoint(context, NULL, NULL), CLUDI_OK);
    return status;
}

static cludi_status use_verification(void *theirs, cludi_error *error)
{
    const cludi_source rows = rows_of_matrix(&X);
    return cludi_model_verify(context, model, &rows, theirs, error);
}

static cludi_status use_scores(void *theirs, cludi_error *error)
{
    return cludi_score(context, points.truth, points.truth, BLOB_ROWS, theirs, error);
}

static cludi_status use_dataset(void *theirs, cludi_error *error)
{
    cludi_dataset *dataset;
    const char *path = io_put("x.csv", "a,b\n1,2\n3,4\n", 12);
    const cludi_status status = cludi_dataset_open_with(context, path, theirs, &dataset, error);
    cludi_dataset_free(dataset);
    return status;
}

static cludi_status use_encoder_options(void *theirs, cludi_error *error)
{
    cludi_encoder *made;
    const cludi_status status = cludi_encoder_load(context, io_path("vit"), theirs, &made, error);
    cludi_encoder_free(made);
    return status;
}

static cludi_status use_encoder_info(void *theirs, cludi_error *error)
{
    return cludi_encoder_get_info(encoder, theirs, error);
}

static cludi_status use_embed(void *theirs, cludi_error *error)
{
    cludi_image_list *list;
    assert_int_equal(cludi_image_list_new(context, NULL, 0, &list, NULL), CLUDI_OK);
    const cludi_status status = cludi_images_embed(context, encoder, list, theirs, error);
    cludi_image_list_free(list);
    return status;
}

static cludi_status use_plot(void *theirs, cludi_error *error)
{
    return cludi_plot_write(context, io_path("p.svg"), theirs, error);
}

/* ---- every size ---- */

/* Fills in what a caller with today's header would. */
static void fill_whole(const struct_shape *shape, const void *whole, unsigned char *theirs, uint32_t size)
{
    const size_t written = size < shape->known ? size : shape->known;
    memset(theirs, FOREIGN, MOST);
    memcpy(theirs, whole, written);
    memcpy(theirs, &size, sizeof size);
}

static void expect_untouched(const unsigned char *theirs, size_t size)
{
    for (size_t i = size; i < MOST; i++)
        assert_int_equal(theirs[i], FOREIGN);
}

typedef cludi_status (*use_fn)(void *theirs, cludi_error *error);

/* Sizes of older headers are taken and nothing behind them is touched; all others are refused with their number. */
static void try_sizes(const struct_shape *shape, const void *whole, use_fn use)
{
    const uint32_t huge[] = {4096, 1u << 20, UINT32_MAX - 7, UINT32_MAX};
    unsigned char theirs[MOST], full[MOST];
    assert_true(shape->known + GUARD < MOST && shape->least <= shape->first && shape->first <= shape->known);
    fill_whole(shape, whole, full, (uint32_t)shape->known);
    assert_int_equal(use(full, NULL), CLUDI_OK);
    for (uint32_t i = 0; i < shape->known + GUARD + 4; i++) {
        const uint32_t size = i < shape->known + GUARD ? i : huge[i - shape->known - GUARD];
        const bool good = size >= shape->least && size <= shape->known && size % shape->alignment == 0;
        cludi_error error = {0};
        char words[64];
        fill_whole(shape, whole, theirs, size);
        const cludi_status status = use(theirs, &error);
        if (good) {
            assert_int_equal(status, CLUDI_OK);
            expect_untouched(theirs, size);
            assert_memory_equal(theirs + 4, full + 4, size - 4);
        } else {
            snprintf(words, sizeof words, "%s has struct_size %u;", shape->name, size);
            io_expect_error(&error, status, CLUDI_ERROR_ARGUMENT, words);
        }
    }
}

static int take_row(void *user, int64_t image, const float *features, const cludi_error *failed)
{
    (void)user, (void)image, (void)features, (void)failed;
    return 0;
}

static void test_inputs(void **state)
{
    (void)state;
    cludi_context_options options;
    cludi_context_options_init(&options);
    try_sizes(&SHAPE_CONTEXT_OPTIONS, &options, use_context);
    const cludi_config config = blobs_config();
    try_sizes(&SHAPE_CONFIG, &config, use_config);
    cludi_predict_options predict;
    cludi_predict_options_init(&predict);
    try_sizes(&SHAPE_PREDICT_OPTIONS, &predict, use_predict);
    cludi_checkpoint checkpoint;
    cludi_checkpoint_init(&checkpoint);
    checkpoint.path = io_path("checkpoint");
    try_sizes(&SHAPE_CHECKPOINT, &checkpoint, use_checkpoint);
    cludi_dataset_options dataset;
    cludi_dataset_options_init(&dataset);
    try_sizes(&SHAPE_DATASET_OPTIONS, &dataset, use_dataset);
    const cludi_plot_panel panel = {
        .x_label = "x", .y_label = "y", .series = &(cludi_plot_series){0}, .series_count = 1};
    const cludi_plot plot = {sizeof plot, NULL, &panel, 1};
    try_sizes(&SHAPE_PLOT, &plot, use_plot);
}

static void test_outputs(void **state)
{
    (void)state;
    const cludi_model_info info = {0};
    const cludi_profile profile = {0};
    const cludi_method_info method = {0};
    const cludi_fit_outline outline = {0};
    const cludi_verification verification = {0};
    const cludi_scores scores = {0};
    try_sizes(&SHAPE_MODEL_INFO, &info, use_model_info);
    try_sizes(&SHAPE_PROFILE, &profile, use_profile);
    try_sizes(&SHAPE_METHOD_INFO, &method, use_method_info);
    try_sizes(&SHAPE_FIT_OUTLINE, &outline, use_outline);
    try_sizes(&SHAPE_VERIFICATION, &verification, use_verification);
    try_sizes(&SHAPE_SCORES, &scores, use_scores);
}

static void test_encoders(void **state)
{
    (void)state;
    const cludi_encoder_info info = {0};
    cludi_encoder_options options;
    cludi_embed_options embed;
    vit_file_write(io_path("vit"), &(vit_file){0});
    cludi_encoder_options_init(&options);
    try_sizes(&SHAPE_ENCODER_OPTIONS, &options, use_encoder_options);
    assert_int_equal(cludi_encoder_load(context, io_path("vit"), NULL, &encoder, NULL), CLUDI_OK);
    try_sizes(&SHAPE_ENCODER_INFO, &info, use_encoder_info);
    cludi_embed_options_init(&embed);
    embed.take = take_row;
    try_sizes(&SHAPE_EMBED_OPTIONS, &embed, use_embed);
}

/* ---- init ---- */

/* The function of that name writes what the struct had at first, the macro what it has in this header, and both no more. */
#define EXPECT_INIT(type, shape)                                                                                       \
    do {                                                                                                               \
        unsigned char theirs[MOST];                                                                                    \
        uint32_t written;                                                                                              \
        type whole;                                                                                                    \
        type##_init(&whole);                                                                                           \
        assert_int_equal(whole.struct_size, sizeof whole);                                                             \
        memset(theirs, FOREIGN, MOST);                                                                                 \
        (type##_init)((type *)theirs);                                                                                 \
        memcpy(&written, theirs, sizeof written);                                                                      \
        assert_int_equal(written, (shape).first);                                                                      \
        assert_memory_equal(theirs + 4, (char *)&whole + 4, (shape).first - 4);                                        \
        expect_untouched(theirs, (shape).first);                                                                       \
        for (size_t size = (shape).least; size < (shape).known + GUARD; size += (shape).alignment) {                   \
            memset(theirs, FOREIGN, MOST);                                                                             \
            type##_init_sized((type *)theirs, size);                                                                   \
            memcpy(&written, theirs, sizeof written);                                                                  \
            assert_int_equal(written, size);                                                                           \
            expect_untouched(theirs, size);                                                                            \
        }                                                                                                              \
    } while (0)

static void test_init(void **state)
{
    (void)state;
    EXPECT_INIT(cludi_context_options, SHAPE_CONTEXT_OPTIONS);
    EXPECT_INIT(cludi_config, SHAPE_CONFIG);
    EXPECT_INIT(cludi_predict_options, SHAPE_PREDICT_OPTIONS);
    EXPECT_INIT(cludi_checkpoint, SHAPE_CHECKPOINT);
    EXPECT_INIT(cludi_dataset_options, SHAPE_DATASET_OPTIONS);
    EXPECT_INIT(cludi_encoder_options, SHAPE_ENCODER_OPTIONS);
    EXPECT_INIT(cludi_embed_options, SHAPE_EMBED_OPTIONS);
}

/* ---- a config of an older header ---- */

static void test_config(void **state)
{
    (void)state;
    const uint32_t size = (uint32_t)(offsetof(cludi_config, init_runs) & ~(size_t)7);
    char text[32];
    union {
        cludi_config config;
        unsigned char bytes[MOST];
    } old;
    memset(old.bytes, FOREIGN, MOST);
    assert_int_equal((cludi_config_preset)(&old.config, "paper", 3, NULL), CLUDI_OK);
    expect_untouched(old.bytes, SHAPE_CONFIG.first);
    memset(old.bytes, FOREIGN, MOST);
    assert_int_equal(cludi_config_preset_sized(&old.config, size, "paper", 3, NULL), CLUDI_OK);
    assert_int_equal(cludi_config_set(&old.config, "steps", "5", NULL), CLUDI_OK);
    assert_int_equal(old.config.steps, 5);
    EXPECT_ARGUMENT("cluster_sizes is not in a config of struct_size", cludi_config_set, &old.config, "cluster_sizes",
                    "equal");
    expect_untouched(old.bytes, size);
    for (int32_t i = 0; i < cludi_param_count(); i++)
        assert_int_equal(cludi_config_format(&old.config, i, text, sizeof text), CLUDI_OK);
    assert_int_equal(old.config.struct_size, size);
}

/* What an older config does not have is as by default: the model has the same bytes. */
static void test_fit(void **state)
{
    (void)state;
    cludi_model *short_model, *whole_model;
    cludi_config whole = blobs_config();
    whole.cluster_sizes = CLUDI_CLUSTER_SIZES_LEARNED; /* the default */
    unsigned char theirs[MOST];
    fill_whole(&SHAPE_CONFIG, &whole, theirs, (uint32_t)(offsetof(cludi_config, cluster_sizes) & ~(size_t)7));
    assert_int_equal(cludi_fit(context, &X, BLOB_CLUSTERS, (cludi_config *)theirs, &short_model, NULL), CLUDI_OK);
    assert_int_equal(cludi_fit(context, &X, BLOB_CLUSTERS, &whole, &whole_model, NULL), CLUDI_OK);
    assert_int_equal(cludi_model_save(short_model, io_path("short"), NULL), CLUDI_OK);
    assert_int_equal(cludi_model_save(whole_model, io_path("whole"), NULL), CLUDI_OK);
    expect_same_files(io_path("short"), io_path("whole"));
    cludi_model_free(short_model);
    cludi_model_free(whole_model);
}

/* ---- the version ---- */

static void test_version(void **state)
{
    (void)state;
    int major, minor, patch;
    assert_string_equal(cludi_version(), CLUDI_VERSION);
    assert_int_equal(sscanf(cludi_version(), "%d.%d.%d", &major, &minor, &patch), 3);
    assert_int_equal(CLUDI_VERSION_NUMBER, CLUDI_MAKE_VERSION(major, minor, patch));
    assert_true(CLUDI_MAKE_VERSION(0, 10, 0) > CLUDI_MAKE_VERSION(0, 9, 99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inputs),  cmocka_unit_test(test_outputs), cmocka_unit_test(test_encoders),
        cmocka_unit_test(test_init),    cmocka_unit_test(test_config),  cmocka_unit_test(test_fit),
        cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
