#include "checkpoint_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

static const double COARSE = 0x1p20;

const char *checkpoint_state_name(checkpoint_state_number number)
{
    static const char *const NAMES[STATE_NUMBERS] = {"done",       "epoch",  "next",      "reach",          "steps",
                                                     "next_probe", "probed", "neighbors", "init_is_teacher"};
    return NAMES[number];
}

cludi_status checkpoint_state_add(checkpoint_state *s, const char *name, checkpoint_kind kind, int64_t count,
                                  cludi_error *error)
{
    if (s->count == CHECKPOINT_MOST_ARRAYS)
        return error_set(error, CLUDI_ERROR_FORMAT, "A checkpoint has more than %d arrays.", CHECKPOINT_MOST_ARRAYS);
    checkpoint_array *array = &s->array[s->count];
    *array = (checkpoint_array){.kind = kind, .count = count};
    snprintf(array->name, sizeof array->name, "%s", name);
    array->data = alloc_zeroed(s->allocator, count * (int64_t)kind, sizeof *array->data);
    s->count += array->data != NULL;
    return array->data ? CLUDI_OK : error_memory(error, "the state of the training");
}

void checkpoint_state_clear(checkpoint_state *s)
{
    for (int i = 0; i < s->count; i++)
        alloc_free(s->allocator, s->array[i].data);
    *s = (checkpoint_state){0};
}

float *checkpoint_state_find(const checkpoint_state *s, const char *name, checkpoint_kind kind, int64_t count)
{
    for (int i = 0; i < s->count; i++)
        if (strcmp(s->array[i].name, name) == 0)
            return s->array[i].kind == kind && s->array[i].count == count ? s->array[i].data : NULL;
    return NULL;
}

void checkpoint_put_clusters(checkpoint_state *s, const char *name, const int32_t *from, int64_t count)
{
    float *to = checkpoint_state_find(s, name, CHECKPOINT_FLOATS, count);
    for (int64_t i = 0; i < count; i++)
        to[i] = (float)from[i];
}

void checkpoint_put_whole(checkpoint_state *s, const char *name, const double *from, int64_t count)
{
    float *to = checkpoint_state_find(s, name, CHECKPOINT_WHOLE, count);
    for (int64_t i = 0; i < count; i++) {
        const double coarse = floor(from[i] / COARSE);
        to[i] = (float)coarse;
        to[count + i] = (float)(from[i] - coarse * COARSE);
    }
}

void checkpoint_put_reals(checkpoint_state *s, const char *name, const double *from, int64_t count)
{
    float *to = checkpoint_state_find(s, name, CHECKPOINT_REALS, count);
    for (int64_t i = 0; i < count; i++) {
        double rest = from[i];
        for (int part = 0; part < 3; part++) {
            to[part * count + i] = (float)rest;
            rest -= (double)to[part * count + i];
        }
    }
}

bool checkpoint_get_clusters(const checkpoint_state *s, const char *name, int32_t *to, int64_t count, int32_t clusters)
{
    const float *from = checkpoint_state_find(s, name, CHECKPOINT_FLOATS, count);
    for (int64_t i = 0; from && i < count; i++) {
        if (!(from[i] >= 0 && from[i] < (float)clusters && floorf(from[i]) == from[i]))
            return false;
        to[i] = (int32_t)from[i];
    }
    return from;
}

bool checkpoint_get_whole(const checkpoint_state *s, const char *name, double *to, int64_t count)
{
    const float *from = checkpoint_state_find(s, name, CHECKPOINT_WHOLE, count);
    for (int64_t i = 0; from && i < count; i++) {
        to[i] = COARSE * (double)from[i] + (double)from[count + i];
        if (!(to[i] >= 0 && to[i] < 0x1p53 && floor(to[i]) == to[i]))
            return false;
    }
    return from;
}

bool checkpoint_get_reals(const checkpoint_state *s, const char *name, double *to, int64_t count)
{
    const float *from = checkpoint_state_find(s, name, CHECKPOINT_REALS, count);
    for (int64_t i = 0; from && i < count; i++)
        to[i] = (double)from[i] + ((double)from[count + i] + (double)from[2 * count + i]);
    return from;
}
