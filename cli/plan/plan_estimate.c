#include "plan.h"

#include <math.h>

#include "bounds.h"
#include "predict.h"

enum {
    STARTING_BYTES = 48,                /* for each row while its place is found (cludi_fit_source()) */
    VISIT_BYTES = 1 << 20,              /* rows are looked at in blocks of as many */
    ANSWER_BYTES = 2 * sizeof(int32_t), /* of a row: its label and its number of samples */
    LABEL_BYTES = sizeof(int32_t),
    START_NEIGHBORS = 45,             /* of a row of the sample (src/start/start_args.h) */
    VOTE_BYTES = 128 * sizeof(float), /* of a row (src/start/consensus.c) */
    KMEANS_BLOCK = 32 << 20,          /* of rows, in bytes (src/kmeans/kmeans.h) */
    CHECKPOINT_COPIES = 3             /* of the model: its numbers and the two moments of the optimizer */
};

/* ---- what the library does, from its headers ---- */

/* Pairs of rows that a search compares, in the unit of rows * rows (src/neighbors/neighbors.h). */
static double count_pairs(double rows)
{
    const double exact = 200000;
    const double cells = 24;
    return rows <= exact ? rows * rows : cells * rows * sqrt(rows);
}

int64_t plan_estimate_kept(const cludi_fit_outline *outline, int64_t rows, int64_t cols)
{
    bool is_start = outline->sample_rows == rows && outline->init_runs > 0 && outline->neighbors > 0;
    int64_t lists =
        rows * (is_start ? min_int(max_int(outline->neighbors, START_NEIGHBORS), rows - 1) : outline->neighbors);
    return outline->sample_rows * cols * (int64_t)sizeof(float) + lists * (int64_t)(sizeof(int32_t) + sizeof(float));
}

/* Bytes while the start is sought, beside what is kept: the rows smoothed (twice, where there are neighbors), their votes,
   what k-means knows of each row in ten runs at a time, two blocks of rows, and with more rows the sample's own graph. */
static int64_t count_voting(const cludi_fit_outline *outline, int64_t rows, int64_t cols, int32_t clusters)
{
    const double runs = 10;
    const double facts = 6 + log(clusters); /* numbers of a row in a run */
    int64_t sample = outline->sample_rows;
    int64_t row = cols * (int64_t)sizeof(float);
    int64_t smooth = outline->neighbors > 0 ? 2 * row : 0;
    int64_t each = smooth + VOTE_BYTES + (int64_t)(runs * facts * (double)sizeof(float));
    int64_t block = min_int(sample * row, KMEANS_BLOCK);
    int64_t graph = sample < rows && outline->neighbors > 0 ? sample * START_NEIGHBORS * (int64_t)sizeof(double) : 0;
    return outline->init_runs > 0 ? sample * each + graph + 2 * block : 0;
}

/* ---- fit ---- */

static void add_preparation(plan_estimate *plan, const plan_job *job, const plan_measures *m, double each)
{
    const cludi_fit_outline *outline = &job->outline;
    const cludi_source *rows = &job->input->rows;
    const double numbers_a_pass = 8e6;
    const double cell_passes = 10;
    double M = (double)rows->rows;
    double S = (double)outline->sample_rows;
    double more = S / (double)m->trial_rows;
    double passes = M == S                   ? 0
                    : count_pairs(M) < M * M ? cell_passes
                                             : fmax(1, ceil(M * (double)rows->cols / numbers_a_pass));
    double pairs = count_pairs(M) + (M > S && outline->init_runs > 0 ? S * S : 0);
    plan->sampling = m->sampling * more + S * m->fetch_row;
    plan->neighbors = m->neighbors * pairs / count_pairs((double)m->trial_rows);
    plan->neighbors += m->neighbors > 0 ? passes * (M - S) * each : 0;
    plan->voting = m->vote * outline->init_runs * more;
}

/* The early steps were seen; of the others each kind takes as long as those of its kind that were. */
static double sum_steps(const plan_estimate *plan, const plan_job *job, const plan_measures *m)
{
    double given = m->given_steps > 0 ? (double)job->outline.first_steps : 0;
    double more = fmax(0, given - (double)m->given_steps);
    double late = plan->steps - given - (double)(m->early_steps - m->given_steps);
    return m->early + more * m->given_step + fmax(0, late) * m->step;
}

/* The trial keeps no checkpoint; a fit does. Whichever is more: what the steps hold, or the search for the start before them. */
static int64_t count_later(const plan_job *job, const plan_measures *m)
{
    const cludi_fit_outline *outline = &job->outline;
    const cludi_source *rows = &job->input->rows;
    int64_t kept = plan_estimate_kept(outline, rows->rows, rows->cols);
    int64_t read = outline->rows_read * rows->cols * (int64_t)sizeof(float);
    int64_t state = job->request->method.can_resume ? CHECKPOINT_COPIES * m->model_bytes : 0;
    int64_t steps = m->fit_memory + state + (outline->sample_rows < rows->rows ? read : 0);
    int64_t voting = job->base + count_voting(outline, rows->rows, rows->cols, job->request->clusters);
    return rows->rows * PLAN_ORDER_BYTES + kept + max_int(steps, voting);
}

static void add_fit(plan_estimate *plan, const plan_job *job, const plan_measures *m)
{
    const cludi_source *rows = &job->input->rows;
    double M = (double)rows->rows;
    double absent = 1 - (double)job->outline.sample_rows / M;
    double each = job->from_file ? m->fetch_row : m->check_row; /* reads and maps a row that is not in the sample */
    double fetched = (double)job->outline.rows_read * absent;
    plan->reading = job->from_file ? 0 : M * m->read_row;
    plan->pass = m->set_up + (M - (double)m->trial_rows) * m->visit_row + (job->from_file ? M * m->read_row : 0);
    add_preparation(plan, job, m, each);
    plan->training = sum_steps(plan, job, m) + plan->steps * fetched * each;
    plan->step = plan->training / plan->steps;
    plan->writing = m->save;
    plan->fit = plan->start + plan->reading + plan->pass + plan->sampling + plan->neighbors + plan->voting +
                plan->training + plan->writing;

    int64_t held = job->from_file ? 0 : plan->rows_bytes;
    int64_t starting = job->base + rows->rows * STARTING_BYTES + VISIT_BYTES;
    int64_t later = count_later(job, m);
    plan->fit_memory = held + max_int(starting, later);
}

/* As block_predict() does it: rows of several blocks are looked at before. */
static void add_predict(plan_estimate *plan, const plan_job *job, const plan_measures *m)
{
    const cludi_source *rows = &job->input->rows;
    double M = (double)rows->rows;
    int64_t block = block_predict_rows(rows, 0, 0);
    double blocks = ceil(M / (double)block);
    double look = blocks > 1 ? M * (m->read_row + m->check_row) : 0;
    double rest = fmax(0, M - blocks * (double)m->call_rows);
    double usual = (double)m->given_steps * m->given_step + (double)(m->early_steps - m->given_steps) * m->step;
    double first_use = fmax(0, m->early - usual); /* of what the trial did before */
    double label_bytes = M * LABEL_BYTES;
    double writing = m->save * fmax(1, label_bytes / fmax(1, (double)m->model_bytes));
    plan->predict = plan->start + first_use + m->load + look + M * m->read_row + m->call + (blocks - 1) * m->next_call +
                    rest * m->predict_row + writing;
    plan->predict_memory = m->predict_memory + block * (rows->cols * (int64_t)sizeof(float) + ANSWER_BYTES);
}

plan_estimate plan_estimate_make(const plan_job *job, const plan_measures *measures, double start)
{
    const cludi_source *rows = &job->input->rows;
    plan_estimate plan = {.start = start,
                          .steps = (double)job->outline.steps,
                          .is_most = job->outline.is_most != 0,
                          .rows_bytes = rows->rows * rows->cols * (int64_t)sizeof(float)};
    add_fit(&plan, job, measures);
    add_predict(&plan, job, measures);
    return plan;
}
