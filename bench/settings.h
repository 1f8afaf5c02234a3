/* The options of the bench programs: --threads N, --precision NAME, ... each with a value. A program ignores those it has
   no use for. What fails ends the program: 3 where this machine lacks something, else 1. */
#ifndef BENCH_SETTINGS_H
#define BENCH_SETTINGS_H

#include <cludi/cludi.h>

#include "backend.h"

/* The shapes of the oracle's own bench. */
enum { BENCH_FEATURES = 384, BENCH_CLUSTERS = 50 };

typedef struct settings {
    const char *backend, *precision;
    const char *input, *output, *labels, *unseen; /* files */
    int threads, steps;                           /* steps: training steps that are timed */
    int rows, features;
    int degree, exact_rows;     /* of a graph of neighbors */
    int draws, denoise_steps;   /* 0: the model's own */
    int rounds;                 /* repetitions of anything else */
    int clusters, starts, seed; /* of k-means */
} settings;

/* Values that are not given stay as they are. */
void settings_read(settings *s, int argc, char **argv);

/* Ends the program unless status is CLUDI_OK. error may be NULL. */
void settings_must(cludi_status status, const cludi_error *error);

/* Memory of the C library; ends the program when there is none. */
void *settings_memory(size_t count, size_t size);

/* The backend of inner benches, and the context of those over the public functions. */
void settings_open_backend(const settings *s, backend *be);
cludi_context *settings_open_context(const settings *s);

/* "name": [numbers], as JSON, to stdout; without the name if it is NULL. */
void settings_print_list(const char *name, const double *numbers, int count);

#endif
