#include "sampler.h"

#include "alloc.h"
#include "error.h"
#include "noise_schedule.h"

void sampler_layout(sampler *s, arena *a, const denoiser *net, int64_t N, int64_t B, int32_t S)
{
    s->net = net;
    s->S = S;
    denoiser_features_layout(&s->features, a, net, N, false);
    denoiser_times_layout(&s->times, a, net, S);
    denoiser_pass_layout(&s->pass, a, net, B * N, false);
    s->z = arena_take(a, B * N, net->d);
    s->input_scale = arena_take(a, S, 1);
}

/* Tables of the S times: sincos, input scale and the coefficients of each step but the last. */
static void fill_tables(sampler *s, const cludi_config *config, const double *ab, int32_t *grid)
{
    backend *be = s->net->be;
    noise_schedule_grid(grid, config->T, s->S);
    for (int32_t i = 0; i < s->S; i++) {
        double time[TIME_EMBEDDING], scale = 1 / noise_schedule_scale(ab[grid[i]], config->F);
        noise_schedule_time(time, grid[i]);
        be->ops.copy_in(be, backend_rows(be, s->times.table, i, 1), HOST_F64, time);
        be->ops.copy_in(be, backend_rows(be, s->input_scale, i, 1), HOST_F64, &scale);
        if (i + 1 < s->S)
            noise_schedule_reverse(s->reverse[i], ab[grid[i]], ab[grid[i + 1]], config->F);
    }
}

cludi_status sampler_init(sampler *s, const cludi_config *config, const double *ab, cludi_error *error)
{
    const cludi_allocator *allocator = &s->net->be->allocator;
    int32_t *grid = alloc_array(allocator, s->S + 1, sizeof *grid);
    s->F = config->F;
    s->reverse = alloc_zeroed(allocator, s->S, sizeof *s->reverse);
    if (grid && s->reverse)
        fill_tables(s, config, ab, grid);
    alloc_free(allocator, grid);
    return grid && s->reverse ? CLUDI_OK : error_memory(error, "the tables of the sampler");
}

void sampler_clear(sampler *s)
{
    if (s->net)
        alloc_free(&s->net->be->allocator, s->reverse);
    s->reverse = NULL;
}

void sampler_prepare(sampler *s)
{
    denoiser_times_forward(s->net, &s->times);
}

void sampler_run(sampler *s, const noise_source *noise)
{
    backend *be = s->net->be;
    denoiser_features_forward(s->net, &s->features);
    be->ops.scale(be, s->z, noise->get(noise->self, 0), s->F);
    be->ops.join(be, s->pass.input, (tensor){0}, s->z, backend_rows(be, s->input_scale, 0, 1));
    for (int32_t i = 0; i < s->S; i++) {
        denoiser_forward(s->net, &s->pass, &s->times, (time_rows){i, 1}, s->features.h);
        if (i + 1 == s->S)
            break;
        be->ops.mix_three(be, s->z, s->pass.z, noise->get(noise->self, i + 1), s->reverse[i]);
        be->ops.join(be, s->pass.input, s->pass.z, s->z, backend_rows(be, s->input_scale, i + 1, 1));
    }
}
