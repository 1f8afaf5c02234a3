#include "vote_codes.h"

#include "alloc.h"
#include "error.h"
#include "rng.h"

cludi_status vote_codes_init(vote_codes *v, cludi_error *error)
{
    v->sums = alloc_zeroed(v->allocator, v->rows, (size_t)v->width * sizeof *v->sums);
    v->code = alloc_array(v->allocator, v->clusters, (size_t)v->width * sizeof *v->code);
    return v->sums && v->code ? CLUDI_OK : error_memory(error, "the votes for a first partition");
}

void vote_codes_clear(vote_codes *v)
{
    if (!v->allocator)
        return;
    alloc_free(v->allocator, v->sums);
    alloc_free(v->allocator, v->code);
    *v = (vote_codes){0};
}

void vote_codes_add(vote_codes *v, const int32_t *labels, int32_t voter, float weight)
{
    const rng_stream stream = {v->seed, RNG_VOTES, (uint32_t)voter};
    for (int32_t k = 0; k < v->clusters; k++)
        rng_normal(stream, (uint64_t)k, v->code + (int64_t)k * v->width, v->width);
    for (int64_t i = 0; i < v->rows; i++) {
        const float *code = v->code + (int64_t)labels[i] * v->width;
        float *sums = v->sums + i * v->width;
        for (int32_t j = 0; j < v->width; j++)
            sums[j] += weight * code[j];
    }
}
