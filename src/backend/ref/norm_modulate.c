/* The adaptive layer norm of S3, forward beside backward, and the backward of the gated residual (its forward is
   linear_gate). A modulation row is [a b g]. */
#include "real.h"

enum { COLUMN_BLOCK = PIECE };

static const real LAYER_NORM_EPSILON = (real)1e-5;

/* Row r of u = LN(v) (1 + a) + b, with [a b ..] = modulation; NULL: LN(v). */
static void norm_row(tensor u, int64_t r, const real *v, const real *modulation, real stats[2])
{
    const int64_t w = u.cols;
    const real share = 1 / (real)w, mean = stats[0] = share * row_sum(v, w);
    const real rstd = stats[1] = 1 / real_sqrt(share * row_scatter(v, mean, w) + LAYER_NORM_EPSILON);
    const real *a = modulation, *b = modulation ? modulation + w : NULL;
    int64_t j = 0;
    for (; modulation && j + LANES <= w; j += LANES)
        store_lanes(u, r, j,
                    (*(const lanes *)(v + j) - mean) * rstd * (1 + *(const lanes *)(a + j)) + *(const lanes *)(b + j));
    for (; j + LANES <= w; j += LANES)
        store_lanes(u, r, j, (*(const lanes *)(v + j) - mean) * rstd);
    real rest[PIECE];
    for (int64_t i = j; i < w; i++)
        rest[i - j] = modulation ? (v[i] - mean) * rstd * (1 + a[i]) + b[i] : (v[i] - mean) * rstd;
    store_piece(u, r, j, rest, w - j);
}

typedef struct norm_loop {
    tensor u, stats, v, modulation;
    int64_t group;
} norm_loop;

static void norm_rows(const void *loop, int64_t first, int64_t last)
{
    const norm_loop *l = loop;
    for (int64_t r = first; r < last; r++) {
        real own[2];
        norm_row(l->u, r, row_of(l->v, r), l->modulation.data ? row_of(l->modulation, r / l->group) : NULL,
                 l->stats.data ? row_of(l->stats, r) : own);
    }
}

/* u = LN(v) (1 + a) + b; stats (rows, 2) = mean and 1 / deviation of each row of v */
static void norm_modulate(backend *be, tensor u, tensor stats, tensor v, tensor modulation, int64_t group)
{
    backend_loop(be, size_of(v), v.rows, norm_rows, &(norm_loop){u, stats, v, modulation, group});
}

/* With xh = LN(v) and q = du (1 + a): dv += rstd (q - mean(q) - xh mean(q xh)). */
static void norm_row_backward(real *dv, const real *du, const real *v, int64_t w, const real *modulation,
                              const real *stats)
{
    const real mean = stats[0], rstd = stats[1];
    lanes sum_q = {0}, sum_qx = {0};
    int64_t j = 0;
    for (; j + LANES <= w; j += LANES) {
        lanes q = *(const lanes *)(du + j);
        if (modulation)
            q *= 1 + *(const lanes *)(modulation + j);
        sum_q += q;
        sum_qx += q * ((*(const lanes *)(v + j) - mean) * rstd);
    }
    for (; j < w; j++) {
        const real q = modulation ? du[j] * (1 + modulation[j]) : du[j];
        sum_q[j % LANES] += q;
        sum_qx[j % LANES] += q * ((v[j] - mean) * rstd);
    }
    const real mean_q = lanes_sum(sum_q) / (real)w, mean_qx = lanes_sum(sum_qx) / (real)w;
    for (j = 0; j < w; j++) {
        const real q = modulation ? du[j] * (1 + modulation[j]) : du[j];
        dv[j] += rstd * (q - mean_q - (v[j] - mean) * rstd * mean_qx);
    }
}

typedef struct norm_backward_loop {
    tensor dv, dmodulation, du, v;
    const norm_saved *saved;
} norm_backward_loop;

static void norm_rows_backward(const void *loop, int64_t first, int64_t last)
{
    const norm_backward_loop *l = loop;
    const tensor modulation = l->saved->modulation;
    for (int64_t r = first; r < last; r++)
        norm_row_backward(row_of(l->dv, r), row_of(l->du, r), row_of(l->v, r), l->v.cols,
                          modulation.data ? row_of(modulation, r / l->saved->group) : NULL, row_of(l->saved->stats, r));
}

/* A task is one group and one block of columns; its sums over the rows: da = sum du xh, db = sum du. */
static void modulation_sums(tensor dmodulation, tensor du, tensor v, const norm_saved *saved, int64_t task)
{
    const int64_t w = v.cols, blocks = (w + COLUMN_BLOCK - 1) / COLUMN_BLOCK, group = saved->group;
    const int64_t first = task / blocks * group, j0 = task % blocks * COLUMN_BLOCK;
    real *out = row_of(dmodulation, task / blocks);
    const int64_t count = w - j0 < COLUMN_BLOCK ? w - j0 : COLUMN_BLOCK;
    real sum_a[COLUMN_BLOCK] = {0}, sum_b[COLUMN_BLOCK] = {0};
    for (int64_t r = first; r < first + group; r++) {
        const real *slope = row_of(du, r) + j0, *in = row_of(v, r) + j0, *stat = row_of(saved->stats, r);
        for (int64_t j = 0; j < count; j++) {
            sum_a[j] += slope[j] * ((in[j] - stat[0]) * stat[1]);
            sum_b[j] += slope[j];
        }
    }
    for (int64_t j = 0; j < count; j++) {
        out[j0 + j] = sum_a[j];
        out[w + j0 + j] = sum_b[j];
    }
}

static void sum_modulations(const void *loop, int64_t first, int64_t last)
{
    const norm_backward_loop *l = loop;
    for (int64_t task = first; task < last; task++)
        modulation_sums(l->dmodulation, l->du, l->v, l->saved, task);
}

static void norm_modulate_backward(backend *be, tensor dv, tensor dmodulation, tensor du, tensor v,
                                   const norm_saved *saved)
{
    const norm_backward_loop loop = {dv, dmodulation, du, v, saved};
    const int64_t blocks = (v.cols + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
    backend_loop(be, size_of(v), v.rows, norm_rows_backward, &loop);
    if (saved->modulation.data)
        backend_loop(be, size_of(v), v.rows / saved->group * blocks, sum_modulations, &loop);
}

typedef struct gate_loop {
    tensor d_o, dmodulation, dv, o;
    const norm_saved *saved;
} gate_loop;

static void gate_backward(const void *loop, int64_t first, int64_t last)
{
    const gate_loop *l = loop;
    const norm_saved *saved = l->saved;
    const tensor d_o = l->d_o, dmodulation = l->dmodulation, dv = l->dv, o = l->o;
    const int64_t w = dv.cols, group = saved->group, blocks = (w + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
    for (int64_t task = first; task < last; task++) {
        const int64_t view = task / blocks, j0 = task % blocks * COLUMN_BLOCK;
        const int64_t count = w - j0 < COLUMN_BLOCK ? w - j0 : COLUMN_BLOCK;
        const real *gate = row_of(saved->modulation, view) + 2 * w + j0;
        real sum[COLUMN_BLOCK] = {0};
        for (int64_t r = view * group; r < (view + 1) * group; r++) {
            const real *slope = row_of(dv, r) + j0, *added = row_of(o, r) + j0;
            real piece[PIECE];
            for (int64_t j = 0; j < count; j++) {
                sum[j] += slope[j] * added[j];
                piece[j] = slope[j] * (1 + gate[j]);
            }
            store_piece(d_o, r, j0, piece, count);
        }
        for (int64_t j = 0; j < count; j++)
            row_of(dmodulation, view)[2 * w + j0 + j] = sum[j];
    }
}

/* d_o = dv (1 + g), dg = sum over the group's rows of dv o; a task is one group and one block of columns */
static void gate_add_backward(backend *be, tensor d_o, tensor dmodulation, tensor dv, tensor o, const norm_saved *saved)
{
    const int64_t blocks = (dv.cols + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
    const gate_loop loop = {d_o, dmodulation, dv, o, saved};
    backend_loop(be, size_of(dv), dv.rows / saved->group * blocks, gate_backward, &loop);
}

void KERNEL(ref_norm_modulate)(backend_ops *ops)
{
    ops->norm_modulate = norm_modulate;
    ops->norm_modulate_backward = norm_modulate_backward;
    ops->gate_add_backward = gate_add_backward;
}
