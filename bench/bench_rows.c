/* Writes a .npy of float32 rows around 50 random centers, a block at a time: bench_rows --rows N --output FILE */
#include <stdlib.h>

#include "rng.h"
#include "settings.h"

enum { BLOCK = 4096 };

static void make_rows(float *out, const float *centers, int64_t first, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) {
        const float *center = centers + (first + i) * 7919 % BENCH_CLUSTERS * BENCH_FEATURES;
        float *row = out + i * BENCH_FEATURES;
        rng_normal((rng_stream){3, RNG_INIT, 1}, (uint64_t)(first + i), row, BENCH_FEATURES);
        for (int j = 0; j < BENCH_FEATURES; j++)
            row[j] += center[j];
    }
}

int main(int argc, char **argv)
{
    settings s = {.threads = 1, .rows = 65536, .backend = "ref", .precision = "auto"};
    cludi_error error = {0};
    cludi_writer *writer;
    settings_read(&s, argc, argv);
    cludi_context *context = settings_open_context(&s);
    float *block = settings_memory(BLOCK, BENCH_FEATURES * sizeof *block);
    float *centers = settings_memory(BENCH_CLUSTERS, BENCH_FEATURES * sizeof *centers);
    const cludi_array array = {CLUDI_ARRAY_MATRIX, s.rows, BENCH_FEATURES};
    rng_normal((rng_stream){3, RNG_INIT, 0}, 0, centers, (int64_t)BENCH_CLUSTERS * BENCH_FEATURES);
    settings_must(cludi_writer_open(context, s.output, &array, &writer, &error), &error);
    for (int64_t first = 0; first < s.rows; first += BLOCK) {
        const int64_t rows = s.rows - first < BLOCK ? s.rows - first : BLOCK;
        make_rows(block, centers, first, rows);
        settings_must(cludi_writer_append(writer, block, rows, &error), &error);
    }
    settings_must(cludi_writer_commit(writer, &error), &error);
    cludi_writer_free(writer);
    cludi_context_free(context);
    free(centers);
    free(block);
    return 0;
}
