#include "data_check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "rows.h"

enum {
    CANDIDATES = 9,   /* rows of which one stands for the middle */
    EXPONENTS = 640,  /* of squared distances of float32: -300 to 285 */
    MIDDLE = 320,     /* where exponent 0 is counted */
    FAR_EXPONENT = 27 /* squared distances beyond 2^27 of the usual, so distances beyond 1e4 of it, are far */
};

static const double FAR_SHARE = 0.1;      /* of the rows: more than that are no outliers */
static const double LOST = 1e-10;         /* of the variance after the map: float32 has 1e-7 of a squared distance */
static const double ALMOST_ALL = 0.9;     /* of the variance, in one column */
static const double FEW_STEPS = 16;       /* steps of float32 that a column's standard deviation should have */
static const double ONE_DIRECTION = 1e-5; /* mean squared distance from the mean of unit rows */

static long long wide(int64_t number)
{
    return (long long)number;
}

/* ---- rows that are equal ---- */

static void warn_equal(const data_check *c)
{
    const float *row = c->X->data;
    double largest = 0;
    for (int64_t j = 0; j < c->X->cols; j++)
        largest = fmax(largest, fabs((double)row[j]));
    message_log(
        c->messages, CLUDI_LOG_WARNING,
        "All %lld rows are equal in float32: nothing tells clusters apart. If they differ in float64, %s first.",
        wide(c->order->rows), largest > 0 ? "subtract the mean of each column" : "multiply them");
}

static void warn_few(const data_check *c)
{
    message_log(c->messages, CLUDI_LOG_WARNING,
                "Only %lld of %lld rows are distinct, fewer than K = %d: at most %lld clusters can be in use.",
                wide(c->order->distinct), wide(c->order->rows), (int)c->clusters, wide(c->order->distinct));
}

static void warn_zeros(const data_check *c)
{
    message_log(c->messages, CLUDI_LOG_WARNING, "%lld of %lld rows are all zero; they have no direction and stay zero.",
                wide(c->order->zeros), wide(c->order->rows));
}

/* ---- rows far out ---- */

static double squared_distance(const cludi_matrix *X, int64_t a, int64_t b)
{
    const float *x = X->data + a * X->stride, *y = X->data + b * X->stride;
    double sum = 0;
    for (int64_t j = 0; j < X->cols; j++)
        sum += ((double)x[j] - (double)y[j]) * ((double)x[j] - (double)y[j]);
    return sum;
}

/* The candidate to which most others are nearest, so none that is far out itself. */
static int64_t find_middle(const cludi_matrix *X)
{
    const int64_t count = min_int(X->rows, CANDIDATES);
    double least = INFINITY;
    int64_t middle = 0;
    for (int64_t a = 0; a < count; a++) {
        double sorted[CANDIDATES];
        for (int64_t b = 0; b < count; b++) {
            const double apart = squared_distance(X, a, b);
            int64_t at = b;
            for (; at > 0 && sorted[at - 1] > apart; at--)
                sorted[at] = sorted[at - 1];
            sorted[at] = apart;
        }
        if (sorted[count / 2] < least) {
            least = sorted[count / 2];
            middle = a;
        }
    }
    return middle;
}

typedef struct distances {
    int64_t counts[EXPONENTS]; /* rows whose squared distance has this exponent, less MIDDLE */
    int64_t apart;             /* rows at any distance */
    int64_t farthest;          /* its number */
    double most;               /* its squared distance */
} distances;

static void add_distance(distances *d, double apart, int64_t row)
{
    int exponent;
    if (apart == 0)
        return;
    (void)frexp(apart, &exponent);
    d->counts[exponent + MIDDLE]++;
    d->apart++;
    if (apart > d->most) {
        d->most = apart;
        d->farthest = row;
    }
}

/* The longest of all rows may not be among those of X; it is at least so far out. */
static void measure_distances(const data_check *c, distances *d)
{
    const cludi_matrix *X = c->X;
    const int64_t middle = find_middle(X);
    const double beyond = c->order->length - sqrt(rows_square_sum(X->data + middle * X->stride, X->cols));
    *d = (distances){.most = 0};
    for (int64_t i = 0; i < X->rows; i++)
        add_distance(d, squared_distance(X, i, middle), c->order->canonical[i]);
    if (beyond > 0 && beyond * beyond > 2 * d->most)
        add_distance(d, beyond * beyond, c->order->longest);
}

static int find_median(const distances *d)
{
    int64_t seen = 0;
    int at = 0;
    while (at < EXPONENTS - 1 && 2 * (seen + d->counts[at]) < d->apart)
        seen += d->counts[at++];
    return at;
}

/* Is there a row that takes all the room? Where only directions count, none does. */
static bool warn_far(const data_check *c)
{
    distances d;
    int64_t far = 0;
    measure_distances(c, &d);
    const int median = find_median(&d);
    for (int at = median + FAR_EXPONENT + 1; at < EXPONENTS; at++)
        far += d.counts[at];
    if (far == 0 || (far > 1 && (double)far > FAR_SHARE * (double)c->X->rows))
        return false;
    char others[64] = "";
    if (far > 1)
        snprintf(others, sizeof others, " (%lld rows are more than 1e4 times as far)", wide(far));
    message_log(
        c->messages, CLUDI_LOG_WARNING,
        "Row %lld (counted from 0) is about %.0e times as far out as most rows%s: beside it they look alike. Leave "
        "it out, or correct it.",
        wide(d.farthest), sqrt(ldexp(d.most, MIDDLE - median)), others);
    return true;
}

/* ---- columns ---- */

/* Of a column of mapped unit rows. */
typedef struct unit_column {
    double sum, square;
} unit_column;

static unit_column *add_unit_rows(const data_check *c)
{
    const cludi_matrix *y = c->mapped;
    unit_column *columns = alloc_zeroed(c->order->allocator, y->cols, sizeof *columns);
    for (int64_t i = 0; columns && i < y->rows; i++)
        for (int64_t j = 0; j < y->cols; j++) {
            const double number = (double)y->data[i * y->stride + j];
            columns[j].sum += number;
            columns[j].square += number * number;
        }
    return columns;
}

/* What column j adds to squared distances of mapped rows, but for a factor that all columns share; units: NULL unless rows are
   mapped to their directions alone. */
static double weigh(const data_check *c, const unit_column *units, int64_t j)
{
    const double factor = units ? 0 : (double)c->map->factor[j];
    return units ? units[j].square : c->facts->variance[j] * factor * factor;
}

/* Columns that vanish beside another one after the map; constant ones take nothing away, nor do a few that hold rounding
   errors, like the last of principal components. */
static bool warn_lost(const data_check *c, const unit_column *units)
{
    int64_t largest = 0, varying = 0, lost = 0;
    double total = 0, most = 0, given = 0;
    for (int64_t j = 0; j < c->map->n; j++) {
        const double variance = c->facts->variance[j];
        given += variance;
        total += weigh(c, units, j);
        varying += variance > 0;
        if (variance > most) {
            most = variance;
            largest = j;
        }
    }
    for (int64_t j = 0; j < c->map->n; j++)
        lost += c->facts->variance[j] > 0 && weigh(c, units, j) <= LOST * total;
    if (lost == 0 || (2 * lost < varying && most <= ALMOST_ALL * given))
        return false;
    message_log(
        c->messages, CLUDI_LOG_WARNING,
        "%lld of %lld columns count for nothing, because column %lld (counted from 0) is more than 1e5 times as "
        "large: bring the columns to like units.",
        wide(lost), wide(c->map->n), wide(largest));
    return true;
}

static double step_at(double number)
{
    const float at = fabsf((float)number);
    return (double)nextafterf(at, INFINITY) - (double)at;
}

/* A column of one number may be what rounding left of many, where whole numbers are rounded too. */
static bool is_coarse(double mean, double deviation)
{
    return deviation < FEW_STEPS * step_at(mean) && (deviation > 0 || fabs(mean) >= 1 / (double)FLT_EPSILON);
}

static void warn_coarse(const data_check *c)
{
    int64_t coarse = 0, first = 0;
    double most = 0;
    for (int64_t j = c->X->cols - 1; j >= 0; j--) {
        const double deviation = sqrt(c->facts->variance[j]);
        most = fmax(most, deviation);
        if (is_coarse(c->facts->mean[j], deviation)) {
            coarse++;
            first = j;
        }
    }
    if (most > 0 && most < (double)FLT_MIN)
        message_log(c->messages, CLUDI_LOG_WARNING,
                    "No column varies by more than %.0e, where float32 has few digits: multiply the rows first.", most);
    else if (coarse > 0)
        message_log(c->messages, CLUDI_LOG_WARNING,
                    "%lld of %lld columns lie so far from 0 that float32 keeps few of their differences, or none "
                    "(column %lld, counted from 0: mean %.2e, standard deviation %.0e): subtract the mean of each "
                    "column first.",
                    wide(coarse), wide(c->X->cols), wide(first), c->facts->mean[first],
                    sqrt(c->facts->variance[first]));
}

/* ---- directions ---- */

/* Unit rows of one direction: what they differ by is lost in a squared distance of float32. */
static void warn_directions(const data_check *c, const unit_column *units)
{
    const int64_t sampled = c->mapped->rows;
    const double rows = (double)(sampled - (c->order->rows == sampled ? c->order->zeros : 0));
    double square = 0;
    for (int64_t j = 0; j < c->mapped->cols; j++)
        square += units[j].sum * units[j].sum;
    if (rows > 1 && 1 - square / (rows * rows) < ONE_DIRECTION)
        message_log(
            c->messages, CLUDI_LOG_WARNING,
            "All rows point almost the same way from 0, and the input \"unit\" keeps nothing but the direction: "
            "scale the columns, or use the input \"directions\", which subtracts the mean.");
}

static cludi_status warn_unit(const data_check *c, cludi_error *error)
{
    unit_column *units = add_unit_rows(c);
    if (!units)
        return error_memory(error, "a check of the rows");
    if (!warn_lost(c, units))
        warn_directions(c, units);
    alloc_free(c->order->allocator, units);
    return CLUDI_OK;
}

cludi_status data_check_warn(const data_check *check, cludi_error *error)
{
    const bool unit = check->map->kind == CLUDI_PREPROCESSING_UNIT;
    if (!check->messages->log)
        return CLUDI_OK;
    if (unit && check->order->zeros > 0)
        warn_zeros(check);
    if (check->order->distinct == 1 && check->order->rows > 1) {
        warn_equal(check);
        return CLUDI_OK;
    }
    if (check->order->distinct < check->clusters)
        warn_few(check);
    warn_coarse(check);
    if (unit)
        return warn_unit(check, error);
    if (!warn_far(check))
        (void)warn_lost(check, NULL);
    return CLUDI_OK;
}
