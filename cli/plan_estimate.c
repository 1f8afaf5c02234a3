#include "plan_estimate.h"

#include <math.h>

#include "block_predict.h"

enum {
    STARTING_BYTES = 48,                /* for each row while its place is found (cludi_fit_source()) */
    VISIT_BYTES = 1 << 20,              /* rows are looked at in blocks of as many */
    ANSWER_BYTES = 2 * sizeof(int32_t), /* of a row: its label and its number of samples */
    LABEL_BYTES = sizeof(int32_t),
};

static const double MOST_STEPS = 1e8; /* of the parameter table */

double plan_estimate_steps(const cludi_config *config, int64_t rows)
{
    double steps = config->epochs > 0 ? ceil(config->epochs * (double)rows / config->N) : config->steps;
    return fmin(fmax(1, steps), MOST_STEPS);
}

static void add_fit(plan_estimate *plan, const plan_job *job, const plan_measures *m)
{
    const cludi_source *rows = &job->input->rows;
    double M = (double)rows->rows;
    double late = plan->steps - (double)m->early_steps;
    plan->reading = job->from_file ? 0 : M * m->read_row;
    plan->pass = m->set_up + (M - (double)m->trial_rows) * m->visit_row + (job->from_file ? M * m->read_row : 0);
    plan->training = m->early + (late > 0 ? late : 0) * m->step + plan->steps * job->request->config.N * m->fetch_row;
    plan->step = plan->training / plan->steps;
    plan->writing = m->save;
    plan->fit = plan->start + plan->reading + plan->pass + plan->training + plan->writing;

    int64_t held = job->from_file ? 0 : plan->rows_bytes;
    int64_t starting = job->base + rows->rows * STARTING_BYTES + VISIT_BYTES;
    int64_t later = m->fit_memory + rows->rows * PLAN_ORDER_BYTES;
    plan->fit_memory = held + (starting > later ? starting : later);
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
    double first_use = fmax(0, m->early - (double)m->early_steps * m->step); /* of what the trial did before */
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
                          .steps = plan_estimate_steps(&job->request->config, rows->rows),
                          .rows_bytes = rows->rows * rows->cols * (int64_t)sizeof(float)};
    add_fit(&plan, job, measures);
    add_predict(&plan, job, measures);
    return plan;
}
