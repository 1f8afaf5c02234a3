/* The adaptive layer norm and the gated residual of S3, forward beside backward. A modulation row is [a b g]. */
#include "real.h"

enum { COLUMN_BLOCK = 64 };

static const real LAYER_NORM_EPSILON = (real)1e-5;

static void norm_row(real *out, const real *v, int64_t w, const real *modulation, real *stats)
{
    real mean = row_sum(v, w) / (real)w;
    for (int64_t j = 0; j < w; j++)
        out[j] = v[j] - mean;
    real rstd = 1 / real_sqrt(row_dot(out, out, w) / (real)w + LAYER_NORM_EPSILON);
    if (stats) {
        stats[0] = mean;
        stats[1] = rstd;
    }
    if (modulation)
        for (int64_t j = 0; j < w; j++)
            out[j] = out[j] * rstd * (1 + modulation[j]) + modulation[w + j];
    else
        for (int64_t j = 0; j < w; j++)
            out[j] *= rstd;
}

/* u = LN(v) (1 + a) + b; stats (rows, 2) = mean and 1 / deviation of each row of v */
static void norm_modulate(backend *be, tensor u, tensor stats, tensor v, tensor modulation, int64_t group)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(v))) schedule(static)
    for (int64_t r = 0; r < v.rows; r++)
        norm_row(row_of(u, r), row_of(v, r), v.cols, modulation.data ? row_of(modulation, r / group) : NULL,
                 stats.data ? row_of(stats, r) : NULL);
}

/* With xh = LN(v) and q = du (1 + a): dv += rstd (q - mean(q) - xh mean(q xh)). */
static void norm_row_backward(real *dv, const real *du, const real *v, int64_t w, const real *modulation,
                              const real *stats)
{
    const real mean = stats[0], rstd = stats[1];
    real lanes_q[LANES] = {0}, lanes_qx[LANES] = {0};
    for (int64_t j = 0; j < w; j += LANES)
        for (int64_t i = 0; i < (w - j < LANES ? w - j : LANES); i++) {
            real q = modulation ? du[j + i] * (1 + modulation[j + i]) : du[j + i];
            lanes_q[i] += q;
            lanes_qx[i] += q * ((v[j + i] - mean) * rstd);
        }
    const real mean_q = lanes_sum(lanes_q) / (real)w, mean_qx = lanes_sum(lanes_qx) / (real)w;
    for (int64_t j = 0; j < w; j++) {
        real q = modulation ? du[j] * (1 + modulation[j]) : du[j];
        dv[j] += rstd * (q - mean_q - (v[j] - mean) * rstd * mean_qx);
    }
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

static void norm_modulate_backward(backend *be, tensor dv, tensor dmodulation, tensor du, tensor v,
                                   const norm_saved *saved)
{
    const tensor modulation = saved->modulation, stats = saved->stats;
    const int64_t group = saved->group, blocks = (v.cols + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
#pragma omp parallel num_threads(threads_for(be, size_of(v)))
    {
#pragma omp for schedule(static)
        for (int64_t r = 0; r < v.rows; r++)
            norm_row_backward(row_of(dv, r), row_of(du, r), row_of(v, r), v.cols,
                              modulation.data ? row_of(modulation, r / group) : NULL, row_of(stats, r));
#pragma omp for schedule(static)
        for (int64_t task = 0; task < (modulation.data ? v.rows / group * blocks : 0); task++)
            modulation_sums(dmodulation, du, v, saved, task);
    }
}

/* v = from + (1 + g) o */
static void gate_add(backend *be, tensor v, tensor from, tensor o, tensor modulation, int64_t group)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(v))) schedule(static)
    for (int64_t r = 0; r < v.rows; r++) {
        real *out = row_of(v, r);
        const real *in = row_of(from, r), *add = row_of(o, r), *gate = row_of(modulation, r / group) + 2 * v.cols;
        for (int64_t j = 0; j < v.cols; j++)
            out[j] = in[j] + (1 + gate[j]) * add[j];
    }
}

/* d_o = dv (1 + g), dg = sum over the group's rows of dv o; a task is one group and one block of columns */
static void gate_add_backward(backend *be, tensor d_o, tensor dmodulation, tensor dv, tensor o, const norm_saved *saved)
{
    const int64_t w = dv.cols, group = saved->group, blocks = (w + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
#pragma omp parallel for num_threads(threads_for(be, size_of(dv))) schedule(static)
    for (int64_t task = 0; task < dv.rows / group * blocks; task++) {
        const int64_t view = task / blocks, j0 = task % blocks * COLUMN_BLOCK;
        const int64_t count = w - j0 < COLUMN_BLOCK ? w - j0 : COLUMN_BLOCK;
        const real *gate = row_of(saved->modulation, view) + 2 * w + j0;
        real sum[COLUMN_BLOCK] = {0};
        for (int64_t r = view * group; r < (view + 1) * group; r++) {
            real *out = row_of(d_o, r) + j0;
            const real *slope = row_of(dv, r) + j0, *added = row_of(o, r) + j0;
            for (int64_t j = 0; j < count; j++) {
                sum[j] += slope[j] * added[j];
                out[j] = slope[j] * (1 + gate[j]);
            }
        }
        for (int64_t j = 0; j < count; j++)
            row_of(dmodulation, view)[2 * w + j0 + j] = sum[j];
    }
}

void KERNEL(ref_norm_modulate)(backend_ops *ops)
{
    ops->norm_modulate = norm_modulate;
    ops->norm_modulate_backward = norm_modulate_backward;
    ops->gate_add = gate_add;
    ops->gate_add_backward = gate_add_backward;
}
