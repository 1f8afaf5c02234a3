#include "start_run.h"

#include <math.h>

#include "error.h"
#include "rows.h"

enum { MOST_ROUNDS = 300, FEW_ROUNDS = 25, LEAST_WIDE = 10, LEAST_MIDDLE = 8, LEAST_NARROW = 6 };
static const double TOLERANCE = 1e-4, PART_OF_CLUSTER = 0.9;

static int pass_on(void *user, const cludi_progress *inner)
{
    const start_run *r = user;
    const cludi_progress progress = {.phase = CLUDI_PHASE_INIT,
                                     .step = r->done,
                                     .steps = r->all,
                                     .seconds = message_seconds() - r->started,
                                     .clusters = r->args->clusters};
    (void)inner;
    return r->args->messages ? message_progress(r->args->messages, &progress) : 0;
}

static int32_t at_least(double number, int32_t least, int32_t known)
{
    const int32_t count = number < least ? least : (int32_t)number;
    return count < known ? count : known;
}

static void set_widths(start_run *r, double wide)
{
    const int32_t known = r->args->graph->degree;
    r->wide = at_least(wide, LEAST_WIDE, known);
    r->middle = at_least(rint(2 * wide / 3), LEAST_MIDDLE, known);
    r->narrow = at_least(rint(wide / 3), LEAST_NARROW, known);
}

void start_run_begin(start_run *r, const start_args *args)
{
    const double rows = (double)args->X->rows / args->clusters;
    *r = (start_run){.args = args, .started = message_seconds()};
    r->within = (callbacks){.progress = pass_on, .progress_user = r};
    if (args->graph)
        set_widths(r, fmin(fmax(rint(PART_OF_CLUSTER * rows), LEAST_WIDE), START_NEIGHBORS));
}

void start_run_widen(start_run *r)
{
    set_widths(r, START_NEIGHBORS);
}

cludi_status start_run_status(cludi_status status, cludi_error *error)
{
    return status == CLUDI_STOPPED ? error_set(error, CLUDI_STOPPED, "Training was stopped before its first step.")
                                   : status;
}

cludi_status start_run_step(start_run *r, cludi_error *error)
{
    r->done++;
    return start_run_status(pass_on(r, NULL) ? CLUDI_STOPPED : CLUDI_OK, error);
}

cludi_status start_run_means(const start_run *r, const start_means *what, kmeans_result *result, cludi_error *error)
{
    const cludi_source source = rows_of_matrix(what->rows);
    const kmeans_args args = {.be = r->args->be,
                              .messages = &r->within,
                              .X = &source,
                              .clusters = what->clusters,
                              .starts = what->starts,
                              .rounds = what->initial                             ? what->rounds
                                        : r->args->clusters > START_MANY_CLUSTERS ? FEW_ROUNDS
                                                                                  : MOST_ROUNDS,
                              .tolerance = what->initial ? 0 : TOLERANCE,
                              .initial = what->initial,
                              .seed = what->seed};
    return kmeans_run(&args, result, error);
}
