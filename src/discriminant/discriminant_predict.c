#include "discriminant_predict.h"

#include <math.h>

#include "alloc.h"
#include "error.h"

enum { TASK_ROWS = 64 };

static tensor take(backend *be, int64_t rows, int64_t cols, const float *from)
{
    tensor x = {.rows = rows, .cols = cols};
    x.data = be->ops.allocate(be, backend_bytes(be, x));
    if (x.data && from)
        be->ops.copy_in(be, x, HOST_F32, from);
    return x;
}

cludi_status discriminant_predictor_init(discriminant_predictor *p, backend *be, const discriminant *d, int64_t block,
                                         cludi_error *error)
{
    *p = (discriminant_predictor){.be = be, .from = *d, .block = block};
    p->landmark = take(be, d->landmarks, d->cols, d->landmark);
    p->map = take(be, d->landmarks, d->landmarks, d->map);
    p->offset = take(be, 1, d->landmarks, d->offset);
    p->prototype = take(be, d->clusters, d->landmarks, d->prototype);
    p->bias = take(be, 1, d->clusters, d->bias);
    p->x = take(be, block, d->cols, NULL);
    p->kernel = take(be, block, d->landmarks, NULL);
    p->u = take(be, block, d->landmarks, NULL);
    p->scores = take(be, block, d->clusters, NULL);
    p->host = alloc_array(&be->allocator, block * d->landmarks, sizeof *p->host);
    if (!p->landmark.data || !p->map.data || !p->offset.data || !p->prototype.data || !p->bias.data || !p->x.data ||
        !p->kernel.data || !p->u.data || !p->scores.data || !p->host)
        return error_memory(error, "the prediction");
    be->ops.scale(be, p->offset, p->offset, -1);
    return CLUDI_OK;
}

void discriminant_predictor_clear(discriminant_predictor *p)
{
    if (!p->be)
        return;
    const tensor all[] = {p->landmark, p->map, p->offset, p->prototype, p->bias, p->x, p->kernel, p->u, p->scores};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        p->be->ops.release(p->be, all[i].data);
    alloc_free(&p->be->allocator, p->host);
    *p = (discriminant_predictor){0};
}

/* Cosines become kernel values. */
static void kernel_part(void *self, int worker, int64_t task)
{
    const discriminant_predictor *p = self;
    const int64_t m = p->from.landmarks, end = (task + 1) * TASK_ROWS < p->block ? (task + 1) * TASK_ROWS : p->block;
    const float width = *p->from.width;
    (void)worker;
    for (int64_t i = task * TASK_ROWS * m; i < end * m; i++)
        p->host[i] = width > 0 ? expf((p->host[i] - 1) / width) : p->host[i];
}

cludi_status discriminant_predict(discriminant_predictor *p, const float *X, int64_t count, float *probabilities,
                                  cludi_error *error)
{
    backend *be = p->be;
    const tensor x = backend_rows(be, p->x, 0, count), kernel = backend_rows(be, p->kernel, 0, count);
    const tensor u = backend_rows(be, p->u, 0, count), scores = backend_rows(be, p->scores, 0, count);
    be->ops.copy_in(be, x, HOST_F32, X);
    be->ops.linear(be, kernel, x, p->landmark, (tensor){0});
    TRY(backend_finish(be, error));
    be->ops.copy_out(be, HOST_F32, p->host, kernel);
    host_each(be, (count + TASK_ROWS - 1) / TASK_ROWS, kernel_part, p);
    be->ops.copy_in(be, kernel, HOST_F32, p->host);
    be->ops.linear(be, u, kernel, p->map, p->offset);
    be->ops.unit_rows(be, u, u, 1);
    be->ops.linear(be, scores, u, p->prototype, p->bias);
    be->ops.softmax(be, scores, scores, 1);
    TRY(backend_finish(be, error));
    be->ops.copy_out(be, HOST_F32, probabilities, scores);
    return CLUDI_OK;
}
