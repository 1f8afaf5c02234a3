/* The diffusion's linear combinations (S2, S5), the input of the denoiser (S3) and the corruption of features (S7). */
#include "real.h"

static void corrupt(backend *be, tensor out, tensor x, const corrupt_noise *noise, const corrupt_args *args)
{
    const real drop = (real)args->drop;
#pragma omp parallel for num_threads(threads_for(be, size_of(out))) schedule(static)
    for (int64_t r = 0; r < out.rows; r++) {
        real *y = row_of(out, r);
        const real *in = row_of(x, r % x.rows), *coin = row_of(noise->uniform, r), *e = row_of(noise->normal, r);
        const double variance = args->low + (args->high - args->low) * (double)row_of(noise->variance, 0)[r / x.rows];
        const real deviation = real_sqrt((real)(variance / (double)x.cols));
        for (int64_t j = 0; j < x.cols; j++)
            y[j] = (coin[j] >= drop ? in[j] : (real)0) + deviation * e[j];
    }
}

static void mix_groups(backend *be, tensor y, tensor x, tensor a, tensor e, tensor b)
{
    const int64_t group = y.rows / a.cols;
#pragma omp parallel for num_threads(threads_for(be, size_of(y))) schedule(static)
    for (int64_t r = 0; r < y.rows; r++) {
        real *out = row_of(y, r);
        const real *in = row_of(x, r), *noise = row_of(e, r);
        const real ka = row_of(a, 0)[r / group], kb = row_of(b, 0)[r / group];
        for (int64_t j = 0; j < y.cols; j++)
            out[j] = ka * in[j] + kb * noise[j];
    }
}

static void mix_three(backend *be, tensor z, tensor z0, tensor e, const double abc[3])
{
    const real a = (real)abc[0], b = (real)abc[1], c = (real)abc[2];
    real *out = z.data;
    const real *clean = z0.data, *noise = e.data;
#pragma omp parallel for num_threads(threads_for(be, size_of(z))) schedule(static)
    for (int64_t i = 0; i < size_of(z); i++)
        out[i] = a * clean[i] + b * out[i] + c * noise[i];
}

static void join(backend *be, tensor out, tensor sc, tensor z, tensor factor)
{
    const int64_t d = z.cols, group = z.rows / factor.cols;
#pragma omp parallel for num_threads(threads_for(be, size_of(out))) schedule(static)
    for (int64_t r = 0; r < z.rows; r++)
        for (int64_t j = 0; j < d; j += PIECE) {
            const int64_t count = d - j < PIECE ? d - j : PIECE;
            real left[PIECE], right[PIECE];
            for (int64_t i = 0; i < count; i++) {
                left[i] = sc.data ? row_of(sc, r)[j + i] : (real)0;
                right[i] = row_of(z, r)[j + i] * row_of(factor, 0)[r / group];
            }
            store_piece(out, r, j, left, count);
            store_piece(out, r, d + j, right, count);
        }
}

void KERNEL(ref_mix)(backend_ops *ops)
{
    ops->corrupt = corrupt;
    ops->mix_groups = mix_groups;
    ops->mix_three = mix_three;
    ops->join = join;
}
