/* Predictions: a row gets the same answer alone, in any subset and among all; probabilities are probabilities; labels
   are their argmax; scaled, extreme and all-zero rows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "tensor_support.h"

typedef struct fitted {
    blobs b;
    cludi_context *context;
    cludi_model *model;
} fitted;

static void fit(fitted *f, const char *name, double deviation, int32_t steps)
{
    cludi_config config = blobs_config();
    config.steps = steps;
    blobs_fill(&f->b, deviation);
    const cludi_matrix X = blobs_matrix(&f->b);
    f->context = blobs_context(name, 2, 11);
    f->model = blobs_fit(f->context, &X, BLOB_CLUSTERS, &config);
}

static void done(fitted *f)
{
    cludi_model_free(f->model);
    cludi_context_free(f->context);
}

/* Rows first .. first + rows against the same rows of `all`. */
static void check_subset(const fitted *f, const answers *all, int64_t first, int64_t rows, int32_t draws)
{
    const cludi_matrix X = {f->b.data + first * BLOB_COLS, rows, BLOB_COLS, BLOB_COLS};
    char what[80];
    snprintf(what, sizeof what, "%s, %d rows, %d samples", cludi_context_backend(f->context), (int)rows, (int)draws);
    answers some = blobs_predict(f->context, f->model, &X, draws);
    for (int64_t i = 0; i < rows; i++)
        answers_expect_same_row(&some, i, all, first + i, what);
    answers_clear(&some);
}

/* 8 samples: blocks of 256 rows; 65: two rounds of views, 100: the second one shorter. */
static void test_subsets(void **state)
{
    static const int32_t SAMPLES[] = {1, 3, 8, 65, 100};
    (void)state;
    for (int n = 0; float_backend(n); n++) {
        fitted f;
        fit(&f, float_backend(n), 0.3, 15);
        const cludi_matrix X = blobs_matrix(&f.b);
        for (int s = 0; s < 5; s++) {
            answers all = blobs_predict(f.context, f.model, &X, SAMPLES[s]);
            for (int64_t rows = 1; rows <= 40; rows += SAMPLES[s] > 8 ? 13 : 1)
                check_subset(&f, &all, (rows * 3) % (BLOB_ROWS - rows + 1), rows, SAMPLES[s]);
            for (int64_t i = 0; i<BLOB_ROWS; i += SAMPLES[s]> 8 ? 29 : 7)
                check_subset(&f, &all, i, 1, SAMPLES[s]);
            answers_clear(&all);
        }
        done(&f);
    }
}

/* More rows than a block holds: 60 rows again and again, 2048 / 64 views = 32 rows a block. */
static void test_many_blocks(void **state)
{
    (void)state;
    enum { TIMES = 3 };
    for (int n = 0; float_backend(n); n++) {
        fitted f;
        static float data[TIMES * BLOB_ROWS * BLOB_COLS];
        fit(&f, float_backend(n), 0.3, 15);
        for (int i = 0; i < TIMES; i++)
            memcpy(data + i * BLOB_ROWS * BLOB_COLS, f.b.data, sizeof f.b.data);
        const cludi_matrix X = blobs_matrix(&f.b), many = {data, TIMES * BLOB_ROWS, BLOB_COLS, BLOB_COLS};
        answers one = blobs_predict(f.context, f.model, &X, 64), all = blobs_predict(f.context, f.model, &many, 64);
        for (int64_t i = 0; i < many.rows; i++)
            answers_expect_same_row(&all, i, &one, i % BLOB_ROWS, "many blocks");
        answers_clear(&one);
        answers_clear(&all);
        done(&f);
    }
}

static void check_row(const answers *a, int64_t i)
{
    const float *p = a->probabilities + i * a->K, *z = a->embedding + i * a->d;
    double sum = 0, square = 0;
    int32_t best = 0;
    for (int32_t k = 0; k < a->K; k++) {
        assert_true(p[k] >= 0 && p[k] <= 1.00001F);
        sum += (double)p[k];
        best = p[k] > p[best] ? k : best;
    }
    for (int64_t j = 0; j < a->d; j++)
        square += (double)z[j] * (double)z[j];
    assert_true(fabs(sum - 1) <= 1e-5);
    assert_true(fabs(sqrt(square) - sqrt((double)a->d)) <= 1e-5 * sqrt((double)a->d));
    assert_int_equal(a->labels[i], best);
}

/* S12, and the promise of cludi_prediction: each buffer may be NULL. */
static void test_probabilities(void **state)
{
    (void)state;
    for (int n = 0; float_backend(n); n++) {
        fitted f;
        fit(&f, float_backend(n), 0.5, 15);
        const cludi_matrix X = blobs_matrix(&f.b);
        int32_t labels[BLOB_ROWS];
        answers a = blobs_predict(f.context, f.model, &X, 5);
        for (int64_t i = 0; i < a.rows; i++)
            check_row(&a, i);
        cludi_predict_options options;
        cludi_predict_options_init(&options);
        options.draws = 5;
        assert_int_equal(cludi_predict(f.context, f.model, &X, &options, &(cludi_prediction){.labels = labels}, NULL),
                         CLUDI_OK);
        assert_memory_equal(labels, a.labels, sizeof labels);
        assert_int_equal(cludi_predict(f.context, f.model, &X, &options, &(cludi_prediction){0}, NULL), CLUDI_OK);
        answers_clear(&a);
        done(&f);
    }
}

/* The mean over 8 draws is the mean of what draws 0..7 give: with 1 sample draw 0 alone, and more samples differ. */
static void test_samples_are_averaged(void **state)
{
    (void)state;
    fitted f;
    fit(&f, "ref", 0.5, 15);
    const cludi_matrix X = blobs_matrix(&f.b);
    answers one = blobs_predict(f.context, f.model, &X, 1), two = blobs_predict(f.context, f.model, &X, 2);
    answers own = blobs_predict(f.context, f.model, &X, 0), three = blobs_predict(f.context, f.model, &X, 3);
    int differ = 0;
    for (int64_t i = 0; i < BLOB_ROWS * BLOB_CLUSTERS; i++) {
        const float second = 2 * two.probabilities[i] - one.probabilities[i]; /* of draw 1 alone */
        assert_true(second > -1e-5F && second < 1.00001F);
        differ += fabsf(second - one.probabilities[i]) > 1e-4F;
    }
    assert_true(differ > BLOB_ROWS / 2);
    answers_expect_same(&own, &three, "samples 0: those of the model");
    answers_clear(&one);
    answers_clear(&two);
    answers_clear(&own);
    answers_clear(&three);
    done(&f);
}

/* The second round of 64 draws has noise of its own. */
static void test_rounds_differ(void **state)
{
    (void)state;
    fitted f;
    fit(&f, "ref", 0.5, 15);
    const cludi_matrix X = blobs_matrix(&f.b);
    answers first = blobs_predict(f.context, f.model, &X, 64), both = blobs_predict(f.context, f.model, &X, 128);
    int differ = 0;
    for (int64_t i = 0; i < BLOB_ROWS * BLOB_CLUSTERS; i++) {
        const float second = 2 * both.probabilities[i] - first.probabilities[i]; /* of draws 64 .. 127 */
        assert_true(second > -1e-5F && second < 1.00001F);
        differ += fabsf(second - first.probabilities[i]) > 1e-5F;
    }
    assert_true(differ > BLOB_ROWS / 2);
    answers_clear(&first);
    answers_clear(&both);
    done(&f);
}

/* Labels do not depend on the length of a row (the noise does, so this needs a trained model). */
static void test_scaled_rows(void **state)
{
    static const float FACTORS[] = {2, 0.5F, 3.7F, 1e-20F, 1e20F, 1e-30F, 1e30F};
    (void)state;
    fitted f;
    fit(&f, "ref", 0.05, 200);
    const cludi_matrix X = blobs_matrix(&f.b);
    answers all = blobs_predict(f.context, f.model, &X, 8);
    for (int s = 0; s < 7; s++) {
        blobs scaled;
        for (int i = 0; i < BLOB_ROWS * BLOB_COLS; i++)
            scaled.data[i] = f.b.data[i] * FACTORS[s];
        const cludi_matrix Y = blobs_matrix(&scaled);
        answers a = blobs_predict(f.context, f.model, &Y, 8);
        assert_memory_equal(a.labels, all.labels, BLOB_ROWS * sizeof *a.labels);
        answers_clear(&a);
    }
    answers_clear(&all);
    done(&f);
}

/* All-zero rows are rows like any other: in training, in prediction, and all of them at once. */
static void test_zero_rows(void **state)
{
    (void)state;
    for (int n = 0; float_backend(n); n++) {
        blobs b;
        blobs_fill(&b, 0.3);
        cludi_context *context = blobs_context(float_backend(n), 1, 3);
        for (int last = 5; last <= BLOB_ROWS; last += BLOB_ROWS - 5) {
            memset(b.data, 0, (size_t)last * BLOB_COLS * sizeof *b.data);
            const cludi_matrix X = blobs_matrix(&b);
            cludi_model *model = blobs_fit(context, &X, BLOB_CLUSTERS, NULL);
            answers a = blobs_predict(context, model, &X, 4);
            for (int64_t i = 0; i < a.rows; i++)
                check_row(&a, i);
            for (int64_t i = 1; i < last; i++)
                answers_expect_same_row(&a, i, &a, 0, "zero rows");
            answers_clear(&a);
            cludi_model_free(model);
        }
        cludi_context_free(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subsets),       cmocka_unit_test(test_many_blocks),
        cmocka_unit_test(test_probabilities), cmocka_unit_test(test_samples_are_averaged),
        cmocka_unit_test(test_rounds_differ), cmocka_unit_test(test_scaled_rows),
        cmocka_unit_test(test_zero_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
