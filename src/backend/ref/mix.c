/* The diffusion's linear combinations (S2, S5), the input of the denoiser (S3) and the corruption of features (S7). */
#include "real.h"

typedef struct corrupt_loop {
    tensor out, x;
    const corrupt_noise *noise;
    const corrupt_args *args;
} corrupt_loop;

static void corrupt_rows(const void *loop, int64_t first, int64_t last)
{
    const tensor out = ((const corrupt_loop *)loop)->out, x = ((const corrupt_loop *)loop)->x;
    const corrupt_noise *noise = ((const corrupt_loop *)loop)->noise;
    const corrupt_args *args = ((const corrupt_loop *)loop)->args;
    const real drop = (real)args->drop;
    for (int64_t r = first; r < last; r++) {
        real *y = row_of(out, r);
        const real *in = row_of(x, r % x.rows), *coin = row_of(noise->uniform, r), *e = row_of(noise->normal, r);
        const double variance = args->low + (args->high - args->low) * (double)row_of(noise->variance, 0)[r / x.rows];
        const real deviation = real_sqrt((real)(variance / (double)x.cols));
        for (int64_t j = 0; j < x.cols; j++)
            y[j] = (coin[j] >= drop ? in[j] : (real)0) + deviation * e[j];
    }
}

static void corrupt(backend *be, tensor out, tensor x, const corrupt_noise *noise, const corrupt_args *args)
{
    backend_loop(be, size_of(out), out.rows, corrupt_rows, &(corrupt_loop){out, x, noise, args});
}

typedef struct groups_loop {
    tensor y, x, a, e, b;
} groups_loop;

static void mix_rows(const void *loop, int64_t first, int64_t last)
{
    const groups_loop l = *(const groups_loop *)loop;
    const int64_t group = l.y.rows / l.a.cols;
    for (int64_t r = first; r < last; r++) {
        real *out = row_of(l.y, r);
        const real *in = row_of(l.x, r), *noise = row_of(l.e, r);
        const real ka = row_of(l.a, 0)[r / group], kb = row_of(l.b, 0)[r / group];
        for (int64_t j = 0; j < l.y.cols; j++)
            out[j] = ka * in[j] + kb * noise[j];
    }
}

static void mix_groups(backend *be, tensor y, tensor x, tensor a, tensor e, tensor b)
{
    backend_loop(be, size_of(y), y.rows, mix_rows, &(groups_loop){y, x, a, e, b});
}

typedef struct three_loop {
    real *out;
    const real *clean, *noise;
    real a, b, c;
} three_loop;

static void mix_some(const void *loop, int64_t first, int64_t last)
{
    const three_loop l = *(const three_loop *)loop;
    real *out = l.out;
    for (int64_t i = first; i < last; i++)
        out[i] = l.a * l.clean[i] + l.b * out[i] + l.c * l.noise[i];
}

static void mix_three(backend *be, tensor z, tensor z0, tensor e, const double abc[3])
{
    const three_loop loop = {z.data, z0.data, e.data, (real)abc[0], (real)abc[1], (real)abc[2]};
    backend_loop(be, size_of(z), size_of(z), mix_some, &loop);
}

typedef struct join_loop {
    tensor out, sc, z, factor;
} join_loop;

static void join_rows(const void *loop, int64_t first, int64_t last)
{
    const join_loop *l = loop;
    const tensor out = l->out, sc = l->sc, z = l->z, factor = l->factor;
    const int64_t d = z.cols, group = z.rows / factor.cols;
    for (int64_t r = first; r < last; r++)
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

static void join(backend *be, tensor out, tensor sc, tensor z, tensor factor)
{
    backend_loop(be, size_of(out), z.rows, join_rows, &(join_loop){out, sc, z, factor});
}

void KERNEL(ref_mix)(backend_ops *ops)
{
    ops->corrupt = corrupt;
    ops->mix_groups = mix_groups;
    ops->mix_three = mix_three;
    ops->join = join;
}
