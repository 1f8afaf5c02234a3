#include "fitted_rows.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "bounds.h"
#include "error.h"

enum { KEPT = 4, KEY = 3, LOW_BITS = 21 };
static const uint64_t LOW = ((uint64_t)1 << LOW_BITS) - 1;
static const float SLACK = 1e-4F;
static const float LESS = 1 - 1e-6F; /* enough that a division leaves two numbers different */

int32_t fitted_rows_kept(int32_t clusters)
{
    return clusters < KEPT ? clusters : KEPT;
}

int64_t fitted_rows_width(int32_t clusters)
{
    return KEY + 2 * (int64_t)fitted_rows_kept(clusters);
}

void fitted_rows_agree(const fitted_labels *fitted, const uint64_t *fingerprint, int64_t rows)
{
    const int64_t kept = fitted->kept;
    for (int64_t i = 1; i < rows; i++)
        if (fingerprint[i] == fingerprint[i - 1]) {
            memcpy(fitted->cluster + i * kept, fitted->cluster + (i - 1) * kept,
                   (size_t)kept * sizeof *fitted->cluster);
            memcpy(fitted->probability + i * kept, fitted->probability + (i - 1) * kept,
                   (size_t)kept * sizeof *fitted->probability);
        }
}

void fitted_rows_store(const fitted_labels *fitted, const uint64_t *fingerprint, int64_t rows, float *table)
{
    for (int64_t i = 0; i < rows; i++) {
        *table++ = (float)(fingerprint[i] >> (2 * LOW_BITS));
        *table++ = (float)(fingerprint[i] >> LOW_BITS & LOW);
        *table++ = (float)(fingerprint[i] & LOW);
        for (int32_t j = 0; j < fitted->kept; j++)
            *table++ = (float)fitted->cluster[i * fitted->kept + j];
        for (int32_t j = 0; j < fitted->kept; j++)
            *table++ = fitted->probability[i * fitted->kept + j];
    }
}

/* A whole number, 0 .. end - 1. */
static bool is_whole(float x, double end)
{
    return x >= 0 && (double)x < end && floorf(x) == x;
}

static bool is_answer(const fitted_rows *f, const float *cluster)
{
    const float *p = cluster + f->kept;
    float sum = 0;
    for (int32_t j = 0; j < f->kept; j++) {
        if (!is_whole(cluster[j], f->clusters) || !(p[j] >= 0 && p[j] <= 1 + SLACK) || (j > 0 && p[j] > p[j - 1]))
            return false;
        for (int32_t other = 0; other < j; other++)
            if (cluster[other] == cluster[j])
                return false;
        sum += p[j];
    }
    return sum > 0 && sum <= 1 + SLACK;
}

static int64_t find_width(const fitted_rows *f)
{
    return fitted_rows_width(f->clusters);
}

cludi_status fitted_rows_bind(fitted_rows *f, const float *table, int64_t rows, int32_t clusters, cludi_error *error)
{
    *f = (fitted_rows){table, rows, clusters, fitted_rows_kept(clusters)};
    for (int64_t i = 0; i < rows; i++, table += find_width(f)) {
        const bool key = is_whole(table[0], (double)(1 << (64 - 2 * LOW_BITS))) &&
                         is_whole(table[1], (double)LOW + 1) && is_whole(table[2], (double)LOW + 1);
        if (!key || !is_answer(f, table + KEY))
            return error_set(error, CLUDI_ERROR_FORMAT,
                             "Row %lld of the model's tensor \"fitted\" is no answer of a fit.", (long long)i);
    }
    return CLUDI_OK;
}

static uint64_t key_of(const fitted_rows *f, int64_t i)
{
    const float *key = f->table + i * find_width(f);
    return (uint64_t)key[0] << (2 * LOW_BITS) | (uint64_t)key[1] << LOW_BITS | (uint64_t)key[2];
}

/* The first row of that fingerprint, or NULL. */
static const float *find(const fitted_rows *f, uint64_t fingerprint)
{
    int64_t low = 0, high = f->rows;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (key_of(f, middle) < fingerprint)
            low = middle + 1;
        else
            high = middle;
    }
    return low < f->rows && key_of(f, low) == fingerprint ? f->table + low * find_width(f) + KEY : NULL;
}

void fitted_rows_recall(const fitted_rows *f, uint64_t fingerprint, float *p)
{
    const float *cluster = find(f, fingerprint);
    float known = 0, others = 0;
    if (!cluster)
        return;
    for (int32_t j = 0; j < f->kept; j++) {
        p[(int32_t)cluster[j]] = 0;
        known += cluster[f->kept + j];
    }
    for (int32_t k = 0; k < f->clusters; k++)
        others += p[k];
    /* no other cluster becomes the most probable, or as probable with a lower number */
    const float rest = others > 0 && known < 1 ? fminf(1 - known, 1) : 0, most = LESS * cluster[f->kept];
    const float factor = rest > 0 ? rest / others : 0;
    float sum = 0;
    for (int32_t k = 0; k < f->clusters; k++)
        sum += p[k] = fminf(p[k] * factor, most);
    for (int32_t j = 0; j < f->kept; j++)
        sum += p[(int32_t)cluster[j]] = j > 0 ? fminf(cluster[f->kept + j], most) : cluster[f->kept];
    for (int32_t k = 0; k < f->clusters; k++)
        p[k] /= sum;
}
