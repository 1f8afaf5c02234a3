/* step.c: the noise it draws, the student's path through S2, S7 and S3, the losses' parts, the counts; its gradient:
   tests/grad; all of it against the oracle: tests/golden. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "noise_schedule.h"
#include "step_support.h"

enum { FEATURES = 7, CLUSTERS = 4 };

static void expect_drawn(backend *be, tensor got, rng_stream stream, bool normal)
{
    for (int64_t r = 0; r < got.rows; r++) {
        float row[64];
        (normal ? rng_normal : rng_uniform)(stream, (uint64_t)r, row, got.cols);
        for (int64_t j = 0; j < got.cols; j++)
            assert_true(get_element(be, got, r * got.cols + j) == (double)row[j]);
    }
}

static void expect_teacher_noise(step_fixture *f, noise_part part)
{
    const train_step *s = &f->step;
    const int64_t B = s->config.views, d = s->net.d;
    tensor eps = blank_tensor(&f->be, part.count, d);
    s->noise.teacher.fill(s->noise.teacher.self, &f->be, eps, part);
    for (int64_t r = 0; r < part.count; r++) {
        const int64_t number = (part.step * B + part.view) * s->N + part.first + r;
        float row[64];
        rng_normal((rng_stream){9, RNG_TEACHER, 4}, (uint64_t)number, row, d);
        for (int64_t j = 0; j < d; j++)
            assert_true(get_element(&f->be, eps, r * d + j) == (double)row[j]);
    }
    free_tensor(&f->be, eps);
}

/* Each number is from its own stream (docs/theory.md), rows view after view. */
static void test_noise(void **state)
{
    (void)state;
    const cludi_config config = step_config();
    step_fixture f;
    step_fixture_init(&f, "ref64", FEATURES, CLUSTERS, &config);
    train_noise *z = &f.step.noise;
    train_noise_draw(&f.step, 9, 4);
    expect_drawn(&f.be, z->drop, (rng_stream){9, RNG_DROP, 4}, false);
    expect_drawn(&f.be, z->gauss, (rng_stream){9, RNG_CORRUPT, 4}, true);
    expect_drawn(&f.be, z->variance, (rng_stream){9, RNG_VARIANCE, 4}, false);
    expect_drawn(&f.be, z->forward, (rng_stream){9, RNG_FORWARD, 4}, true);
    expect_drawn(&f.be, z->keep, (rng_stream){9, RNG_DROPOUT, 4}, false);
    for (int32_t i = 0; i < 3; i++) /* rows 1 and 2 of every view: (step B + view) N + row of the stream */
        for (int64_t view = 0; view < config.views; view++)
            expect_teacher_noise(&f, (noise_part){view, 1, 2, i});
    step_fixture_clear(&f);
}

/* Times are uniform on 1..T, the coin falls as often as it should. */
static void test_times_and_coin(void **state)
{
    (void)state;
    enum { DRAWS = 4000, T = 5 };
    cludi_config config = step_config();
    step_fixture f;
    int64_t counts[T + 1] = {0}, coins = 0;
    config.diffusion_steps = T;
    config.self_condition = 0.3;
    step_fixture_init(&f, "ref", FEATURES, CLUSTERS, &config);
    for (uint32_t step = 0; step < DRAWS; step++) {
        train_noise_draw(&f.step, 1, step);
        coins += f.step.noise.self_condition;
        for (int b = 0; b < config.views; b++) {
            assert_in_range(f.step.noise.t[b], 1, T);
            counts[f.step.noise.t[b]]++;
        }
    }
    const double each = (double)DRAWS * config.views / T;
    for (int t = 1; t <= T; t++)
        assert_true(fabs((double)counts[t] - each) < 5 * sqrt(each));
    assert_true(fabs((double)coins - 0.3 * DRAWS) < 5 * sqrt(0.21 * DRAWS));
    step_fixture_clear(&f);
}

/* S7 and S2: the student's rows and embedding from the noise. */
static void test_student_input(void **state)
{
    (void)state;
    const cludi_config config = step_config();
    step_fixture f;
    train_loss loss;
    step_fixture_init(&f, "ref64", FEATURES, CLUSTERS, &config);
    train_step *s = &f.step;
    s->noise.self_condition = false;
    assert_int_equal(train_step_gradient(s, &loss, NULL), CLUDI_OK);
    for (int64_t r = 0; r < s->N * config.views; r++) {
        const int64_t view = r / s->N, row = r % s->N;
        const double u = get_element(&f.be, s->noise.variance, view), ab = s->ab[s->noise.t[view]];
        double wanted[FEATURES], square = 0;
        for (int j = 0; j < FEATURES; j++) {
            const bool kept = get_element(&f.be, s->noise.drop, r * FEATURES + j) >= 0.2;
            wanted[j] = (kept ? get_element(&f.be, s->x, row * FEATURES + j) : 0) +
                        sqrt((0.1 + 0.2 * u) / FEATURES) * get_element(&f.be, s->noise.gauss, r * FEATURES + j);
            square += wanted[j] * wanted[j];
        }
        for (int j = 0; j < FEATURES; j++)
            assert_true(fabs(get_element(&f.be, s->features.x, r * FEATURES + j) -
                             wanted[j] * sqrt(FEATURES / square)) < 1e-12);
        for (int64_t j = 0; j < config.embedding_dim; j++) {
            const double z0 = get_element(&f.be, s->teacher_head.z0, r * config.embedding_dim + j);
            const double z =
                sqrt(ab) * z0 + sqrt(1 - ab) * 5 * get_element(&f.be, s->noise.forward, r * config.embedding_dim + j);
            assert_true(fabs(get_element(&f.be, s->zt, r * config.embedding_dim + j) - z) < 1e-12);
            assert_true(get_element(&f.be, s->pass.input, r * 2 * config.embedding_dim + j) ==
                        0); /* no self-conditioning */
            assert_true(fabs(get_element(&f.be, s->pass.input, (2 * r + 1) * config.embedding_dim + j) -
                             z / sqrt(ab + (1 - ab) * 25)) < 1e-12);
        }
    }
    step_fixture_clear(&f);
}

/* With self-conditioning the input's left half is the prediction made from zeros. */
static void test_self_conditioning(void **state)
{
    (void)state;
    const cludi_config config = step_config();
    double *first = NULL;
    for (int self = 0; self < 2; self++) {
        step_fixture f;
        train_loss loss;
        step_fixture_init(&f, "ref64", FEATURES, CLUSTERS, &config);
        f.step.noise.self_condition = self;
        assert_int_equal(train_step_gradient(&f.step, &loss, NULL), CLUDI_OK);
        const tensor z = f.step.pass.z, input = f.step.pass.input;
        if (!self)
            first = read_tensor(&f.be, z);
        for (int64_t r = 0; self && r < z.rows; r++)
            for (int64_t j = 0; j < z.cols; j++)
                assert_true(get_element(&f.be, input, r * input.cols + j) == first[r * z.cols + j]);
        if (self)
            assert_true(get_element(&f.be, z, 0) != first[0]);
        assert_true(loss.total == loss.embedding + config.class_weight * loss.classes);
        step_fixture_clear(&f);
    }
    free(first);
}

/* Counts of a batch: N rows, each at the largest mean probability of the teacher. */
static void test_counts(void **state)
{
    (void)state;
    const cludi_config config = step_config();
    step_fixture f;
    train_loss loss;
    step_fixture_init(&f, "ref64", FEATURES, CLUSTERS, &config);
    train_step *s = &f.step;
    for (uint32_t step = 0; step < 3; step++) {
        double wanted[CLUSTERS] = {0}, counts[CLUSTERS];
        train_noise_draw(s, 2, step);
        assert_int_equal(train_step_gradient(s, &loss, NULL), CLUDI_OK);
        train_step_count(s, counts);
        for (int64_t r = 0; r < s->N; r++) {
            double mean[CLUSTERS] = {0};
            int best = 0;
            for (int64_t b = 0; b < config.views; b++)
                for (int k = 0; k < CLUSTERS; k++)
                    mean[k] += get_element(&f.be, s->teacher_head.u, (b * s->N + r) * CLUSTERS + k);
            for (int k = 1; k < CLUSTERS; k++)
                best = mean[k] > mean[best] ? k : best;
            wanted[best]++;
        }
        for (int k = 0; k < CLUSTERS; k++)
            assert_true(counts[k] == wanted[k]);
    }
    step_fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise),         cmocka_unit_test(test_times_and_coin),
        cmocka_unit_test(test_student_input), cmocka_unit_test(test_self_conditioning),
        cmocka_unit_test(test_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
