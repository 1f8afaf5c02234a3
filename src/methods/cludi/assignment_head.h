/* From embeddings to assignments and back: logits (S4: P 4), probabilities, target embedding (S6: P 13).

     cosine:  l = unit(z) . unit(L_k)        linear:  l = z . L_k / sqrt(d)
     u = softmax(l / tau)                    z0 = sqrt(d) unit(u E) */
#ifndef METHODS_CLUDI_ASSIGNMENT_HEAD_H
#define METHODS_CLUDI_ASSIGNMENT_HEAD_H

#include "denoiser.h"

typedef struct assignment_head {
    const denoiser *net;
    cludi_logits kind;
    double inverse_tau;
    tensor directions, d_directions; /* (K, d) unit(L) or L / sqrt(d), and its gradient */
} assignment_head;

/* One evaluation on `rows` rows. */
typedef struct head_pass {
    tensor zu;   /* (rows, d) unit(z); absent for linear logits */
    tensor l, u; /* (rows, K) */
    tensor raw;  /* (rows, d) u E */
    tensor z0;   /* (rows, d) S6 */
} head_pass;

void head_layout(assignment_head *hd, arena *a, const denoiser *net, const cludi_config *config);
/* Rows first .. first + rows of each tensor. */
head_pass head_pass_rows(const assignment_head *hd, const head_pass *p, int64_t first, int64_t rows);

void head_pass_layout(head_pass *p, arena *a, const assignment_head *hd, int64_t rows);

/* Call after every change of L. */
void head_prepare(assignment_head *hd);

/* z (rows, d) -> l, u */
void head_assign(const assignment_head *hd, head_pass *p, tensor z);

/* u -> z0 */
void head_embed(const assignment_head *hd, head_pass *p);

/* dl += gradient through u and z0 of d_z0; scratch: (rows, d) and (rows, K). */
void head_embed_backward(const assignment_head *hd, const head_pass *p, tensor dl, tensor d_z0, tensor du);

/* dl -> dz (overwritten) and dL; z as in the forward. */
void head_assign_backward(const assignment_head *hd, const head_pass *p, tensor dz, tensor dl, tensor z);

#endif
