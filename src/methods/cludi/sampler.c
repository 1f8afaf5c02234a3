#include "sampler.h"

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "noise_schedule.h"

static int64_t round_up(const sampler *s, int64_t rows)
{
    const int64_t multiple = s->net->be->row_multiple;
    return (rows + multiple - 1) / multiple * multiple;
}

/* A multiple of the backend's rows, or all of a view. On a device all views lie in one block. */
static void choose_block(sampler *s)
{
    const backend *be = s->net->be;
    s->together = be->block_rows == BACKEND_ALL_ROWS ? s->N : 0;
    s->block = round_up(s, backend_block(be, s->together > 0 ? s->B * s->N : s->N));
    if (s->together == 0 && s->block > s->N)
        s->block = s->N;
}

cludi_status sampler_begin(sampler *s, const denoiser *net, int64_t N, int64_t B, int32_t S, cludi_error *error)
{
    *s = (sampler){.net = net, .N = N, .B = B, .S = S, .workers = backend_workers(net->be)};
    choose_block(s);
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
    s->h = arena_take(a, s->N, s->net->w);
    s->z = arena_take(a, sampler_rows(s), d);
    for (int i = 0; i < s->workers; i++) {
        sampler_worker *w = &s->team[i];
        w->features.s = arena_take_operand(a, s->block, s->net->w);
        denoiser_pass_layout(&w->pass, a, s->net, s->block, false);
        w->zt = arena_take(a, s->block, d);
        w->eps = arena_take(a, s->block, d);
    }
}

/* Tables of the S times: sincos, input scale and the coefficients of each step but the last. */
static void fill_tables(sampler *s, const cludi_config *config, const double *ab, int32_t *grid)
{
    backend *be = s->net->be;
    noise_schedule_grid(grid, config->diffusion_steps, s->S);
    for (int32_t i = 0; i < s->S; i++) {
        double time[TIME_EMBEDDING], scale = 1 / noise_schedule_scale(ab[grid[i]], config->noise_scale);
        noise_schedule_time(time, grid[i]);
        be->ops.copy_in(be, backend_rows(be, s->times.table, i, 1), HOST_F64, time);
        be->ops.copy_in(be, backend_rows(be, s->input_scale, i, 1), HOST_F64, &scale);
        if (i + 1 < s->S)
            noise_schedule_reverse(s->reverse[i], ab[grid[i]], ab[grid[i + 1]], config->noise_scale);
    }
}

cludi_status sampler_init(sampler *s, const cludi_config *config, const double *ab, cludi_error *error)
{
    const cludi_allocator *allocator = &s->net->be->allocator;
    int32_t *grid = alloc_array(allocator, s->S + 1, sizeof *grid);
    s->F = config->noise_scale;
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

/* The noise of a block, or of all views' rows that lie together and zeros behind them. */
static void draw(const sampler *s, backend *be, tensor eps, noise_part part)
{
    if (s->together == 0) {
        s->noise->fill(s->noise->self, be, eps, part);
        return;
    }
    const int64_t drawn = s->together * s->B;
    for (part.view = 0; part.view < s->B; part.view++)
        s->noise->fill(s->noise->self, be, backend_rows(be, eps, part.view * s->together, s->together), part);
    be->ops.zero(be, backend_rows(be, eps, drawn, eps.rows - drawn));
}

/* z_T to z_0 of one block; pass has its rows, h those of one view. */
static void walk(const sampler *s, sampler_worker *w, denoiser_pass *pass, tensor h, noise_part part)
{
    backend *be = &w->be;
    const tensor zt = backend_rows(be, w->zt, 0, pass->z.rows), eps = backend_rows(be, w->eps, 0, pass->z.rows);
    draw(s, be, eps, part);
    be->ops.scale(be, zt, eps, s->F);
    be->ops.join(be, pass->input, (tensor){0}, zt, backend_rows(be, s->input_scale, 0, 1));
    for (int32_t i = 0; i < s->S; i++) {
        denoiser_forward(&w->net, pass, &s->times, (time_rows){i, 1}, h);
        if (i + 1 == s->S || stop_request_stopped(be->stop))
            break;
        part.step = i + 1;
        draw(s, be, eps, part);
        be->ops.mix_three(be, zt, pass->z, eps, s->reverse[i]);
        be->ops.join(be, pass->input, pass->z, zt, backend_rows(be, s->input_scale, i + 1, 1));
    }
}

static int64_t block_rows(const sampler *s, int64_t first)
{
    return min_int(s->N - first, s->block);
}

static void feature_block(void *self, int worker, int64_t index)
{
    const sampler *s = self;
    sampler_worker *w = &s->team[worker];
    const int64_t first = index * s->block, count = block_rows(s, first);
    denoiser_features features = {.x = backend_rows(&w->be, s->x, first, count),
                                  .s = backend_rows(&w->be, w->features.s, 0, count),
                                  .h = backend_rows(&w->be, s->h, first, count)};
    denoiser_features_forward(&w->net, &features);
}

/* Tasks are the blocks of the first view, then those of the second. */
static void sample_block(void *self, int worker, int64_t index)
{
    const sampler *s = self;
    sampler_worker *w = &s->team[worker];
    const int64_t blocks = (s->N + s->block - 1) / s->block, view = index / blocks;
    const int64_t first = index % blocks * s->block, count = block_rows(s, first);
    denoiser_pass pass = denoiser_pass_rows(&w->net, &w->pass, 0, count);
    pass.z = backend_rows(&w->be, s->z, view * s->N + first, count);
    walk(s, w, &pass, backend_rows(&w->be, s->h, first, count), (noise_part){view, first, count, 0});
}

int64_t sampler_rows(const sampler *s)
{
    return s->together > 0 ? round_up(s, s->together * s->B) : s->N * s->B;
}

static void sample_together(void *self, int worker, int64_t index)
{
    const sampler *s = self;
    sampler_worker *w = &s->team[worker];
    const int64_t rows = sampler_rows(s);
    (void)index;
    denoiser_pass pass = denoiser_pass_rows(&w->net, &w->pass, 0, rows);
    pass.z = backend_rows(&w->be, s->z, 0, rows);
    walk(s, w, &pass, backend_rows(&w->be, s->h, 0, s->together), (noise_part){0, 0, s->together, 0});
}

void sampler_run(sampler *s, const noise_source *noise)
{
    const backend_ops *ops = &s->net->be->ops;
    const int64_t blocks = (s->N + s->block - 1) / s->block;
    s->noise = noise;
    ops->for_each(s->net->be, blocks, feature_block, s);
    if (s->together > 0)
        ops->for_each(s->net->be, 1, sample_together, s);
    else
        ops->for_each(s->net->be, s->B * blocks, sample_block, s);
}
