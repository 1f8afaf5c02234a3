/* The reduce hook: two "processes" (threads), each with half of the rows of every view, whose reducer adds up over both, give the
   loss, the gradients and the counts of one process with all rows; they draw the noise that it has for those rows. In double
   precision, so only the order of sums differs. Then a whole training: both end with the same model, that of one process but for
   rounding. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "context_private.h"
#include "error.h"
#include "model.h"
#include "step_support.h"

enum { PROCESSES = 2, WHOLE_N = 8, PART_N = WHOLE_N / PROCESSES, FEATURES = 7, CLUSTERS = 4, MOST_NUMBERS = 32768 };

/* ---- a reducer over threads ---- */

typedef struct meeting {
    pthread_barrier_t barrier;
    double numbers[PROCESSES][MOST_NUMBERS], sum[PROCESSES][MOST_NUMBERS];
    int64_t reductions[PROCESSES];
} meeting;

typedef struct member {
    meeting *all;
    int rank;
} member;

static cludi_status reduce_over_threads(void *self, backend *be, tensor x, reduce_op op, cludi_error *error)
{
    const member *m = self;
    const int64_t count = x.rows * x.cols;
    double *mine = m->all->numbers[m->rank], *sum = m->all->sum[m->rank];
    (void)error;
    if (count > MOST_NUMBERS)
        abort();
    be->ops.copy_out(be, HOST_F64, mine, x);
    pthread_barrier_wait(&m->all->barrier);
    for (int64_t i = 0; i < count; i++) {
        const double a = m->all->numbers[0][i], b = m->all->numbers[1][i];
        sum[i] = op == REDUCE_SUM ? a + b : fmax(a, b);
    }
    pthread_barrier_wait(&m->all->barrier); /* nobody overwrites what the other still reads */
    be->ops.copy_in(be, x, HOST_F64, sum);
    m->all->reductions[m->rank]++;
    return CLUDI_OK;
}

/* ---- one step ---- */

/* Rows of every view: part `rank` of `from` (B N rows) into `to` (B N / 2 rows). */
static void take_part(backend *be, tensor to, tensor from, int64_t B, int rank)
{
    for (int64_t b = 0; b < B; b++)
        be->ops.copy(be, backend_rows(be, to, b * PART_N, PART_N),
                     backend_rows(be, from, b * WHOLE_N + rank * PART_N, PART_N));
}

static void expect_part(step_fixture *part, tensor got, tensor from, int rank)
{
    tensor wanted = blank_tensor(&part->be, got.rows, got.cols);
    take_part(&part->be, wanted, from, part->step.config.views, rank);
    double *a = read_tensor(&part->be, got), *b = read_tensor(&part->be, wanted);
    assert_memory_equal(a, b, (size_t)(got.rows * got.cols) * sizeof *a);
    free(a);
    free(b);
    free_tensor(&part->be, wanted);
}

/* The part's rows from the whole's; its noise is the whole's already. */
static void cut(step_fixture *part, step_fixture *whole, int rank)
{
    backend *be = &part->be;
    train_step *p = &part->step, *w = &whole->step;
    const int64_t B = p->config.views;
    assert_int_equal(p->N, PART_N);
    expect_part(part, p->noise.drop, w->noise.drop, rank);
    expect_part(part, p->noise.gauss, w->noise.gauss, rank);
    expect_part(part, p->noise.forward, w->noise.forward, rank);
    expect_part(part, p->noise.keep, w->noise.keep, rank);
    assert_memory_equal(p->noise.t, w->noise.t, (size_t)B * sizeof *p->noise.t);
    p->noise.self_condition = w->noise.self_condition;
    take_part(be, p->x, w->x, 1, rank);
    take_part(be, p->views, w->views, B, rank);
}

/* ---- the comparison ---- */

typedef struct process {
    step_fixture f;
    member who;
    reducer sum;
    train_loss loss;
    double counts[CLUSTERS];
    cludi_status status;
} process;

static void *run_process(void *self)
{
    process *p = self;
    p->status = train_step_gradient(&p->f.step, &p->loss, NULL);
    train_step_count(&p->f.step, p->counts);
    return NULL;
}

static void prepare_part(process *p, step_fixture *whole, meeting *all, int rank)
{
    p->who = (member){all, rank};
    p->sum = (reducer){.reduce = reduce_over_threads, .self = &p->who, .processes = PROCESSES, .rank = rank};
    step_fixture_init_part(&p->f, "ref64", (step_part){FEATURES, CLUSTERS, &p->sum}, &whole->step.config);
    cut(&p->f, whole, rank);
}

static void expect_close(double got, double wanted, const char *what)
{
    if (!(fabs(got - wanted) <= 1e-12 * fabs(wanted)))
        fail_msg("%s: two processes have %.17g, one has %.17g", what, got, wanted);
}

static void compare(process *p, step_fixture *whole, const train_loss *loss)
{
    double counts[CLUSTERS];
    train_step_count(&whole->step, counts);
    assert_memory_equal(p->counts, counts, sizeof counts);
    const tensor wanted_all = whole->step.params.gradient_all;
    double *wanted = read_tensor(&whole->be, wanted_all), *got = read_tensor(&p->f.be, p->f.step.params.gradient_all);
    assert_int_equal(p->status, CLUDI_OK);
    expect_close(p->loss.total, loss->total, "loss");
    expect_close(p->loss.embedding, loss->embedding, "embedding loss");
    expect_close(p->loss.classes, loss->classes, "class loss");
    const double error = relative_error(got, wanted, wanted_all.cols);
    if (!(error <= 1e-11))
        fail_msg("the gradients of two processes differ by %g", error);
    free(wanted);
    free(got);
}

static void check(const cludi_config *config)
{
    static meeting all;
    step_fixture whole;
    train_loss loss;
    process parts[PROCESSES] = {0};
    pthread_t threads[PROCESSES];
    memset(&all, 0, sizeof all);
    assert_int_equal(pthread_barrier_init(&all.barrier, NULL, PROCESSES), 0);
    step_fixture_init(&whole, "ref64", FEATURES, CLUSTERS, config);
    whole.step.noise.self_condition = true;
    assert_int_equal(train_step_gradient(&whole.step, &loss, NULL), CLUDI_OK);
    for (int i = 0; i < PROCESSES; i++)
        prepare_part(&parts[i], &whole, &all, i);
    for (int i = 0; i < PROCESSES; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_process, &parts[i]), 0);
    for (int i = 0; i < PROCESSES; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(all.reductions[0], all.reductions[1]);
    assert_true(all.reductions[0] >= 12); /* 2 sides x 4 column sums, 2 of the backward, gradients, losses */
    for (int i = 0; i < PROCESSES; i++) {
        compare(&parts[i], &whole, &loss);
        step_fixture_clear(&parts[i].f);
    }
    step_fixture_clear(&whole);
    pthread_barrier_destroy(&all.barrier);
}

/* Every option that has a sum over rows in it. */
static void test_two_processes(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        cludi_config config = step_config();
        config.batch_size = WHOLE_N;
        config.column_scope = i % 2 ? CLUDI_COLUMN_SCOPE_BATCH : CLUDI_COLUMN_SCOPE_VIEW;
        config.view_pairing = i / 2 % 2 ? CLUDI_VIEW_PAIRING_SAME : CLUDI_VIEW_PAIRING_ALL;
        config.embedding_loss = i / 4 ? CLUDI_EMBEDDING_DIRECT : CLUDI_EMBEDDING_REEMBED;
        config.logits = i / 4 ? CLUDI_LOGITS_LINEAR : CLUDI_LOGITS_COSINE;
        check(&config);
    }
}

/* ---- what fails ---- */

static cludi_status refuse(void *self, backend *be, tensor x, reduce_op op, cludi_error *error)
{
    ++*(int *)self;
    (void)be;
    (void)x;
    (void)op;
    return error_set(error, CLUDI_ERROR_BACKEND, "The other process has left.");
}

static void test_failure(void **state)
{
    int calls = 0;
    const reducer sum = {.reduce = refuse, .self = &calls, .processes = PROCESSES};
    cludi_config config = step_config();
    step_fixture f;
    train_loss loss;
    cludi_error error = {0};
    (void)state;
    step_fixture_init_part(&f, "ref64", (step_part){FEATURES, CLUSTERS, &sum}, &config);
    assert_int_equal(train_step_gradient(&f.step, &loss, &error), CLUDI_ERROR_BACKEND);
    assert_string_equal(error.message, "The other process has left.");
    assert_int_equal(calls, 1); /* nothing is reduced behind a failure */
    step_fixture_clear(&f);
}

/* ---- a whole training ---- */

typedef struct training {
    blobs *rows;
    member who;
    reducer sum;
    cludi_context *context;
    cludi_model *model;
    cludi_status status;
} training;

static void *run_training(void *self)
{
    training *t = self;
    const cludi_matrix X = blobs_matrix(t->rows);
    cludi_config config = blobs_recipe();
    cludi_error error;
    config.steps = 20;
    t->status = cludi_fit(t->context, &X, BLOB_CLUSTERS, &config, &t->model, &error);
    return NULL;
}

static void test_training(void **state)
{
    static meeting all;
    static blobs rows;
    training one = {.rows = &rows}, parts[PROCESSES];
    pthread_t threads[PROCESSES];
    (void)state;
    memset(&all, 0, sizeof all);
    blobs_fill(&rows, 0.3);
    const cludi_matrix X = blobs_matrix(&rows);
    assert_int_equal(pthread_barrier_init(&all.barrier, NULL, PROCESSES), 0);
    one.context = blobs_context("ref", 1, 3);
    run_training(&one);
    assert_int_equal(one.status, CLUDI_OK);
    for (int i = 0; i < PROCESSES; i++) {
        training *t = &parts[i];
        *t = (training){.rows = &rows, .who = {&all, i}, .context = blobs_context("ref", 1, 3)};
        t->sum = (reducer){.reduce = reduce_over_threads, .self = &t->who, .processes = PROCESSES, .rank = i};
        t->context->sum = &t->sum;
    }
    for (int i = 0; i < PROCESSES; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_training, &parts[i]), 0);
    for (int i = 0; i < PROCESSES; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    answers wanted = blobs_predict(one.context, one.model, &X, 8);
    for (int i = 0; i < PROCESSES; i++) {
        training *t = &parts[i];
        assert_int_equal(t->status, CLUDI_OK);
        assert_int_equal(t->model->total, parts[0].model->total);
        assert_memory_equal(t->model->values, parts[0].model->values, (size_t)t->model->total * sizeof(float));
        answers got = blobs_predict(t->context, t->model, &X, 8);
        for (int64_t j = 0; j < BLOB_ROWS * BLOB_CLUSTERS; j++)
            assert_true(fabsf(got.probabilities[j] - wanted.probabilities[j]) <= 1e-2F);
        answers_clear(&got);
    }
    answers_clear(&wanted);
    for (int i = 0; i < PROCESSES; i++) {
        cludi_model_free(parts[i].model);
        cludi_context_free(parts[i].context);
    }
    cludi_model_free(one.model);
    cludi_context_free(one.context);
    pthread_barrier_destroy(&all.barrier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_processes), cmocka_unit_test(test_failure),
                                       cmocka_unit_test(test_training)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
