#include "sampler.h"

#include "alloc.h"
#include "error.h"
#include "noise_schedule.h"

enum { BLOCK_PASS_ROWS = 128 };

/* About 128 pass rows, so that three tensors of them stay in a core's cache; a multiple of the backend's rows. */
static int64_t choose_block(const backend *be, int64_t B)
{
    const int64_t rows = BLOCK_PASS_ROWS / B / be->row_multiple * be->row_multiple;
    return rows > 0 ? rows : be->row_multiple;
}

cludi_status sampler_begin(sampler *s, const denoiser *net, int64_t N, int64_t B, int32_t S, cludi_error *error)
{
    *s = (sampler){.net = net, .N = N, .B = B, .S = S, .workers = backend_workers(net->be)};
    const int64_t block = choose_block(net->be, B);
    s->block = block < N ? block : N;
    s->team = alloc_zeroed(&net->be->allocator, s->workers, sizeof *s->team);
    if (!s->team)
        return error_memory(error, "the workers of the sampler");
    for (int i = 0; i < s->workers; i++) {
        s->team[i].be = backend_worker(net->be);
        s->team[i].net = *net;
        s->team[i].net.be = &s->team[i].be;
    }
    return CLUDI_OK;
}

void sampler_layout(sampler *s, arena *a)
{
    const int64_t d = s->net->d;
    denoiser_times_layout(&s->times, a, s->net, s->S);
    s->input_scale = arena_take(a, s->S, 1);
    s->x = arena_take(a, s->N, s->net->n);
    s->z = arena_take(a, s->B * s->N, d);
    for (int i = 0; i < s->workers; i++) {
        sampler_worker *w = &s->team[i];
        w->features.s = arena_take(a, s->block, s->net->w);
        w->features.h = arena_take(a, s->block, s->net->w);
        denoiser_pass_layout(&w->pass, a, s->net, s->B * s->block, false);
        w->zt = arena_take(a, s->B * s->block, d);
        w->eps = arena_take(a, s->B * s->block, d);
    }
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
    if (!s->net)
        return;
    alloc_free(&s->net->be->allocator, s->reverse);
    alloc_free(&s->net->be->allocator, s->team);
    *s = (sampler){0};
}

void sampler_prepare(sampler *s)
{
    denoiser_times_forward(s->net, &s->times);
}

/* z_T to z_0 of one block; h and pass have the block's rows. */
static void walk(const sampler *s, sampler_worker *w, denoiser_pass *pass, tensor h, noise_part part)
{
    backend *be = &w->be;
    const tensor zt = backend_rows(be, w->zt, 0, pass->z.rows), eps = backend_rows(be, w->eps, 0, pass->z.rows);
    s->noise->fill(s->noise->self, be, eps, part);
    be->ops.scale(be, zt, eps, s->F);
    be->ops.join(be, pass->input, (tensor){0}, zt, backend_rows(be, s->input_scale, 0, 1));
    for (int32_t i = 0; i < s->S; i++) {
        denoiser_forward(&w->net, pass, &s->times, (time_rows){i, 1}, h);
        if (i + 1 == s->S)
            break;
        part.step = i + 1;
        s->noise->fill(s->noise->self, be, eps, part);
        be->ops.mix_three(be, zt, pass->z, eps, s->reverse[i]);
        be->ops.join(be, pass->input, pass->z, zt, backend_rows(be, s->input_scale, i + 1, 1));
    }
}

static void sample_block(void *self, int worker, int64_t index)
{
    const sampler *s = self;
    sampler_worker *w = &s->team[worker];
    const int64_t first = index * s->block, count = s->N - first < s->block ? s->N - first : s->block;
    denoiser_features features = denoiser_features_rows(&w->net, &w->features, 0, count);
    denoiser_pass pass = denoiser_pass_rows(&w->net, &w->pass, 0, s->B * count);
    features.x = backend_rows(&w->be, s->x, first, count);
    denoiser_features_forward(&w->net, &features);
    walk(s, w, &pass, features.h, (noise_part){first, count, 0});
    for (int64_t b = 0; b < s->B; b++)
        w->be.ops.copy(&w->be, backend_rows(&w->be, s->z, b * s->N + first, count),
                       backend_rows(&w->be, pass.z, b * count, count));
}

void sampler_run(sampler *s, const noise_source *noise)
{
    s->noise = noise;
    s->net->be->ops.for_each(s->net->be, (s->N + s->block - 1) / s->block, sample_block, s);
}
