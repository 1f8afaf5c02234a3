/* The rows of k-means in blocks: read from the source, less a mean, times a power of two. Data of one block are read
   once. Distances are taken of these numbers, sums of those that were read. Tasks take chunks of rows; a chunk is always full, with rows of zeros behind the last one, so that a product
   gives a row the same bits wherever it stands. */
#ifndef KMEANS_KMEANS_ROWS_H
#define KMEANS_KMEANS_ROWS_H

#include <cludi/matrix.h>

#include "backend.h"

/* A multiple of every backend's row_multiple. */
enum { KMEANS_CHUNK = 288 };

typedef struct kmeans_rows {
    backend *be;
    const cludi_source *X;
    int64_t capacity; /* rows of a block, a multiple of KMEANS_CHUNK */
    int64_t chunks;   /* of all rows */
    double *mean;     /* (n) subtracted from every row */
    double scale;     /* and then multiplied */
    double variance;  /* mean over the columns, of the scaled rows; kmeans_rows_measure() */
    double *moments;  /* (2, n) sums while measuring */
    float *numbers;   /* (capacity, n) the block, as read */
    tensor x;         /* (capacity, n) in the backend's memory, less mean and scaled */
    float *squares;   /* (M) |x|^2 of the rows loaded so far */
    int64_t first;    /* row in data of the block's first */
    int64_t count;    /* rows of the block; 0: none is loaded */
} kmeans_rows;

/* mean 0 and scale 1. CLUDI_ERROR_MEMORY; kmeans_rows_clear is needed after an error too. */
cludi_status kmeans_rows_init(kmeans_rows *rows, backend *be, const cludi_source *X, cludi_error *error);
void kmeans_rows_clear(kmeans_rows *rows);

/* Reads all rows for mean, scale and variance. CLUDI_ERROR_DATA for NaN and infinity. */
cludi_status kmeans_rows_measure(kmeans_rows *rows, cludi_error *error);

/* Makes the block that begins with row `first`, a multiple of capacity, the one that is loaded. */
cludi_status kmeans_rows_load(kmeans_rows *rows, int64_t first, cludi_error *error);

/* One row, as read, to out (n). */
cludi_status kmeans_rows_fetch(const kmeans_rows *rows, int64_t row, float *out, cludi_error *error);

/* out (n) = (in - mean) scale; and back. */
void kmeans_rows_enter(const kmeans_rows *rows, const float *in, float *out);
void kmeans_rows_leave(const kmeans_rows *rows, const float *in, float *out);

/* Runs tasks that together do `work`, in the backend's elements, on one thread if that is below its grain: waiting for
   the others would take longer. Work on host memory; the second for tasks that touch tensors. */
typedef struct kmeans_tasks {
    int64_t count, work;
} kmeans_tasks;
void kmeans_each(const backend *be, kmeans_tasks tasks, backend_task *task, void *self);
void kmeans_each_tensor(const backend *be, kmeans_tasks tasks, backend_task *task, void *self);

/* The same over the chunks of the block that is loaded, each row multiplied with `width` centroids. */
void kmeans_rows_each_chunk(const kmeans_rows *rows, int64_t width, backend_task *task, void *self);

/* And over the same chunks in host memory, `elements` numbers of each row. */
void kmeans_rows_each_host_chunk(const kmeans_rows *rows, int64_t elements, backend_task *task, void *self);

/* Where chunk `index` of the loaded block is. */
typedef struct kmeans_chunk {
    int64_t number; /* of all chunks of the data */
    int64_t start;  /* its first row in the block */
    int64_t first;  /* the same row in the data */
    int64_t count;  /* rows of data in it */
} kmeans_chunk;
kmeans_chunk kmeans_rows_chunk(const kmeans_rows *rows, int64_t index);

/* sum of a_j^2, in double */
double kmeans_square(const float *a, int64_t n);

/* |a - b|^2, in double */
double kmeans_distance(const float *a, const float *b, int64_t n);

#endif
