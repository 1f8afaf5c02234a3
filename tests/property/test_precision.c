/* A training step in bf16 beside the same step in float32 and in double, with the default configuration: loss and
   gradients; and predictions of one model in both precisions. */
#include <math.h>
#include <stdlib.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "config_table.h"
#include "step_support.h"

enum { CLUSTERS = 10 };

static cludi_config default_config(int32_t N)
{
    cludi_config config;
    config_table_defaults(&config);
    config.batch_size = N;
    return config;
}

static double cosine(const double *a, const double *b, int64_t count)
{
    double ab = 0, aa = 0, bb = 0;
    for (int64_t i = 0; i < count; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return aa == 0 && bb == 0 ? 1 : ab / sqrt(aa * bb);
}

/* The least cosine of a tensor's gradient in one and the other, and whose it is. */
static double compare_gradients(step_fixture *tested, step_fixture *truth, const char **worst)
{
    double least = 1;
    for (int i = 0; i < tested->count; i++) {
        if (!tested->specs[i].trained)
            continue;
        const tensor a = tested->step.params.items[i].gradient, b = truth->step.params.items[i].gradient;
        double *x = read_tensor(&tested->be, a), *y = read_tensor(&truth->be, b);
        const double got = cosine(x, y, a.rows * a.cols);
        if (!(got > 0.99))
            fail_msg("%s: cosine %.5f", tested->specs[i].name, got);
        if (got < least) {
            least = got;
            *worst = tested->specs[i].name;
        }
        free(x);
        free(y);
    }
    return least;
}

static void check_step(const char *truth_name, int64_t n, int32_t N)
{
    const cludi_config config = default_config(N);
    step_fixture *tested = malloc(sizeof *tested), *truth = malloc(sizeof *truth);
    train_loss a, b;
    const char *worst = "none";
    assert_true(tested && truth);
    step_fixture_init(tested, "onednn bf16", n, CLUSTERS, &config);
    step_fixture_init(truth, truth_name, n, CLUSTERS, &config);
    assert_int_equal(train_step_gradient(&tested->step, &a, NULL), CLUDI_OK);
    assert_int_equal(train_step_gradient(&truth->step, &b, NULL), CLUDI_OK);
    const double error = fabs(a.total - b.total) / b.total;
    const double least = compare_gradients(tested, truth, &worst);
    print_message("bf16 against %s, %d features, N %d: loss off by %.2e, least cosine %.5f (%s)\n", truth_name, (int)n,
                  (int)N, error, least, worst);
    assert_true(error <= 0.01);
    step_fixture_clear(tested);
    step_fixture_clear(truth);
    free(tested);
    free(truth);
}

static void test_step(void **state)
{
    (void)state;
    if (!has_backend("onednn bf16"))
        skip();
    check_step("onednn", 64, 128);
    check_step("onednn", 384, 128);
    check_step("onednn", 131, 63);
    check_step("ref64", 64, 16);
}

static void test_predictions(void **state)
{
    enum { SAMPLES = 8 };
    (void)state;
    if (!has_backend("onednn bf16"))
        skip();
    blobs b;
    cludi_config config = blobs_config();
    int same = 0;
    config.steps = 200;
    blobs_fill(&b, 0.05);
    const cludi_matrix X = blobs_matrix(&b);
    cludi_context *wide = blobs_context("onednn", 1, 7), *bf16 = blobs_context("onednn bf16", 1, 7);
    assert_string_equal(cludi_context_precision(wide), "f32");
    assert_string_equal(cludi_context_precision(bf16), "bf16");
    cludi_model *model = blobs_fit(bf16, &X, BLOB_CLUSTERS, &config);
    answers x = blobs_predict(wide, model, &X, SAMPLES), y = blobs_predict(bf16, model, &X, SAMPLES);
    for (int i = 0; i < BLOB_ROWS; i++)
        same += x.labels[i] == y.labels[i];
    print_message("labels in bf16 and float32: %d of %d the same\n", same, (int)BLOB_ROWS);
    assert_true(same * 100 >= BLOB_ROWS * 99);
    answers_clear(&x);
    answers_clear(&y);
    cludi_model_free(model);
    cludi_context_free(wide);
    cludi_context_free(bf16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_step), cmocka_unit_test(test_predictions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
