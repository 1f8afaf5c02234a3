/* Attention of bf16 queries, keys and values against the same in double precision, over odd numbers of tokens, heads and
   columns. A product in bf16 rounds the weights once, half a unit of 8 bits each; result and kernels are no worse than that,
   and a row's bits depend neither on the other queries nor on where its sequence stands. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "tensor_support.h"

static const double WEIGHT_ERROR = 0x1p-8 + 2e-4, RESULT_ERROR = 0x1p-8;

typedef struct sequence {
    tensor qkv; /* bf16 */
    int32_t heads;
    int64_t depth;
    double *numbers; /* of qkv */
} sequence;

/* Number j of the mixture for query r, and the sum of the absolute values that are added up. */
static double mixture(const sequence *s, int64_t r, int64_t j, double *size)
{
    const int64_t w = s->heads * s->depth, head = j / s->depth * s->depth;
    double sum = 0, mixed = 0, largest = -INFINITY;
    double *score = malloc((size_t)s->qkv.rows * sizeof *score);
    assert_non_null(score);
    for (int64_t t = 0; t < s->qkv.rows; t++) {
        score[t] = 0;
        for (int64_t d = 0; d < s->depth; d++)
            score[t] += s->numbers[r * 3 * w + head + d] * s->numbers[t * 3 * w + w + head + d];
        score[t] /= sqrt((double)s->depth);
        largest = fmax(largest, score[t]);
    }
    *size = 0;
    for (int64_t t = 0; t < s->qkv.rows; t++) {
        const double weight = exp(score[t] - largest), value = s->numbers[t * 3 * w + 2 * w + j];
        sum += weight;
        mixed += weight * value;
        *size += weight * fabs(value);
    }
    *size /= sum;
    free(score);
    return mixed / sum;
}

static void expect_rows(const sequence *s, backend *be, tensor out)
{
    double *got = read_tensor(be, out);
    for (int64_t r = 0; r < out.rows; r += out.rows / 7 + 1)
        for (int64_t j = 0; j < out.cols; j += out.cols / 13 + 1) {
            double size;
            const double wanted = mixture(s, r, j, &size);
            const double most = WEIGHT_ERROR * size + (out.bf16 ? RESULT_ERROR * fabs(wanted) : 0);
            if (!(fabs(got[r * out.cols + j] - wanted) <= most))
                fail_msg("%d tokens, %d heads of %d: number %d, %d is %.9g, wanted %.9g", (int)s->qkv.rows, s->heads,
                         (int)s->depth, (int)r, (int)j, got[r * out.cols + j], wanted);
        }
    free(got);
}

static void attend(const sequence *s, backend *be, tensor out)
{
    tensor scratch = blank_tensor(be, 1, backend_attention_scratch(s->qkv.rows, out.cols, s->heads));
    be->ops.attention(be, out, s->qkv, s->heads, scratch);
    free_tensor(be, scratch);
}

static void check_queries(const sequence *s, backend *be, int64_t queries)
{
    const int64_t w = s->heads * s->depth;
    tensor out[3] = {blank_tensor(be, queries, w), blank_bf16_tensor(be, queries, w), blank_tensor(be, 1, w)};
    for (int i = 0; i < 3; i++)
        attend(s, be, out[i]);
    expect_rows(s, be, out[0]);
    expect_rows(s, be, out[1]);
    assert_memory_equal(out[2].data, out[0].data, (size_t)w * sizeof(float));
    for (int i = 0; i < 3; i++)
        free_tensor(be, out[i]);
}

static void check_sequence(backend *be, int64_t tokens, int32_t heads, int64_t depth)
{
    tensor wide = random_tensor(be, tokens, 3 * heads * depth, (uint64_t)(tokens + depth), 1.5);
    sequence s = {blank_bf16_tensor(be, tokens, 3 * heads * depth), heads, depth, NULL};
    be->ops.copy(be, s.qkv, wide);
    s.numbers = read_tensor(be, s.qkv);
    check_queries(&s, be, tokens);
    check_queries(&s, be, (tokens + 1) / 2);
    free(s.numbers);
    free_tensor(be, s.qkv);
    free_tensor(be, wide);
}

static void test_attention(void **state)
{
    static const int64_t TOKENS[] = {1, 5, 16, 17, 32, 33, 197, 300}, DEPTHS[] = {1, 15, 16, 31, 32, 33, 64, 80, 150};
    (void)state;
    backend be;
    open_backend(&be, "onednn bf16", 2);
    for (size_t t = 0; t < sizeof TOKENS / sizeof *TOKENS; t++)
        for (size_t d = 0; d < sizeof DEPTHS / sizeof *DEPTHS; d++)
            for (int32_t heads = 1; heads <= 3; heads += 2)
                check_sequence(&be, TOKENS[t], heads, DEPTHS[d]);
    backend_close(&be);
}

/* Scores far from 0, equal ones, and one key that takes all. */
static void test_large_scores(void **state)
{
    enum { TOKENS = 40, DEPTH = 32 };
    (void)state;
    backend be;
    open_backend(&be, "onednn bf16", 1);
    tensor wide = random_tensor(&be, TOKENS, 3 * DEPTH, 9, 60);
    sequence s = {blank_bf16_tensor(&be, TOKENS, 3 * DEPTH), 1, DEPTH, NULL};
    for (int64_t j = 0; j < 2 * DEPTH; j++)
        for (int64_t t = 0; t < 3; t++)
            set_element(&be, wide, t * 3 * DEPTH + j, 0);
    be.ops.copy(&be, s.qkv, wide);
    s.numbers = read_tensor(&be, s.qkv);
    check_queries(&s, &be, TOKENS);
    free(s.numbers);
    free_tensor(&be, s.qkv);
    free_tensor(&be, wide);
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_attention), cmocka_unit_test(test_large_scores)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
