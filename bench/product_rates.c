#include "product_rates.h"

#include "arena.h"
#include "message.h"
#include "settings.h"

enum { BLOCK = 64 }; /* rows of the student's and the backward's blocks: block_rows of a CPU */

/* ---- which products a step has ---- */

const char *product_rates_name(product_kind kind)
{
    static const char *const NAMES[PRODUCT_KINDS] = {"linear", "linear_dx", "linear_dw"};
    return NAMES[kind];
}

typedef struct product_list {
    step_product *items;
    int count;
} product_list;

/* All rows, `passes` times, through a layer; equal shapes are one item. */
static void add(product_list *list, step_product shape, double passes)
{
    shape.flop *= passes * 2 * (double)(shape.in * shape.out);
    for (int i = 0; i < list->count; i++) {
        step_product *p = &list->items[i];
        if (p->kind == shape.kind && p->rows == shape.rows && p->in == shape.in && p->out == shape.out) {
            p->flop += shape.flop;
            return;
        }
    }
    list->items[list->count++] = shape;
}

/* S3 without its features: `rows` rows in blocks. */
static void add_passes(product_list *list, const cludi_config *c, int64_t block, double rows)
{
    const int64_t w = c->hidden_dim, d = c->embedding_dim;
    add(list, (step_product){PRODUCT_OF_ROWS, block, 2 * d, w, rows}, 1);
    add(list, (step_product){PRODUCT_OF_ROWS, block, w, w, rows}, 2.0 * c->blocks);
    add(list, (step_product){PRODUCT_OF_ROWS, block, w, d, rows}, 1);
}

static void add_features(product_list *list, const cludi_config *c, int64_t n, int64_t block, double rows)
{
    add(list, (step_product){PRODUCT_OF_ROWS, block, n, c->hidden_dim, rows}, 1);
    add(list, (step_product){PRODUCT_OF_ROWS, block, c->hidden_dim, c->hidden_dim, rows}, 1);
}

int product_rates_list(step_product *items, const cludi_config *c, int64_t n, int64_t teacher_block)
{
    product_list list = {items, 0};
    const int64_t w = c->hidden_dim, d = c->embedding_dim, all = (int64_t)c->batch_size * c->views;
    const double rows = (double)all;
    add_features(&list, c, n, teacher_block, c->batch_size);
    add_passes(&list, c, teacher_block, rows * c->teacher_steps);
    add_features(&list, c, n, BLOCK, rows);
    add_passes(&list, c, BLOCK, rows * (1 + c->self_condition));
    add(&list, (step_product){PRODUCT_BY_INPUT, BLOCK, w, w, rows}, 2.0 * c->blocks + 1);
    add(&list, (step_product){PRODUCT_BY_INPUT, BLOCK, w, d, rows}, 1);
    add(&list, (step_product){PRODUCT_BY_WEIGHTS, all, n, w, rows}, 1);
    add(&list, (step_product){PRODUCT_BY_WEIGHTS, all, w, w, rows}, 2.0 * c->blocks + 1);
    add(&list, (step_product){PRODUCT_BY_WEIGHTS, all, 2 * d, w, rows}, 1);
    add(&list, (step_product){PRODUCT_BY_WEIGHTS, all, w, d, rows}, 1);
    return list.count;
}

/* ---- how fast one of them is ---- */

enum { MOST_WORKERS = 64, TASKS_EACH = 4 };
static const double FLOP_OF_TASK = 5e8;

typedef struct trial {
    backend *be;
    const step_product *product;
    arena memory;
    tensor W, plain;                                           /* plain: where random numbers are made */
    tensor x[MOST_WORKERS], y[MOST_WORKERS], dW[MOST_WORKERS]; /* x: read; y: read by BY_WEIGHTS, else written */
    int repeats;
} trial;

static void layout(trial *t)
{
    const step_product *p = t->product;
    arena *a = &t->memory;
    t->W = arena_take(a, p->out, p->in);
    t->plain = arena_take(a, p->rows, p->in > p->out ? p->in : p->out);
    for (int i = 0; i < backend_workers(t->be); i++) {
        const int64_t read = p->kind == PRODUCT_BY_INPUT ? p->out : p->in;
        t->x[i] = arena_take_operand(a, p->rows, read);
        t->y[i] = p->kind == PRODUCT_BY_WEIGHTS ? arena_take_operand(a, p->rows, p->out)
                                                : arena_take(a, p->rows, p->in + p->out - read);
        t->dW[i] = arena_take(a, p->out, p->in);
    }
}

static void fill(trial *t, tensor x, uint32_t stream)
{
    backend *be = t->be;
    const tensor part = {t->plain.data, x.rows, x.cols, false};
    be->ops.fill_normal(be, part, (rng_stream){0, RNG_INIT, stream}, 0);
    be->ops.copy(be, x, part);
}

static void begin(trial *t)
{
    cludi_error error = {0};
    if (backend_workers(t->be) > MOST_WORKERS)
        settings_must(CLUDI_ERROR_ARGUMENT, &(cludi_error){.message = "too many threads for this bench"});
    arena_begin(&t->memory, t->be);
    layout(t);
    settings_must(arena_allocate(&t->memory, "a product", &error), &error);
    layout(t);
    t->be->ops.fill_normal(t->be, t->W, (rng_stream){0, RNG_INIT, 1}, 0);
    t->be->ops.prepare(t->be, &t->W, 1, true);
    for (int i = 0; i < backend_workers(t->be); i++) {
        fill(t, t->x[i], 2);
        fill(t, t->y[i], 3);
    }
}

static void multiply(void *self, int worker, int64_t index)
{
    const trial *t = self;
    backend be = backend_worker(t->be);
    (void)index;
    for (int i = 0; i < t->repeats; i++)
        if (t->product->kind == PRODUCT_OF_ROWS)
            be.ops.linear(&be, t->y[worker], t->x[worker], t->W, (tensor){0});
        else if (t->product->kind == PRODUCT_BY_INPUT)
            be.ops.linear_dx(&be, t->y[worker], t->x[worker], t->W);
        else
            be.ops.linear_dw(&be, t->dW[worker], (tensor){0}, t->y[worker], t->x[worker]);
}

double product_rates_alone(backend *be, const step_product *p)
{
    trial t = {.be = be, .product = p, .repeats = 1};
    const double one = 2 * (double)(p->rows * p->in * p->out);
    const int workers = backend_workers(be), tasks = TASKS_EACH * workers;
    begin(&t);
    be->ops.for_each(be, tasks, multiply, &t); /* plans, first touch */
    t.repeats = (int)(FLOP_OF_TASK / one) + 1;
    const double started = message_seconds();
    be->ops.for_each(be, tasks, multiply, &t);
    const double seconds = message_seconds() - started;
    settings_must(be->ops.finish(be, NULL), NULL);
    be->ops.forget(be, &t.W, 1);
    arena_clear(&t.memory);
    return one * t.repeats * tasks / seconds;
}

double product_rates_plain(backend *be)
{
    enum { ROWS = 1024, WIDTH = 384, REPEATS = 8 };
    cludi_error error = {0};
    tensor x, y, W;
    arena a;
    arena_begin(&a, be);
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            settings_must(arena_allocate(&a, "a product", &error), &error);
        x = arena_take(&a, ROWS, WIDTH);
        y = arena_take(&a, ROWS, WIDTH);
        W = arena_take(&a, WIDTH, WIDTH);
    }
    be->ops.fill_normal(be, x, (rng_stream){0, RNG_INIT, 1}, 0);
    be->ops.fill_normal(be, W, (rng_stream){0, RNG_INIT, 2}, 0);
    be->ops.prepare(be, &W, 1, true);
    be->ops.linear(be, y, x, W, (tensor){0});
    const double started = message_seconds();
    for (int i = 0; i < REPEATS; i++)
        be->ops.linear(be, y, x, W, (tensor){0});
    const double seconds = message_seconds() - started;
    be->ops.forget(be, &W, 1);
    arena_clear(&a);
    return 2.0 * REPEATS * ROWS * WIDTH * WIDTH / seconds;
}
