/* What makes one method: a row of numbers from its paper and its loss. One training step (head_step.h) and one loop
   (src/methods/heads/head_method.c) serve all of them. */
#ifndef METHODS_HEADS_HEAD_RECIPE_H
#define METHODS_HEADS_HEAD_RECIPE_H

#include "class_loss.h"
#include "mlp_head.h"

typedef struct head_step head_step;

/* One head and what its loss needs; all (rows, K) unless said. */
typedef struct trained_head {
    mlp_head student, teacher;
    mlp_head_pass pass, teacher_pass;
    tensor log_p, p;         /* of the student */
    tensor log_q, q;         /* of the teacher */
    tensor share, log_share; /* (1, K) of the clusters in the rows */
    tensor scratch;          /* (1, K) */
    tensor row_loss;         /* (rows, 1) */
    tensor loss;             /* (1, 1) */
    tensor dl, du;
    class_loss classes;
} trained_head;

typedef struct head_recipe {
    int heads;          /* trained side by side; the one of least loss is kept */
    int64_t hidden;     /* width of a head's hidden layer; 0: linear */
    int32_t neighbors;  /* a row is paired with one of so many nearest rows; 0: with another corrupted view of itself */
    double temperature; /* of the softmax over a row's logits in prediction */
    double momentum;    /* of the teacher's weights; 0: no teacher */
    double rate, decay; /* of AdamW */
    double warmup_share; /* share of the steps in which the learning rate rises */
    bool cosine_decay;   /* by a cosine to the end; else it stays */
    double epochs;       /* of the rows, within HEAD_LEAST_STEPS .. HEAD_MOST_STEPS */
    double labeling;     /* share of the steps, the last ones, in which the best head learns its own sure labels */
    /* The loss's own tensors of a head; called in both passes of an arena. */
    void (*layout)(trained_head *head, arena *a, const head_step *s);
    /* Before the first step; may be NULL. */
    void (*begin)(const head_step *s, trained_head *head);
    /* On some worker's backend: what the teacher says; may be NULL. */
    void (*teacher_forward)(const head_step *s, trained_head *head, backend *be);
    /* Once all heads were taught: what they have in common; may be NULL. */
    void (*joint_terms)(head_step *s);
    /* On some worker's backend, from pass.l: loss and dl. */
    void (*loss)(const head_step *s, trained_head *head, backend *be);
    /* The same while labels are learned. */
    void (*label_loss)(const head_step *s, trained_head *head, backend *be);
} head_recipe;

/* rows of a step, if there are so many */
enum { HEAD_BATCH = 256, HEAD_LEAST_STEPS = 1000, HEAD_MOST_STEPS = 10000 };

extern const head_recipe RECIPE_SELF_CLASSIFIER, RECIPE_TEMI, RECIPE_SCAN, RECIPE_TSP;

/* Rows of a step, and steps, for so many rows. */
int64_t head_batch(int64_t rows);
int64_t head_steps(const head_recipe *how, int64_t rows);

/* Learning rate of step i = 0 .. steps - 1. */
double head_rate(const head_recipe *how, int64_t i, int64_t steps);

#endif
