/* A tiny training step with random numbers in every parameter (also those that start at zero) and fixed noise. */
#ifndef TESTS_STEP_SUPPORT_H
#define TESTS_STEP_SUPPORT_H

#include "step.h"
#include "tensor_support.h"

typedef struct step_fixture {
    backend be;
    param_spec specs[DENOISER_MAX_PARAMS];
    int count;
    train_step step;
} step_fixture;

/* d 5, w 9, R 2, B 3, N 6, S 3 and mild temperatures; everything else as by default. */
cludi_config step_config(void);

/* backend: "ref", "ref64" or "onednn". Parameters, rows and noise follow from the shape alone; all views see the same
   rows. */
void step_fixture_init(step_fixture *f, const char *backend_name, int64_t n, int32_t K, const cludi_config *config);

/* The same as one of several processes. */
typedef struct step_part {
    int64_t n;
    int32_t K;
    const reducer *sum; /* NULL: one process */
} step_part;
void step_fixture_init_part(step_fixture *f, const char *backend_name, step_part part, const cludi_config *config);
void step_fixture_clear(step_fixture *f);

#endif
