#include "exact_count.h"

#include <math.h>

#include "alloc.h"
#include "error.h"
#include "level.h"
#include "rng.h"

enum { ROUNDS = 200, MEANS_ROUNDS = 100 };

/* ---- too many ---- */

typedef struct merger {
    const cludi_allocator *allocator;
    const weighted_graph *graph;
    stop_request *stop;
    double *strength; /* (rows) */
    level_room rooms[2];
    level_scratch scratch;
    int32_t *place; /* (found) where each cluster of before is now */
    int32_t *group; /* (found) of the clusters there are now */
} merger;

typedef struct node_pair {
    int32_t a, b;
} node_pair;

/* The two of least strength, for nodes that no edge joins. */
static node_pair least_two(const level *g)
{
    node_pair p = {0, 1};
    for (int32_t i = 1; i < g->nodes; i++)
        if (g->strength[i] < g->strength[p.a])
            p = (node_pair){i, p.a};
        else if (i > 1 && g->strength[i] < g->strength[p.b])
            p.b = i;
    return p;
}

static node_pair nearest_two(const level *g)
{
    node_pair p = {-1, -1};
    double most = 0;
    for (int32_t i = 0; i < g->nodes; i++)
        for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++) {
            const double near = g->weight[e] / (g->strength[i] * g->strength[g->column[e]]);
            if (i < g->column[e] && near > most) {
                most = near;
                p = (node_pair){i, g->column[e]};
            }
        }
    return p.a < 0 ? least_two(g) : p;
}

static level join_two(const merger *m, const level *g, node_pair p, int64_t found, level_room *room)
{
    const int32_t low = p.a < p.b ? p.a : p.b, high = p.a < p.b ? p.b : p.a;
    for (int32_t i = 0; i < g->nodes; i++)
        m->group[i] = i == high ? low : i > high ? i - 1 : i;
    for (int64_t c = 0; c < found; c++)
        m->place[c] = m->group[m->place[c]];
    return level_merge(g, m->group, g->nodes - 1, room, &m->scratch);
}

static cludi_status open_merger(merger *m, int64_t found, cludi_error *error)
{
    const int64_t rows = m->graph->rows;
    m->strength = alloc_array(m->allocator, rows, sizeof *m->strength);
    m->place = alloc_array(m->allocator, found, sizeof *m->place);
    m->group = alloc_array(m->allocator, found, sizeof *m->group);
    if (!m->strength || !m->place || !m->group)
        return error_memory(error, "the communities of the graph");
    for (int i = 0; i < 2; i++)
        TRY(level_room_init(&m->rooms[i], m->allocator, found, m->graph->entries, error));
    return level_scratch_init(&m->scratch, m->allocator, rows, error);
}

static cludi_status merge(merger *m, int32_t *labels, int64_t found, int64_t wanted, cludi_error *error)
{
    TRY(open_merger(m, found, error));
    const level rows = level_of_rows(m->graph, m->strength);
    level g = level_merge(&rows, labels, found, &m->rooms[0], &m->scratch);
    for (int64_t c = 0; c < found; c++)
        m->place[c] = (int32_t)c;
    for (int turn = 1; g.nodes > wanted; turn++) {
        TRY(stop_request_check(m->stop, error));
        g = join_two(m, &g, nearest_two(&g), found, &m->rooms[turn % 2]);
    }
    for (int64_t i = 0; i < rows.nodes; i++)
        labels[i] = m->place[labels[i]];
    return CLUDI_OK;
}

static void close_merger(merger *m)
{
    alloc_free(m->allocator, m->strength);
    alloc_free(m->allocator, m->place);
    alloc_free(m->allocator, m->group);
    for (int i = 0; i < 2; i++)
        level_room_clear(&m->rooms[i], m->allocator);
    level_scratch_clear(&m->scratch, m->allocator);
}

/* ---- too few ---- */

typedef struct splitter {
    const communities_args *args;
    int32_t *labels;
    int32_t *members; /* (rows) rows of the cluster that is cut */
    int64_t count;
    double *x, *next; /* (rows) its second eigenvector */
    double *degree;   /* (rows) weight inside it */
} splitter;

static void take_largest(splitter *s, int64_t clusters)
{
    const int64_t rows = s->args->graph->rows;
    int64_t *size = (int64_t *)s->next; /* a number for each cluster, fewer than rows */
    int32_t largest = 0;
    for (int64_t c = 0; c < clusters; c++)
        size[c] = 0;
    for (int64_t i = 0; i < rows; i++)
        size[s->labels[i]]++;
    for (int32_t c = 1; c < clusters; c++)
        largest = size[c] > size[largest] ? c : largest;
    s->count = 0;
    for (int64_t i = 0; i < rows; i++)
        if (s->labels[i] == largest)
            s->members[s->count++] = (int32_t)i;
}

/* next = (x + D^-1 W x) / 2 within the cluster, less its mean weighted by degrees, of length 1. */
static void power_round(splitter *s)
{
    const weighted_graph *g = s->args->graph;
    double mean = 0, all = 0, square = 0;
    for (int64_t m = 0; m < s->count; m++) {
        const int32_t i = s->members[m];
        double sum = 0;
        for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++)
            sum += s->labels[g->column[e]] == s->labels[i] ? g->weight[e] * s->x[g->column[e]] : 0;
        s->next[i] = s->degree[i] > 0 ? (s->x[i] + sum / s->degree[i]) / 2 : s->x[i];
        mean += s->degree[i] * s->next[i];
        all += s->degree[i];
    }
    for (int64_t m = 0; m < s->count; m++) {
        double *x = &s->next[s->members[m]];
        *x -= all > 0 ? mean / all : 0;
        square += *x * *x;
    }
    for (int64_t m = 0; m < s->count; m++)
        s->x[s->members[m]] = square > 0 ? s->next[s->members[m]] / sqrt(square) : 0;
}

static cludi_status find_vector(splitter *s, cludi_error *error)
{
    const weighted_graph *g = s->args->graph;
    for (int64_t m = 0; m < s->count; m++) {
        const int32_t i = s->members[m];
        float normal;
        rng_normal((rng_stream){s->args->seed, RNG_SPECTRAL, 1}, (uint64_t)i, &normal, 1);
        s->x[i] = normal;
        s->degree[i] = 0;
        for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++)
            s->degree[i] += s->labels[g->column[e]] == s->labels[i] ? g->weight[e] : 0;
    }
    for (int round = 0; round < ROUNDS; round++) {
        TRY(stop_request_check(s->args->be->stop, error));
        power_round(s);
    }
    return CLUDI_OK;
}

/* The border between two means of x, begun at its ends. */
static double find_border(const splitter *s)
{
    double low = INFINITY, high = -INFINITY, border = NAN;
    for (int64_t m = 0; m < s->count; m++) {
        low = fmin(low, s->x[s->members[m]]);
        high = fmax(high, s->x[s->members[m]]);
    }
    for (int round = 0; round < MEANS_ROUNDS && border != (low + high) / 2; round++) {
        double sum[2] = {0, 0};
        int64_t count[2] = {0, 0};
        border = (low + high) / 2;
        for (int64_t m = 0; m < s->count; m++) {
            const double x = s->x[s->members[m]];
            sum[x > border] += x;
            count[x > border]++;
        }
        low = count[0] > 0 ? sum[0] / (double)count[0] : low;
        high = count[1] > 0 ? sum[1] / (double)count[1] : high;
    }
    return border;
}

/* The rows beyond the border become cluster `fresh`; half of them all where that would be none or all. */
static void cut(const splitter *s, int32_t fresh)
{
    const double border = find_border(s);
    int64_t beyond = 0;
    for (int64_t m = 0; m < s->count; m++)
        beyond += s->x[s->members[m]] > border;
    const bool halve = beyond == 0 || beyond == s->count;
    for (int64_t m = 0; m < s->count; m++)
        if (halve ? m >= (s->count + 1) / 2 : s->x[s->members[m]] > border)
            s->labels[s->members[m]] = fresh;
}

static cludi_status split(splitter *s, int64_t found, cludi_error *error)
{
    const cludi_allocator *allocator = &s->args->be->allocator;
    const int64_t rows = s->args->graph->rows;
    s->members = alloc_array(allocator, rows, sizeof *s->members);
    s->x = alloc_array(allocator, rows, sizeof *s->x);
    s->next = alloc_array(allocator, rows, sizeof *s->next);
    s->degree = alloc_array(allocator, rows, sizeof *s->degree);
    if (!s->members || !s->x || !s->next || !s->degree)
        return error_memory(error, "the communities of the graph");
    for (int64_t clusters = found; clusters < s->args->clusters; clusters++) {
        take_largest(s, clusters);
        TRY(find_vector(s, error));
        cut(s, (int32_t)clusters);
    }
    return CLUDI_OK;
}

static void close_splitter(splitter *s)
{
    const cludi_allocator *allocator = &s->args->be->allocator;
    alloc_free(allocator, s->members);
    alloc_free(allocator, s->x);
    alloc_free(allocator, s->next);
    alloc_free(allocator, s->degree);
}

/* ---- both ---- */

static cludi_status renumber(const communities_args *args, int32_t *labels, cludi_error *error)
{
    int32_t *number = alloc_array(&args->be->allocator, args->clusters, sizeof *number);
    if (!number)
        return error_memory(error, "the communities of the graph");
    (void)level_renumber(labels, args->graph->rows, args->clusters - 1, number);
    alloc_free(&args->be->allocator, number);
    return CLUDI_OK;
}

cludi_status exact_count(const communities_args *args, int32_t *labels, int64_t found, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    if (found > args->clusters) {
        merger m = {.allocator = &args->be->allocator, .graph = args->graph, .stop = args->be->stop};
        status = merge(&m, labels, found, args->clusters, error);
        close_merger(&m);
    } else if (found < args->clusters) {
        splitter s = {.args = args, .labels = labels};
        status = split(&s, found, error);
        close_splitter(&s);
    }
    return status == CLUDI_OK ? renumber(args, labels, error) : status;
}
