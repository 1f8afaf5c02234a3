#include "plan.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>

#include "bounds.h"
#include "complain.h"
#include "words.h"

enum {
    EARLY_STEPS = 2,        /* weights are packed, memory is touched for the first time */
    MOST_GIVEN = 3,         /* steps whose teacher is the start */
    FEWEST_STEPS = 40,      /* of a training whose first steps are a share of all */
    MOST_STEPS = 100000000, /* of the parameter table */
    MOST_STARTS = 10,       /* of plain k-means */
    START_STEPS = 2,        /* of a start, beside its voters' */
    TINY_ROWS = 64,         /* of a fit that takes next to nothing */
    FIRST_ROWS = 1024,      /* of the smallest fit that is measured */
    STEP_ROWS = 8192,       /* of a fit for its steps alone */
    FEW_CLUSTERS = 8,       /* products of fewer are no faster */
    MANY_CLUSTERS = 257,    /* from here on a start has other voters (src/start/start_run.h) */
    ROWS_EACH = 50, /* of a cluster; more change nothing but their number: no graph has more neighbors of a row */
    FEW_EACH = 12
};
static const double BUDGET = 4.5; /* seconds of the larger fit */
static const double PATIENCE = 7; /* and of its start, if it takes longer than was thought */
/* Until two fits have told it. */
static const plan_growth CAREFUL = {0.1, 0.3, PLAN_ROUNDS};
static const double MOST_SLOWER = 2;  /* a search for communities has its ups and downs */
static const double LONG_VOTER = 3.5; /* seconds */
static const double STEP_UP = 1.5, STEP_DOWN = 0.85;

int plan_trial_refuse(const plan_job *job, const cludi_error *error)
{
    if (stop_signal_came()) {
        complain("Stopped.");
        return stop_signal_exit_code();
    }
    return complain_rows(job->request->data, error);
}

/* ---- how large a fit is tried ---- */

static plan_size make_size(const plan_job *job, const cludi_config *config, int64_t rows, int32_t clusters)
{
    plan_size size = job->size;
    size.is_alone = false;
    size.rows = rows;
    size.clusters = clusters;
    size.outline = fit_outline_of(config, rows, clusters);
    return size;
}

/* Where neighbors tell little there are fewer voters, the last of which are communities. */
static void set_voters(plan_size *size, int32_t voters)
{
    size->is_alone = voters > 1 && voters < size->outline.init_runs;
    if (!size->is_alone)
        return;
    size->outline.init_runs = voters;
    size->outline.init_kmeans = voters - 1;
    size->outline.init_spectral = 0;
}

/* A cluster has as many rows as in the whole, or ROWS_EACH, and there are fewer clusters where there are too few rows for all. */
static plan_size choose_size(const plan_job *job, const cludi_config *config, int64_t rows)
{
    const int32_t K = job->size.clusters;
    double each = fmin((double)job->size.rows / K, ROWS_EACH);
    int32_t least = K < MANY_CLUSTERS ? FEW_CLUSTERS : MANY_CLUSTERS;
    int64_t clusters = min_int(K, max_int(least, (int64_t)((double)rows / each)));
    return make_size(job, config, min_int(job->size.rows, max_int(rows, clusters)), (int32_t)clusters);
}

static plan_size choose_first(const plan_job *job, const cludi_config *config)
{
    double each = fmin((double)job->size.rows / job->size.clusters, FEW_EACH);
    int64_t many = job->size.clusters < MANY_CLUSTERS ? 0 : (int64_t)(MANY_CLUSTERS * each);
    return choose_size(job, config, max_int(FIRST_ROWS, many));
}

static double count_seconds(const plan_parts *parts)
{
    return parts->sampling + parts->neighbors + plan_scale_start(parts) + parts->refinement;
}

/* The largest that fits into the time; the first one again where no larger one does. */
static plan_size choose_second(const plan_job *job, const cludi_config *config, const plan_sample *sample,
                               const plan_measures *measures)
{
    const plan_size *first = &measures->trial;
    for (double rows = (double)min_int(job->size.rows, sample->rows); rows > (double)first->rows; rows *= STEP_DOWN) {
        plan_size size = choose_size(job, config, (int64_t)rows);
        if (first->is_alone)
            set_voters(&size, first->outline.init_runs);
        plan_parts parts = plan_scale(&measures->parts, first, &size, &measures->growth);
        bool is_whole = size.rows == job->size.rows && size.clusters == job->size.clusters;
        if (count_seconds(&parts) <= BUDGET - measures->plain / 2 &&
            (is_whole || (double)size.rows >= STEP_UP * (double)first->rows))
            return choose_size(job, config, (int64_t)rows);
    }
    return *first;
}

/* ---- one fit ---- */

/* What is asked for, but for less of what is repeated: fewer k-means, and the start is the teacher of a few steps alone, so that
   steps of both kinds are seen. Where all steps are of that kind, all are. */
static cludi_config choose_config(const plan_job *job)
{
    const cludi_fit_outline *outline = &job->size.outline;
    cludi_config config = job->request->config;
    bool is_mixed = outline->first_steps > 0 && outline->steps > outline->first_steps;
    config.steps = (int32_t)min_int(outline->steps, MOST_STEPS);
    config.epochs = job->request->method.has_steps ? 0 : config.epochs;
    config.init_runs = (int32_t)min_int(config.init_runs, MOST_STARTS);
    config.init_steps = is_mixed ? (int32_t)min_int(config.init_steps, MOST_GIVEN) : config.init_steps;
    return config;
}

/* Memory that earlier fits have left in pieces is no part of it. */
static int64_t find_peak(const plan_job *job)
{
    int64_t peak = process_memory(1);
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
    return min_int(peak, process_memory(0) + job->counts->peak - job->counts->live);
}

/* Of the watch all but the clock is set. Without a model and with EXIT_DONE the watch has ended it. */
static int fit_sample(const plan_job *job, plan_sample *sample, const plan_size *size, const cludi_config *config,
                      plan_measures *measures, cludi_model **model)
{
    cludi_error error;
    const cludi_source rows = plan_sample_show(sample, size->rows, 0);
    cludi_model_free(*model);
    *model = NULL;
    process_memory_restart();
    (void)counted_memory_restart(job->counts);
    cludi_status status = cludi_fit_source(job->context, &rows, size->clusters, config, model, &error);
    if (stop_signal_came() || (status != CLUDI_OK && status != CLUDI_STOPPED))
        return plan_trial_refuse(job, &error);
    int64_t given = sample->rows * sample->cols * (int64_t)sizeof(float) + size->rows * PLAN_ORDER_BYTES;
    int64_t held = size->outline.steps > 0 ? 0 : plan_scale_memory(size);
    if (*model) {
        measures->fit_memory = find_peak(job) - given - held - plan_scale_kept(size, size->rows);
        measures->model = *size;
    }
    measures->trial_rows = size->rows;
    measures->set_up = sample->trained_at - job->watch->began;
    return EXIT_DONE;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median time of k-means on smoothed rows. */
static double find_each(const plan_watch *watch, int32_t voters)
{
    double each[PLAN_MOST_VOTERS];
    for (int32_t v = 1; v < voters; v++)
        each[v - 1] = watch->voter[v + 1] - watch->voter[v];
    qsort(each, (size_t)max_int(0, voters - 1), sizeof *each, compare);
    return voters > 1 ? each[(voters - 1) / 2] : 0;
}

/* K-means, its consensus, communities, eigenvectors, their consensus: one step of the start each but for the voters' (cluster.h). */
static void note_start(const plan_watch *watch, plan_size *size, plan_parts *parts)
{
    cludi_fit_outline *outline = &size->outline;
    const double *at = watch->voter;
    set_voters(size, watch->steps - START_STEPS);
    int32_t all = outline->init_runs;
    int32_t means = outline->init_kmeans;
    int32_t vectors = outline->init_spectral;
    if (all == 1 || all + 2 >= PLAN_MOST_VOTERS) {
        parts->plain = watch->voted;
        return;
    }
    parts->plain = at[1];
    parts->smoothed = at[means + 1] - at[1];
    parts->each = find_each(watch, means);
    parts->communities = at[all + 1 - vectors] - at[means + 1] + watch->voted - at[all + 1];
    parts->spectral = at[all + 1] - at[all + 1 - vectors];
}

/* Seconds from the call to the end of all that comes before steps, which reports nothing, or to the end of the start. */
static int find_preparation(const plan_job *job, double *seconds)
{
    cludi_error error;
    cludi_profile profile = {.struct_size = sizeof profile};
    *seconds = job->watch->start_end - job->watch->began;
    if (!job->request->method.has_steps)
        return EXIT_DONE;
    if (cludi_fit_get_profile(job->context, &profile, &error) != CLUDI_OK)
        return complain_error(&error);
    *seconds = profile.phase[0].seconds;
    return EXIT_DONE;
}

static int note_parts(const plan_job *job, const plan_size *size, plan_measures *measures)
{
    const plan_watch *watch = job->watch;
    double seconds;
    double refinement = job->request->method.has_steps ? 0 : duration_now() - watch->start_end;
    TRY(find_preparation(job, &seconds));
    measures->trial = *size;
    measures->parts = (plan_parts){.neighbors = watch->neighbors,
                                   .refinement = refinement,
                                   .sampling = fmax(0, seconds - measures->set_up - watch->neighbors - watch->voted)};
    note_start(watch, &measures->trial, &measures->parts);
    return EXIT_DONE;
}

static int note_steps(const plan_job *job, plan_measures *measures)
{
    double seconds;
    const plan_watch *watch = job->watch;
    int64_t later = watch->done - watch->given;
    if (!job->request->method.has_steps)
        return EXIT_DONE;
    TRY(find_preparation(job, &seconds));
    double end = watch->began + seconds;
    measures->given_steps = watch->given;
    measures->given_step = plan_watch_given(watch);
    measures->early_steps = watch->settled;
    measures->early = watch->settled_at - end;
    measures->step = plan_watch_each(watch, watch->given > 0 ? (watch->last_at - watch->given_at) / (double)later
                                                             : measures->early / (double)later);
    measures->steps = watch->done;
    return EXIT_DONE;
}

/* ---- steps ---- */

static int32_t count_given(const plan_job *job, const cludi_config *config)
{
    cludi_fit_outline outline = fit_outline_of(config, job->input->rows.rows, job->size.clusters);
    return outline.steps > outline.first_steps ? (int32_t)outline.first_steps : 0;
}

/* Until the speed of the steps is known; the first `given` of them have a speed of their own. */
static int try_steps(const plan_job *job, plan_sample *sample, const plan_size *size, const cludi_config *config,
                     plan_measures *measures, cludi_model **model)
{
    int32_t given = count_given(job, config);
    given = given <= MOST_GIVEN || config->steps < job->size.outline.steps ? given : 0;
    plan_watch_begin(job->watch, given + EARLY_STEPS, given);
    job->watch->patience = measures->parts.plain > 0 ? PATIENCE : INFINITY;
    TRY(fit_sample(job, sample, size, config, measures, model));
    return *model ? note_steps(job, measures) : EXIT_DONE;
}

/* Rows for steps that begin from nothing: as many as a batch wants. */
static plan_size choose_bare(const plan_job *job, const cludi_config *config, const plan_sample *sample)
{
    const int64_t least = max_int(job->size.clusters, job->size.outline.batch_rows);
    const int64_t rows = max_int(least, min_int(sample->rows, STEP_ROWS));
    return make_size(job, config, min_int(rows, job->input->rows.rows), job->size.clusters);
}

/* The steps of a start that was of fewer clusters, or took too long: without a start, and those that it teaches as much faster
   or slower than the rest as they were. */
static int try_bare_steps(const plan_job *job, plan_sample *sample, cludi_config config, plan_measures *measures,
                          cludi_model **model)
{
    plan_measures taught = *measures;
    config.init_runs = 0;
    const plan_size size = choose_bare(job, &config, sample);
    TRY(try_steps(job, sample, &size, &config, measures, model));
    if (taught.steps > 0 && taught.step > 0) {
        measures->given_steps = 1;
        measures->given_step = taught.given_step / taught.step * measures->step;
    }
    return EXIT_DONE;
}

/* A method whose first steps are a share of all has to be tried twice: the second training has no more steps than the first one
   got to, so that it comes to the others. */
static int try_without_start(const plan_job *job, plan_sample *sample, plan_measures *measures, cludi_model **model)
{
    cludi_config config = choose_config(job);
    const int64_t rows = min_int(job->input->rows.rows, max_int(sample->rows, job->size.clusters));
    const plan_size size = make_size(job, &config, rows, job->size.clusters);
    TRY(try_steps(job, sample, &size, &config, measures, model));
    if (count_given(job, &config) > MOST_GIVEN) {
        config.steps = (int32_t)min_int(config.steps, max_int(measures->steps, FEWEST_STEPS));
        TRY(try_steps(job, sample, &size, &config, measures, model));
    }
    return note_parts(job, &size, measures);
}

/* ---- a method with a start ---- */

/* What a program's first fit or prediction takes longer: products are compiled and memory is touched. */
static int time_first_use(const plan_job *job, plan_sample *sample, const cludi_config *config, plan_measures *measures,
                          cludi_model **model)
{
    double seconds[2];
    const plan_size size = make_size(job, config, min_int(job->size.rows, TINY_ROWS), 2);
    for (int i = 0; i < 2; i++) {
        plan_watch_begin(job->watch, 0, 0);
        TRY(fit_sample(job, sample, &size, config, measures, model));
        seconds[i] = duration_now() - job->watch->began;
    }
    measures->first_use = fmax(0, seconds[0] - seconds[1]);
    return EXIT_DONE;
}

static int note_rounds(const cludi_model *model, plan_measures *measures)
{
    cludi_error error;
    cludi_model_info info = {.struct_size = sizeof info};
    if (cludi_model_get_info(model, &info, &error) != CLUDI_OK)
        return complain_error(&error);
    measures->growth.rounds = (double)max_int(info.steps, 1);
    return EXIT_DONE;
}

static int try_first(const plan_job *job, plan_sample *sample, const cludi_config *config, plan_measures *measures,
                     cludi_model **model)
{
    const plan_size size = choose_first(job, config);
    plan_watch_begin(job->watch, 0, 0);
    job->watch->until = PLAN_UNTIL_STEPS;
    TRY(fit_sample(job, sample, &size, config, measures, model));
    measures->growth = CAREFUL;
    TRY(note_parts(job, &size, measures));
    set_voters(&measures->whole, job->watch->steps - START_STEPS);
    return *model && !job->request->method.has_steps ? note_rounds(*model, measures) : EXIT_DONE;
}

/* A start that took too long: its voters so far, and of the rest what the smaller fit says. */
static void note_partly(const plan_watch *watch, const plan_size *size, plan_measures *measures)
{
    plan_size tried = *size;
    set_voters(&tried, watch->steps - START_STEPS);
    const cludi_fit_outline *outline = &tried.outline;
    const double *at = watch->voter;
    int32_t means = outline->init_kmeans;
    int32_t communities = outline->init_runs - means - outline->init_spectral;
    int32_t done = 0;
    plan_parts parts = plan_scale(&measures->parts, &measures->trial, size, &measures->growth);
    while (done + 1 < PLAN_MOST_VOTERS && at[done + 1] > 0)
        done++;
    done = (int32_t)min_int(done, means + 1 + communities);
    if (done < means + 1)
        return;
    parts.plain = at[1];
    parts.smoothed = at[means + 1] - at[1];
    parts.each = find_each(watch, means);
    if (done > means + 1)
        parts.communities = (at[done] - at[means + 1]) * communities / (done - means - 1);
    else
        parts.communities *= fmin(fmax((watch->voted - at[means + 1]) / parts.communities, 1), MOST_SLOWER);
    const double rounds = measures->growth.rounds;
    measures->growth = plan_scale_compare(&measures->parts, &measures->trial, &parts, &tried);
    measures->growth.rounds = rounds;
    measures->parts = parts;
    measures->trial = tried;
}

/* True in *is_done where the fit came to its end. */
static int try_second(const plan_job *job, plan_sample *sample, const plan_size *size, const cludi_config *config,
                      plan_measures *measures, cludi_model **model, bool *is_done)
{
    const plan_size first = measures->trial;
    const plan_parts parts = measures->parts;
    cludi_model *larger = NULL;
    plan_measures more = *measures;
    int code = try_steps(job, sample, size, config, &more, &larger);
    *is_done = code == EXIT_DONE && larger;
    if (code == EXIT_DONE && !larger)
        note_partly(job->watch, size, measures);
    if (!*is_done)
        return code;
    cludi_model_free(*model);
    *model = larger;
    *measures = more;
    TRY(note_parts(job, size, measures));
    measures->growth = plan_scale_compare(&parts, &first, &measures->parts, &measures->trial);
    return note_rounds(*model, measures);
}

/* Of a start with many voters: will all be asked? That is known after the first, which is not waited for where it takes long. */
static bool is_voter_short(const plan_job *job, const plan_size *size, const plan_measures *measures)
{
    plan_parts parts = plan_scale(&measures->parts, &measures->trial, size, &measures->growth);
    return size->outline.init_spectral > 0 && size->clusters == job->size.clusters && parts.plain <= LONG_VOTER;
}

/* The search alone, on as many rows as there are, and perhaps the first voter. */
static int try_search(const plan_job *job, plan_sample *sample, const cludi_config *config, plan_measures *measures)
{
    cludi_model *none = NULL;
    plan_measures unused = *measures;
    const plan_size *trial = &measures->trial;
    plan_size size = make_size(job, config, min_int(job->size.rows, sample->rows), job->size.clusters);
    size.clusters = size.rows < size.clusters ? trial->clusters : size.clusters;
    bool is_voter = is_voter_short(job, &size, measures);
    measures->search_rows = trial->rows;
    measures->search = measures->parts.neighbors;
    if ((double)size.rows < STEP_UP * (double)trial->rows || measures->search == 0)
        return EXIT_DONE;
    plan_watch_begin(job->watch, 0, 0);
    job->watch->until = is_voter ? PLAN_UNTIL_VOTER : PLAN_UNTIL_START;
    TRY(fit_sample(job, sample, &size, config, &unused, &none));
    measures->search_rows = size.rows;
    measures->search = job->watch->neighbors;
    if (!is_voter)
        return EXIT_DONE;
    measures->whole = job->size;
    set_voters(&measures->whole, job->watch->steps - START_STEPS);
    if (size.rows == job->size.rows) {
        measures->plain = job->watch->voter[1];
        measures->trial_starts = size.outline.init_starts;
        measures->second = job->watch->voter[2] - job->watch->voter[1];
    }
    return EXIT_DONE;
}

static bool is_enough(const plan_job *job, const plan_size *size)
{
    return !job->request->method.has_steps ||
           (size->clusters == job->size.clusters && size->rows >= job->size.outline.batch_rows);
}

int plan_trial_run(const plan_job *job, plan_sample *sample, plan_measures *measures, cludi_model **model)
{
    const cludi_config config = choose_config(job);
    bool is_done = false;
    measures->whole = job->size;
    if (job->size.outline.init_runs == 0) {
        TRY(try_without_start(job, sample, measures, model));
        return try_search(job, sample, &config, measures);
    }
    if (!job->request->method.has_steps && job->size.rows >= job->size.clusters)
        TRY(time_first_use(job, sample, &config, measures, model));
    TRY(try_first(job, sample, &config, measures, model));
    TRY(try_search(job, sample, &config, measures));
    const plan_size size = choose_second(job, &config, sample, measures);
    if (size.rows > measures->trial.rows || job->request->method.has_steps)
        TRY(try_second(job, sample, &size, &config, measures, model, &is_done));
    if (job->request->method.has_steps && (!is_done || !is_enough(job, &size)))
        TRY(try_bare_steps(job, sample, config, measures, model));
    return EXIT_DONE;
}
