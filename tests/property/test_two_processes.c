/* The reduce hook: two "processes" (threads), each with half of the rows of every view, whose reducer adds up over both,
   give the loss, the gradients and the counts of one process with all rows. In double precision, so only the order of sums differs.
   The noise of one process is cut in two by hand: rows of view b go half to the first and half to the second. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "step_support.h"

enum { PROCESSES = 2, WHOLE_N = 8, PART_N = WHOLE_N / PROCESSES, FEATURES = 7, CLUSTERS = 4, MOST_NUMBERS = 8192 };

/* ---- a reducer over threads ---- */

typedef struct meeting {
    pthread_barrier_t barrier;
    double numbers[PROCESSES][MOST_NUMBERS];
    int64_t reductions[PROCESSES];
} meeting;

typedef struct member {
    meeting *all;
    int rank;
} member;

static void reduce_over_threads(void *self, backend *be, tensor x, reduce_op op)
{
    const member *m = self;
    const int64_t count = x.rows * x.cols;
    double *mine = m->all->numbers[m->rank], sum[MOST_NUMBERS];
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
}

/* ---- the noise of the whole, and its parts ---- */

/* Teacher noise of every denoising step, from one step's random streams. */
typedef struct noise_tape {
    backend *be;
    int64_t views;
    tensor steps[4]; /* (B N, d) each */
} noise_tape;

static void play(void *self, backend *be, tensor eps, noise_part part)
{
    const noise_tape *tape = self;
    const tensor step = tape->steps[part.step];
    be->ops.copy(be, eps, backend_rows(be, step, part.view * (step.rows / tape->views) + part.first, part.count));
}

/* Rows of every view: part `rank` of `from` (B N rows) into `to` (B N / 2 rows). */
static void take_part(backend *be, tensor to, tensor from, int64_t B, int rank)
{
    for (int64_t b = 0; b < B; b++)
        be->ops.copy(be, backend_rows(be, to, b * PART_N, PART_N),
                     backend_rows(be, from, b * WHOLE_N + rank * PART_N, PART_N));
}

static void tape_record(noise_tape *tape, step_fixture *whole)
{
    const train_step *s = &whole->step;
    tape->be = &whole->be;
    tape->views = s->config.views;
    for (int32_t i = 0; i < s->config.teacher_steps; i++)
        tape->steps[i] = random_tensor(&whole->be, s->N * s->config.views, s->net.d, 300 + (uint64_t)i, 1);
}

static void tape_cut(noise_tape *to, const noise_tape *from, step_fixture *part, int rank)
{
    const train_step *s = &part->step;
    to->be = &part->be;
    to->views = s->config.views;
    for (int32_t i = 0; i < s->config.teacher_steps; i++) {
        to->steps[i] = blank_tensor(to->be, s->N * s->config.views, s->net.d);
        take_part(to->be, to->steps[i], from->steps[i], s->config.views, rank);
    }
}

static void tape_clear(noise_tape *tape, int32_t steps)
{
    for (int32_t i = 0; i < steps; i++)
        free_tensor(tape->be, tape->steps[i]);
}

/* The part's rows, noise and parameters from the whole's. */
static void cut(step_fixture *part, step_fixture *whole, int rank)
{
    backend *be = &part->be;
    train_step *p = &part->step, *w = &whole->step;
    const int64_t B = p->config.views;
    take_part(be, p->noise.drop, w->noise.drop, B, rank);
    take_part(be, p->noise.gauss, w->noise.gauss, B, rank);
    take_part(be, p->noise.forward, w->noise.forward, B, rank);
    take_part(be, p->noise.keep, w->noise.keep, B, rank);
    be->ops.copy(be, p->noise.variance, w->noise.variance);
    memcpy(p->noise.t, w->noise.t, (size_t)B * sizeof *p->noise.t);
    p->noise.self_condition = w->noise.self_condition;
    take_part(be, p->x, w->x, 1, rank);
    take_part(be, p->views, w->views, B, rank);
}

/* ---- the comparison ---- */

typedef struct process {
    step_fixture f;
    noise_tape tape;
    member who;
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

static void prepare_part(process *p, step_fixture *whole, const noise_tape *tape, meeting *all, int rank)
{
    cludi_config config = whole->step.config;
    config.batch_size = PART_N;
    step_fixture_init(&p->f, "ref64", FEATURES, CLUSTERS, &config);
    cut(&p->f, whole, rank);
    tape_cut(&p->tape, tape, &p->f, rank);
    p->who = (member){all, rank};
    p->f.step.noise.teacher = (noise_source){play, &p->tape};
    p->f.step.sum = p->f.step.classes.sum = (reducer){reduce_over_threads, &p->who, PROCESSES};
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
    noise_tape tape = {0};
    train_loss loss;
    process parts[PROCESSES] = {0};
    pthread_t threads[PROCESSES];
    memset(&all, 0, sizeof all);
    assert_int_equal(pthread_barrier_init(&all.barrier, NULL, PROCESSES), 0);
    step_fixture_init(&whole, "ref64", FEATURES, CLUSTERS, config);
    whole.step.noise.self_condition = true;
    tape_record(&tape, &whole);
    whole.step.noise.teacher = (noise_source){play, &tape};
    assert_int_equal(train_step_gradient(&whole.step, &loss, NULL), CLUDI_OK);
    for (int i = 0; i < PROCESSES; i++)
        prepare_part(&parts[i], &whole, &tape, &all, i);
    for (int i = 0; i < PROCESSES; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_process, &parts[i]), 0);
    for (int i = 0; i < PROCESSES; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(all.reductions[0], all.reductions[1]);
    assert_true(all.reductions[0] >= 12); /* 2 sides x 4 column sums, 2 of the backward, gradients, losses */
    for (int i = 0; i < PROCESSES; i++) {
        compare(&parts[i], &whole, &loss);
        tape_clear(&parts[i].tape, config->teacher_steps);
        step_fixture_clear(&parts[i].f);
    }
    tape_clear(&tape, config->teacher_steps);
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_processes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
