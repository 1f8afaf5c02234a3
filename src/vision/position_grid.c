#include "position_grid.h"

#include <math.h>
#include <string.h>

enum { TAPS = 4 };

/* Which lines of the old grid a new one is made of, and their weights. */
typedef struct taps {
    int64_t line[TAPS];
    double weight[TAPS];
} taps;

/* Keys' kernel at distance x. */
static double kernel(double x)
{
    const double a = -0.75;
    return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

static taps find_taps(int64_t i, int64_t to, int64_t from)
{
    const double at = ((double)i + 0.5) * (double)from / (double)to - 0.5, below = floor(at);
    taps t;
    for (int k = 0; k < TAPS; k++) {
        const int64_t line = (int64_t)below + k - 1;
        t.line[k] = line < 0 ? 0 : line < from ? line : from - 1;
        t.weight[k] = kernel(fabs(at - (double)(below + k - 1)));
    }
    return t;
}

static void mix_row(float *out, const position_grid *from, const taps *y, const taps *x)
{
    for (int64_t j = 0; j < from->width; j++) {
        double sum = 0;
        for (int k = 0; k < TAPS; k++)
            for (int l = 0; l < TAPS; l++)
                sum += y->weight[k] * x->weight[l] *
                       (double)from->rows[(y->line[k] * from->side + x->line[l]) * from->width + j];
        out[j] = (float)sum;
    }
}

void position_grid_resize(const position_grid *to, const position_grid *from)
{
    if (to->side == from->side) {
        memcpy(to->rows, from->rows, (size_t)(to->side * to->side * to->width) * sizeof *to->rows);
        return;
    }
    for (int64_t i = 0; i < to->side; i++) {
        const taps y = find_taps(i, to->side, from->side);
        for (int64_t j = 0; j < to->side; j++) {
            const taps x = find_taps(j, to->side, from->side);
            mix_row(to->rows + (i * to->side + j) * to->width, from, &y, &x);
        }
    }
}
