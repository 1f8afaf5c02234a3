#include "backend.h"

#include <stdbool.h>
#include <string.h>

#include "backend_table.h"
#include "error.h"
#include "int_safe.h"
#include "near_name.h"

/* Below about 50 microseconds of work a second thread wins nothing, and on a busy machine waiting for it costs a hundred
   times that. */
enum { USUAL_GRAIN = 131072 };

/* So few that their activations and the weights share a core's cache. */
enum { CPU_BLOCK_ROWS = 64 };

static cludi_status refuse_precision(const char *name, cludi_error *error)
{
    static const char *const NAMES[] = {"auto", "f32", "bf16", NULL};
    char phrase[NEAR_PHRASE];
    return error_set(error, CLUDI_ERROR_ARGUMENT, "There is no precision \"%s\"; choose auto, f32 or bf16%s.", name,
                     near_name_phrase(phrase, name, NAMES));
}

static cludi_status open_named(backend *be, const char *name, cludi_error *error)
{
    const backend_row *row;
    const cludi_status status = backend_table_find(name, &row, error);
    return status == CLUDI_OK ? row->open(be, error) : status;
}

/* Before the backend opens, precision is what may be used; a row's open() takes it back where there is no bf16. */
cludi_status backend_open(backend *be, const char *name, const char *operands, int threads,
                          const cludi_allocator *allocator, cludi_error *error)
{
    const bool wants_bf16 = strcmp(operands, "bf16") == 0;
    *be = (backend){.threads = threads,
                    .grain = USUAL_GRAIN,
                    .block_rows = CPU_BLOCK_ROWS,
                    .row_multiple = 1,
                    .allocator = *allocator};
    if (!wants_bf16 && strcmp(operands, "auto") != 0 && strcmp(operands, "f32") != 0)
        return refuse_precision(operands, error);
    be->precision = strcmp(operands, "f32") == 0 ? PRECISION_F32 : PRECISION_BF16;
    be->team = threads > 1 ? team_new(threads, allocator) : NULL;
    if (threads > 1 && !be->team)
        return error_memory(error, "the backend");
    cludi_status status = open_named(be, name, error);
    if (status == CLUDI_OK && (!wants_bf16 || be->precision == PRECISION_BF16))
        return status;
    backend_close(be);
    if (status != CLUDI_OK)
        return status;
    return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                     "There is no bf16 here: it needs the onednn backend and a processor with AVX512-BF16; take f32.");
}

cludi_status backend_open_float(backend *be, const backend *like, cludi_error *error)
{
    const cludi_status status = backend_open(be, like->ops.name, "f32", like->threads, &like->allocator, error);
    if (status != CLUDI_OK)
        return status;
    team_free(be->team);
    be->team = like->team;
    be->borrows_team = true;
    be->stop = like->stop;
    return status;
}

cludi_status backend_finish(backend *be, cludi_error *error)
{
    const cludi_status status = be->ops.finish(be, error);
    return status == CLUDI_OK ? stop_request_check(be->stop, error) : status;
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
    return be->block_rows < rows ? be->block_rows : rows;
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

static size_t number_size(const backend *be, tensor x)
{
    return x.bf16 ? sizeof(uint16_t) : be->ops.real_size;
}

size_t backend_bytes(const backend *be, tensor x)
{
    return (size_t)(x.rows * x.cols) * number_size(be, x);
}

tensor backend_rows(const backend *be, tensor x, int64_t first, int64_t rows)
{
    if (!x.data)
        return x;
    char *start = (char *)x.data + (size_t)(first * x.cols) * number_size(be, x);
    return (tensor){start, rows, x.cols, x.bf16};
}
