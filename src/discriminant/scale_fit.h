/* How sharp a softmax over cosines should be, without labels: the scale s that lets softmax(s cos) say best what a row's neighbors say. */
#ifndef DISCRIMINANT_SCALE_FIT_H
#define DISCRIMINANT_SCALE_FIT_H

#include "backend.h"

typedef struct scale_problem {
    const backend *be;
    int64_t rows;
    int32_t clusters;
    const float *cosine; /* (rows, K) */
    const float *target; /* (rows, K) probabilities */
    double *loss;        /* (rows) room */
} scale_problem;

/* The s in 1 .. 200 with the least mean over the rows of -target . log softmax(s cosine), by 14 steps of golden section over
   log s. Cost: 16 rows K exponentials. */
double scale_fit(const scale_problem *problem);

/* That mean for a scale. */
double scale_loss(const scale_problem *problem, double scale);

#endif
