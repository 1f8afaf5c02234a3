/* The class loss of S8-S10: a symmetric cross entropy that resists collapse, because every cluster's column is
   normalized over the rows.

     q = softmax over rows of l / tau_col,  p = q / sum_k q                                   (S8: P 21, P 22)
     g = log( (rows / K) r / sum_rows r ),  r = softmax over k of l / tau                     (S9: P 23)
     loss = mean over views and rows of w/2 [ - p_teacher . g_student - p_student . g_teacher ]  (S10: P 20, P 24)

   In logarithms: p = softmax over k of (l / tau_col - Z_k) and g = log(rows / K) + log r - S_k, where Z_k and S_k are
   log-sum-exps over the rows, so nothing overflows or becomes log 0. Where clusters are expected to have shares pi_k of the
   rows instead of 1 / K, q is multiplied by K pi_k and so is the bracket of S9: log(K pi_k) is taken off Z_k and S_k. With view_pairing "all" a student view meets every
   teacher view, which is the same as meeting the mean over the teacher's views of p and g. */
#ifndef NN_CLASS_LOSS_H
#define NN_CLASS_LOSS_H

#include <cludi/config.h>

#include "arena.h"
#include "reducer.h"

typedef struct class_loss {
    backend *be;
    reducer *sum; /* NULL, which class_loss_layout() sets: one process */
    int64_t N, B, K;
    int64_t group; /* rows of a column sum: N, or B N */
    bool average_views;
    double inverse_tau, inverse_tau_col, lambda;
    class_side teacher, student;
    tensor shift;          /* (groups, K) scratch */
    tensor expected;       /* (1, K) - log(K pi_k), R6: zero for equal sizes; filled by the caller */
    tensor mean_p, mean_g; /* (N, K) teacher, mean over views; absent for pairing "same" */
    class_gradients slopes;
} class_loss;

/* Shapes from N rows, B views, K clusters; call in both passes of an arena. */
void class_loss_layout(class_loss *c, arena *a, int64_t N, int64_t K, const cludi_config *config);

/* S8, S9 of the teacher's logits (B N, K), kept as the constant target. */
void class_loss_set_teacher(class_loss *c, tensor logits);

/* S8-S10 of the student's logits: row_loss (B N, 1) sums to the class loss; dl (B N, K) = lambda times its gradient.
   weight (1, B): w of S11. */
void class_loss_student(class_loss *c, tensor row_loss, tensor dl, tensor logits, tensor weight);

/* The same for two views that are each other's teacher, as in Self-Classifier: nothing is constant, so the gradient is that of the
   whole loss. For B = 2 and pairing "same". */
void class_loss_views(class_loss *c, tensor row_loss, tensor dl, tensor logits, tensor weight);

#endif
