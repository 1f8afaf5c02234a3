/* A backend by its name. */
#include <stdbool.h>
#include <string.h>

#include "backend.h"
#include "backend_table.h"
#include "error.h"
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
    TRY(backend_table_find(name, &row, error));
    return row->open(be, error);
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
