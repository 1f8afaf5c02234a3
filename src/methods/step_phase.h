/* The parts of a training, in order: what `--profile` and the benchmarks tell apart. A method enters those that it has. */
#ifndef METHODS_STEP_PHASE_H
#define METHODS_STEP_PHASE_H

typedef enum step_phase {
    STEP_SETUP,    /* before the first step: one pass over the rows, memory, first weights */
    STEP_DATA,     /* rows of the batch */
    STEP_NOISE,    /* random numbers but the teacher's */
    STEP_PREPARE,  /* weights packed */
    STEP_TEACHER,  /* S5 */
    STEP_STUDENT,  /* S3, with self-conditioning; the heads, and their teachers */
    STEP_LOSS,     /* S8-S11 */
    STEP_BACKWARD, /* gradients; of heads with their losses */
    STEP_UPDATE,   /* AdamW */
    STEP_REPORT,   /* clusters in use, progress */
    STEP_PHASES
} step_phase;

/* "data", "noise", ... */
const char *step_phase_name(step_phase phase);

#endif
