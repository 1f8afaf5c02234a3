#include "checkpoint.h"

#include <math.h>
#include <string.h>

#include "error.h"

void checkpoint_store(const checkpoint_view *view, const row_mark *mark, checkpoint_state *state)
{
    const training_data *data = view->data;
    const int64_t number[STATE_NUMBERS] = {
        [STATE_DONE] = *view->done,
        [STATE_EPOCH] = mark->epoch,
        [STATE_NEXT] = mark->next,
        [STATE_REACH] = mark->reach,
        [STATE_EPOCH_ROWS] = *view->epoch_rows,
        [STATE_STEPS] = view->stopping->steps,
        [STATE_NEXT_PROBE] = view->stopping->next_probe,
        [STATE_PROBED] = *view->probed,
        [STATE_NEIGHBORS] = data->neighbors,
        [STATE_INIT_IS_TEACHER] = data->init_is_teacher,
    };
    const size_t K = (size_t)state->clusters;
    state->digest = data->order.digest;
    memcpy(state->number, number, sizeof number);
    param_set_copy_out(&view->step->params, HOST_F32, state->values);
    param_set_moments_out(&view->step->params, HOST_F32, state->m, state->v);
    if (state->start)
        memcpy(state->start, data->start, (size_t)state->start_rows * sizeof *state->start);
    memcpy(state->probe, view->probe, (size_t)state->probe_rows * sizeof *state->probe);
    memcpy(state->counts, view->counts, K * sizeof *state->counts);
    memcpy(state->last_counts, view->last_counts, K * sizeof *state->last_counts);
}

static bool within(int64_t x, int64_t least, int64_t most)
{
    return x >= least && x <= most;
}

static bool counts_are_whole(const double *counts, int64_t K)
{
    for (int64_t k = 0; k < K; k++)
        if (!(counts[k] >= 0 && counts[k] < 0x1p53 && floor(counts[k]) == counts[k]))
            return false;
    return true;
}

/* Everything that a file could have wrong; the start was checked when it was taken. */
static bool fits(const checkpoint_view *view, const checkpoint_state *s)
{
    const int64_t *n = s->number, rows = view->data->order.rows;
    return within(n[STATE_DONE], 0, n[STATE_STEPS] - 1) && within(n[STATE_STEPS], 1, view->stopping->steps) &&
           within(n[STATE_EPOCH], 0, UINT32_MAX) && within(n[STATE_REACH], 1, rows) &&
           within(n[STATE_NEXT], 0, n[STATE_REACH]) && (n[STATE_EPOCH] > 0 || n[STATE_NEXT] == n[STATE_REACH]) &&
           within(n[STATE_EPOCH_ROWS], 0, INT64_MAX / 2) && n[STATE_NEXT_PROBE] >= 0 && within(n[STATE_PROBED], 0, 1) &&
           s->total == param_specs_total(view->step->params.specs, view->step->params.count) &&
           s->probe_rows == view->step->N && counts_are_whole(s->counts, s->clusters) &&
           counts_are_whole(s->last_counts, s->clusters);
}

cludi_status checkpoint_load(const checkpoint_view *view, const checkpoint_state *s, const char *name,
                             cludi_error *error)
{
    const int64_t *n = s->number;
    const size_t K = (size_t)s->clusters;
    if (!fits(view, s))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" does not fit the training that it is of.", name);
    row_order_restore(&view->data->order, (uint32_t)n[STATE_EPOCH], n[STATE_REACH], n[STATE_NEXT]);
    param_set_copy_in(&view->step->params, HOST_F32, s->values);
    param_set_moments_in(&view->step->params, HOST_F32, s->m, s->v);
    view->stopping->steps = n[STATE_STEPS];
    view->stopping->next_probe = n[STATE_NEXT_PROBE];
    *view->done = n[STATE_DONE];
    *view->epoch_rows = n[STATE_EPOCH_ROWS];
    *view->probed = n[STATE_PROBED] == 1;
    memcpy(view->probe, s->probe, (size_t)s->probe_rows * sizeof *s->probe);
    memcpy(view->counts, s->counts, K * sizeof *s->counts);
    memcpy(view->last_counts, s->last_counts, K * sizeof *s->last_counts);
    return CLUDI_OK;
}
