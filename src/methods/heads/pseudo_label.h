/* The self-labeling step of SCAN: of the rows as they are, those with a probability above 0.99 for one cluster y are taken; a
   corrupted view (S7) of each must be given that cluster.

     loss = - sum over them of c_y log p_y(view) / sum of c_y,     c_k = 1 / how many of them are in cluster k

   so that every cluster that there is counts alike. Without such rows the loss is 0. Rows x = [as they are ; views]. */
#ifndef METHODS_HEADS_PSEUDO_LABEL_H
#define METHODS_HEADS_PSEUDO_LABEL_H

#include "head_step.h"

/* From the head's logits: loss, and dl, which is 0 for the rows as they are. */
void pseudo_label_loss(const head_step *s, trained_head *head, backend *be);

#endif
