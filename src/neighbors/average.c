#include "average.h"

#include <string.h>

#include "rows.h"

enum { TASK_ROWS = 16 };

void average_add(float *out, const float *x, float similarity, int64_t n)
{
    const float weight = similarity > 0 ? similarity : 0;
    for (int64_t j = 0; j < n; j++)
        out[j] += weight * x[j];
}

typedef struct averager {
    const cludi_matrix *X;
    const neighbor_graph *graph;
    int32_t count;
    float *out;
} averager;

static void average_row(const averager *a, int64_t i)
{
    const cludi_matrix *X = a->X;
    const int64_t first = i * a->graph->degree;
    float *out = a->out + i * X->cols;
    memcpy(out, X->data + i * X->stride, (size_t)X->cols * sizeof *out);
    for (int64_t j = first; j < first + a->count; j++)
        average_add(out, X->data + a->graph->neighbor[j] * X->stride,
                    a->graph->similarity ? a->graph->similarity[j] : 1, X->cols);
    (void)rows_unit(out, X->cols);
}

static void average_some(void *self, int worker, int64_t index)
{
    const averager *a = self;
    (void)worker;
    for (int64_t i = index * TASK_ROWS; i < (index + 1) * TASK_ROWS && i < a->X->rows; i++)
        average_row(a, i);
}

void graph_average(backend *be, const cludi_matrix *X, const neighbor_graph *graph, int32_t count, float *out)
{
    averager a = {X, graph, count, out};
    host_each(be, (X->rows + TASK_ROWS - 1) / TASK_ROWS, average_some, &a);
}
