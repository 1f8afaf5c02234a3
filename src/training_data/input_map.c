#include "input_map.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "rng.h"
#include "rows.h"

static const double ALMOST_ALL = 0.9; /* of the variance, in one column */
static const double MANY_ZEROS = 0.1; /* of the numbers: zero is where nothing is */
static const double DEAD = 1e-12;     /* of the largest variance: a column that does not vary */
static const double FAR = 1e18;       /* root mean square distances from the mean; further is not told apart */

int input_map_specs(param_spec *specs, cludi_preprocessing kind, int64_t n, bool lifted)
{
    if (kind == CLUDI_PREPROCESSING_UNIT)
        return 0;
    specs[0] = (param_spec){.name = "input.offset", .rows = 1, .cols = n};
    specs[1] = (param_spec){.name = "input.factor", .rows = 1, .cols = n};
    if (kind != CLUDI_PREPROCESSING_COORDINATES || !lifted)
        return 2;
    specs[2] = (param_spec){.name = "input.frequency", .rows = INPUT_FREQUENCIES, .cols = n + 1, .matrix = true};
    return 3;
}

input_map input_map_bind(cludi_preprocessing kind, int64_t n, const float *values)
{
    input_map map = {.kind = kind, .n = n, .cols = n, .width = n};
    if (kind != CLUDI_PREPROCESSING_UNIT && values) {
        map.offset = values;
        map.factor = values + n;
    }
    if (kind == CLUDI_PREPROCESSING_COORDINATES) {
        map.cols = n + 1;
        map.width = (int64_t)2 * INPUT_FREQUENCIES;
        map.frequency = values ? values + 2 * n : NULL;
    }
    return map;
}

int32_t input_map_spaces(const input_map *map)
{
    return map->spaces.count > 1 ? map->spaces.count : 1;
}

int64_t input_map_space_width(const input_map *map, int32_t index)
{
    return map->spaces.count > 1 ? map->spaces.width[index] : map->width;
}

/* ---- learning ---- */

/* Two passes, and distances from the first row: offsets may be large beside the spread, and a column of one number has no
   spread at all. */
void input_map_survey(const cludi_matrix *X, column_facts *facts)
{
    const double share = 1 / (double)X->rows;
    memset(facts->mean, 0, (size_t)X->cols * sizeof *facts->mean);
    memset(facts->variance, 0, (size_t)X->cols * sizeof *facts->variance);
    memset(facts->zeros, 0, (size_t)X->cols * sizeof *facts->zeros);
    facts->negative = false;
    for (int64_t i = 0; i < X->rows; i++)
        for (int64_t j = 0; j < X->cols; j++) {
            const float x = X->data[i * X->stride + j];
            facts->mean[j] += share * ((double)x - (double)X->data[j]);
            facts->zeros[j] += x == 0 ? share : 0;
            facts->negative = facts->negative || x < 0;
        }
    for (int64_t i = 0; i < X->rows; i++)
        for (int64_t j = 0; j < X->cols; j++) {
            const double apart = (double)X->data[i * X->stride + j] - (double)X->data[j] - facts->mean[j];
            facts->variance[j] += share * apart * apart;
        }
    for (int64_t j = 0; j < X->cols; j++)
        facts->mean[j] += (double)X->data[j];
}

/* Sum, largest and number of the variances that are not negligible. */
typedef struct spread {
    double total, largest;
    int64_t live;
    double zeros; /* mean share of zeros in the columns that vary */
} spread;

static spread measure_spread(const column_facts *facts, int64_t n)
{
    spread s = {0};
    for (int64_t j = 0; j < n; j++) {
        s.total += facts->variance[j];
        s.largest = fmax(s.largest, facts->variance[j]);
    }
    for (int64_t j = 0; j < n; j++)
        if (facts->variance[j] > DEAD * s.largest) {
            s.live++;
            s.zeros += facts->zeros[j];
        }
    s.zeros /= s.live > 0 ? (double)s.live : 1;
    return s;
}

cludi_preprocessing input_map_choose(const column_facts *facts, int64_t n)
{
    const spread s = measure_spread(facts, n);
    if (s.live < INPUT_FEW_COLUMNS)
        return CLUDI_PREPROCESSING_COORDINATES;
    return !facts->negative && s.zeros > MANY_ZEROS ? CLUDI_PREPROCESSING_UNIT : CLUDI_PREPROCESSING_DIRECTIONS;
}

void input_map_learn(cludi_preprocessing kind, const column_facts *facts, int64_t n, float *values)
{
    if (kind == CLUDI_PREPROCESSING_UNIT)
        return;
    const spread s = measure_spread(facts, n);
    const bool units_differ = s.live > 2 && s.largest > ALMOST_ALL * s.total;
    const double root = kind == CLUDI_PREPROCESSING_COORDINATES ? 0.5 : 1; /* of the wanted mean square */
    for (int64_t j = 0; j < n; j++) {
        const double variance = facts->variance[j], total = units_differ ? variance * (double)s.live : s.total;
        values[j] = (float)facts->mean[j];
        values[n + j] = variance > DEAD * s.largest ? (float)fmin(root / sqrt(total), FLT_MAX) : 0;
    }
}

void input_map_tune(cludi_preprocessing kind, int64_t n, double s, uint64_t seed, float *values)
{
    if (kind != CLUDI_PREPROCESSING_COORDINATES)
        return;
    for (int64_t f = 0; f < INPUT_FREQUENCIES; f++) {
        float *row = values + 2 * n + f * (n + 1);
        rng_normal((rng_stream){seed, RNG_INPUT, 0}, (uint64_t)f, row, n + 1);
        for (int64_t j = 0; j <= n; j++)
            row[j] = (float)((double)row[j] / s);
    }
}

/* ---- mapping ---- */

static void project(float *y, int64_t n)
{
    double sum = 0;
    for (int64_t j = 0; j < n; j++)
        sum += (double)y[j] * (double)y[j];
    for (int64_t j = 0; j < n; j++)
        y[j] = (float)(2 * (double)y[j] / (sum + 1));
    y[n] = (float)((sum - 1) / (sum + 1));
}

/* y = (x - c) f, drawn nearer without turning where it is so far off that squares of float32 would overflow. */
static void center(const input_map *map, const float *x, float *y)
{
    double largest = 0;
    for (int64_t j = 0; j < map->n; j++)
        largest = fmax(largest, fabs(((double)x[j] - (double)map->offset[j]) * (double)map->factor[j]));
    const double nearer = largest > FAR ? FAR / largest : 1;
    for (int64_t j = 0; j < map->n; j++)
        y[j] = (float)(((double)x[j] - (double)map->offset[j]) * (double)map->factor[j] * nearer);
}

void input_map_row(const input_map *map, const float *x, float *y)
{
    if (map->kind == CLUDI_PREPROCESSING_UNIT) {
        memcpy(y, x, (size_t)map->n * sizeof *y);
        rows_scale(y, map->n);
    } else {
        center(map, x, y);
    }
    if (map->kind == CLUDI_PREPROCESSING_COORDINATES)
        project(y, map->n);
    (void)rows_unit(y, map->cols);
}

void input_map_lift(const input_map *map, const float *y, float *out)
{
    if (map->kind != CLUDI_PREPROCESSING_COORDINATES) {
        memcpy(out, y, (size_t)map->cols * sizeof *out);
        return;
    }
    const double scale = 1 / sqrt((double)INPUT_FREQUENCIES);
    for (int64_t f = 0; f < INPUT_FREQUENCIES; f++) {
        const float *w = map->frequency + f * map->cols;
        double angle = 0;
        for (int64_t j = 0; j < map->cols; j++)
            angle += (double)w[j] * (double)y[j];
        out[f] = (float)(cos(angle) * scale);
        out[INPUT_FREQUENCIES + f] = (float)(sin(angle) * scale);
    }
}
