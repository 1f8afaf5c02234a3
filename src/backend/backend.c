#include "backend.h"

#include <string.h>

#include "error.h"
#include "ref.h"
#ifdef CLUDI_WITH_ONEDNN
#include "onednn.h"
#endif

/* Below about 50 microseconds of work a second thread wins nothing, and on a busy machine waiting for it costs a hundred
   times that. */
enum { USUAL_GRAIN = 131072 };

static cludi_status open_onednn(backend *be, cludi_error *error)
{
#ifdef CLUDI_WITH_ONEDNN
    return onednn_open(be, error);
#else
    (void)be;
    return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                     "This build of cludi has no onednn backend; use ref, or build with libdnnl-dev installed.");
#endif
}

cludi_status backend_open(backend *be, const char *name, int threads, const cludi_allocator *allocator,
                          cludi_error *error)
{
#ifdef CLUDI_WITH_ONEDNN
    const char *best = "onednn";
#else
    const char *best = "ref";
#endif
    *be = (backend){.threads = threads, .grain = USUAL_GRAIN, .row_multiple = 1, .allocator = *allocator};
    if (strcmp(name, "auto") == 0)
        name = best;
    if (strcmp(name, "onednn") == 0)
        return open_onednn(be, error);
    if (strcmp(name, "ref") == 0)
        ref_open(be);
    else if (strcmp(name, "ref64") == 0)
        ref64_open(be);
    else
        return error_set(error, CLUDI_ERROR_ARGUMENT, "There is no backend \"%s\"; choose auto, ref or onednn.", name);
    return CLUDI_OK;
}

void backend_close(backend *be)
{
    if (be->ops.close)
        be->ops.close(be);
    *be = (backend){0};
}

int backend_workers(const backend *be)
{
    return be->threads;
}

backend backend_worker(const backend *be)
{
    backend worker = *be;
    worker.threads = 1;
    return worker;
}

tensor backend_rows(const backend *be, tensor x, int64_t first, int64_t rows)
{
    char *start = (char *)x.data + (size_t)(first * x.cols) * be->ops.real_size;
    return x.data ? (tensor){start, rows, x.cols} : x;
}
