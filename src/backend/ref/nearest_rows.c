/* The highest of a row's scores: a slice of rows is multiplied by the backend's product, and its scores are looked at
   while they are in cache. */
#include "real.h"

typedef struct nearest_loop {
    const backend *be;
    const nearest_out *out;
    const linear_operands *operands;
    real *tiles; /* (threads, BACKEND_SLICE, W.rows) */
} nearest_loop;

typedef struct best_score {
    real score;
    int32_t k;
    real overflow; /* 0, or NaN where a score is not finite */
} best_score;

static best_score best_of_few(const real *x, int64_t count)
{
    best_score best = {x[0], 0, 0};
    for (int64_t k = 0; k < count; k++) {
        const bool higher = x[k] > best.score;
        best.score = higher ? x[k] : best.score;
        best.k = higher ? (int32_t)k : best.k;
        best.overflow += 0 * x[k];
    }
    return best;
}

/* LANES maxima side by side, and where they are. */
#ifdef KERNEL_DOUBLE
typedef int64_t lane_index;
#else
typedef int32_t lane_index;
#endif
typedef lane_index indexes __attribute__((vector_size(LANES * sizeof(lane_index)), may_alias));
static const indexes FIRST_LANES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
typedef struct lane_bests {
    lanes score, overflow;
    indexes k;
} lane_bests;

static inline void look_at_lanes(lane_bests *best, const real *x, int64_t j)
{
    const lanes score = *(const lanes *)(x + j);
    const indexes higher = score > best->score, k = (lane_index)j + FIRST_LANES;
    best->score = (lanes)((higher & (indexes)score) | (~higher & (indexes)best->score));
    best->k = (higher & k) | (~higher & best->k);
    best->overflow += 0 * score;
}

/* The lowest k of the highest score. */
static inline best_score best_of_lanes(const lane_bests *all)
{
    best_score best = {all->score[0], (int32_t)all->k[0], lanes_sum(all->overflow)};
    for (int i = 1; i < LANES; i++) {
        const real score = all->score[i];
        const int32_t k = (int32_t)all->k[i];
        const bool better = (score > best.score) | ((score == best.score) & (k < best.k));
        best.score = better ? score : best.score;
        best.k = better ? k : best.k;
    }
    return best;
}

static best_score best_of(const real *x, int64_t count)
{
    if (count < LANES)
        return best_of_few(x, count);
    lane_bests best = {*(const lanes *)x, 0 * *(const lanes *)x, FIRST_LANES};
    int64_t j = LANES;
    for (; j + LANES <= count; j += LANES)
        look_at_lanes(&best, x, j);
    if (j < count)
        look_at_lanes(&best, x, count - LANES); /* some of them for the second time */
    return best_of_lanes(&best);
}

static void take_best(const nearest_out *out, int64_t place, best_score best)
{
    const float score = best.overflow == 0 ? (float)best.score : NAN;
    if (out->before > 0 && !(score > out->score[place]) && !isnan(score))
        return;
    out->label[place] = (int32_t)out->before + best.k;
    out->score[place] = out->before > 0 && isnan(out->score[place]) ? NAN : score;
}

static void look_at_slice(void *self, int worker, int64_t index)
{
    const nearest_loop *l = self;
    const nearest_out *out = l->out;
    const tensor x = l->operands->x, W = l->operands->W;
    const int64_t first = index * BACKEND_SLICE, left = x.rows - first;
    backend be = backend_worker(l->be);
    tensor y = {l->tiles + worker * BACKEND_SLICE * W.rows, left < BACKEND_SLICE ? left : BACKEND_SLICE, W.rows, false};
    be.ops.linear(&be, y, backend_rows(&be, x, first, y.rows), W, l->operands->b);
    for (int64_t r = 0; r < y.rows && first + r < out->rows; r++)
        for (int64_t g = 0; g < W.rows / out->group; g++)
            take_best(out, g * out->stride + first + r, best_of(row_of(y, r) + g * out->group, out->group));
}

static void nearest_rows(backend *be, const nearest_out *out, const linear_operands *operands, tensor scratch)
{
    enum { PRODUCT_ELEMENT = 64 }; /* multiplications that take as long as an element elsewhere */
    const tensor x = operands->x, W = operands->W;
    const int64_t work = x.rows * (x.cols * W.rows / PRODUCT_ELEMENT + W.rows);
    const backend runner = work < be->grain ? backend_worker(be) : *be;
    nearest_loop loop = {be, out, operands, scratch.data};
    host_each(&runner, (out->rows + BACKEND_SLICE - 1) / BACKEND_SLICE, look_at_slice, &loop);
}

void KERNEL(ref_nearest_rows)(backend_ops *ops)
{
    ops->nearest_rows = nearest_rows;
}
