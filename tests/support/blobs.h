/* Small problems for tests of the public API: rows around a few centers, and a configuration that trains in
   milliseconds. */
#ifndef TESTS_BLOBS_H
#define TESTS_BLOBS_H

#include <stdbool.h>

#include <cludi/cludi.h>

enum { BLOB_ROWS = 60, BLOB_COLS = 6, BLOB_CLUSTERS = 3, BLOB_D = 4 };

typedef struct blobs {
    float data[BLOB_ROWS * BLOB_COLS]; /* (60, 6) row-major */
    int32_t truth[BLOB_ROWS];
} blobs;

/* Rows around 3 orthogonal centers, noise of the given deviation. */
void blobs_fill(blobs *b, double deviation);

cludi_matrix blobs_matrix(const blobs *b);

/* Method cludi, N 16, w 16, d 4, B 3, S 3, 15 steps on the unit rows alone: no neighbors, no first partition, equal sizes; the rest as
   by default. */
cludi_config blobs_config(void);

/* The same method and sizes; all the rest, the number of steps too, as by default. */
cludi_config blobs_recipe(void);

/* Asks for a backend by the name of float_backend() in tensor_support.h. */
void blobs_choose(cludi_context_options *options, const char *backend);

/* A context; asserts. */
cludi_context *blobs_context(const char *backend, int32_t threads, uint64_t seed);

/* Trains on X with the configuration (NULL: blobs_config()); asserts. */
cludi_model *blobs_fit(cludi_context *context, const cludi_matrix *X, int32_t clusters, const cludi_config *config);

/* What cludi_predict gives, in owned buffers. */
typedef struct answers {
    int64_t rows, K, d;
    int32_t *labels;      /* (rows) */
    float *probabilities; /* (rows, K) */
    float *embedding;     /* (rows, d) */
} answers;

/* samples, denoise_steps 0: the model's own. Asserts. */
answers blobs_predict(cludi_context *context, const cludi_model *model, const cludi_matrix *X, int32_t draws);
void answers_clear(answers *a);

/* Labels for at most BLOB_ROWS rows, and nothing of it kept in the context. */
cludi_status blobs_try_predict(cludi_context *context, const cludi_model *model, const cludi_matrix *X,
                               cludi_error *error);

/* Fails unless row i of a and row j of b have the same bits. */
void answers_expect_same_row(const answers *a, int64_t i, const answers *b, int64_t j, const char *what);
void answers_expect_same(const answers *a, const answers *b, const char *what);

/* Fails unless every field is the same; what lies between fields is nobody's. */
void expect_same_info(const cludi_model_info *a, const cludi_model_info *b);

/* The whole file, freed by the caller. */
unsigned char *read_whole(const char *path, size_t *size);

/* Fails unless both files have / do not have the same bytes. */
void expect_same_files(const char *a, const char *b);
void expect_other_files(const char *a, const char *b);

#endif
