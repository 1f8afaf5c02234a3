/* What the predictor relies on: the bits of a row of linear() and linear_silu() do not depend on how many rows there
   are, where the row stands, or what the other rows hold, as long as the rows are a multiple of backend.row_multiple;
   with prepared weights and AVX-512, always. noasan: the same calls over many shapes; test_parity.c has the sanitizers. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "full_run.h"
#include "tensor_support.h"

enum { WITH_AVX512 = 16 };

typedef struct layer_run {
    backend *be;
    tensor W, b;
    int64_t unit;      /* rows of the block: row_multiple, or 16 where that is 1 */
    double *wanted[2]; /* (unit, out): the block alone; linear, linear_silu */
} layer_run;

/* y and silu(y) of x, freed by the caller. */
static void evaluate(const layer_run *l, tensor x, double *out[2])
{
    tensor y = blank_tensor(l->be, x.rows, l->W.rows), s = blank_tensor(l->be, x.rows, l->W.rows);
    l->be->ops.linear(l->be, y, x, l->W, l->b);
    l->be->ops.linear_silu(l->be, s, (tensor){0}, x, l->W, l->b);
    out[0] = read_tensor(l->be, y);
    out[1] = read_tensor(l->be, s);
    free_tensor(l->be, y);
    free_tensor(l->be, s);
}

/* The block of rows set into `rows` random ones at row `at`. */
static void check_place(const layer_run *l, tensor block, int64_t rows, int64_t at)
{
    double *out[2];
    tensor x = random_tensor(l->be, rows, block.cols, 900 + (uint64_t)rows, 3);
    l->be->ops.copy(l->be, backend_rows(l->be, x, at, l->unit), block);
    evaluate(l, x, out);
    for (int i = 0; i < 2; i++) {
        if (memcmp(out[i] + at * l->W.rows, l->wanted[i], (size_t)(l->unit * l->W.rows) * sizeof *out[i]) != 0)
            fail_msg("%s: %s of %d -> %d columns has other bits at row %d of %d", l->be->ops.name,
                     i ? "linear_silu" : "linear", (int)block.cols, (int)l->W.rows, (int)at, (int)rows);
        free(out[i]);
    }
    free_tensor(l->be, x);
}

/* The first rows of the block without the others. */
static void check_few(const layer_run *l, tensor block, int64_t rows)
{
    double *out[2];
    evaluate(l, backend_rows(l->be, block, 0, rows), out);
    for (int i = 0; i < 2; i++) {
        if (memcmp(out[i], l->wanted[i], (size_t)(rows * l->W.rows) * sizeof *out[i]) != 0)
            fail_msg("%s: prepared %d -> %d columns: the first %d rows have other bits alone", l->be->ops.name,
                     (int)block.cols, (int)l->W.rows, (int)rows);
        free(out[i]);
    }
}

static void check_layer(backend *be, int64_t in, int64_t out, bool prepared)
{
    static const int64_t UNITS[] = {2, 3, 7, 8, 9, 16, 17, 21};                                    /* rows, in units */
    static const int64_t ODD[][2] = {{17, 0}, {17, 1}, {63, 40}, {65, 49}, {100, 80}, {129, 113}}; /* rows, place */
    const int64_t unit = be->row_multiple > 1 ? be->row_multiple : WITH_AVX512;
    layer_run l = {.be = be, .W = random_tensor(be, out, in, 1, 1), .b = random_tensor(be, 1, out, 2, 1), .unit = unit};
    tensor block = random_tensor(be, unit, in, 3, 1);
    if (prepared)
        be->ops.prepare(be, &l.W, 1, true);
    evaluate(&l, block, l.wanted);
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        const int64_t rows = UNITS[i] * unit, places[] = {0, 5, rows / 2, rows - unit - 1, rows - unit};
        for (int k = 0; k < 5; k++)
            check_place(&l, block, rows, places[k]);
    }
    const bool any_height = prepared && unit == WITH_AVX512;
    for (size_t i = 0; any_height && i < sizeof ODD / sizeof *ODD; i++)
        check_place(&l, block, ODD[i][0], ODD[i][1]);
    for (int64_t rows = 1; any_height && rows < unit; rows += 2)
        check_few(&l, block, rows);
    for (int i = 0; i < 2; i++)
        free(l.wanted[i]);
    be->ops.forget(be, &l.W, 1);
    assert_int_equal(be->ops.finish(be, NULL), CLUDI_OK);
    free_tensor(be, l.W);
    free_tensor(be, l.b);
    free_tensor(be, block);
}

/* Of all pairs of sizes those of `make test`: each size with a third of the others. */
static bool is_taken(int i, int o)
{
    return is_full_run() || (i + o) % 3 == 0;
}

static void check_backend(const char *name)
{
    static const int64_t SIZES[] = {1, 3, 16, 17, 50, 64, 384};
    enum { COUNT = sizeof SIZES / sizeof *SIZES };
    backend be;
    open_backend(&be, name, 2);
    for (int prepared = 0; prepared < 2; prepared++) {
        for (int i = 0; i < COUNT; i++)
            for (int o = 0; o < COUNT; o++)
                if (is_taken(i, o))
                    check_layer(&be, SIZES[i], SIZES[o], prepared);
        if (!is_full_run() && strcmp(name, "ref") == 0)
            continue; /* a slow one */
        check_layer(&be, 784, 384, prepared);
        check_layer(&be, 384, 400, prepared);
    }
    backend_close(&be);
}

/* ---- bf16 rows, both sides of a prepared weight, and what is given in bf16 ---- */

enum { NARROW_OUTPUTS = 3 };

typedef struct bf16_layer {
    backend *be;
    tensor W, b, x, dy; /* x and dy: one block of rows */
    double *wanted[NARROW_OUTPUTS];
} bf16_layer;

/* linear, linear_silu, linear_dx; freed by the caller. */
static void evaluate_bf16(const bf16_layer *l, tensor x, tensor dy, double *out[NARROW_OUTPUTS])
{
    backend *be = l->be;
    tensor y = blank_tensor(be, x.rows, l->W.rows), s = blank_bf16_tensor(be, x.rows, l->W.rows);
    tensor dx = blank_tensor(be, x.rows, l->W.cols);
    be->ops.linear(be, y, x, l->W, l->b);
    be->ops.linear_silu(be, s, (tensor){0}, x, l->W, l->b);
    be->ops.linear_dx(be, dx, dy, l->W);
    const tensor all[NARROW_OUTPUTS] = {y, s, dx};
    for (int i = 0; i < NARROW_OUTPUTS; i++) {
        out[i] = read_tensor(be, all[i]);
        free_tensor(be, all[i]);
    }
}

/* The block at row `at` of `rows` other ones. */
static tensor set_into(backend *be, tensor block, int64_t rows, int64_t at)
{
    tensor wide = random_tensor(be, rows, block.cols, 900 + (uint64_t)rows, 3);
    tensor x = blank_bf16_tensor(be, rows, block.cols);
    be->ops.copy(be, x, wide);
    be->ops.copy(be, backend_rows(be, x, at, block.rows), block);
    free_tensor(be, wide);
    return x;
}

static void check_bf16_place(const bf16_layer *l, int64_t rows, int64_t at)
{
    double *out[NARROW_OUTPUTS];
    tensor x = set_into(l->be, l->x, rows, at), dy = set_into(l->be, l->dy, rows, at);
    evaluate_bf16(l, x, dy, out);
    for (int i = 0; i < NARROW_OUTPUTS; i++) {
        const int64_t cols = i == 2 ? l->W.cols : l->W.rows;
        if (memcmp(out[i] + at * cols, l->wanted[i], (size_t)(l->x.rows * cols) * sizeof *out[i]) != 0)
            fail_msg("bf16, %d -> %d columns: output %d has other bits at row %d of %d", (int)l->W.cols, (int)l->W.rows,
                     i, (int)at, (int)rows);
        free(out[i]);
    }
    free_tensor(l->be, x);
    free_tensor(l->be, dy);
}

static void check_bf16_layer(backend *be, int64_t in, int64_t out)
{
    const int64_t unit = be->row_multiple;
    bf16_layer l = {.be = be, .W = random_tensor(be, out, in, 1, 1), .b = random_tensor(be, 1, out, 2, 1)};
    tensor x = random_tensor(be, unit, in, 3, 1), dy = random_tensor(be, unit, out, 4, 1);
    l.x = set_into(be, x, unit, 0);
    l.dy = set_into(be, dy, unit, 0);
    be->ops.prepare(be, &l.W, 1, true);
    evaluate_bf16(&l, l.x, l.dy, l.wanted);
    for (int64_t units = 2; units <= 7; units += units < 5 ? 1 : 2) { /* 64, 96, 128, 160, 224 rows */
        check_bf16_place(&l, units * unit, 0);
        check_bf16_place(&l, units * unit, 5);
        check_bf16_place(&l, units * unit, (units - 1) * unit);
    }
    be->ops.forget(be, &l.W, 1);
    assert_int_equal(be->ops.finish(be, NULL), CLUDI_OK);
    for (int i = 0; i < NARROW_OUTPUTS; i++)
        free(l.wanted[i]);
    const tensor all[] = {l.W, l.b, x, dy, l.x, l.dy};
    for (int i = 0; i < 6; i++)
        free_tensor(be, all[i]);
}

static void test_onednn_bf16(void **state)
{
    static const int64_t SIZES[] = {1, 2, 5, 17, 50, 64, 127, 384, 400, 784, 4096};
    enum { COUNT = sizeof SIZES / sizeof *SIZES };
    (void)state;
    backend be;
    open_backend(&be, "onednn bf16", 2);
    assert_int_equal(be.row_multiple, 32);
    for (int i = 0; i < COUNT; i++)
        for (int o = 0; o < COUNT; o++)
            if (SIZES[i] * SIZES[o] <= 400 * 4096 && is_taken(i, o))
                check_bf16_layer(&be, SIZES[i], SIZES[o]);
    check_bf16_layer(&be, 1024, 384);
    check_bf16_layer(&be, 2048, 384);
    backend_close(&be);
}

static void test_ref(void **state)
{
    (void)state;
    check_backend("ref");
}

static void test_onednn(void **state)
{
    (void)state;
    check_backend("onednn");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ref), cmocka_unit_test(test_onednn),
                                       cmocka_unit_test(test_onednn_bf16)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
