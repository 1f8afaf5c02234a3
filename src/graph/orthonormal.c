#include "orthonormal.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "dots.h"
#include "error.h"

enum { PASSES = 2 };
static const double SHIFT = 1e-6; /* times the mean square of a column */

cludi_status orthonormal_init(orthonormal *o, backend *be, int64_t p, cludi_error *error)
{
    *o = (orthonormal){.be = be, .p = p, .square = {.rows = p, .cols = p}};
    o->square.data = be->ops.allocate(be, backend_bytes(be, o->square));
    o->factor = alloc_array(&be->allocator, (p + 1) * p, sizeof *o->factor);
    return o->square.data && o->factor ? CLUDI_OK : error_memory(error, "the eigenvectors of the graph");
}

void orthonormal_clear(orthonormal *o)
{
    if (!o->be)
        return;
    o->be->ops.release(o->be, o->square.data);
    alloc_free(&o->be->allocator, o->factor);
    *o = (orthonormal){0};
}

cludi_status orthonormal_products(const orthonormal *o, tensor a, tensor b, double *out, cludi_error *error)
{
    o->be->ops.linear_dw(o->be, o->square, (tensor){0}, a, b);
    TRY(backend_finish(o->be, error));
    o->be->ops.copy_out(o->be, HOST_F64, out, o->square);
    return CLUDI_OK;
}

/* The lower triangle of G becomes L of G + shift = L L^T. */
static cludi_status factorize(const orthonormal *o, cludi_error *error)
{
    const int64_t p = o->p;
    double *G = o->factor, shift = 0;
    for (int64_t i = 0; i < p; i++)
        shift += SHIFT * G[i * p + i] / (double)p;
    for (int64_t i = 0; i < p; i++) {
        double *row = G + i * p;
        TRY(stop_request_check(o->be->stop, error));
        for (int64_t j = 0; j < i; j++)
            row[j] = (row[j] - dot(row, G + j * p, j)) / G[j * p + j];
        row[i] = sqrt(fmax(row[i] + shift - dot(row, row, i), shift));
    }
    return CLUDI_OK;
}

/* L becomes its inverse X, zeros above: row i of it is (e_i - sum over j < i of L_ij X_j) / L_ii. */
static cludi_status invert(const orthonormal *o, cludi_error *error)
{
    const int64_t p = o->p;
    double *times = o->factor + p * p;
    for (int64_t i = 0; i < p; i++) {
        double *row = o->factor + i * p;
        const double own = row[i];
        TRY(stop_request_check(o->be->stop, error));
        for (int64_t j = 0; j < i; j++)
            times[j] = row[j] / own;
        memset(row, 0, (size_t)p * sizeof *row);
        for (int64_t j = 0; j < i; j++)
            for (int64_t c = 0; c <= j; c++)
                row[c] -= times[j] * o->factor[j * p + c];
        row[i] = 1 / own;
    }
    return CLUDI_OK;
}

static cludi_status make_once(const orthonormal *o, tensor x, tensor y, cludi_error *error)
{
    TRY(orthonormal_products(o, x, x, o->factor, error));
    TRY(factorize(o, error));
    TRY(invert(o, error));
    o->be->ops.copy_in(o->be, o->square, HOST_F64, o->factor);
    o->be->ops.linear(o->be, y, x, o->square, (tensor){0});
    o->be->ops.copy(o->be, x, y);
    return backend_finish(o->be, error);
}

cludi_status orthonormal_make(const orthonormal *o, tensor x, tensor y, cludi_error *error)
{
    for (int pass = 0; pass < PASSES; pass++)
        TRY(make_once(o, x, y, error));
    return CLUDI_OK;
}
