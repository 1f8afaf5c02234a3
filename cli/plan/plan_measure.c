#include "plan.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bounds.h"
#include "complain.h"
#include "outputs.h"
#include "predict.h"
#include "words.h"

enum {
    MOST_VISITED = 1 << 18, /* rows of the pass that is timed */
    MOST_VISITED_NUMBERS = 1 << 26,
    FETCHES = 64,
    MOST_SAMPLES = 64, /* of a prediction; more are drawn in rounds of as many */
    MOST_DENOISE_STEPS = 32,
};

/* ---- the pass over the rows ---- */

/* A bad row is named here: a fit of some of the rows would count these. */
static int time_check(const plan_job *job, plan_sample *sample, plan_measures *measures)
{
    cludi_error error;
    const cludi_source rows = plan_sample_show(sample, sample->rows, 0);
    double start = duration_now();
    cludi_status status = cludi_source_check(job->context, &rows, &error);
    measures->check_row = (duration_now() - start) / (double)sample->rows;
    return status == CLUDI_OK ? EXIT_DONE : plan_trial_refuse(job, &error);
}

/* Seconds from the call to the sample of the rows. */
static int time_set_up(const plan_job *job, plan_sample *sample, int64_t shown, int32_t clusters, double *seconds)
{
    cludi_error error;
    cludi_model *model = NULL;
    const cludi_source rows = plan_sample_show(sample, shown, 1);
    double start = duration_now();
    cludi_status status = cludi_fit_source(job->context, &rows, clusters, &job->request->config, &model, &error);
    *seconds = sample->trained_at - start;
    cludi_model_free(model);
    return status == CLUDI_STOPPED && !stop_signal_came() ? EXIT_DONE : plan_trial_refuse(job, &error);
}

static int time_pass(const plan_job *job, plan_sample *sample, plan_measures *measures)
{
    double few = 0;
    double many = 0;
    int64_t trial = measures->trial_rows;
    int64_t shown = max_int(trial, min_int(MOST_VISITED, MOST_VISITED_NUMBERS / sample->cols));
    shown = min_int(shown, job->input->rows.rows);
    if (shown == trial)
        return EXIT_DONE;
    TRY(time_set_up(job, sample, trial, measures->model.clusters, &few));
    TRY(time_set_up(job, sample, shown, measures->model.clusters, &many));
    measures->visit_row = many > few ? (many - few) / (double)(shown - trial) : 0;
    return EXIT_DONE;
}

/* Rows from all over the file: those of a batch come one by one. */
static int time_fetches(const plan_job *job, plan_sample *sample, plan_measures *measures)
{
    cludi_error error;
    const cludi_source *rows = &job->input->rows;
    cludi_status status = CLUDI_OK;
    double start = duration_now();
    for (int64_t i = 0; i < FETCHES && status == CLUDI_OK && job->from_file; i++) {
        int64_t row = (int64_t)((double)(rows->rows - 1) * (double)i / FETCHES);
        status = rows->read(rows->user, row, 1, sample->numbers, &error);
    }
    measures->fetch_row = job->from_file ? (duration_now() - start) / FETCHES : 0;
    return status == CLUDI_OK ? EXIT_DONE : plan_trial_refuse(job, &error);
}

/* ---- the model's file ---- */

static int make_path(char *path)
{
    int descriptor = temporary_file_make(path, "cludi-plan", "");
    if (descriptor < 0) {
        return complain("Cannot make a file in \"%s\" to see how long writing the model takes; set TMPDIR to a folder "
                        "that takes files.",
                        temporary_file_folder());
    }
    close(descriptor);
    return EXIT_DONE;
}

/* The model goes into a file and comes back from it. */
static int time_file(const plan_job *job, cludi_model **model, plan_measures *measures)
{
    char path[TEMPORARY_PATH];
    cludi_error error;
    struct stat file = {0};
    if (make_path(path) != EXIT_DONE)
        return EXIT_FAILED;
    double start = duration_now();
    cludi_status status = cludi_model_save(*model, path, &error);
    measures->save = duration_now() - start;
    cludi_model_free(*model);
    *model = NULL;
    start = duration_now();
    if (status == CLUDI_OK)
        status = cludi_model_load(job->context, path, model, &error);
    measures->load = duration_now() - start;
    measures->model_bytes = stat(path, &file) == 0 ? (int64_t)file.st_size : 0;
    unlink(path);
    return status == CLUDI_OK ? EXIT_DONE : complain_error(&error);
}

/* ---- prediction ---- */

/* Times grow with the draws and with their steps; where both are many, fewer are taken.
   Returns how many times more there should be. */
static double choose_settings(const fit_request *request, cludi_predict_options *settings)
{
    const cludi_config *config = &request->config;
    cludi_predict_options_init(settings);
    if (!request->method.uses_draws)
        return 1;
    settings->draws = (int32_t)min_int(config->draws, MOST_SAMPLES);
    settings->denoise_steps = (int32_t)min_int(config->denoise_steps, MOST_DENOISE_STEPS);
    return (double)config->draws / settings->draws * config->denoise_steps / settings->denoise_steps;
}

/* The process in prediction, without rows: what it holds once freed memory is back with the system, for a prediction does not begin
   with what training left, and what was freed within the prediction. */
static int64_t predict_memory(const plan_job *job, int64_t rows)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
    return process_memory(0) - rows + job->counts->peak - job->counts->live;
}

/* As the rows of a block; they are in the sample. */
static int predict(const plan_job *job, const plan_sample *sample, const cludi_model *model, plan_measures *measures)
{
    cludi_error error;
    cludi_predict_options settings;
    double more = choose_settings(job->request, &settings);
    const cludi_matrix X = {sample->numbers, sample->rows, sample->cols, sample->cols};
    int32_t *labels = calloc((size_t)sample->rows, sizeof *labels);
    const cludi_prediction out = {.labels = labels};
    (void)counted_memory_restart(job->counts);
    plan_watch_begin(job->watch, 1, 0);
    if (!labels)
        return complain("Out of memory for the labels of a sample.");
    cludi_status status = cludi_predict(job->context, model, &X, &settings, &out, &error);
    free(labels);
    measures->predict_memory = predict_memory(job, sample->rows * sample->cols * (int64_t)sizeof(float));
    if (stop_signal_came() || (status != CLUDI_OK && status != CLUDI_STOPPED))
        return plan_trial_refuse(job, &error);
    measures->call = more * (job->watch->settled_at - job->watch->began);
    measures->call_rows = job->watch->settled;
    measures->predict_row = more * plan_watch_each(job->watch, 0);
    return EXIT_DONE;
}

/* Twice where rows of several blocks are predicted: only the first call has to touch its memory. */
static int time_prediction(const plan_job *job, const plan_sample *sample, const cludi_model *model,
                           plan_measures *measures)
{
    TRY(predict(job, sample, model, measures));
    plan_measures again = *measures;
    again.next_call = measures->call;
    if (block_predict_rows(&job->input->rows, 0, 0) < job->input->rows.rows)
        TRY(predict(job, sample, model, &again));
    measures->next_call = again.call;
    return EXIT_DONE;
}

static int measure_parts(const plan_job *job, plan_sample *sample, plan_measures *measures, cludi_model **model)
{
    TRY(plan_sample_read(sample, job->input));
    measures->sample = sample->rows;
    measures->read_row = sample->seconds / (double)sample->rows;
    if (job->size.rows >= job->size.clusters)
        TRY(time_check(job, sample, measures));
    TRY(plan_trial_run(job, sample, measures, model));
    TRY(time_file(job, model, measures));
    TRY(time_prediction(job, sample, *model, measures));
    cludi_model_free(*model);
    *model = NULL;
    TRY(time_pass(job, sample, measures));
    return time_fetches(job, sample, measures);
}

int plan_measure(const plan_job *job, plan_measures *measures)
{
    plan_sample sample = {0};
    cludi_model *model = NULL;
    *measures = (plan_measures){0};
    int code = measure_parts(job, &sample, measures, &model);
    cludi_model_free(model);
    plan_sample_clear(&sample);
    return code;
}
