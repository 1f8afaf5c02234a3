#include "checkpoint.h"

#include <string.h>

#include "error.h"

static cludi_status add_arrays(checkpoint *c, cludi_error *error)
{
    const checkpoint_view *v = &c->view;
    cludi_status status = CLUDI_OK;
    c->state = (checkpoint_state){.allocator = &v->fit->be->allocator};
    if (v->fit->data->start)
        status = checkpoint_state_add(&c->state, "start", CHECKPOINT_FLOATS, v->fit->data->sample_rows, error);
    if (status == CLUDI_OK)
        status = checkpoint_state_add(&c->state, "probe", CHECKPOINT_FLOATS, v->probe_rows, error);
    return status == CLUDI_OK ? v->fit->how->add_state(v->self, &c->state, error) : status;
}

static bool within(int64_t x, int64_t min, int64_t max)
{
    return x >= min && x <= max;
}

/* Everything that a file could have wrong; the start was checked when it was taken. */
static bool numbers_fit(const checkpoint_view *view, const int64_t *n)
{
    return within(n[STATE_DONE], 0, n[STATE_STEPS] - 1) && within(n[STATE_STEPS], 1, view->stopping->steps) &&
           within(n[STATE_EPOCH], 0, UINT32_MAX) && within(n[STATE_REACH], 1, view->fit->data->order.rows) &&
           within(n[STATE_NEXT], 0, n[STATE_REACH]) && (n[STATE_EPOCH] > 0 || n[STATE_NEXT] == n[STATE_REACH]) &&
           n[STATE_NEXT_PROBE] >= 0 && within(n[STATE_PROBED], 0, 1);
}

static cludi_status load(checkpoint *c, cludi_error *error)
{
    const checkpoint_view *v = &c->view;
    const checkpoint_state *from = v->fit->data->from;
    const int64_t *n = from->number;
    if (from->count != c->state.count || !numbers_fit(v, n) ||
        !checkpoint_get_clusters(from, "probe", v->probe, v->probe_rows, v->fit->clusters) ||
        !v->fit->how->load(v->self, from))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" does not match the training that it was written by.",
                         c->to->name);
    row_order_restore(&v->fit->data->order, (uint32_t)n[STATE_EPOCH], n[STATE_REACH], n[STATE_NEXT]);
    v->stopping->steps = n[STATE_STEPS];
    v->stopping->next_probe = n[STATE_NEXT_PROBE];
    *v->done = n[STATE_DONE];
    *v->probed = n[STATE_PROBED] == 1;
    return CLUDI_OK;
}

cludi_status checkpoint_begin(checkpoint *c, const checkpoint_writer *to, const checkpoint_view *view,
                              cludi_error *error)
{
    *c = (checkpoint){.to = to, .view = *view, .written_at = message_seconds()};
    cludi_status status = to ? add_arrays(c, error) : CLUDI_OK;
    if (status == CLUDI_OK && to && view->fit->data->from)
        status = load(c, error);
    c->written = c->tried = *view->done;
    checkpoint_mark(c);
    return status;
}

void checkpoint_end(checkpoint *c)
{
    checkpoint_state_clear(&c->state);
}

void checkpoint_mark(checkpoint *c)
{
    const row_order *order = &c->view.fit->data->order;
    c->epoch = order->epoch;
    c->next = order->next;
    c->reach = order->reach;
}

void checkpoint_store(checkpoint *c)
{
    const checkpoint_view *v = &c->view;
    const training_data *data = v->fit->data;
    const int64_t number[STATE_NUMBERS] = {
        [STATE_DONE] = *v->done,
        [STATE_EPOCH] = c->epoch,
        [STATE_NEXT] = c->next,
        [STATE_REACH] = c->reach,
        [STATE_STEPS] = v->stopping->steps,
        [STATE_NEXT_PROBE] = v->stopping->next_probe,
        [STATE_PROBED] = *v->probed,
        [STATE_NEIGHBORS] = data->neighbors,
        [STATE_INIT_IS_TEACHER] = data->init_is_teacher,
    };
    c->state.digest = data->order.digest;
    memcpy(c->state.number, number, sizeof number);
    if (data->start)
        checkpoint_put_clusters(&c->state, "start", data->start, data->sample_rows);
    checkpoint_put_clusters(&c->state, "probe", v->probe, v->probe_rows);
    v->fit->how->store(v->self, &c->state);
}

cludi_status checkpoint_write(checkpoint *c, cludi_error *error)
{
    const cludi_status status = c->to->write(c->to->user, &c->state, error);
    c->written = status == CLUDI_OK ? c->state.number[STATE_DONE] : c->written;
    c->tried = *c->view.done;
    c->written_at = message_seconds();
    return status;
}

static bool is_due(const checkpoint *c)
{
    const checkpoint_writer *to = c->to;
    const int64_t done = *c->view.done;
    if (!to || done == c->view.stopping->steps)
        return false;
    return (to->every_steps > 0 && done - c->tried >= to->every_steps) ||
           (to->every_seconds > 0 && message_seconds() - c->written_at >= to->every_seconds);
}

/* What is said once is known. */
void checkpoint_when_due(checkpoint *c)
{
    cludi_error why = {0};
    if (!is_due(c))
        return;
    checkpoint_store(c);
    if (checkpoint_write(c, &why) == CLUDI_OK || strcmp(why.message, c->warned.message) == 0)
        return;
    message_log(c->view.fit->messages, CLUDI_LOG_WARNING, "The state of the training was not kept: %s", why.message);
    c->warned = why;
}
