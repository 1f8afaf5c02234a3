/* input_map.c: which map is chosen; offsets and scales change nothing but rounding; both maps and the lift against the
   formulas in double; columns that do not vary, of other units, and at the ends of float32. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "config_table.h"
#include "input_map.h"
#include "rng.h"

enum { ROWS = 200, MOST = 40 };

static float data[ROWS * MOST];
static double mean[MOST], variance[MOST], zeros[MOST];
static column_facts facts = {mean, variance, zeros, false};
static float values[2 * MOST + INPUT_FREQUENCIES * (MOST + 1)];

static cludi_matrix fill(int64_t cols)
{
    for (int i = 0; i < ROWS; i++)
        rng_normal((rng_stream){3, 200, 0}, (uint64_t)i, data + i * cols, cols);
    return (cludi_matrix){data, ROWS, cols, cols};
}

static input_map learn(cludi_preprocessing kind, const cludi_matrix *X)
{
    memset(values, 0, sizeof values);
    input_map_survey(X, &facts);
    input_map_learn(kind, &facts, X->cols, values);
    return input_map_bind(kind, X->cols, values);
}

static cludi_preprocessing choose(const cludi_matrix *X)
{
    input_map_survey(X, &facts);
    return input_map_choose(&facts, X->cols);
}

static void expect_near(double got, double wanted, double bound)
{
    if (!(fabs(got - wanted) <= bound))
        fail_msg("got %.9g, wanted %.9g", got, wanted);
}

/* ---- which ---- */

static void test_choice(void **state)
{
    (void)state;
    cludi_matrix X = fill(19);
    assert_int_equal(choose(&X), CLUDI_PREPROCESSING_COORDINATES);
    X = fill(20);
    assert_int_equal(choose(&X), CLUDI_PREPROCESSING_DIRECTIONS);
    for (int i = 0; i < ROWS; i++)
        data[i * 20 + 7] = 1e30F; /* does not vary: 19 are left */
    assert_int_equal(choose(&X), CLUDI_PREPROCESSING_COORDINATES);
    X = fill(30);
    for (int i = 0; i < ROWS * 30; i++)
        data[i] = fmaxf(data[i], 0); /* half of them zero */
    assert_int_equal(choose(&X), CLUDI_PREPROCESSING_UNIT);
    data[17] = -1e-3F;
    assert_int_equal(choose(&X), CLUDI_PREPROCESSING_DIRECTIONS);
    X = fill(30);
    for (int i = 0; i < ROWS * 30; i++)
        data[i] = fabsf(data[i]); /* nothing negative, but nothing zero either */
    assert_int_equal(choose(&X), CLUDI_PREPROCESSING_DIRECTIONS);
}

static void test_specs(void **state)
{
    (void)state;
    static const int COUNTS[] = {0, 2, 3};
    param_spec specs[INPUT_MOST_SPECS];
    for (int i = 0; i < 3; i++) {
        const cludi_preprocessing kind = (cludi_preprocessing)(CLUDI_PREPROCESSING_UNIT + i);
        assert_int_equal(input_map_specs(specs, kind, 7, true), COUNTS[i]);
        for (int k = 0; k < COUNTS[i]; k++)
            assert_int_equal(specs[k].rows * specs[k].cols, k < 2 ? 7 : INPUT_FREQUENCIES * 8);
        assert_int_equal(input_map_specs(specs, kind, 7, false), COUNTS[i] < 2 ? COUNTS[i] : 2);
    }
}

/* ---- what ---- */

/* y of row i of X by the formulas; the spread measured here. */
static void by_formula(const cludi_matrix *X, cludi_preprocessing kind, int64_t i, double *y)
{
    double q[MOST], total = 0, square = 0;
    for (int64_t j = 0; j < X->cols; j++) {
        double sum = 0, apart = 0;
        for (int64_t r = 0; r < X->rows; r++)
            sum += (double)X->data[r * X->stride + j] / (double)X->rows;
        for (int64_t r = 0; r < X->rows; r++)
            apart += pow((double)X->data[r * X->stride + j] - sum, 2) / (double)X->rows;
        q[j] = (double)X->data[i * X->stride + j] - (kind == CLUDI_PREPROCESSING_UNIT ? 0 : sum);
        total += apart;
    }
    for (int64_t j = 0; j < X->cols; j++) {
        q[j] /= kind == CLUDI_PREPROCESSING_COORDINATES ? 2 * sqrt(total) : 1;
        square += q[j] * q[j];
    }
    for (int64_t j = 0; j < X->cols; j++)
        y[j] = kind == CLUDI_PREPROCESSING_COORDINATES ? 2 * q[j] / (square + 1) : q[j] / sqrt(square);
    y[X->cols] = (square - 1) / (square + 1);
}

static void test_formulas(void **state)
{
    (void)state;
    for (int kind = CLUDI_PREPROCESSING_UNIT; kind <= CLUDI_PREPROCESSING_COORDINATES; kind++) {
        const cludi_matrix X = fill(6);
        for (int i = 0; i < ROWS * 6; i++)
            data[i] = data[i] * (float)(1 + i % 6) + 3 * (float)(i % 6);
        const input_map map = learn((cludi_preprocessing)kind, &X);
        assert_int_equal(map.cols, kind == CLUDI_PREPROCESSING_COORDINATES ? 7 : 6);
        for (int i = 0; i < ROWS; i++) {
            double wanted[MOST], square = 0;
            float y[MOST];
            by_formula(&X, (cludi_preprocessing)kind, i, wanted);
            input_map_row(&map, data + i * 6, y);
            for (int j = 0; j < map.cols; j++) {
                expect_near((double)y[j], wanted[j], 1e-6);
                square += (double)y[j] * (double)y[j];
            }
            expect_near(square, 1, 1e-6);
        }
    }
}

/* Features of the lift: their scalar product is about the Gaussian kernel of the distance, and 1 of a row with itself. */
static void test_lift(void **state)
{
    (void)state;
    const double s = 0.4;
    const cludi_matrix X = fill(3);
    input_map map = learn(CLUDI_PREPROCESSING_COORDINATES, &X);
    input_map_tune(CLUDI_PREPROCESSING_COORDINATES, 3, s, 8, values);
    assert_int_equal(map.width, 2 * INPUT_FREQUENCIES);
    float y[2][4], out[2][2 * INPUT_FREQUENCIES], w[4];
    double error = 0;
    for (int i = 0; i < ROWS; i++) {
        float *to = out[i % 2];
        input_map_row(&map, data + i * 3, y[i % 2]);
        input_map_lift(&map, y[i % 2], to);
        for (int f = 0; f < INPUT_FREQUENCIES; f++) {
            double angle = 0;
            rng_normal((rng_stream){8, RNG_INPUT, 0}, (uint64_t)f, w, 4);
            for (int j = 0; j < 4; j++)
                angle += (double)w[j] / s * (double)y[i % 2][j];
            expect_near((double)to[f], cos(angle) / sqrt(INPUT_FREQUENCIES), 1e-6);
            expect_near((double)to[INPUT_FREQUENCIES + f], sin(angle) / sqrt(INPUT_FREQUENCIES), 1e-6);
        }
        double product = 0, squared = 0;
        for (int j = 0; i > 0 && j < 2 * INPUT_FREQUENCIES; j++)
            product += (double)out[0][j] * (double)out[1][j];
        for (int j = 0; i > 0 && j < 4; j++)
            squared += pow((double)y[0][j] - (double)y[1][j], 2);
        error = i > 0 ? fmax(error, fabs(product - exp(-squared / 2 / s / s))) : 0;
    }
    assert_true(error < 5 / sqrt(INPUT_FREQUENCIES)); /* standard deviation of a mean of cosines: below 1 / sqrt(F) */
    map = input_map_bind(CLUDI_PREPROCESSING_DIRECTIONS, 3, values);
    assert_int_equal(map.width, 3);
    input_map_lift(&map, y[0], out[0]);
    assert_memory_equal(out[0], y[0], 3 * sizeof(float));
}

/* ---- offsets and scales ---- */

static void test_offsets_and_scales(void **state)
{
    static const float SCALES[] = {1e-44F, 1e-42F, 1e-38F, 1e-20F, 1e-3F, 1, 1e5F, 1e20F, 4e37F};
    static const double COARSE[] = {1, 1e-2, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6}; /* the spacing of the numbers */
    (void)state;
    for (int kind = CLUDI_PREPROCESSING_DIRECTIONS; kind <= CLUDI_PREPROCESSING_COORDINATES; kind++)
        for (int s = 0; s < 9; s++)
            for (int offset = 0; offset <= 1000; offset += 1000) {
                float moved[ROWS * 5], wanted[6], y[6];
                static float kept[ROWS][6];
                const cludi_matrix X = fill(5), Y = {moved, ROWS, 5, 5};
                input_map map = learn((cludi_preprocessing)kind, &X);
                for (int i = 0; i < ROWS; i++)
                    input_map_row(&map, data + i * 5, kept[i]);
                const float by = s == 8 ? 0 : (float)offset * SCALES[s];
                for (int i = 0; i < ROWS * 5; i++)
                    moved[i] = data[i] * SCALES[s] + by;
                map = learn((cludi_preprocessing)kind, &Y);
                for (int i = 0; i < ROWS; i++) {
                    memcpy(wanted, kept[i], sizeof wanted);
                    input_map_row(&map, moved + i * 5, y);
                    for (int j = 0; j < map.cols; j++) {
                        assert_true(isfinite(y[j]));
                        if (s >= 2) /* a row near the mean turns far: 1e-2 of the spread at least */
                            expect_near((double)y[j], (double)wanted[j], 100 * (COARSE[s] + offset * 1.2e-7));
                    }
                }
            }
}

/* Columns that do not vary, however large, are as if they were not there. */
static void test_dead_columns(void **state)
{
    static const float CONSTANTS[] = {0, 0.1F, -1e9F, 1e20F, 1e30F, FLT_MAX};
    (void)state;
    for (int kind = CLUDI_PREPROCESSING_DIRECTIONS; kind <= CLUDI_PREPROCESSING_COORDINATES; kind++)
        for (int c = 0; c < 6; c++) {
            static float wide[ROWS * 5];
            float y[6], wanted[6];
            const cludi_matrix X = fill(4), Y = {wide, ROWS, 5, 5};
            for (int i = 0; i < ROWS; i++) {
                memcpy(wide + i * 5, data + i * 4, 4 * sizeof *wide);
                wide[i * 5 + 4] = CONSTANTS[c];
            }
            float own[2 * MOST];
            input_map map = learn((cludi_preprocessing)kind, &X);
            memcpy(own, values, sizeof own);
            const input_map bf16 = input_map_bind((cludi_preprocessing)kind, 4, own);
            map = learn((cludi_preprocessing)kind, &Y);
            assert_true(map.factor[4] == 0);
            for (int i = 0; i < ROWS; i++) {
                input_map_row(&bf16, data + i * 4, wanted);
                input_map_row(&map, wide + i * 5, y);
                for (int j = 0; j < 4; j++)
                    expect_near((double)y[j], (double)wanted[j], 1e-6);
                assert_true(y[4] == 0);
            }
        }
}

/* One column holds nearly all of the variance: all are scaled to equal variance. Below 0.9 of it they are not. */
static void test_other_units(void **state)
{
    (void)state;
    for (int large = 0; large < 2; large++) {
        const cludi_matrix X = fill(4);
        for (int i = 0; i < ROWS; i++)
            data[i * 4 + 2] *= large ? 1000 : 2;
        const input_map map = learn(CLUDI_PREPROCESSING_DIRECTIONS, &X);
        for (int j = 0; j < 4; j++) {
            const double mapped = (double)map.factor[j] * (double)map.factor[j] * variance[j];
            if (large)
                expect_near(mapped, 0.25, 1e-6);
            else
                assert_true(map.factor[j] == map.factor[0]);
        }
    }
}

/* Rows that the map was not learned from, as far off as numbers go, still have norm 1 and their direction. */
static void test_far_rows(void **state)
{
    static const float FAR[] = {1e10F, 1e20F, 1e30F, FLT_MAX};
    (void)state;
    for (int kind = CLUDI_PREPROCESSING_UNIT; kind <= CLUDI_PREPROCESSING_COORDINATES; kind++)
        for (int f = 0; f < 4; f++) {
            const cludi_matrix X = fill(3);
            for (int i = 0; i < ROWS * 3; i++)
                data[i] *= 1e-12F;
            const input_map map = learn((cludi_preprocessing)kind, &X);
            const float x[3] = {FAR[f], -FAR[f] / 2, 0};
            float y[4];
            input_map_row(&map, x, y);
            if (kind == CLUDI_PREPROCESSING_COORDINATES) {
                expect_near((double)y[3], 1, 1e-6);
                continue;
            }
            expect_near((double)y[0], sqrt(0.8), 1e-6);
            expect_near((double)y[1], -sqrt(0.2), 1e-6);
            expect_near((double)y[2], 0, 1e-6);
        }
}

/* Nothing varies at all: rows of zeros, or one point of the sphere. */
static void test_equal_rows(void **state)
{
    (void)state;
    for (int kind = CLUDI_PREPROCESSING_DIRECTIONS; kind <= CLUDI_PREPROCESSING_COORDINATES; kind++) {
        float y[4];
        const cludi_matrix X = {data, ROWS, 3, 3};
        for (int i = 0; i < ROWS * 3; i++)
            data[i] = 0.1F;
        const input_map map = learn((cludi_preprocessing)kind, &X);
        input_map_row(&map, data, y);
        assert_true(y[0] == 0 && y[1] == 0 && y[2] == 0);
        assert_true(kind == CLUDI_PREPROCESSING_DIRECTIONS || y[3] == -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_specs),
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_lift),
        cmocka_unit_test(test_offsets_and_scales),
        cmocka_unit_test(test_dead_columns),
        cmocka_unit_test(test_other_units),
        cmocka_unit_test(test_far_rows),
        cmocka_unit_test(test_equal_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
