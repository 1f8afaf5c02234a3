#include "backend.h"

#include <stdbool.h>

#include "bounds.h"
#include "error.h"
#include "int_safe.h"

cludi_status backend_finish(backend *be, cludi_error *error)
{
    TRY(be->ops.finish(be, error));
    return stop_request_check(be->stop, error);
}

void backend_forget(backend *be)
{
    (void)be->ops.finish(be, NULL);
}

const char *backend_precision(const backend *be)
{
    return be->precision == PRECISION_BF16 ? "bf16" : "f32";
}

void backend_close(backend *be)
{
    if (be->ops.close)
        be->ops.close(be);
    if (!be->borrows_team)
        team_free(be->team);
    *be = (backend){0};
}

int64_t backend_block(const backend *be, int64_t rows)
{
    return min_int(be->block_rows, rows);
}

int backend_workers(const backend *be)
{
    return be->block_rows == BACKEND_ALL_ROWS ? 1 : be->threads;
}

backend backend_worker(const backend *be)
{
    backend worker = *be;
    worker.threads = 1;
    return worker;
}

/* ---- loops ---- */

typedef struct plain_loop {
    backend_part *part;
    const void *loop;
} plain_loop;

static void run_part(void *self, int worker, int64_t first, int64_t last)
{
    const plain_loop *loop = self;
    (void)worker;
    loop->part(loop->loop, first, last);
}

/* Half a grain for each thread at least. */
static int threads_for(const backend *be, int64_t elements)
{
    const int64_t worth = elements < be->grain ? 1 : 2 * (elements / be->grain);
    return worth < be->threads ? (int)worth : be->threads;
}

/* Pieces are so many that nobody waits long for the last one. */
void backend_loop(backend *be, int64_t elements, int64_t count, backend_part *part, const void *loop)
{
    enum { PIECES_EACH = 8 };
    const int threads = threads_for(be, elements);
    const int64_t pieces = (int64_t)threads * PIECES_EACH;
    plain_loop plain = {part, loop};
    team_run(be->team, threads, &(team_loop){run_part, &plain, count, (count + pieces - 1) / pieces});
}

typedef struct task_loop {
    stop_request *stop;
    backend_task *task;
    void *self;
} task_loop;

static void run_tasks(void *loop, int worker, int64_t first, int64_t last)
{
    const task_loop *l = loop;
    for (int64_t i = first; i < last; i++)
        if (!stop_request_stopped(l->stop))
            l->task(l->self, worker, i);
}

void host_each(const backend *be, int64_t tasks, backend_task *task, void *self)
{
    task_loop loop = {be->stop, task, self};
    team_run(be->team, be->threads, &(team_loop){run_tasks, &loop, tasks, 1});
}

int64_t backend_attention_scratch(int64_t tokens, int64_t width, int32_t heads)
{
    enum { LANES = 32, ROWS = 24 };
    const int64_t keys = (tokens + LANES - 1) / LANES * LANES, part = (width / heads + LANES - 1) / LANES * LANES;
    int64_t numbers;
    return int64_product(keys + ROWS, 2 * part + ROWS, &numbers) ? numbers : -1;
}

int64_t backend_nearest_scratch(const backend *be, int64_t columns)
{
    return (int64_t)be->threads * BACKEND_SLICE * columns;
}

int64_t backend_top_scratch(const backend *be, int64_t rows, int64_t columns)
{
    return (int64_t)be->threads * BACKEND_SLICE * TOP_BLOCK + rows + columns;
}

static size_t number_size(const backend *be, tensor x)
{
    return x.bf16 ? sizeof(uint16_t) : be->ops.real_size;
}

size_t backend_bytes(const backend *be, tensor x)
{
    return (size_t)(x.rows * x.cols) * number_size(be, x);
}

tensor backend_take(backend *be, int64_t rows, int64_t cols)
{
    tensor x = {.rows = rows, .cols = cols};
    x.data = be->ops.allocate(be, backend_bytes(be, x));
    return x;
}

tensor backend_rows(const backend *be, tensor x, int64_t first, int64_t rows)
{
    if (!x.data)
        return x;
    char *start = (char *)x.data + (size_t)(first * x.cols) * number_size(be, x);
    return (tensor){start, rows, x.cols, x.bf16};
}
