#include "checkpoint_state.h"

#include "error.h"

const char *checkpoint_state_name(checkpoint_state_number number)
{
    static const char *const NAMES[STATE_NUMBERS] = {"done",  "epoch",      "next",   "reach",     "epoch_rows",
                                                     "steps", "next_probe", "probed", "neighbors", "held"};
    return NAMES[number];
}

cludi_status checkpoint_state_allocate(checkpoint_state *s, const cludi_allocator *allocator, cludi_error *error)
{
    s->allocator = allocator;
    s->values = alloc_zeroed(allocator, s->total, sizeof *s->values);
    s->m = alloc_zeroed(allocator, s->total, sizeof *s->m);
    s->v = alloc_zeroed(allocator, s->total, sizeof *s->v);
    s->start = s->start_rows > 0 ? alloc_zeroed(allocator, s->start_rows, sizeof *s->start) : NULL;
    s->probe = alloc_zeroed(allocator, s->probe_rows, sizeof *s->probe);
    s->counts = alloc_zeroed(allocator, s->clusters, sizeof *s->counts);
    s->last_counts = alloc_zeroed(allocator, s->clusters, sizeof *s->last_counts);
    const bool complete =
        s->values && s->m && s->v && (s->start || s->start_rows == 0) && s->probe && s->counts && s->last_counts;
    return complete ? CLUDI_OK : error_memory(error, "the state of the training");
}

void checkpoint_state_clear(checkpoint_state *s)
{
    void *const arrays[] = {s->values, s->m, s->v, s->start, s->probe, s->counts, s->last_counts};
    for (size_t i = 0; s->allocator && i < sizeof arrays / sizeof *arrays; i++)
        alloc_free(s->allocator, arrays[i]);
    *s = (checkpoint_state){0};
}
