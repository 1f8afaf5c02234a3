/* Fit and predict: check the arguments, call the loops of src/fit. */
#include <cludi/cluster.h>

#include <string.h>

#include "checkpoint_file.h"
#include "config_table.h"
#include "context_private.h"
#include "error.h"
#include "fit_loop.h"
#include "out_file.h"
#include "out_lock.h"
#include "predict_loop.h"
#include "rows.h"
#include "struct_size.h"

enum { MOST_CLUSTERS = 65536, MOST_SAMPLES = 65536 };

static cludi_status check_clusters(int32_t clusters, const cludi_source *X, cludi_error *error)
{
    if (clusters < 2 || clusters > MOST_CLUSTERS)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "K is %d; it must be between 2 and %d.", clusters,
                         (int)MOST_CLUSTERS);
    if (clusters > X->rows)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "K is %d, but X has only %lld rows; K must not exceed the rows.",
                         clusters, (long long)X->rows);
    return CLUDI_OK;
}

/* What both ways of fitting have in common before the rows are looked at. */
static cludi_status begin_fit(const cludi_context *context, const cludi_config *theirs, cludi_config *config,
                              cludi_model **model, cludi_error *error)
{
    config_table_defaults(config);
    if (model)
        *model = NULL;
    if (!context || !model)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", context ? "model" : "context");
    TRY(theirs ? struct_size_take(&SHAPE_CONFIG, config, theirs, error) : CLUDI_OK);
    return config_table_check(config, error);
}

/* ---- checkpoints ---- */

typedef struct keeping {
    const char *path;
    checkpoint_identity identity;
} keeping;

static cludi_status save_checkpoint(void *user, const checkpoint_state *state, cludi_error *error)
{
    const keeping *k = user;
    return checkpoint_file_save(k->path, &k->identity, state, error);
}

static void tell_resume(const cludi_context *context, bool found, const checkpoint_state *state)
{
    if (found && start_checkpoint_is(state))
        message_log(&context->messages, CLUDI_LOG_INFO, "Going on in the search for the first partition, from \"%s\".",
                    context->checkpoint.path);
    else if (found)
        message_log(&context->messages, CLUDI_LOG_INFO, "Going on after step %lld, from \"%s\".",
                    (long long)state->number[STATE_DONE], context->checkpoint.path);
    else
        message_log(&context->messages, CLUDI_LOG_INFO,
                    "There is no checkpoint \"%s\": training begins at its beginning.", context->checkpoint.path);
}

static cludi_status go_on(cludi_context *context, fit_args *args, cludi_model **model, cludi_error *error)
{
    const cludi_checkpoint *checkpoint = &context->checkpoint;
    checkpoint_state state = {0};
    bool found = false;
    keeping k = {checkpoint->path, {args->be, args->seed, args->X->cols, args->X->rows, args->clusters, args->config}};
    cludi_status status =
        checkpoint->resume ? checkpoint_file_load(k.path, &k.identity, &state, &found, error) : CLUDI_OK;
    const checkpoint_writer writer = {.every_seconds = checkpoint->every_seconds,
                                      .every_steps = checkpoint->every_steps,
                                      .from = found ? &state : NULL,
                                      .name = k.path,
                                      .write = save_checkpoint,
                                      .user = &k};
    args->writer = &writer;
    if (status == CLUDI_OK && checkpoint->resume)
        tell_resume(context, found, &state);
    if (status == CLUDI_OK)
        status = fit_loop_run(args, model, error);
    checkpoint_state_clear(&state);
    return status;
}

/* Two trainings that leave their states in one file would go on from each other's. */
static cludi_status fit_kept(cludi_context *context, fit_args *args, cludi_model **model, cludi_error *error)
{
    out_lock lock;
    cludi_status status = out_lock_take(&lock, context->checkpoint.path, error);
    if (status == CLUDI_OK)
        status = go_on(context, args, model, error);
    out_lock_release(&lock);
    return status;
}

static cludi_status check_checkpoint(const cludi_checkpoint *checkpoint, cludi_error *error)
{
    if (!checkpoint->path || !*checkpoint->path)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "checkpoint has no path.");
    if (!(checkpoint->every_seconds >= 0) || checkpoint->every_steps < 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "checkpoint has every_seconds %g and every_steps %lld; neither may be negative.",
                         checkpoint->every_seconds, (long long)checkpoint->every_steps);
    return CLUDI_OK;
}

void cludi_checkpoint_init_sized(cludi_checkpoint *checkpoint, size_t size)
{
    const cludi_checkpoint ours = {.every_seconds = 60};
    struct_size_begin(&SHAPE_CHECKPOINT, checkpoint, size, &ours);
}

void(cludi_checkpoint_init)(cludi_checkpoint *checkpoint)
{
    cludi_checkpoint_init_sized(checkpoint, SHAPE_CHECKPOINT.first);
}

cludi_status cludi_fit_set_checkpoint(cludi_context *context, const cludi_checkpoint *theirs, cludi_error *error)
{
    char *path = NULL;
    cludi_checkpoint checkpoint = {0};
    if (!context)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "context is NULL.");
    if (theirs) {
        cludi_checkpoint_init(&checkpoint);
        TRY(struct_size_take(&SHAPE_CHECKPOINT, &checkpoint, theirs, error));
        TRY(check_checkpoint(&checkpoint, error));
        path = alloc_array(&context->allocator, (int64_t)strlen(checkpoint.path) + 1, 1);
        if (!path)
            return error_memory(error, "the path of a checkpoint");
        strcpy(path, checkpoint.path);
    }
    alloc_free(&context->allocator, (char *)context->checkpoint.path);
    context->checkpoint = checkpoint;
    context->checkpoint.path = path;
    return CLUDI_OK;
}

/* ---- spaces ---- */

cludi_status cludi_fit_set_spaces(cludi_context *context, const int64_t *widths, int32_t count, cludi_error *error)
{
    feature_spaces spaces = {.count = count};
    if (!context || (count > 0 && !widths))
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", context ? "widths" : "context");
    if (count < 0 || count > INPUT_MOST_SPACES)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "count is %d; it must be between 0 and %d.", (int)count,
                         (int)INPUT_MOST_SPACES);
    for (int32_t i = 0; i < count; i++) {
        if (widths[i] < 1 || widths[i] > INT32_MAX)
            return error_set(error, CLUDI_ERROR_ARGUMENT, "widths[%d] is %lld; it must be between 1 and %ld.", (int)i,
                             (long long)widths[i], (long)INT32_MAX);
        spaces.width[i] = widths[i];
    }
    context->spaces = spaces;
    return CLUDI_OK;
}

cludi_status cludi_checkpoint_remove(const char *path, cludi_error *error)
{
    return path ? out_file_remove(path, error) : error_set(error, CLUDI_ERROR_ARGUMENT, "path is NULL.");
}

/* ---- fit ---- */

static cludi_status fit_rows(cludi_context *context, const cludi_source *X, int32_t clusters,
                             const cludi_config *config, cludi_model **model, cludi_error *error)
{
    TRY(check_clusters(clusters, X, error));
    stoppable_source stoppable = {X, &context->stop};
    const cludi_source rows = stoppable_source_rows(&stoppable);
    fit_args args = {.be = &context->be,
                     .messages = &context->messages,
                     .seed = context->seed,
                     .X = &rows,
                     .clusters = clusters,
                     .config = config,
                     .profile = &context->profile,
                     .sum = context->sum,
                     .spaces = context->spaces};
    context_forget_prediction(context);
    stop_request_begin(&context->stop);
    if (context->checkpoint.path && method_of(config)->store)
        return fit_kept(context, &args, model, error);
    return fit_loop_run(&args, model, error);
}

cludi_status cludi_fit(cludi_context *context, const cludi_matrix *X, int32_t clusters, const cludi_config *config,
                       cludi_model **model, cludi_error *error)
{
    cludi_config ours;
    TRY(begin_fit(context, config, &ours, model, error));
    TRY(rows_check_matrix(X, 1, error));
    const cludi_source rows = rows_of_matrix(X);
    return fit_rows(context, &rows, clusters, &ours, model, error);
}

cludi_status cludi_fit_source_sized(cludi_context *context, const cludi_source *theirs, size_t size, int32_t clusters,
                                    const cludi_config *config, cludi_model **model, cludi_error *error)
{
    cludi_config ours;
    cludi_source X;
    TRY(begin_fit(context, config, &ours, model, error));
    TRY(struct_size_take_source(&X, theirs, size, error));
    TRY(rows_check_source(theirs ? &X : NULL, 1, error));
    if (X.sequential)
        return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                         "X can only be read in order, but training takes its rows in random order; read them into a "
                         "matrix, or from a file that is neither zipped nor in Fortran order.");
    return fit_rows(context, &X, clusters, &ours, model, error);
}

cludi_status(cludi_fit_source)(cludi_context *context, const cludi_source *X, int32_t clusters,
                               const cludi_config *config, cludi_model **model, cludi_error *error)
{
    return cludi_fit_source_sized(context, X, sizeof(cludi_source_0_1), clusters, config, model, error);
}

cludi_status(cludi_source_check)(cludi_context *context, const cludi_source *X, cludi_error *error)
{
    return cludi_source_check_sized(context, X, sizeof(cludi_source_0_1), error);
}

cludi_status cludi_source_check_sized(cludi_context *context, const cludi_source *theirs, size_t size,
                                      cludi_error *error)
{
    cludi_source X;
    if (!context)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "context is NULL.");
    TRY(struct_size_take_source(&X, theirs, size, error));
    TRY(rows_check_source(theirs ? &X : NULL, 1, error));
    stoppable_source stoppable = {&X, &context->stop};
    const cludi_source rows = stoppable_source_rows(&stoppable);
    stop_request_begin(&context->stop);
    return rows_visit(&rows, &context->allocator, NULL, NULL, error);
}

cludi_status cludi_fit_get_profile(const cludi_context *context, cludi_profile *profile, cludi_error *error)
{
    if (!context || !profile)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", context ? "profile" : "context");
    TRY(struct_size_check(&SHAPE_PROFILE, profile, error));
    if (context->profile.phases == 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "Nothing was trained with this context yet, or by a method that has no phases.");
    struct_size_give(profile, &context->profile);
    return CLUDI_OK;
}

void cludi_predict_options_init_sized(cludi_predict_options *options, size_t size)
{
    const cludi_predict_options ours = {0};
    struct_size_begin(&SHAPE_PREDICT_OPTIONS, options, size, &ours);
}

void(cludi_predict_options_init)(cludi_predict_options *options)
{
    cludi_predict_options_init_sized(options, SHAPE_PREDICT_OPTIONS.first);
}

/* How long a row takes is not for a file to decide. */
static cludi_status check_unasked(const predict_request *args, const cludi_predict_options *options, cludi_error *error)
{
    const cludi_config *config = &args->model->info.config;
    const int64_t draws = options->draws != 0 ? 1 : config->draws;
    const int64_t steps = options->denoise_steps != 0 ? 1 : config->denoise_steps;
    const bool fits = draws * steps <= PREDICT_MOST_UNASKED && steps <= PREDICT_MOST_UNASKED_STEPS;
    if (!args->model->how->uses_draws || !args->model->from_file || fits)
        return CLUDI_OK;
    return error_set(
        error, CLUDI_ERROR_ARGUMENT,
        "The model asks for draws %d and denoise_steps %d, %lld times the denoiser for each row; more than %d "
        "times, or %d steps, have to be asked for, by giving draws and denoise_steps.",
        config->draws, config->denoise_steps, (long long)config->draws * config->denoise_steps,
        (int)PREDICT_MOST_UNASKED, (int)PREDICT_MOST_UNASKED_STEPS);
}

/* Fills in the model's own settings where the options say 0. */
static cludi_status choose_options(predict_request *args, const cludi_predict_options *theirs, cludi_error *error)
{
    const cludi_config *config = &args->model->info.config;
    cludi_predict_options options = {0};
    TRY(theirs ? struct_size_take(&SHAPE_PREDICT_OPTIONS, &options, theirs, error) : CLUDI_OK);
    args->draws = options.draws != 0 ? options.draws : config->draws;
    args->adaptive = options.adaptive != 0;
    args->denoise_steps = options.denoise_steps != 0 ? options.denoise_steps : config->denoise_steps;
    if (args->draws < 1 || args->draws > MOST_SAMPLES)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "draws is %d; it must be between 1 and %d.", args->draws,
                         (int)MOST_SAMPLES);
    if (args->denoise_steps < 1 || args->denoise_steps > config->diffusion_steps)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "denoise_steps is %d; it must be between 1 and %d.",
                         args->denoise_steps, config->diffusion_steps);
    return check_unasked(args, &options, error);
}

cludi_status cludi_predict(cludi_context *context, const cludi_model *model, const cludi_matrix *X,
                           const cludi_predict_options *options, const cludi_prediction *out, cludi_error *error)
{
    if (!context || !model || !out)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", !context ? "context" : !model ? "model" : "out");
    predict_request args = {.be = &context->be,
                            .messages = &context->messages,
                            .seed = context->seed,
                            .model = model,
                            .X = X,
                            .kept = &context->prediction};
    cludi_status status = choose_options(&args, options, error);
    stop_request_begin(&context->stop);
    if (status == CLUDI_OK && X && X->cols != model->info.features)
        status = error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld columns; the model was trained on %lld.",
                           (long long)X->cols, (long long)model->info.features);
    if (status == CLUDI_OK)
        status = rows_check(X, 1, error);
    if (!prediction_is_of(context->prediction, model))
        context_forget_prediction(context);
    return status == CLUDI_OK ? predict_loop_run(&args, out, error) : status;
}
