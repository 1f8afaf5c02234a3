/* data_check.c: rows that cannot become what was asked for are named before training, with the row, the column or the count;
   rows that only look odd are not. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "rng.h"
#include "rows.h"
#include "tensor_support.h"
#include "training_data.h"

enum { ROWS = 120, COLS = 24, CLUSTERS = 4, SAID = 1024, MANY = 20000, OUTLIERS = 8 };

static double data[ROWS][COLS]; /* what a caller has in float64 */
static float rounded[ROWS * COLS];

static void note(void *user, cludi_log_level level, const char *sentence)
{
    char *said = user;
    const size_t length = strlen(said);
    if (level == CLUDI_LOG_WARNING)
        snprintf(said + length, SAID - length, "%s\n", sentence);
}

/* ---- ways to spoil rows ---- */

static void keep(void)
{
}

static void scale(double by, double plus)
{
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLS; j++)
            data[i][j] = data[i][j] * by + plus;
}

static void scale_column(int j, double by, double plus)
{
    for (int i = 0; i < ROWS; i++)
        data[i][j] = data[i][j] * by + plus;
}

static void scale_row(int i, double by)
{
    for (int j = 0; j < COLS; j++)
        data[i][j] *= by;
}

static void make_distinct(int count)
{
    for (int i = count; i < ROWS; i++)
        memcpy(data[i], data[i % count], sizeof data[i]);
}

static void be_far_from_zero(void)
{
    scale(1, 1e8);
}
static void be_farther_from_zero(void)
{
    scale(1, 1e12);
}
static void be_shifted(void)
{
    scale(1, 1e4);
}
static void be_zero(void)
{
    scale(0, 0);
}
static void vanish(void)
{
    scale(1e-60, 0);
}
static void be_subnormal(void)
{
    scale(1e-42, 0);
}
static void be_tiny(void)
{
    scale(1e-30, 0);
}
static void be_huge(void)
{
    scale(1e37, 0);
}
static void be_equal(void)
{
    make_distinct(1);
}
static void be_three(void)
{
    make_distinct(3);
}
static void be_four(void)
{
    make_distinct(4);
}
static void be_halves(void)
{
    make_distinct(ROWS / 2);
}
static void have_constant_columns(void)
{
    scale_column(3, 0, 5), scale_column(4, 0, 0);
}
static void have_far_column(void)
{
    scale_column(5, 1, 1e9);
}
static void have_large_column(void)
{
    scale_column(5, 1e8, 0);
}
static void have_larger_column(void)
{
    scale_column(5, 1e6, 0), scale_column(6, 0.5, 0);
}

static void have_small_column(void)
{
    scale_column(5, 1e-8, 0);
}
static void have_far_row(void)
{
    scale_row(17, 1e30);
}
static void have_far_first_row(void)
{
    scale_row(0, 1e6);
}
static void have_farther_row(void)
{
    scale_row(17, 100);
}

static void have_far_rows(void)
{
    scale_row(17, 1e9);
    scale_row(40, 1e30);
    scale_row(41, 1e12);
}

static void have_zero_rows(void)
{
    scale_row(3, 0);
    scale_row(9, 0);
}

/* ---- cases ---- */

typedef struct spoiled {
    void (*spoil)(void);
    cludi_preprocessing input;
    const char *words[2]; /* of the one warning; none: no warning */
} spoiled;

static const spoiled CASES[] = {
    {keep, CLUDI_PREPROCESSING_AUTO, {NULL}},
    {be_shifted, CLUDI_PREPROCESSING_AUTO, {NULL}},
    {be_tiny, CLUDI_PREPROCESSING_AUTO, {NULL}},
    {be_huge, CLUDI_PREPROCESSING_AUTO, {NULL}},
    {be_halves, CLUDI_PREPROCESSING_AUTO, {NULL}},
    {be_four, CLUDI_PREPROCESSING_AUTO, {NULL}},
    {have_constant_columns, CLUDI_PREPROCESSING_AUTO, {NULL}},
    {have_small_column, CLUDI_PREPROCESSING_AUTO, {NULL}},
    {have_farther_row, CLUDI_PREPROCESSING_AUTO, {NULL}},
    {have_far_row, CLUDI_PREPROCESSING_UNIT, {NULL}}, /* where only directions count nothing is lost */
    {be_equal, CLUDI_PREPROCESSING_AUTO, {"All 120 rows are equal in float32", "subtract the mean of each column"}},
    {be_farther_from_zero,
     CLUDI_PREPROCESSING_AUTO,
     {"All 120 rows are equal in float32", "subtract the mean of each column"}},
    {be_zero, CLUDI_PREPROCESSING_AUTO, {"All 120 rows are equal in float32", "multiply"}},
    {vanish, CLUDI_PREPROCESSING_AUTO, {"All 120 rows are equal in float32", "multiply"}},
    {be_three, CLUDI_PREPROCESSING_AUTO, {"Only 3 of 120 rows are distinct, fewer than K = 4", "at most 3 clusters"}},
    {be_far_from_zero, CLUDI_PREPROCESSING_AUTO, {"24 of 24 columns lie so far from 0", "subtract the mean"}},
    {have_far_column,
     CLUDI_PREPROCESSING_AUTO,
     {"1 of 24 columns lie so far from 0", "(column 5, counted from 0: mean 1.00e+09"}},
    {be_subnormal, CLUDI_PREPROCESSING_AUTO, {"No column varies by more than 9e-42", "multiply"}},
    {have_far_row,
     CLUDI_PREPROCESSING_AUTO,
     {"Row 17 (counted from 0) is about ", "e+29 times as far out as most rows: "}},
    {have_far_first_row,
     CLUDI_PREPROCESSING_AUTO,
     {"Row 0 (counted from 0) is about ", "e+05 times as far out as most rows: "}},
    {have_far_rows,
     CLUDI_PREPROCESSING_COORDINATES,
     {"Row 40 (counted from 0) is about ", "(3 rows are more than 1e4 times as far)"}},
    {have_large_column, CLUDI_PREPROCESSING_AUTO, {"23 of 24 columns count for nothing", "column 5 (counted from 0)"}},
    {have_larger_column, CLUDI_PREPROCESSING_AUTO, {" of 24 columns count for nothing", "column 5 (counted from 0)"}},
    {have_large_column, CLUDI_PREPROCESSING_UNIT, {"23 of 24 columns count for nothing", "column 5 (counted from 0)"}},
    {be_shifted, CLUDI_PREPROCESSING_UNIT, {"All rows point almost the same way from 0", "\"directions\""}},
    {have_zero_rows, CLUDI_PREPROCESSING_UNIT, {"2 of 120 rows are all zero"}},
};

static void prepare_matrix(const cludi_matrix *matrix, cludi_preprocessing input, char said[SAID])
{
    backend be;
    training_data p;
    cludi_config config;
    const callbacks messages = {.log = note, .log_user = said};
    const cludi_source X = rows_of_matrix(matrix);
    cludi_config_init(&config);
    config.preprocessing = input;
    open_backend(&be, "ref", 1);
    const training_data_args args = {&be, &messages, &X, &config, CLUSTERS, 5, NULL, TRAINING_NEEDS_ROWS, {0}, false};
    assert_int_equal(training_data_init(&p, &args, NULL), CLUDI_OK);
    training_data_clear(&p);
    backend_close(&be);
}

static void prepare(const spoiled *s, char said[SAID])
{
    const cludi_matrix matrix = {rounded, ROWS, COLS, COLS};
    float normal[COLS];
    for (int i = 0; i < ROWS; i++) {
        rng_normal((rng_stream){7, 120, 0}, (uint64_t)i, normal, COLS);
        for (int j = 0; j < COLS; j++)
            data[i][j] = (double)normal[j] + (j == i % CLUSTERS ? 20 : 0);
    }
    s->spoil();
    for (int64_t i = 0; i < (int64_t)ROWS * COLS; i++)
        rounded[i] = (float)data[i / COLS][i % COLS];
    prepare_matrix(&matrix, s->input, said);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const spoiled *s = &CASES[i];
        char said[SAID] = "";
        prepare(s, said);
        bool as_wanted = s->words[0] ? strchr(said, '\n') && strchr(said, '\n')[1] == '\0' : said[0] == '\0';
        for (int w = 0; w < 2 && s->words[w]; w++)
            as_wanted = as_wanted && strstr(said, s->words[w]);
        if (!as_wanted)
            fail_msg("case %zu: wanted '%s' and '%s', said '%s'", i, s->words[0] ? s->words[0] : "nothing",
                     s->words[1] ? s->words[1] : "", said);
    }
}

/* Some of these rows are not in the sample that the map is learned from. */
static void test_beyond_sample(void **state)
{
    static float many[MANY * 2];
    (void)state;
    for (int outlier = 0; outlier < OUTLIERS; outlier++) {
        char said[SAID] = "", wanted[64];
        const cludi_matrix matrix = {many, MANY, 2, 2};
        const int row = outlier * (MANY / OUTLIERS) + 17;
        rng_normal((rng_stream){8, 120, 0}, 0, many, MANY * 2);
        many[2 * row] = 1e7F;
        snprintf(wanted, sizeof wanted, "Row %d (counted from 0) is about ", row);
        prepare_matrix(&matrix, CLUDI_PREPROCESSING_COORDINATES, said);
        if (!strstr(said, wanted))
            fail_msg("wanted '%s', said '%s'", wanted, said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_beyond_sample)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
