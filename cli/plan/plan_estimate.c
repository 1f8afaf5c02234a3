#include "plan.h"

#include <math.h>

#include "bounds.h"
#include "predict.h"

enum {
    STARTING_BYTES = 48,                /* for each row while its place is found (cludi_fit_source()) */
    VISIT_BYTES = 1 << 20,              /* rows are looked at in blocks of as many */
    ANSWER_BYTES = 2 * sizeof(int32_t), /* of a row: its label and its number of samples */
    LABEL_BYTES = sizeof(int32_t),
    CHECKPOINT_COPIES = 3, /* of the model: its numbers and the two moments of the optimizer */
    PREDICTED = 2048       /* rows at a time of a method without steps (src/methods/discriminant) */
};

/* ---- fit ---- */

/* Of the sample for the start, and of all rows for training: of one of these where they are the same. */
static double add_up_search(const plan_job *job, const plan_measures *m, double each)
{
    const cludi_source *rows = &job->input->rows;
    const double numbers_a_pass = 8e6;
    const double cell_passes = 10;
    double M = (double)rows->rows;
    double S = (double)job->size.rows;
    double unit = m->search / plan_scale_search((double)m->search_rows, rows->cols);
    double sample = unit * plan_scale_search(S, rows->cols);
    bool is_all = job->request->method.has_steps && M > S;
    double passes = plan_scale_pairs(M) < M * M ? cell_passes : fmax(1, ceil(M * (double)rows->cols / numbers_a_pass));
    if (!is_all || m->search == 0)
        return sample;
    return unit * plan_scale_search(M, rows->cols) + passes * (M - S) * each +
           (job->size.outline.init_runs > 0 ? sample : 0);
}

static void add_preparation(plan_estimate *plan, const plan_job *job, const plan_measures *m, double each)
{
    plan_parts parts = plan_scale(&m->parts, &m->trial, &m->whole, &m->growth);
    if (m->plain > 0)
        parts.plain = m->plain * job->size.outline.init_starts / m->trial_starts;
    if (m->second > 0 && m->trial.is_alone != m->whole.is_alone)
        parts.smoothed = m->second * (m->whole.outline.init_kmeans - 1);
    plan->sampling = parts.sampling + (double)job->size.rows * m->fetch_row;
    plan->neighbors = add_up_search(job, m, each);
    plan->voting = plan_scale_start(&parts);
    plan->refinement = parts.refinement;
}

/* The early steps were seen; of the others each kind takes as long as those of its kind that were. */
static double sum_steps(const plan_estimate *plan, const plan_job *job, const plan_measures *m)
{
    if (plan->steps == 0)
        return 0;
    double given = m->given_steps > 0 ? (double)job->size.outline.first_steps : 0;
    double more = fmax(0, given - (double)m->given_steps);
    double late = plan->steps - given - (double)(m->early_steps - m->given_steps);
    return m->early + more * m->given_step + fmax(0, late) * m->step;
}

/* The trial keeps no checkpoint; a fit does. Whichever is more: what the steps hold, or the search for the start before them. */
static int64_t count_later(const plan_job *job, const plan_measures *m)
{
    const cludi_fit_outline *outline = &job->size.outline;
    const cludi_source *rows = &job->input->rows;
    int64_t kept = rows->rows * PLAN_ORDER_BYTES + plan_scale_kept(&job->size, rows->rows);
    int64_t start = plan_scale_memory(&job->size);
    int64_t votes = job->request->method.can_resume ? outline->init_runs * job->size.rows * LABEL_BYTES : 0;
    int64_t read = outline->sample_rows < rows->rows ? outline->rows_read * rows->cols * (int64_t)sizeof(float) : 0;
    int64_t state = job->request->method.can_resume ? CHECKPOINT_COPIES * m->model_bytes : 0;
    if (!job->request->method.has_steps)
        return kept + votes + start + m->fit_memory;
    int64_t sample =
        plan_scale_kept(&job->size, job->size.rows); /* where there are more rows, its graph is one of its own */
    int64_t voting = max_int(kept - plan_scale_kept(&job->size, rows->rows) + sample, 0) + job->base + votes + start;
    return max_int(kept + m->fit_memory + state + read, voting);
}

static void add_fit(plan_estimate *plan, const plan_job *job, const plan_measures *m)
{
    const cludi_source *rows = &job->input->rows;
    double M = (double)rows->rows;
    double absent = 1 - (double)job->size.rows / M;
    double each = job->from_file ? m->fetch_row : m->check_row; /* reads and maps a row that is not in the sample */
    double fetched = (double)job->size.outline.rows_read * absent;
    plan->reading = job->from_file ? 0 : M * m->read_row;
    plan->pass =
        m->first_use + m->set_up + (M - (double)m->trial_rows) * m->visit_row + (job->from_file ? M * m->read_row : 0);
    double larger = (double)plan->model_bytes / (double)m->model_bytes;
    add_preparation(plan, job, m, each);
    plan->training = sum_steps(plan, job, m) + plan->steps * fetched * each;
    plan->step = plan->steps > 0 ? plan->training / plan->steps : 0;
    plan->writing = m->save * larger;
    plan->fit = plan->start + plan->reading + plan->pass + plan->sampling + plan->neighbors + plan->voting +
                plan->refinement + plan->training + plan->writing;

    int64_t held = job->from_file ? 0 : plan->rows_bytes;
    int64_t starting = job->base + rows->rows * STARTING_BYTES + VISIT_BYTES;
    int64_t later = count_later(job, m);
    plan->fit_memory = held + max_int(starting, later);
}

/* ---- predict ---- */

/* A model without steps may be of fewer rows and clusters than fit's: how much more memory that one takes. */
static int64_t count_larger_model(const plan_job *job, const plan_measures *m)
{
    if (job->request->method.has_steps)
        return 0;
    int64_t clusters = job->size.clusters - m->model.clusters;
    int64_t block = min_int(PREDICTED, job->input->rows.rows);
    int64_t numbers = plan_scale_model(&job->size) - plan_scale_model(&m->model);
    return (numbers + clusters * (PLAN_LANDMARKS + 2 * block)) * (int64_t)sizeof(float);
}

/* As block_predict() does it: rows of several blocks are looked at before. */
static void add_predict(plan_estimate *plan, const plan_job *job, const plan_measures *m)
{
    const cludi_source *rows = &job->input->rows;
    double M = (double)rows->rows;
    int64_t block = block_predict_rows(rows, 0, 0);
    double blocks = ceil(M / (double)block);
    double look = blocks > 1 ? M * (m->read_row + m->check_row) : 0;
    double usual = (double)m->given_steps * m->given_step + (double)(m->early_steps - m->given_steps) * m->step;
    double first_use = plan->steps > 0 ? fmax(0, m->early - usual) : m->first_use; /* of what the trial did before */
    double longer = plan->steps > 0 ? 1 : plan_scale_row(&job->size) / plan_scale_row(&m->model);
    double larger = (double)plan->model_bytes / (double)m->model_bytes;
    double rest = fmax(0, M - blocks * (double)m->call_rows) * m->predict_row;
    double writing = m->save * fmax(1, M * LABEL_BYTES / fmax(1, (double)m->model_bytes));
    plan->predict = plan->start + first_use + m->load * larger + look + M * m->read_row + writing +
                    longer * (m->call + (blocks - 1) * m->next_call + rest);
    plan->predict_memory =
        m->predict_memory + count_larger_model(job, m) + block * (rows->cols * (int64_t)sizeof(float) + ANSWER_BYTES);
}

static int64_t count_model(const plan_job *job, const plan_measures *m)
{
    if (job->request->method.has_steps)
        return m->model_bytes;
    int64_t more = plan_scale_model(&job->size) - plan_scale_model(&m->model);
    return m->model_bytes + more * (int64_t)sizeof(float);
}

plan_estimate plan_estimate_make(const plan_job *job, const plan_measures *measures, double start)
{
    const cludi_source *rows = &job->input->rows;
    plan_estimate plan = {.start = start,
                          .steps = (double)job->size.outline.steps,
                          .is_most = job->size.outline.is_most != 0,
                          .rows_bytes = rows->rows * rows->cols * (int64_t)sizeof(float),
                          .model_bytes = count_model(job, measures)};
    add_fit(&plan, job, measures);
    add_predict(&plan, job, measures);
    return plan;
}
