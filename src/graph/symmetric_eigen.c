#include "symmetric_eigen.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "dots.h"
#include "error.h"

enum { MOST_STEPS = 60 };

static void add(double *to, double factor, const double *x, int64_t count)
{
    for (int64_t j = 0; j < count; j++)
        to[j] += factor * x[j];
}

/* ---- tridiagonal form: A = Q T Q^T, Q = H_0 H_1 ..., H_k = 1 - factor_k u_k u_k^T ---- */

/* H_k: u takes the place of A[k][k + 1 ..], its factor that of A[k][k]; T's next number outside its diagonal is returned. */
static double reflect(const symmetric_eigen *s, int64_t k, double *q)
{
    const int64_t n = s->n, m = n - k - 1;
    double *u = s->A + k * n + k + 1;
    const double square = dot(u, u, m), beyond = square - u[0] * u[0];
    const double next = beyond > 0 ? -copysign(sqrt(square), u[0]) : u[0];
    u[0] = beyond > 0 ? u[0] - next : 0;
    const double length = beyond > 0 ? beyond + u[0] * u[0] : 0, factor = length > 0 ? 2 / length : 0;
    u[-1] = factor;
    if (factor == 0) {
        memset(u, 0, (size_t)m * sizeof *u);
        return next;
    }
    for (int64_t i = 0; i < m; i++)
        q[i] = factor * dot(s->A + (k + 1 + i) * n + k + 1, u, m);
    add(q, -factor / 2 * dot(q, u, m), u, m);
    for (int64_t i = 0; i < m; i++) {
        double *row = s->A + (k + 1 + i) * n + k + 1;
        add(row, -u[i], q, m);
        add(row, -q[i], u, m);
    }
    return next;
}

/* vectors = Q^T. */
static cludi_status build_rotation(const symmetric_eigen *s, stop_request *stop, cludi_error *error)
{
    const int64_t n = s->n;
    memset(s->vectors, 0, (size_t)(n * n) * sizeof *s->vectors);
    for (int64_t i = 0; i < n; i++)
        s->vectors[i * n + i] = 1;
    for (int64_t k = n - 3; k >= 0; k--) {
        const double *u = s->A + k * n + k + 1;
        TRY(stop_request_check(stop, error));
        for (int64_t i = k + 1; i < n; i++) {
            double *row = s->vectors + i * n + k + 1;
            add(row, -u[-1] * dot(row, u, n - k - 1), u, n - k - 1);
        }
    }
    return CLUDI_OK;
}

static cludi_status make_tridiagonal(const symmetric_eigen *s, double *beside, double *q, stop_request *stop,
                                     cludi_error *error)
{
    const int64_t n = s->n;
    for (int64_t k = 0; k < n; k++) {
        TRY(stop_request_check(stop, error));
        s->values[k] = s->A[k * n + k];
        beside[k] = k + 1 < n ? s->A[k * n + k + 1] : 0;
        if (k < n - 2)
            beside[k] = reflect(s, k, q);
    }
    return build_rotation(s, stop, error);
}

/* ---- QL ---- */

static void rotate(double *a, double *b, double c, double s, int64_t n)
{
    for (int64_t j = 0; j < n; j++) {
        const double x = a[j], y = b[j];
        b[j] = s * x + c * y;
        a[j] = c * x - s * y;
    }
}

/* One step on T[l .. m], whose numbers beside the diagonal are not zero. */
static void step_ql(const symmetric_eigen *S, double *e, int64_t l, int64_t m)
{
    double *d = S->values, s = 1, c = 1, p = 0;
    double g = (d[l + 1] - d[l]) / (2 * e[l]);
    g = d[m] - d[l] + e[l] / (g + copysign(sqrt(g * g + 1), g));
    for (int64_t i = m - 1; i >= l; i--) {
        const double f = s * e[i], b = c * e[i], r = sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r == 0) {
            d[i + 1] -= p;
            e[m] = 0;
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        const double t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        rotate(S->vectors + i * S->n, S->vectors + (i + 1) * S->n, c, s, S->n);
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0;
}

/* The end of the block that begins at l. */
static int64_t block_end(const double *d, const double *e, int64_t l, int64_t n)
{
    int64_t m = l;
    while (m < n - 1 && fabs(e[m]) > DBL_EPSILON * (fabs(d[m]) + fabs(d[m + 1])) && fabs(e[m]) > DBL_MIN)
        m++;
    return m;
}

static cludi_status find_values(const symmetric_eigen *s, double *e, stop_request *stop, cludi_error *error)
{
    for (int64_t l = 0; l < s->n; l++) {
        int64_t m;
        for (int steps = 0; (m = block_end(s->values, e, l, s->n)) > l; steps++) {
            TRY(stop_request_check(stop, error));
            if (steps == MOST_STEPS)
                return error_set(error, CLUDI_ERROR_DATA, "The eigenvalues of a matrix of %lld rows are not found.",
                                 (long long)s->n);
            step_ql(s, e, l, m);
        }
    }
    return CLUDI_OK;
}

static void sort_falling(const symmetric_eigen *s, double *row)
{
    const size_t bytes = (size_t)s->n * sizeof *row;
    for (int64_t i = 0; i < s->n; i++) {
        int64_t best = i;
        for (int64_t j = i + 1; j < s->n; j++)
            best = s->values[j] > s->values[best] ? j : best;
        const double value = s->values[i];
        s->values[i] = s->values[best];
        s->values[best] = value;
        memcpy(row, s->vectors + i * s->n, bytes);
        memcpy(s->vectors + i * s->n, s->vectors + best * s->n, bytes);
        memcpy(s->vectors + best * s->n, row, bytes);
    }
}

cludi_status symmetric_eigen_solve(const symmetric_eigen *s, stop_request *stop, cludi_error *error)
{
    double *beside = s->scratch, *row = s->scratch + s->n;
    TRY(make_tridiagonal(s, beside, row, stop, error));
    TRY(find_values(s, beside, stop, error));
    sort_falling(s, row);
    return CLUDI_OK;
}
