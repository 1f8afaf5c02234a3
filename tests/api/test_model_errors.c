/* cludi_model_load: a saved model with one thing wrong is refused, and the message names file and fault. */
#include <math.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "io_support.h"
#include "model_edit.h"
#include "rows.h"

static cludi_context *context;

static int setup(void **state)
{
    blobs b;
    if (io_setup(state) != 0)
        return -1;
    blobs_fill(&b, 0.2);
    const cludi_matrix X = blobs_matrix(&b);
    context = blobs_context("ref", 1, 1);
    cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, NULL);
    const cludi_status status = cludi_model_save(model, io_path("good"), NULL);
    cludi_model_free(model);
    return status == CLUDI_OK ? 0 : -1;
}

static int teardown(void **state)
{
    cludi_context_free(context);
    return io_teardown(state);
}

/* ---- one thing wrong ---- */

static void expect_refused(const char *path, cludi_status wanted, const char *words, const char *what)
{
    cludi_error error = {0};
    cludi_model *model = (cludi_model *)&error;
    const cludi_status status = cludi_model_load(context, path, &model, &error);
    if (status != wanted)
        fail_msg("%s: status %d: %s", what, status, error.message);
    assert_null(model);
    if (!strstr(error.message, path))
        fail_msg("%s: the file is not named: %s", what, error.message);
    io_expect_error(&error, status, wanted, words);
}

static void expect_edit_refused(const model_edit *edit, const char *words, const char *what)
{
    const char *path = io_path("bad");
    model_edit_write(edit, path);
    expect_refused(path, CLUDI_ERROR_FORMAT, words, what);
}

static void test_unchanged(void **state)
{
    (void)state;
    model_edit edit;
    cludi_model *model;
    model_edit_read(&edit, io_path("good"));
    model_edit_write(&edit, io_path("copy"));
    model_edit_clear(&edit);
    expect_same_files(io_path("good"), io_path("copy"));
    assert_int_equal(cludi_model_load(context, io_path("copy"), &model, NULL), CLUDI_OK);
    cludi_model_free(model);
}

static void test_missing_metadata(void **state)
{
    static const char *const KEYS[][2] = {
        {"format", "it is a safetensors file of something else."},
        {"format_version", "its format version is missing."},
        {"generator", "its random number generator is missing."},
        {"seed", "its metadata has no valid seed."},
        {"n_features", "its metadata has no valid n_features."},
        {"n_clusters", "its metadata has no valid n_clusters."},
        {"config", "its metadata has no valid config."},
        {"rows", "its metadata has no valid rows."},
        {"steps", "its metadata has no valid steps."},
        {"loss", "its metadata has no valid loss."},
        {"clusters_in_use", "its metadata has no valid clusters_in_use."},
        {"largest_share", "its metadata has no valid largest_share."},
        {"confidence", "its metadata has no valid confidence."},
        {"rows_digest", "its metadata has no valid rows_digest."},
        {"labels_digest", "its metadata has no valid labels_digest."},
        {"labels_checked", "its metadata has no valid labels_checked."},
        {"weights_digest", "its metadata has no valid weights_digest."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        model_edit edit;
        model_edit_read(&edit, io_path("good"));
        model_edit_drop_pair(&edit, KEYS[i][0]);
        expect_edit_refused(&edit, KEYS[i][1], KEYS[i][0]);
        model_edit_clear(&edit);
    }
}

static void test_wrong_metadata(void **state)
{
    static const char *const VALUES[][3] = {
        {"format", "cludi-models", "something else."},
        {"format_version", "1", "its format version is 1."},
        {"format_version", "4", "its format version is 4."},
        {"generator", "mt19937", "its random number generator is mt19937."},
        {"seed", "18446744073709551616", "no valid seed."},
        {"seed", "7x", "no valid seed."},
        {"n_features", "0", "no valid n_features."},
        {"n_features", "-6", "no valid n_features."},
        {"n_features", "6.0", "no valid n_features."},
        {"n_features", "99999999999999999999", "no valid n_features."},
        {"n_features", "7", "another shape is wanted for the tensor x1.weight."},
        {"n_clusters", "1", "no valid n_clusters."},
        {"n_clusters", "65537", "no valid n_clusters."},
        {"n_clusters", "4", "another shape is wanted for the tensor L."},
        {"n_clusters", "", "no valid n_clusters."},
        {"n_clusters", " 3", "no valid n_clusters."},
        {"n_clusters", "+3", "no valid n_clusters."},
        {"n_clusters", "3\n", "no valid n_clusters."},
        {"n_clusters", "0x3", "no valid n_clusters."},
        {"n_clusters", "-9223372036854775809", "no valid n_clusters."},
        {"n_features", "2147483648", "no valid n_features."},
        {"n_features", "2147483647", "another shape is wanted for the tensor"},
        {"format_version", "\x1b[2J\n", "its format version is \\x1b[2J\\x0a."},
        {"seed", " 7", "no valid seed."},
        {"seed", "-1", "no valid seed."},
        {"rows", "9223372036854775808", "no valid rows."},
        {"loss", "1e999", "no valid loss."},
        {"loss", "0x1p0", "no valid loss."},
        {"clusters_in_use", "-1", "no valid clusters_in_use."},
        {"config", "{\"blocks\":1e999}", "no valid config."},
        {"config", "{\"blocks\":99999999999999999999}", "no valid config."},
        {"rows", "0", "no valid rows."},
        {"steps", "-1", "no valid steps."},
        {"loss", "nan", "no valid loss."},
        {"loss", "1.5 ", "no valid loss."},
        {"clusters_in_use", "4", "no valid clusters_in_use."},
        {"largest_share", "inf", "no valid largest_share."},
        {"largest_share", "1.01", "no valid largest_share."},
        {"confidence", "-0.01", "no valid confidence."},
        {"confidence", "1.01", "no valid confidence."},
        {"confidence", "nan", "no valid confidence."},
        {"config", "[]", "no valid config."},
        {"config", "{", "no valid config."},
        {"config", "{}", "its config "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
        model_edit edit;
        model_edit_read(&edit, io_path("good"));
        model_edit_pair(&edit, VALUES[i][0])->value = VALUES[i][1];
        expect_edit_refused(&edit, VALUES[i][2], VALUES[i][0]);
        model_edit_clear(&edit);
    }
}

static void test_wrong_config(void **state)
{
    static const char *const CHANGES[][3] = {
        {"\"blocks\":2,", "", "its config "},
        {"\"blocks\":2,", "\"Q\":2,", "its config lacks blocks."},
        {"\"blocks\":2,", "\"blocks\":2,\"Q\":1,", "its config has parameters that this version does not know."},
        {"\"blocks\":2,", "\"blocks\":2,\"blocks\":2,", "its metadata has no valid config."},
        {"\"blocks\":2,", "\"blocks\":3,", "it lacks the tensor ada.2.weight."},
        {"\"blocks\":2,", "\"blocks\":1,", "tensors that do not belong to it."},
        {"\"blocks\":2,", "\"blocks\":17,", "its config has no valid blocks."},
        {"\"blocks\":2,", "\"blocks\":2.5,", "its config has no valid blocks."},
        {"\"blocks\":2,", "\"blocks\":null,", "its config has no valid blocks."},
        {"\"hidden_dim\":16,", "\"hidden_dim\":15,", "another shape is wanted for the tensor x1.weight."},
        {"\"logits\":\"cosine\"", "\"logits\":\"round\"", "its config has no valid logits."},
        {"\"logits\":\"cosine\"", "\"logits\":0", "its config has no valid logits."},
        {"\"corrupt_low\":0.1,", "\"corrupt_low\":0.5,", "corrupt_low is 0.5; it must not exceed corrupt_high"},
        {"\"diffusion_steps\":1000,", "\"diffusion_steps\":2,",
         "teacher_steps is 3; it must not exceed diffusion_steps, 2."},
        {"\"preprocessing\":\"unit\"", "\"preprocessing\":\"auto\"", "its preprocessing is \"auto\"."},
        {"\"preprocessing\":\"unit\"", "\"preprocessing\":\"directions\"", "it lacks the tensor input.offset."},
        {"\"preprocessing\":\"unit\"", "\"preprocessing\":\"coordinates\"",
         "another shape is wanted for the tensor x1.weight."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        model_edit edit;
        model_edit_read(&edit, io_path("good"));
        model_edit_replace(&edit, "config", CHANGES[i][0], CHANGES[i][1]);
        expect_edit_refused(&edit, CHANGES[i][2], CHANGES[i][1]);
        model_edit_clear(&edit);
    }
}

/* Every parameter must be in the config: none is taken from the defaults of the day. */
static void test_incomplete_config(void **state)
{
    (void)state;
    for (int32_t i = 0; i < cludi_param_count(); i++) {
        const char *name = cludi_param_get(i)->name;
        model_edit edit;
        char from[64], to[64], words[100];
        snprintf(from, sizeof from, "\"%s\":", name);
        snprintf(to, sizeof to, "\"%s_\":", name);
        snprintf(words, sizeof words, "its config lacks %s.", name);
        model_edit_read(&edit, io_path("good"));
        model_edit_replace(&edit, "config", from, to);
        expect_edit_refused(&edit, words, name);
        model_edit_clear(&edit);
    }
}

/* Every tensor in turn: missing, with other rows, with another rank, with a NaN or an infinity in it. */
static void test_wrong_tensors(void **state)
{
    (void)state;
    model_edit good;
    model_edit_read(&good, io_path("good"));
    assert_int_equal(good.count, 8 + 3 * 4 + 2 + 2);
    for (int64_t i = 0; i < good.count; i++) {
        const safetensors_array kept = good.arrays[i];
        safetensors_array *array = &good.arrays[i];
        char words[100];
        snprintf(words, sizeof words, "another shape is wanted for the tensor %s.", kept.name);
        array->shape[0]--;
        expect_edit_refused(&good, words, kept.name);
        *array = kept;
        array->rank = kept.rank == 2 ? 1 : 2;
        array->shape[1] = 1;
        expect_edit_refused(&good, words, kept.name);
        *array = kept;
        good.values[i][kept.shape[0] - 1] = i % 2 ? NAN : -INFINITY;
        expect_edit_refused(&good, "its tensors hold NaN or infinity.", kept.name);
        good.values[i][kept.shape[0] - 1] = 0;
        array->name = "renamed";
        snprintf(words, sizeof words, "it lacks the tensor %s.", kept.name);
        expect_edit_refused(&good, words, kept.name);
        *array = kept;
    }
    good.arrays[good.count] = good.arrays[0];
    good.arrays[good.count++].name = "more";
    expect_edit_refused(&good, "it has tensors that do not belong to it.", "more");
    good.count--;
    model_edit_clear(&good);
}

/* One bit of one number: nothing but the digest can tell. */
static void test_changed_weight(void **state)
{
    (void)state;
    model_edit edit;
    model_edit_read(&edit, io_path("good"));
    uint32_t bits;
    memcpy(&bits, edit.values[0], sizeof bits);
    bits ^= 1;
    memcpy(edit.values[0], &bits, sizeof bits);
    expect_edit_refused(&edit, "its numbers are not those that were saved (weights_digest).", "weight");
    model_edit_clear(&edit);
}

/* ---- verify ---- */

static void test_verify(void **state)
{
    (void)state;
    cludi_model *model;
    blobs b;
    cludi_verification found = {.struct_size = sizeof found};
    blobs_fill(&b, 0.2);
    const cludi_matrix X = blobs_matrix(&b);
    cludi_source rows = rows_of_matrix(&X);
    assert_int_equal(cludi_model_load(context, io_path("good"), &model, NULL), CLUDI_OK);
    EXPECT_ARGUMENT("context is NULL.", cludi_model_verify, NULL, model, &rows, &found);
    EXPECT_ARGUMENT("model is NULL.", cludi_model_verify, context, NULL, &rows, &found);
    EXPECT_ARGUMENT("X is NULL", cludi_model_verify, context, model, NULL, &found);
    EXPECT_ARGUMENT("verification is NULL.", cludi_model_verify, context, model, &rows, NULL);
    found.struct_size--;
    EXPECT_ARGUMENT("verification has struct_size", cludi_model_verify, context, model, &rows, &found);
    found.struct_size++;
    rows.cols--;
    EXPECT_ARGUMENT("X has 5 columns; the model was trained on 6.", cludi_model_verify, context, model, &rows, &found);
    rows.cols++;
    rows.sequential = 1;
    EXPECT(CLUDI_ERROR_UNSUPPORTED, "X can only be read in order", cludi_model_verify, context, model, &rows, &found);
    cludi_model_free(model);
}

/* ---- files that are no models ---- */

static void test_other_files(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = read_whole(io_path("good"), &size);
    expect_refused(io_path("nowhere"), CLUDI_ERROR_FILE, "No such file or directory", "missing file");
    expect_refused(io_put("empty", bytes, 0), CLUDI_ERROR_FORMAT, "", "empty file");
    expect_refused(io_put("text", "hello, this is no model", 23), CLUDI_ERROR_FORMAT, "", "text");
    for (size_t kept = 0; kept < size; kept += 1 + size / 37)
        expect_refused(io_put("cut", bytes, kept), CLUDI_ERROR_FORMAT, "", "truncated");
    cludi_model *model;
    assert_int_equal(cludi_model_load(context, io_put("whole", bytes, size), &model, NULL), CLUDI_OK);
    cludi_model_free(model);
    free(bytes);
}

static void test_save_errors(void **state)
{
    (void)state;
    cludi_model *model;
    cludi_error error = {0};
    char path[1100];
    assert_int_equal(cludi_model_load(context, io_path("good"), &model, NULL), CLUDI_OK);
    snprintf(path, sizeof path, "%s/missing/model", io_folder);
    io_expect_error(&error, cludi_model_save(model, path, &error), CLUDI_ERROR_FILE, "No such file or directory");
    assert_non_null(strstr(error.message, path));
    io_expect_error(&error, cludi_model_save(model, io_folder, &error), CLUDI_ERROR_FILE, io_folder);
    io_expect_error(&error, cludi_model_save(NULL, path, &error), CLUDI_ERROR_ARGUMENT, "model is NULL.");
    io_expect_error(&error, cludi_model_save(model, NULL, &error), CLUDI_ERROR_ARGUMENT, "path is NULL.");
    cludi_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unchanged),      cmocka_unit_test(test_missing_metadata),
        cmocka_unit_test(test_wrong_metadata), cmocka_unit_test(test_wrong_config),
        cmocka_unit_test(test_wrong_tensors),  cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_changed_weight), cmocka_unit_test(test_verify),
        cmocka_unit_test(test_save_errors),    cmocka_unit_test(test_incomplete_config),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
