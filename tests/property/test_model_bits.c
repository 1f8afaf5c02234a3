/* Model files of every method with one bit changed, cut, longer or with other numbers: refused, or the same labels, which are those of a
   file without a digest of its content too. */
#include <string.h>

#include "bit_flips.h"
#include "blobs.h"
#include "cmocka_all.h"
#include "io_support.h"
#include "method.h"
#include "model_edit.h"

enum { FLIPS = 200 };

typedef struct scene {
    blobs b;
    cludi_matrix X;
    cludi_context *context;
    cludi_model *model;
    int32_t wanted[BLOB_ROWS];
} scene;

static void label(cludi_context *context, const cludi_model *model, const cludi_matrix *X, int32_t *labels)
{
    assert_int_equal(cludi_predict(context, model, X, NULL, &(cludi_prediction){.labels = labels}, NULL), CLUDI_OK);
}

static void begin(scene *s, cludi_method chosen)
{
    cludi_config config = blobs_config();
    config.method = chosen;
    config.steps = 8;
    blobs_fill(&s->b, 0.3);
    s->X = blobs_matrix(&s->b);
    s->context = blobs_context("ref", 1, 3);
    s->model = blobs_fit(s->context, &s->X, BLOB_CLUSTERS, &config);
    label(s->context, s->model, &s->X, s->wanted);
    assert_int_equal(cludi_model_save(s->model, io_path("model"), NULL), CLUDI_OK);
}

static void end(scene *s)
{
    cludi_model_free(s->model);
    cludi_context_free(s->context);
}

/* The seed of a model's noise is in it, as in the program. */
static void expect_labels(const scene *s, const cludi_model *model)
{
    int32_t now[BLOB_ROWS];
    cludi_model_info info = {.struct_size = sizeof info};
    assert_int_equal(cludi_model_get_info(model, &info, NULL), CLUDI_OK);
    cludi_context *context = blobs_context("ref", 1, info.seed);
    label(context, model, &s->X, now);
    assert_memory_equal(now, s->wanted, sizeof now);
    cludi_context_free(context);
}

static bool is_refused(void *user, const unsigned char *bytes, size_t size)
{
    const scene *s = user;
    cludi_error error = {0};
    cludi_model *model;
    io_put("damaged", bytes, size);
    const cludi_status status = cludi_model_load(s->context, io_path("damaged"), &model, &error);
    if (status == CLUDI_OK)
        expect_labels(s, model);
    else
        assert_int_equal(status, CLUDI_ERROR_FORMAT);
    assert_true(status == CLUDI_OK || strstr(error.message, "damaged\""));
    cludi_model_free(model);
    return status != CLUDI_OK;
}

static void test_flips(void **state)
{
    (void)state;
    for (int32_t chosen = 0; chosen < method_count(); chosen++) {
        scene s;
        size_t size;
        int in_header;
        begin(&s, (cludi_method)chosen);
        unsigned char *file = read_whole(io_path("model"), &size);
        const int refused = count_refused_flips(file, size, FLIPS, (uint64_t)chosen, is_refused, &s, &in_header);
        assert_true(refused + in_header > 2 * FLIPS - 8); /* the name of the digest, and blanks */
        assert_false(is_refused(&s, file, size));
        assert_true(is_refused(&s, file, size - 1));
        file = realloc(file, size + 4);
        assert_non_null(file);
        memset(file + size, 0, 4);
        assert_true(is_refused(&s, file, size + 4));
        free(file);
        end(&s);
    }
}

/* Values of the metadata that would go through all other checks. */
static void test_facts(void **state)
{
    (void)state;
    static const char *const EDITS[][3] = {{"seed", "3", "4"},
                                           {"config", "\"draws\":3", "\"draws\":5"},
                                           {"config", "\"noise_scale\":5", "\"noise_scale\":2"},
                                           {"config", "\"temperature\":0.1", "\"temperature\":0.2"},
                                           {"rows", "60", "61"},
                                           {"labels_digest", "", "0"}};
    scene s;
    begin(&s, CLUDI_METHOD_CLUDI);
    for (size_t i = 0; i < sizeof EDITS / sizeof *EDITS; i++) {
        model_edit edit;
        cludi_error error;
        cludi_model *model;
        model_edit_read(&edit, io_path("model"));
        if (*EDITS[i][1])
            model_edit_replace(&edit, EDITS[i][0], EDITS[i][1], EDITS[i][2]);
        else
            model_edit_pair(&edit, EDITS[i][0])->value = "0123456789abcdef";
        model_edit_write(&edit, io_path("edited"));
        io_expect_error(&error, cludi_model_load(s.context, io_path("edited"), &model, &error), CLUDI_ERROR_FORMAT,
                        "it is damaged, not what was saved (content_digest)");
        model_edit_clear(&edit);
    }
    end(&s);
}

static void test_files_without_the_digest(void **state)
{
    (void)state;
    scene s;
    model_edit edit;
    cludi_model *model;
    begin(&s, CLUDI_METHOD_CLUDI);
    model_edit_read(&edit, io_path("model"));
    model_edit_drop_pair(&edit, "content_digest");
    model_edit_write(&edit, io_path("old"));
    model_edit_clear(&edit);
    assert_int_equal(cludi_model_load(s.context, io_path("old"), &model, NULL), CLUDI_OK);
    expect_labels(&s, model);
    assert_int_equal(cludi_model_save(model, io_path("new"), NULL), CLUDI_OK);
    expect_same_files(io_path("new"), io_path("model"));
    cludi_model_free(model);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flips),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_files_without_the_digest),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
