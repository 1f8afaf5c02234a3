/* scale_fit.c: the scale that made the targets is found again; threads change nothing; the ends of its range. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "rng.h"
#include "scale_fit.h"
#include "tensor_support.h"

enum { ROWS = 300, K = 9 };

static float cosine[ROWS * K], target[ROWS * K];
static double loss[ROWS];

static void make(double scale)
{
    for (int64_t i = 0; i < ROWS; i++) {
        double sum = 0;
        rng_uniform((rng_stream){2, 230, 0}, (uint64_t)i, cosine + i * K, K);
        for (int k = 0; k < K; k++)
            sum += exp(scale * (double)cosine[i * K + k]);
        for (int k = 0; k < K; k++)
            target[i * K + k] = (float)(exp(scale * (double)cosine[i * K + k]) / sum);
    }
}

static double fit(int threads)
{
    backend be;
    open_backend(&be, "ref", threads);
    const scale_problem problem = {&be, ROWS, K, cosine, target, loss};
    const double found = scale_fit(&problem);
    backend_close(&be);
    return found;
}

static void test_found_again(void **state)
{
    (void)state;
    static const double SCALES[] = {1.5, 7, 20, 90};
    for (size_t i = 0; i < sizeof SCALES / sizeof *SCALES; i++) {
        make(SCALES[i]);
        assert_true(fabs(fit(1) / SCALES[i] - 1) < 0.01);
        assert_true(fit(1) == fit(3));
    }
}

/* Targets that contradict the cosines want none, one-hot targets of the best all. */
static void test_ends(void **state)
{
    (void)state;
    make(-5);
    assert_true(fabs(fit(1) - 1) < 0.02);
    make(2000);
    assert_true(fabs(fit(1) - 200) < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_found_again), cmocka_unit_test(test_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
