/* Every operation of backend_ops as a case: a function that runs it on inputs that follow from the shape alone and keeps
   what comes out, so that two backends, or two numbers of threads, can be compared. */
#ifndef TESTS_OP_CASES_H
#define TESTS_OP_CASES_H

#include "backend.h"

typedef struct op_shape {
    int64_t rows, cols, groups; /* rows is a multiple of groups */
} op_shape;

enum { OP_MOST_TENSORS = 64, OP_MOST_KEPT = 24 };

/* One run of a case on one backend. */
typedef struct op_run {
    backend *be;
    op_shape shape;
    uint64_t seed;
    tensor live[OP_MOST_TENSORS];
    int live_count;
    double *kept[OP_MOST_KEPT]; /* the results, one after another */
    int64_t sizes[OP_MOST_KEPT];
    int kept_count;
} op_run;

typedef enum op_kind {
    OP_EXACT,   /* the same bits on every backend, ref64 included */
    OP_ELEMENT, /* the same source in ref and onednn: the same bits there */
    OP_PRODUCT  /* other code in onednn */
} op_kind;

typedef struct op_case {
    const char *name;
    size_t offset; /* in backend_ops */
    op_kind kind;
    double tolerance; /* relative norm between float32 and double */
    int64_t least_cols;
    void (*run)(op_run *run);
} op_case;

extern const op_case OP_CASES[];
extern const int OP_CASE_COUNT;

/* With bf16 tensors: work on elements, on every backend; products, where the backend multiplies in bf16. */
extern const op_case OP_NARROW_CASES[], OP_NARROW_PRODUCTS[];
extern const int OP_NARROW_CASE_COUNT, OP_NARROW_PRODUCT_COUNT;

/* Runs a case; op_run_clear frees what it kept. */
void op_run_case(op_run *run, backend *be, const op_case *c, op_shape shape);
void op_run_clear(op_run *run);

/* Fails unless both runs kept the same bits / agree within the tolerance. */
void op_expect_same(const op_case *c, const op_run *a, const op_run *b, const char *what);
void op_expect_close(const op_case *c, const op_run *a, const op_run *b, double tolerance, const char *what);

/* A tensor of the run: normals times scale; uniforms in [0, 1); NaN. */
tensor op_normal(op_run *run, int64_t rows, int64_t cols, double scale);
tensor op_uniform(op_run *run, int64_t rows, int64_t cols);
tensor op_blank(op_run *run, int64_t rows, int64_t cols);
tensor op_blank_bf16(op_run *run, int64_t rows, int64_t cols);

/* Adds the numbers of x to the results. */
void op_keep(op_run *run, tensor x);
void op_keep_number(op_run *run, double number);

#endif
