/* soft_labels.c: which clusters are kept; probabilities; balance; threads change nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "rng.h"
#include "soft_labels.h"
#include "tensor_support.h"

enum { ROWS = 500, MOST = 200 };

static void fill(soft_labels *s, const backend *be, int32_t K)
{
    float own[MOST], near[MOST];
    assert_int_equal(soft_labels_init(s, &be->allocator, ROWS, K, NULL), CLUDI_OK);
    for (int64_t i = 0; i < ROWS; i++) {
        rng_normal((rng_stream){9, 230, 0}, (uint64_t)i, own, K);
        rng_normal((rng_stream){9, 230, 1}, (uint64_t)i, near, K);
        soft_labels_keep(s, i, own, near);
    }
}

static int descending(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

/* The highest sums, each cluster once, with its own scores. */
static void expect_highest(const soft_labels *s, int64_t i)
{
    float own[MOST], near[MOST], sum[MOST];
    bool seen[MOST] = {false};
    rng_normal((rng_stream){9, 230, 0}, (uint64_t)i, own, s->clusters);
    rng_normal((rng_stream){9, 230, 1}, (uint64_t)i, near, s->clusters);
    for (int32_t k = 0; k < s->clusters; k++)
        sum[k] = own[k] + near[k];
    qsort(sum, (size_t)s->clusters, sizeof *sum, descending);
    for (int32_t j = 0; j < s->width; j++) {
        const int32_t k = s->cluster[i * s->width + j];
        assert_true(k >= 0 && k < s->clusters && !seen[k]);
        seen[k] = true;
        assert_true(own[k] + near[k] >= sum[s->width - 1]);
        assert_true(s->own[i * s->width + j] == own[k] && s->near[i * s->width + j] == near[k]);
    }
}

static void test_keep(void **state)
{
    (void)state;
    static const int32_t SIZES[] = {2, 7, SOFT_WIDTH, SOFT_WIDTH + 1, MOST};
    backend be;
    open_backend(&be, "ref", 1);
    for (size_t c = 0; c < sizeof SIZES / sizeof *SIZES; c++) {
        soft_labels s;
        fill(&s, &be, SIZES[c]);
        assert_int_equal(s.width, SIZES[c] < SOFT_WIDTH ? SIZES[c] : SOFT_WIDTH);
        for (int64_t i = 0; i < ROWS; i += 37)
            expect_highest(&s, i);
        soft_labels_clear(&s);
    }
    backend_close(&be);
}

static void test_normalize(void **state)
{
    (void)state;
    enum { K = 5 };
    const float bias[K] = {0.5F, 0, -1, 2, 0};
    const soft_mix mix = {2, 0.5F, bias};
    backend be;
    soft_labels s;
    open_backend(&be, "ref", 3);
    fill(&s, &be, K);
    soft_labels_normalize(&s, &be, &mix);
    for (int64_t i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int32_t k = 0; k < K; k++)
            sum += exp(2 * (double)s.own[i * K + k] + 0.5 * (double)s.near[i * K + k] + (double)bias[k]);
        for (int32_t k = 0; k < K; k++)
            assert_true(fabs((double)s.probability[i * K + k] -
                             exp(2 * (double)s.own[i * K + k] + 0.5 * (double)s.near[i * K + k] + (double)bias[k]) /
                                 sum) < 1e-6);
    }
    soft_labels_clear(&s);
    backend_close(&be);
}

static void balance(int threads, int32_t K, const double *share, float *bias, double *mean)
{
    backend be;
    soft_labels s;
    double *room = calloc((size_t)(SOFT_TASKS * K), sizeof *room);
    assert_non_null(room);
    open_backend(&be, "ref", threads);
    fill(&s, &be, K);
    soft_labels_balance(&s, &be, 1, 1, share, bias, room);
    const soft_mix mix = {1, 1, bias};
    soft_labels_normalize(&s, &be, &mix);
    memset(mean, 0, (size_t)K * sizeof *mean);
    for (int64_t at = 0; at < ROWS * s.width; at++)
        mean[s.cluster[at]] += (double)s.probability[at] / ROWS;
    soft_labels_clear(&s);
    backend_close(&be);
    free(room);
}

static void test_balance(void **state)
{
    (void)state;
    const double share[] = {0.5, 0.3, 0.15, 0.05};
    float one[4], three[4];
    double mean[4];
    balance(1, 4, share, one, mean);
    for (int k = 0; k < 4; k++)
        assert_true(fabs(mean[k] - share[k]) < 0.005);
    balance(3, 4, share, three, mean);
    assert_memory_equal(one, three, sizeof one);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (int64_t allowed = 0; allowed < 4; allowed++) {
        counting_allocator counter = {.fail_at = allowed + 1};
        const cludi_allocator allocator = counting_allocator_table(&counter);
        soft_labels s;
        assert_int_equal(soft_labels_init(&s, &allocator, 10, 3, NULL), CLUDI_ERROR_MEMORY);
        soft_labels_clear(&s);
        assert_int_equal(counter.live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keep),
        cmocka_unit_test(test_normalize),
        cmocka_unit_test(test_balance),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
