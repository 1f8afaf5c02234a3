#include "unit_source.h"

#include "error.h"
#include "rows.h"

enum { ROOM_NUMBERS = 1 << 18 };

cludi_status unit_source_init(unit_source *units, backend *be, const cludi_source *X, const int64_t *order,
                              cludi_error *error)
{
    const int64_t most = X->cols < ROOM_NUMBERS ? ROOM_NUMBERS / X->cols : 1;
    *units = (unit_source){.be = be, .X = X, .order = order};
    units->room = (tensor){.rows = most < X->rows ? most : X->rows, .cols = X->cols};
    units->room.data = be->ops.allocate(be, backend_bytes(be, units->room));
    return units->room.data ? CLUDI_OK : error_memory(error, "a block of unit rows");
}

void unit_source_clear(unit_source *units)
{
    if (units->be)
        units->be->ops.release(units->be, units->room.data);
    *units = (unit_source){0};
}

/* rows (count, n): read as the caller has them, left as methods cluster them. */
static void map_rows(unit_source *units, float *rows, int64_t count)
{
    backend *be = units->be;
    const int64_t n = units->X->cols;
    for (int64_t i = 0; i < count; i++)
        rows_scale(rows + i * n, n);
    const tensor x = backend_rows(be, units->room, 0, count);
    be->ops.copy_in(be, x, HOST_F32, rows);
    be->ops.unit_rows(be, x, x, 1);
    be->ops.copy_out(be, HOST_F32, rows, x);
}

static cludi_status fetch_rows(const unit_source *units, int64_t first, int64_t count, float *out, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    if (!units->order)
        return rows_read(units->X, first, count, out, error);
    for (int64_t i = 0; status == CLUDI_OK && i < count; i++)
        status = rows_read(units->X, units->order[first + i], 1, out + i * units->X->cols, error);
    return status;
}

static cludi_status read_units(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    unit_source *units = user;
    cludi_status status = CLUDI_OK;
    for (int64_t done = 0; status == CLUDI_OK && done < count; done += units->room.rows) {
        const int64_t part = count - done < units->room.rows ? count - done : units->room.rows;
        float *rows = out + done * units->X->cols;
        status = fetch_rows(units, first + done, part, rows, error);
        if (status == CLUDI_OK)
            map_rows(units, rows, part);
    }
    return status;
}

cludi_source unit_source_rows(unit_source *units)
{
    return (cludi_source){.rows = units->X->rows, .cols = units->X->cols, .read = read_units, .user = units};
}
