/* What makes one rival method: a row of numbers from its paper and its loss. One training step (rival_step.h) and one loop
   (src/cluster/rival_method.c) serve all of them. */
#ifndef RIVALS_RIVAL_H
#define RIVALS_RIVAL_H

#include "class_loss.h"
#include "heads.h"

typedef struct rival_step rival_step;

/* One head and what its loss needs; all (rows, K) unless said. */
typedef struct rival_head {
    cluster_head student, teacher;
    cluster_pass pass, teacher_pass;
    tensor log_p, p;         /* of the student */
    tensor log_q, q;         /* of the teacher */
    tensor share, log_share; /* (1, K) of the clusters in the rows */
    tensor scratch;          /* (1, K) */
    tensor row_loss;         /* (rows, 1) */
    tensor loss;             /* (1, 1) */
    tensor dl, du;
    class_loss classes;
} rival_head;

typedef struct rival {
    const char *name;
    int heads;          /* trained side by side; the one of least loss is kept */
    int64_t hidden;     /* width of a head's hidden layer; 0: linear */
    int32_t neighbours; /* a row is paired with one of so many nearest rows; 0: with another corrupted view of itself */
    double temperature; /* of the softmax over a row's logits in prediction */
    double momentum;    /* of the teacher's weights; 0: no teacher */
    double rate, decay; /* of AdamW */
    double rise;        /* share of the steps in which the learning rate rises */
    bool falls;         /* by a cosine to the end; else it stays */
    double epochs;      /* of the rows, within RIVAL_LEAST_STEPS .. RIVAL_MOST_STEPS */
    double labelling;   /* share of the steps, the last ones, in which the best head learns its own sure labels */
    /* The loss's own tensors of a head; called in both passes of an arena. */
    void (*layout)(rival_head *head, arena *a, const rival_step *s);
    /* Before the first step; may be NULL. */
    void (*begin)(const rival_step *s, rival_head *head);
    /* On some worker's backend: what the teacher says; may be NULL. */
    void (*teach)(const rival_step *s, rival_head *head, backend *be);
    /* Once all heads were taught: what they have in common; may be NULL. */
    void (*meet)(rival_step *s);
    /* On some worker's backend, from pass.l: loss and dl. */
    void (*lose)(const rival_step *s, rival_head *head, backend *be);
} rival;

/* rows of a step, if there are so many */
enum { RIVAL_BATCH = 256, RIVAL_LEAST_STEPS = 1000, RIVAL_MOST_STEPS = 10000 };

extern const rival RIVAL_SELF_CLASSIFIER, RIVAL_TEMI, RIVAL_SCAN, RIVAL_TSP;

/* Rows of a step, and steps, for so many rows. */
int64_t rival_batch(int64_t rows);
int64_t rival_steps(const rival *how, int64_t rows);

/* Learning rate of step i = 0 .. steps - 1. */
double rival_rate(const rival *how, int64_t i, int64_t steps);

#endif
