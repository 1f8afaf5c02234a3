/* Adaptive prediction: rows get `samples` draws or more, doubling up to 64; a row's draws and answer do not depend on
   the rows around it; rows that are decided keep the answer of the base draws, and labels come closer to those of 64 draws. */
#include <stdlib.h>
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "tensor_support.h"

enum { MOST = 64 };

typedef struct sampled {
    int32_t labels[BLOB_ROWS], draws[BLOB_ROWS];
    float probabilities[BLOB_ROWS * BLOB_CLUSTERS];
} sampled;

static void predict(cludi_context *context, const cludi_model *model, cludi_matrix X, int32_t draws, int32_t adaptive,
                    sampled *out)
{
    cludi_predict_options options;
    cludi_predict_options_init(&options);
    options.draws = draws;
    options.adaptive = adaptive;
    const cludi_prediction to = {.labels = out->labels, .draws = out->draws, .probabilities = out->probabilities};
    assert_int_equal(cludi_predict(context, model, &X, &options, &to, NULL), CLUDI_OK);
}

/* Overlapping blobs and a short training: many rows are between two clusters. */
typedef struct unsure {
    blobs b;
    cludi_context *context;
    cludi_model *model;
    cludi_matrix X;
} unsure;

static void unsure_init(unsure *u, const char *name)
{
    cludi_config config = blobs_config();
    config.steps = 8;
    blobs_fill(&u->b, 0.9);
    u->X = blobs_matrix(&u->b);
    u->context = blobs_context(name, 2, 5);
    u->model = blobs_fit(u->context, &u->X, BLOB_CLUSTERS, &config);
}

static void unsure_clear(unsure *u)
{
    cludi_model_free(u->model);
    cludi_context_free(u->context);
}

static void check_draws(const unsure *u, int32_t base)
{
    static sampled plain, more;
    int extended = 0;
    predict(u->context, u->model, u->X, base, 0, &plain);
    predict(u->context, u->model, u->X, base, 1, &more);
    for (int i = 0; i < BLOB_ROWS; i++) {
        int32_t allowed = base;
        assert_int_equal(plain.draws[i], base);
        while (allowed < more.draws[i])
            allowed = 2 * allowed < MOST ? 2 * allowed : MOST;
        assert_int_equal(more.draws[i], allowed);
        extended += more.draws[i] > base;
        if (more.draws[i] == base)
            assert_memory_equal(more.probabilities + i * BLOB_CLUSTERS, plain.probabilities + i * BLOB_CLUSTERS,
                                BLOB_CLUSTERS * sizeof(float));
    }
    if (base < MOST)
        assert_true(extended > 0); /* else this test tests nothing */
    else
        assert_int_equal(extended, 0);
}

static void test_draws(void **state)
{
    (void)state;
    static const int32_t BASES[] = {1, 3, 4, 40, 64, 100};
    for (int n = 0; float_backend(n); n++) {
        unsure u;
        unsure_init(&u, float_backend(n));
        for (int i = 0; i < 6; i++)
            check_draws(&u, BASES[i]);
        unsure_clear(&u);
    }
}

/* Rows `first` .. of X alone give the same bits as among all. */
static void check_alone(const unsure *u, const sampled *all, int64_t first, int64_t rows)
{
    static sampled some;
    const cludi_matrix part = {u->X.data + first * u->X.stride, rows, u->X.cols, u->X.stride};
    predict(u->context, u->model, part, 2, 1, &some);
    assert_memory_equal(some.draws, all->draws + first, (size_t)rows * sizeof(int32_t));
    assert_memory_equal(some.labels, all->labels + first, (size_t)rows * sizeof(int32_t));
    assert_memory_equal(some.probabilities, all->probabilities + first * BLOB_CLUSTERS,
                        (size_t)rows * BLOB_CLUSTERS * sizeof(float));
}

static void test_company(void **state)
{
    (void)state;
    for (int n = 0; float_backend(n); n++) {
        unsure u;
        static sampled all;
        unsure_init(&u, float_backend(n));
        predict(u.context, u.model, u.X, 2, 1, &all);
        for (int64_t i = 0; i < BLOB_ROWS; i++)
            check_alone(&u, &all, i, 1);
        check_alone(&u, &all, 3, 17);
        check_alone(&u, &all, 11, 49);
        unsure_clear(&u);
    }
}

static void test_closer(void **state)
{
    (void)state;
    unsure u;
    static sampled one, more, many;
    int wrong_one = 0, wrong_more = 0;
    unsure_init(&u, "ref");
    predict(u.context, u.model, u.X, 1, 0, &one);
    predict(u.context, u.model, u.X, 1, 1, &more);
    predict(u.context, u.model, u.X, 4096, 0, &many);
    for (int i = 0; i < BLOB_ROWS; i++) {
        wrong_one += one.labels[i] != many.labels[i];
        wrong_more += more.labels[i] != many.labels[i];
    }
    assert_true(wrong_one > 0);
    assert_true(wrong_more < wrong_one);
    unsure_clear(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_company),
        cmocka_unit_test(test_closer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
