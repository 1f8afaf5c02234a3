/* One training step of a method with heads: rows in, every head's loss and gradient, the optimizer.

   A step has N rows, each with a partner: 2 N rows x = [rows ; partners] of norm sqrt(n). A partner is a neighbor as it is, or both
   are views corrupted as in S7. Heads are computed side by side on the workers; where one head is left it has all threads.

   All memory is taken when the step is set up; running it allocates nothing. */
#ifndef METHODS_HEADS_HEAD_STEP_H
#define METHODS_HEADS_HEAD_STEP_H

#include "head_recipe.h"
#include "phase_clock.h"
#include "step_phase.h"

struct head_step {
    const head_recipe *how;
    backend *be;
    phase_clock *clock; /* parts: step_phase; may be NULL */
    mlp_head_shape shape;
    int64_t N, rows;   /* rows = 2 N */
    int first, count;  /* heads that are trained */
    bool labeling;     /* the kept head learns its own labels */
    param_spec *specs; /* (how->heads times those of one head); owned */
    int head_specs;    /* of one head */
    param_set params, teacher_params;
    trained_head *heads; /* (how->heads); owned */
    arena memory;
    tensor given;           /* (2 N, n) rows and their partners, filled by the caller; without neighbors (N, n) */
    tensor wide, x;         /* (2 N, n) what the heads see; x is bf16 where products are */
    tensor uniform, normal; /* (2 N, n) S7 */
    tensor variance;        /* (1, 2) S7 */
    tensor view_weight;     /* (1, 2) ones */
    tensor pair_weight;     /* (N, 1) of the loss */
    tensor ones;            /* (1, K) */
    tensor targets;         /* (N, K) self-labeling: log of the rows' labels */
    tensor answers;         /* (N, K) */
    tensor counts[2];       /* (how->heads, K) rows by their most likely cluster: of this epoch, of the one before */
    float *host_p;          /* (N, K) self-labeling: probabilities, then log targets; this and the next are owned */
    double *host_weights;   /* (N) */
    int64_t *host_labels;   /* (N) */
    double *host_counts;    /* (K) */
    double *losses;         /* (how->heads) of the last step; owned */
};

/* Allocates everything; first weights from the seed. CLUDI_ERROR_MEMORY; head_step_clear is needed after it too. */
cludi_status head_step_init(head_step *s, backend *be, const head_recipe *how, const mlp_head_shape *shape, int64_t N,
                            uint64_t seed, cludi_error *error);
void head_step_clear(head_step *s);

/* Draws step `step`'s corruption, and from `given` makes x, losses of the heads in training and their gradients. CLUDI_ERROR_BACKEND,
   CLUDI_STOPPED. */
cludi_status head_step_gradient(head_step *s, uint64_t seed, uint32_t step, cludi_error *error);

/* The two halves of it, for tests: x; and what follows. */
void head_step_rows(head_step *s, uint64_t seed, uint32_t step);
cludi_status head_step_losses(head_step *s, cludi_error *error);

/* One optimizer step; step = 1 for the first. */
void head_step_update(head_step *s, double rate, int64_t step);

/* From now on head `best` alone is trained, on its own labels. */
void head_step_label(head_step *s, int best);

/* An epoch ends: its counts become those of the epoch before. */
void head_step_turn(head_step *s);

/* counts (2 K) host: those of head `index`, of both epochs. */
void head_step_counts(const head_step *s, int index, double *counts);

/* What the heads have beside their weights, (heads, 3, K) host: counts of both epochs, and the share where a loss keeps one. */
void head_step_states_out(const head_step *s, float *states);
void head_step_states_in(head_step *s, const float *states);

/* p (N, K) host: probabilities of the last step's rows by head `index`. */
void head_step_answers(head_step *s, int index, float *p);

/* Tensors of head `index` as they predict (the teacher's, where there is one), one after another. */
void head_step_copy_out(const head_step *s, int index, float *flat);

/* ---- for the losses ---- */

/* log_p, row_loss, dl of a head. */
void trained_head_layout(trained_head *head, arena *a, const head_step *s);

/* loss = sum of row_loss */
void trained_head_sum(trained_head *head, backend *be);

#endif
