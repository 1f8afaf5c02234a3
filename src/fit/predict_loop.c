#include "predict_loop.h"

#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "predict_report.h"

struct prediction {
    cludi_allocator allocator;
    uint64_t model; /* its number */
    const method *how;
    predict_args args; /* of the running call */
    int64_t rows;      /* of the call that set it up */
    int64_t block;
    backend f32; /* open where the method computes in float32 and the caller does not */
    void *self;  /* of the method */
};

bool prediction_is_of(const prediction *p, const cludi_model *model)
{
    return p && p->model == model->number;
}

void prediction_free(prediction *p)
{
    if (!p)
        return;
    const cludi_allocator allocator = p->allocator;
    if (p->self)
        p->how->predict_close(p->self);
    if (p->f32.ops.close)
        backend_close(&p->f32);
    alloc_free(&allocator, p);
}

/* Whether what was set up for another call will do: a block has room for all rows, or was as large as blocks get. */
static bool serves(const prediction *p, const predict_request *r)
{
    return prediction_is_of(p, r->model) && p->args.draws == r->draws && p->args.denoise_steps == r->denoise_steps &&
           p->args.adaptive == r->adaptive && (r->X->rows <= p->block || p->rows > p->block);
}

static predict_args args_of(const predict_request *r)
{
    return (predict_args){
        .be = r->be,
        .messages = r->messages,
        .seed = r->seed,
        .model = {&r->model->info, r->model->specs, r->model->first_input, r->model->values, model_input(r->model)},
        .X = r->X,
        .draws = r->draws,
        .denoise_steps = r->denoise_steps,
        .adaptive = r->adaptive,
        .started = message_seconds()};
}

/* The kept one, or a new one. */
static cludi_status set_up(prediction **out, prediction **kept, const predict_request *r, cludi_error *error)
{
    prediction *p = kept ? *kept : NULL;
    *out = p;
    if (serves(p, r)) {
        p->args = args_of(r);
        return CLUDI_OK;
    }
    prediction_free(p);
    p = alloc_zeroed(&r->be->allocator, 1, sizeof *p);
    *out = p;
    if (kept)
        *kept = p;
    if (!p)
        return error_memory(error, "the prediction");
    p->allocator = r->be->allocator;
    p->model = r->model->number;
    p->how = r->model->how;
    p->args = args_of(r);
    p->rows = r->X->rows;
    if (p->how->in_float && r->be->precision != PRECISION_F32) {
        TRY(backend_open_float(&p->f32, r->be, error));
        p->args.be = &p->f32;
    }
    return p->how->predict_open(&p->self, &p->args, &p->block, error);
}

static void put_away(prediction *p, prediction **kept, cludi_status status)
{
    if (kept && status == CLUDI_OK)
        return;
    if (kept)
        *kept = NULL;
    prediction_free(p);
}

static cludi_status predict_blocks(prediction *p, const cludi_prediction *out, cludi_error *error)
{
    const int64_t M = p->args.X->rows;
    cludi_status status = CLUDI_OK;
    for (int64_t first = 0; status == CLUDI_OK && first < M; first += p->block) {
        const int64_t count = min_int(M - first, p->block);
        status = p->how->predict_block(p->self, &p->args, first, count, out, error);
        if (status == CLUDI_OK)
            status = predict_report(&p->args, first + count, error);
        else if (status == CLUDI_STOPPED)
            status = predict_stopped(&p->args, first, error);
    }
    return status;
}

cludi_status predict_loop_run(const predict_request *r, const cludi_prediction *out, cludi_error *error)
{
    const method *how = r->model->how;
    prediction **kept = how->uses_draws ? r->kept : NULL; /* the others are set up in a few milliseconds */
    prediction *p;
    if (out->embedding && !how->has_embedding)
        return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                         "A model of the method %s has no embeddings; embedding must be NULL.", how->name);
    backend_forget(r->be);
    cludi_status status = set_up(&p, kept, r, error);
    if (status == CLUDI_OK)
        status = predict_blocks(p, out, error);
    if (status == CLUDI_OK && out->draws && !how->uses_draws)
        memset(out->draws, 0, (size_t)r->X->rows * sizeof *out->draws);
    put_away(p, kept, status);
    return status;
}
