/* The table every backend fills in. A backend owns memory and every operation of a training or sampling step; code
   above it never looks into a tensor except through copy_in and copy_out.

   Letters are those of docs/theory.md. "rows" are B * N rows, view after view. A group is a run of `group` consecutive
   rows that share something: a view (group = N), or all rows (group = rows). Row r belongs to group r / group.
   Results never depend on the number of threads: work is cut by shape alone and sums run in a fixed order.
   Operations cannot fail, except those that return a status; shapes are the caller's duty. */
#ifndef BACKEND_BACKEND_H
#define BACKEND_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cludi/context.h>
#include <cludi/status.h>

#include "parallel.h"
#include "rng.h"
#include "stop_request.h"
#include "top_lists.h"

/* A dense row-major matrix in a backend's memory. */
typedef struct tensor {
    void *data;   /* the backend's address; NULL = absent */
    int64_t rows; /* >= 0 */
    int64_t cols; /* >= 0 */
    bool bf16;    /* bf16 instead of the backend's number type; only where an operation says so */
} tensor;

typedef enum host_type { HOST_F32, HOST_F64 } host_type;
typedef enum reduce_op { REDUCE_SUM, REDUCE_MAX } reduce_op;

/* What products multiply. BF16: both operands rounded to bfloat16 (8 bits of mantissa), sums in float32. What only
   products read may then be kept in bf16; everything else, weights and gradients among it, is float32. */
typedef enum precision { PRECISION_F32, PRECISION_BF16 } precision;

/* One AdamW update. */
typedef struct adamw_args {
    double lr, weight_decay, beta1, beta2, epsilon, clip;
    int64_t step; /* 1 for the first */
} adamw_args;

/* S7. */
typedef struct corrupt_args {
    double drop;      /* a component is zeroed when its uniform number is below */
    double low, high; /* bounds of the noise variance, times n */
} corrupt_args;

typedef struct corrupt_noise {
    tensor uniform;  /* (B N, n) decides which components are zeroed */
    tensor variance; /* (1, B) uniform, one per view */
    tensor normal;   /* (B N, n) */
} corrupt_noise;

/* What the forward pass of an adaptive layer norm leaves for the backward. */
typedef struct norm_saved {
    tensor modulation; /* (groups, 3 w) or absent */
    tensor stats;      /* (rows, 2) mean and 1 / deviation */
    int64_t group;
} norm_saved;

/* A linear layer's operands. */
typedef struct linear_operands {
    tensor x, W, b; /* (rows, in) or bf16, (out, in), (1, out) or absent */
} linear_operands;

/* Where the output of a gated layer goes: v = from + (1 + g) o, S3. */
typedef struct gated_sum {
    tensor v, from, o; /* (rows, w); from may be v itself */
    tensor modulation; /* (groups, 3 w) rows [a b g] */
    int64_t group;
} gated_sum;

/* Two tensors to compare, and the weight of each group of rows. */
typedef struct error_pair {
    tensor a, b;   /* (rows, c) */
    tensor weight; /* (1, groups) */
    double coefficient;
    int64_t group;
} error_pair;

/* Two distributions over the clusters for each row, in logarithms. Row r meets row (r + offset) % log_b.rows of log_b. */
typedef struct pair_terms {
    tensor log_a;       /* (rows, K) log softmax of l / tau */
    tensor log_b;       /* (., K) constant */
    int64_t offset;     /* >= 0 */
    tensor shift;       /* (1, K), or absent: zeros */
    tensor weight;      /* (., 1), of row r % weight.rows; or absent: ones */
    double power;       /* of both distributions */
    double coefficient; /* multiplies the loss */
    double slope;       /* multiplies its gradient */
    double inverse_tau;
} pair_terms;

/* The teacher's side of the class loss: what the student is compared with. */
typedef struct class_targets {
    tensor p, g;        /* (rows, K), or (N, K) and then the same for every view: the mean over views */
    tensor weight;      /* (1, B) w of S11, one per view */
    double coefficient; /* multiplies the loss */
    double slope;       /* multiplies its gradients: coefficient times lambda */
    int64_t view;       /* N: rows of a view */
} class_targets;

/* One side of the class loss, S8-S10; all (rows, K) unless said. */
typedef struct class_side {
    tensor logits;      /* l */
    tensor log_row;     /* log softmax over k of l / tau */
    tensor column_lse;  /* (groups, K) log sum over rows of exp(l / tau_col) */
    tensor log_row_lse; /* (groups, K) log sum over rows of exp(log_row) */
    tensor shifted;     /* (groups, K) scratch: one of the two above less log(K pi_k) */
    tensor p;           /* column posterior, S8 */
    tensor g;           /* log row term, S9 */
    double inverse_tau, inverse_tau_col;
    int64_t group; /* rows over which column sums run */
} class_side;

/* What class_loss leaves for class_loss_backward, and its sums over the rows of each group. */
typedef struct class_gradients {
    tensor da, dg;         /* (rows, K) */
    tensor da_sum, dg_sum; /* (groups, K) */
} class_gradients;

/* One parameter tensor with its gradient, moments and the gradient's square sum (1, 1). */
typedef struct adamw_tensors {
    tensor p, g, m, v, square_sum;
} adamw_tensors;

/* A layer norm with weights of its own. */
typedef struct norm_weights {
    tensor weight, bias; /* (1, w) */
    double epsilon;      /* added to the variance */
} norm_weights;

/* What nearest_rows finds of each row among the columns of each group; in host memory, there once `finish` has returned. */
typedef struct nearest_out {
    int32_t *
        label; /* (groups, stride) the column with the highest score, counted within the group; the lowest of several */
    float *score;   /* (groups, stride) that score; NaN where a score of the group is not finite */
    int64_t stride; /* >= rows */
    int64_t rows;   /* that are wanted, <= x.rows: those behind them fill products up */
    int64_t group;  /* columns of a group; W.rows is a multiple */
    int64_t before; /* columns of the one group that came before W: label and score hold the best of them; 0: none */
} nearest_out;

/* Rows that meet others in top_rows, in blocks of TOP_BLOCK; zeros behind the last one fill its block. */
enum { TOP_BLOCK = 384 };
typedef struct top_panel {
    tensor x;           /* (rows of whole blocks, n) */
    const int32_t *row; /* (count) in host memory: their numbers, whose lists they are */
    int64_t count;      /* the last block begins before it */
} top_panel;

typedef enum top_mode {
    TOP_WITHIN,  /* the panels are the same rows: each pair of rows once, for both */
    TOP_BETWEEN, /* no row is in both: each pair once, for both */
    TOP_ONE_WAY  /* for the lists of `rows` alone; a row that is in both does not meet itself */
} top_mode;

typedef struct backend backend;

/* block_rows of a device: one task has all rows. */
#define BACKEND_ALL_ROWS INT64_MAX

/* Part `index` of some work, for for_each and host_each. */
typedef void backend_task(void *self, int worker, int64_t index);

typedef struct backend_ops {
    const char *name;
    size_t real_size; /* bytes of one number */

    /* -- memory ------------------------------------------------------------------------------------------------- */
    void *(*allocate)(backend *be, size_t bytes); /* aligned to 64, NULL when there is none */
    void (*release)(backend *be, void *block);    /* NULL is allowed */
    void (*copy_in)(backend *be, tensor to, host_type type, const void *from);
    void (*copy_out)(backend *be, host_type type, void *to, tensor from);
    /* to = (from - mean) scale in double, rounded to float32; square[r] = |to[r]|^2. from: (rows, n), mean: (n), square: (rows), in
       host memory; square is there once `finish` has returned. */
    void (*copy_in_centered)(backend *be, tensor to, float *square, const float *from, const double *mean,
                             double scale);
    void (*copy)(backend *be, tensor to, tensor from); /* to may be bf16, from too if to is */
    void (*zero)(backend *be, tensor x);
    /* Runs task(self, worker, i) for i = 0 .. tasks - 1, several at a time on different workers 0 .. backend_workers() - 1.
       Tasks must not touch each other's tensors, and must compute on backend_worker() copies. Once the call is to stop, tasks
       are left out; so are products. What they would have computed is then anything: backend_finish() tells. */
    void (*for_each)(backend *be, int64_t tasks, backend_task *task, void *self);
    /* Waits for everything asked for so far and reports what failed since the last call: CLUDI_ERROR_BACKEND. */
    cludi_status (*finish)(backend *be, cludi_error *error);
    void (*close)(backend *be); /* frees the backend's own state */

    /* -- random numbers: row r, column j of x is number j of row `first + r` of the stream ------------------------ */
    void (*fill_normal)(backend *be, tensor x, rng_stream stream, uint64_t first);
    void (*fill_uniform)(backend *be, tensor x, rng_stream stream, uint64_t first);
    /* Row r of x is row keys[r] of the stream. keys: (rows) in host memory, read during the call only. */
    void (*fill_normal_keyed)(backend *be, tensor x, rng_stream stream, const uint64_t *keys);

    /* -- products: W (out, in), b (1, out) or absent; x and dy may be bf16 where W was prepared, and in linear_dw ---- */
    /* These weights will be multiplied with many times before they change, in linear_dx too if `backward`. Call again after
       every change, and forget before their memory is freed. */
    void (*prepare)(backend *be, const tensor *weights, int count, bool backward);
    void (*forget)(backend *be, const tensor *weights, int count);
    void (*linear)(backend *be, tensor y, tensor x, tensor W, tensor b); /* y = x W^T + b; y may be bf16, with b */
    void (*linear_silu)(backend *be, tensor y, tensor pre, tensor x, tensor W, tensor b); /* pre = x W^T + b (kept if
                                                                   present), y = silu(pre); y may be bf16, with b */
    /* y[r] = (x W^T + b)[r] + add[r % add.rows] */
    void (*linear_add)(backend *be, tensor y, tensor add, const linear_operands *layer);
    /* y = gelu(x W^T + b), gelu(x) = x Phi(x) with the normal distribution function; y may be bf16. */
    void (*linear_gelu)(backend *be, tensor y, tensor x, tensor W, tensor b);
    /* o = x W^T + b; v = from + (1 + g) o. S3. */
    void (*linear_gate)(backend *be, const gated_sum *sum, const linear_operands *layer);
    void (*linear_dx)(backend *be, tensor dx, tensor dy, tensor W);            /* dx = dy W */
    void (*linear_dw)(backend *be, tensor dW, tensor db, tensor dy, tensor x); /* dW = dy^T x; db = column sums of dy */

    /* -- products of which the best alone are kept; scratch: (1, backend_nearest_scratch() or backend_top_scratch()) ---- */
    /* The highest of the scores x W^T + b of each row in each group of columns. What a row gets does not depend on the rows
       around it where x.rows is a multiple of row_multiple. */
    void (*nearest_rows)(backend *be, const nearest_out *out, const linear_operands *operands, tensor scratch);
    /* Offers the scalar products of two panels to the lists of their rows, which are in host memory, there once `finish` has
       returned. The bits of a product depend on the two rows and their places in their blocks alone. Blocks of `columns` may be
       prepared. */
    void (*top_rows)(backend *be, const top_lists *lists, const top_panel *rows, const top_panel *columns,
                     top_mode mode, tensor scratch);

    /* -- element-wise work ------------------------------------------------------------------------------------------ */
    void (*scale)(backend *be, tensor y, tensor x, double factor);      /* y = factor x */
    void (*add_repeated)(backend *be, tensor y, tensor x);              /* y[r] += x[r % x.rows] */
    void (*silu)(backend *be, tensor y, tensor x);                      /* y = x / (1 + e^-x) */
    void (*silu_backward)(backend *be, tensor dx, tensor dy, tensor x); /* dx = dy silu'(x); dx may be bf16 */
    /* y = x (uniform >= p) / (1 - p); y may be bf16, or x itself */
    void (*dropout)(backend *be, tensor y, tensor x, tensor uniform, double probability);
    void (*unit_rows)(backend *be, tensor y, tensor x, double norm); /* rows to this norm; 0 stays 0 */
    void (*unit_rows_backward)(backend *be, tensor dx, tensor dy, tensor x, double norm); /* dx, may be bf16 */

    /* S3: u (may be bf16) = LN(v) (1 + a) + b, [a b g] = modulation row of the group (absent: u = LN(v)); stats (rows, 2) keeps what
       the backward needs (may be absent). */
    void (*norm_modulate)(backend *be, tensor u, tensor stats, tensor v, tensor modulation, int64_t group);
    /* dv += ...; dmodulation[:, a b] = sums over the group's rows. */
    void (*norm_modulate_backward)(backend *be, tensor dv, tensor dmodulation, tensor du, tensor v,
                                   const norm_saved *saved);
    /* d_o (may be bf16) = dv (1 + g); dmodulation[:, g] = sums over the group's rows of dv o. */
    void (*gate_add_backward)(backend *be, tensor d_o, tensor dmodulation, tensor dv, tensor o,
                              const norm_saved *saved);

    /* -- transformers ----------------------------------------------------------------------------------------------- */
    /* y (may be bf16) = LN(x) weight + bias. */
    void (*layer_norm)(backend *be, tensor y, tensor x, const norm_weights *norm);
    /* The rows of qkv (tokens, 3 w), may be bf16, are [q k v] of the tokens of one sequence, each cut into `heads` equal parts. Row r of out
       (queries, w), may be bf16, with queries <= tokens: head by head softmax over j of q_r.k_j / sqrt(w / heads), times
       v_j; bf16 qkv may be multiplied in bf16, weights of the v_j too. scratch: (1, backend_attention_scratch()). On the calling thread alone: sequences are tasks of for_each. */
    void (*attention)(backend *be, tensor out, tensor qkv, int32_t heads, tensor scratch);

    /* -- diffusion -------------------------------------------------------------------------------------------------- */
    /* S7: out (B N, n) from unit rows x (N, n). */
    void (*corrupt)(backend *be, tensor out, tensor x, const corrupt_noise *noise, const corrupt_args *args);
    /* y[r] = a[group] x[r] + b[group] e[r]; a, b: (1, groups). S2. */
    void (*mix_groups)(backend *be, tensor y, tensor x, tensor a, tensor e, tensor b);
    /* z = a z0 + b z + c e. S5. */
    void (*mix_three)(backend *be, tensor z, tensor z0, tensor e, const double abc[3]);
    /* out (rows, 2 d), may be bf16 = [sc ; z factor[group]]; sc may be absent (zeros); factor (1, groups). S3. */
    void (*join)(backend *be, tensor out, tensor sc, tensor z, tensor factor);

    /* -- softmax and losses ------------------------------------------------------------------------------------------ */
    void (*softmax)(backend *be, tensor u, tensor l, double inverse_tau);                      /* S4 */
    void (*softmax_backward)(backend *be, tensor dl, tensor du, tensor u, double inverse_tau); /* dl += ... */
    void (*mean_views)(backend *be, tensor out, tensor x); /* out (N, c) = mean of the x.rows / N views of x */
    /* counts[argmax_k of row r] += 1 for every row; lowest k on ties; counts (1, K). */
    void (*count_argmax)(backend *be, tensor counts, tensor u);
    /* row_loss[r] = coef w[group] |a - b|^2; da = its gradient. row_loss (rows, 1), w (1, groups). S11. */
    void (*squared_error)(backend *be, tensor row_loss, tensor da, const error_pair *pair);
    void (*log_softmax)(backend *be, tensor out, tensor l, double inverse_tau);
    /* Over the rows of each group: out (groups, K) = max of factor x; = sum of exp(factor x - shift); = sum of x, which may
       be bf16. */
    void (*column_max)(backend *be, tensor out, tensor x, double factor, int64_t group);
    void (*column_sum_exp)(backend *be, tensor out, tensor x, double factor, tensor shift);
    void (*column_sum)(backend *be, tensor out, tensor x, int64_t group);
    void (*add_log)(backend *be, tensor y, tensor x); /* y += log x */
    /* S8: p = softmax over k of (factor x - column_lse[group]). */
    void (*column_posterior)(backend *be, tensor p, tensor x, double factor, tensor column_lse);
    /* y[r] = x[r] + constant - columns[group]. S9. */
    void (*subtract_columns)(backend *be, tensor y, tensor x, double constant, tensor columns);
    /* S10: row_loss[r] = -coefficient w (P.g + p.G), with P, G the targets' rows r % their number; dg = -slope w P, the
       gradient by g; da = p (dp - p.dp) with dp = -slope w G, the gradient by column_posterior's argument. */
    void (*class_loss)(backend *be, tensor row_loss, tensor dg, tensor da, const class_targets *targets,
                       const class_side *side);
    /* row_loss[r] = -coefficient weight log sum_k exp(power (log_a + log_b) - shift); dl = the gradient by the logits l of
       log_a, with slope instead of coefficient. */
    void (*pair_loss)(backend *be, tensor row_loss, tensor dl, const pair_terms *pair);
    void (*add_row_dots)(backend *be, tensor y, tensor a, tensor b,
                         double factor); /* y[r] += factor a[r].b[r]; y (rows, 1) */
    /* dl = gradient by the logits of S8 and S9. */
    void (*class_loss_backward)(backend *be, tensor dl, const class_side *side, const class_gradients *from);

    /* -- optimizer ------------------------------------------------------------------------------------------------------ */
    void (*square_sum)(backend *be, tensor out, tensor x); /* out (1, 1) = sum of squares, fixed order */
    /* Clips g by its norm (square_sum is its square), then AdamW: p, m, v are updated. */
    void (*adamw)(backend *be, const adamw_tensors *tensors, const adamw_args *args);
} backend_ops;

struct backend {
    backend_ops ops;
    int threads;
    team *team; /* of so many, NULL where it is one; of another backend where it is borrowed */
    bool borrows_team;
    precision precision; /* of products with prepared weights, and of weight gradients */
    int64_t
        block_rows; /* rows that one task of for_each takes at a time: 64 on a CPU, where the activations of so many stay in
                             a core's cache; BACKEND_ALL_ROWS on a device, which wants few large operations */
    int64_t row_multiple; /* products of so many rows, or a multiple, give a row the same bits wherever it stands */
    int64_t grain;        /* elements below which an operation stays on one thread */
    cludi_allocator allocator;
    stop_request *stop; /* of the call that runs; NULL: it cannot be stopped */
    void *state;        /* the backend's own */
};

/* Opens a backend by name: "auto" or that of a row of backend_table.h; operands: "auto" (bf16 where backend and processor have it), "f32" or "bf16". CLUDI_ERROR_ARGUMENT for another name,
   CLUDI_ERROR_UNSUPPORTED when this build or processor does not have it. */
cludi_status backend_open(backend *be, const char *name, const char *operands, int threads,
                          const cludi_allocator *allocator, cludi_error *error);

/* A backend of the same kind and threads as `like`, in float32, that stops with it and is closed before it. Errors: as
   backend_open(). */
cludi_status backend_open_float(backend *be, const backend *like, cludi_error *error);

/* ops.finish, and CLUDI_STOPPED where the call is to stop. To be called before results are read on the host. */
cludi_status backend_finish(backend *be, cludi_error *error);

/* Forgets what a call that failed left unreported. */
void backend_forget(backend *be);

/* "f32" or "bf16". */
const char *backend_precision(const backend *be);
void backend_close(backend *be);

/* Rows of one task, of `rows` that it could have: block_rows of them, or all. */
int64_t backend_block(const backend *be, int64_t rows);

/* Workers that for_each uses at most, one where a task has all rows; and the backend for each of them: the same memory, one
   thread. */
int backend_workers(const backend *be);
backend backend_worker(const backend *be);

/* Work on host memory, which no operation sees: task(self, worker, i) for i = 0 .. tasks - 1 on the backend's threads, workers
   0 .. be->threads - 1. Once the call is to stop, tasks are left out. */
void host_each(const backend *be, int64_t tasks, backend_task *task, void *self);

/* A loop over 0 .. count - 1 about `elements` numbers, on as many threads as they are worth. part(loop, first, last) does
   some of it. */
typedef void backend_part(const void *loop, int64_t first, int64_t last);
void backend_loop(backend *be, int64_t elements, int64_t count, backend_part *part, const void *loop);

/* Numbers of scratch that `attention` wants; -1 if they cannot be counted. */
int64_t backend_attention_scratch(int64_t tokens, int64_t width, int32_t heads);

/* Numbers of scratch that nearest_rows wants for so many columns, and top_rows for panels of so many rows. */
enum { BACKEND_SLICE = 96 }; /* rows of a product whose scores stay in a core's cache */
int64_t backend_nearest_scratch(const backend *be, int64_t columns);
int64_t backend_top_scratch(const backend *be, int64_t rows, int64_t columns);

/* Bytes of rows x cols numbers. */
size_t backend_bytes(const backend *be, tensor x);

/* Memory of so many numbers; without data where there is none. ops.release frees it. */
tensor backend_take(backend *be, int64_t rows, int64_t cols);

/* Rows `first` .. `first + rows` of x as a tensor of their own. */
tensor backend_rows(const backend *be, tensor x, int64_t first, int64_t rows);

#endif
