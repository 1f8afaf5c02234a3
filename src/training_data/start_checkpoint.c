#include "start_checkpoint.h"

#include <math.h>
#include <string.h>

#include "error.h"

bool start_checkpoint_is(const checkpoint_state *from)
{
    return from && checkpoint_state_find(from, "voters", CHECKPOINT_FLOATS, 1);
}

static cludi_status refuse(const start_checkpoint *s, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has votes for a first partition that do not fit these rows.",
                     s->to->name);
}

static bool is_label(float x, int32_t clusters)
{
    return x >= -1 && x < (float)clusters && floorf(x) == x;
}

static cludi_status load(start_checkpoint *s, int32_t clusters, cludi_error *error)
{
    const float *known = checkpoint_state_find(s->to->from, "voters", CHECKPOINT_FLOATS, 1);
    const float *votes = checkpoint_state_find(s->to->from, "votes", CHECKPOINT_FLOATS, s->votes.most * s->rows);
    if (!known || !votes || !is_label(*known, s->votes.most + 1) || *known < 0)
        return refuse(s, error);
    s->votes.known = s->written = s->tried = (int32_t)*known;
    for (int64_t i = 0; i < s->votes.known * s->rows; i++) {
        const bool none = votes[i - i % s->rows] == -1; /* the whole voter has no partition */
        if (!is_label(votes[i], clusters) || none != (votes[i] == -1))
            return refuse(s, error);
        s->votes.labels[i] = (int32_t)votes[i];
    }
    return CLUDI_OK;
}

/* A full disk does not end a training, for the next time may go well: it is a warning. What is said once is known. */
static cludi_status keep(void *user, cludi_error *error)
{
    start_checkpoint *s = user;
    cludi_error why = {0};
    (void)error;
    const bool due = (s->to->every_steps > 0 && s->votes.known - s->tried >= s->to->every_steps) ||
                     (s->to->every_seconds > 0 && message_seconds() - s->tried_at >= s->to->every_seconds);
    if (!due || start_checkpoint_write(s, &why) == CLUDI_OK || strcmp(why.message, s->warned.message) == 0)
        return CLUDI_OK;
    message_log(s->messages, CLUDI_LOG_WARNING, "The state of the training was not kept: %s", why.message);
    s->warned = why;
    return CLUDI_OK;
}

cludi_status start_checkpoint_begin(start_checkpoint *s, int32_t voters, int32_t clusters, cludi_error *error)
{
    if (!s->to)
        return CLUDI_OK;
    s->votes = (start_votes){.most = voters, .keep = keep, .user = s};
    s->votes.labels = alloc_array(s->allocator, voters * s->rows, sizeof *s->votes.labels);
    s->tried_at = message_seconds();
    if (!s->votes.labels)
        return error_memory(error, "the votes for the first partition");
    return start_checkpoint_is(s->to->from) ? load(s, clusters, error) : CLUDI_OK;
}

void start_checkpoint_clear(start_checkpoint *s)
{
    if (s->allocator)
        alloc_free(s->allocator, s->votes.labels);
    s->votes = (start_votes){0};
}

cludi_status start_checkpoint_write(start_checkpoint *s, cludi_error *error)
{
    checkpoint_state state = {.allocator = s->allocator, .digest = s->digest};
    if (!s->to || s->votes.known == s->written)
        return CLUDI_OK;
    cludi_status status = checkpoint_state_add(&state, "votes", CHECKPOINT_FLOATS, s->votes.most * s->rows, error);
    if (status == CLUDI_OK)
        status = checkpoint_state_add(&state, "voters", CHECKPOINT_FLOATS, 1, error);
    if (status == CLUDI_OK) {
        for (int64_t i = 0; i < s->votes.known * s->rows; i++)
            state.array[0].data[i] = (float)s->votes.labels[i];
        state.array[1].data[0] = (float)s->votes.known;
        status = s->to->write(s->to->user, &state, error);
    }
    checkpoint_state_clear(&state);
    s->written = status == CLUDI_OK ? s->votes.known : s->written;
    s->tried = s->votes.known;
    s->tried_at = message_seconds();
    return status;
}
