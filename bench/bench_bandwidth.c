/* Memory bandwidth: y = a + 3 b over three arrays of 256 MiB, more together than a cache holds. One JSON object; a round
   counts 768 MiB, without what a processor reads of y before it writes there.

   bench_bandwidth [--threads N] [--rounds N] */
#include <stdio.h>
#include <stdlib.h>

#include "message.h"
#include "settings.h"

enum { MOST_ROUNDS = 64, ARRAYS = 3, PARTS = 1024 };
static const size_t NUMBERS = (size_t)256 << 18; /* float32: 256 MiB */

static void triad(void *self, int worker, int64_t index)
{
    float *const *arrays = self;
    const size_t count = NUMBERS / PARTS, first = (size_t)index * count;
    const float *a = arrays[0] + first, *b = arrays[1] + first;
    float *y = arrays[2] + first;
    (void)worker;
    for (size_t i = 0; i < count; i++)
        y[i] = a[i] + 3 * b[i];
}

int main(int argc, char **argv)
{
    settings s = {.threads = 2, .rounds = 5, .backend = "ref", .precision = "auto"};
    double rates[MOST_ROUNDS];
    float *arrays[ARRAYS];
    backend be;
    settings_read(&s, argc, argv);
    s.rounds = s.rounds < MOST_ROUNDS ? s.rounds : MOST_ROUNDS;
    settings_open_backend(&s, &be);
    for (int i = 0; i < ARRAYS; i++) {
        arrays[i] = settings_memory(NUMBERS, sizeof *arrays[i]);
        for (size_t j = 0; j < NUMBERS; j++)
            arrays[i][j] = 1;
    }
    for (int i = 0; i < s.rounds; i++) {
        const double started = message_seconds();
        be.ops.for_each(&be, PARTS, triad, arrays);
        rates[i] = (double)(ARRAYS * NUMBERS * sizeof **arrays) / (message_seconds() - started);
    }
    printf("{\"threads\": %d, ", s.threads);
    settings_print_list("bytes_per_second", rates, s.rounds);
    printf("}\n");
    for (int i = 0; i < ARRAYS; i++)
        free(arrays[i]);
    backend_close(&be);
    return 0;
}
