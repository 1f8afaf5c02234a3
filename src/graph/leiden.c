#include "leiden.h"

#include <string.h>

#include "alloc.h"
#include "error.h"
#include "rng.h"

enum { ROUNDS = 2, ASK = 512 /* nodes between two looks whether to stop */ };
static const double LEAST_GAIN = 1e-6; /* times a node's strength: above what float32 rounds off */

/* ---- room ---- */

static cludi_status allocate(leiden *l, int64_t nodes, int64_t entries, cludi_error *error)
{
    int32_t **numbers[] = {&l->place, &l->community, &l->part, &l->order, &l->count, &l->empty};
    double **sums[] = {&l->row_strength, &l->strength, &l->part_strength, &l->part_outside};
    bool have = true;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        have = (*numbers[i] = alloc_array(l->allocator, nodes, sizeof(int32_t))) && have;
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        have = (*sums[i] = alloc_array(l->allocator, nodes, sizeof(double))) && have;
    l->waits = alloc_array(l->allocator, nodes, sizeof *l->waits);
    if (!have || !l->waits)
        return error_memory(error, "the communities of the graph");
    for (int i = 0; i < 2; i++)
        TRY(level_room_init(&l->rooms[i], l->allocator, nodes, entries, error));
    return level_scratch_init(&l->scratch, l->allocator, nodes, error);
}

cludi_status leiden_init(leiden *l, const weighted_graph *graph, const cludi_allocator *allocator, stop_request *stop,
                         cludi_error *error)
{
    *l = (leiden){.allocator = allocator, .stop = stop};
    TRY(allocate(l, graph->rows, graph->entries, error));
    l->rows = level_of_rows(graph, l->row_strength);
    for (int64_t i = 0; i < graph->rows; i++)
        l->all += l->row_strength[i];
    return CLUDI_OK;
}

void leiden_clear(leiden *l)
{
    if (!l->allocator)
        return;
    void *const blocks[] = {l->place, l->community,    l->part,     l->order,         l->count,       l->empty,
                            l->waits, l->row_strength, l->strength, l->part_strength, l->part_outside};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        alloc_free(l->allocator, blocks[i]);
    for (int i = 0; i < 2; i++)
        level_room_clear(&l->rooms[i], l->allocator);
    level_scratch_clear(&l->scratch, l->allocator);
    *l = (leiden){0};
}

/* ---- pieces ---- */

/* All nodes in a random order: Fisher and Yates. */
static void shuffle(leiden *l, int64_t nodes)
{
    const rng_stream stream = {l->seed, RNG_LEIDEN, l->shuffles++};
    uint64_t bits[RNG_BITS];
    for (int64_t i = 0; i < nodes; i++)
        l->order[i] = (int32_t)i;
    for (int64_t i = 0; i < nodes; i++) {
        if (i % RNG_BITS == 0)
            rng_bits(stream, (uint64_t)(i / RNG_BITS), bits);
        const int64_t other = i + (int64_t)(bits[i % RNG_BITS] % (uint64_t)(nodes - i));
        const int32_t node = l->order[i];
        l->order[i] = l->order[other];
        l->order[other] = node;
    }
}

static void measure_communities(leiden *l, const level *g)
{
    memset(l->strength, 0, (size_t)g->nodes * sizeof *l->strength);
    memset(l->count, 0, (size_t)g->nodes * sizeof *l->count);
    for (int64_t i = 0; i < g->nodes; i++) {
        l->strength[l->community[i]] += g->strength[i];
        l->count[l->community[i]]++;
    }
}

/* scratch.sum becomes the weight from node to each group around it, among the nodes of its own community if `within`; the groups
   are in scratch.touched, and how many is returned. */
static int32_t touch(const leiden *l, const level *g, int32_t node, const int32_t *group, bool within)
{
    int32_t touched = 0;
    for (int64_t e = g->offset[node]; e < g->offset[node + 1]; e++) {
        const int32_t other = g->column[e];
        if (within && l->community[other] != l->community[node])
            continue;
        double *sum = &l->scratch.sum[group[other]];
        if (*sum < 0) {
            *sum = 0;
            l->scratch.touched[touched++] = group[other];
        }
        *sum += g->weight[e];
    }
    return touched;
}

static void untouch(const leiden *l, int32_t touched)
{
    for (int32_t t = 0; t < touched; t++)
        l->scratch.sum[l->scratch.touched[t]] = -1;
}

/* ---- moving ---- */

typedef struct move_queue {
    int64_t head, waiting; /* in the ring l->order */
    int32_t empties;       /* in l->empty */
} move_queue;

/* The community where the node, which is in none, gains most; its own unless another gains more. */
static int32_t best_community(const leiden *l, const level *g, int32_t node, const move_queue *q)
{
    const int32_t own = l->community[node], touched = touch(l, g, node, l->community, false);
    const double cost = l->scale * g->strength[node];
    const double stays = l->scratch.sum[own] > 0 ? l->scratch.sum[own] : 0;
    double best = stays - cost * l->strength[own] + LEAST_GAIN * g->strength[node];
    int32_t chosen = own;
    for (int32_t t = 0; t < touched; t++) {
        const int32_t c = l->scratch.touched[t];
        const double gain = l->scratch.sum[c] - cost * l->strength[c];
        if (c != own && gain > best) {
            best = gain;
            chosen = c;
        }
    }
    untouch(l, touched);
    return best < 0 && q->empties > 0 ? l->empty[q->empties - 1] : chosen;
}

static void leave(leiden *l, const level *g, int32_t node, move_queue *q)
{
    const int32_t own = l->community[node];
    l->strength[own] -= g->strength[node];
    if (--l->count[own] == 0) {
        l->strength[own] = 0;
        l->empty[q->empties++] = own;
    }
}

static void enter(leiden *l, const level *g, int32_t node, int32_t to, move_queue *q)
{
    l->strength[to] += g->strength[node];
    if (l->count[to]++ == 0) /* it is the last that became empty, or the node's own, which is that */
        q->empties--;
    l->community[node] = to;
}

/* The neighbors of a node that moved look again, unless they are where it is now. */
static void wake(leiden *l, const level *g, int32_t node, move_queue *q)
{
    for (int64_t e = g->offset[node]; e < g->offset[node + 1]; e++) {
        const int32_t other = g->column[e];
        if (l->waits[other] || l->community[other] == l->community[node])
            continue;
        l->waits[other] = true;
        l->order[(q->head + q->waiting++) % g->nodes] = other;
    }
}

static void begin_queue(leiden *l, const level *g, move_queue *q)
{
    measure_communities(l, g);
    shuffle(l, g->nodes);
    *q = (move_queue){.waiting = g->nodes};
    memset(l->waits, true, (size_t)g->nodes * sizeof *l->waits);
    for (int64_t c = g->nodes - 1; c >= 0; c--)
        if (l->count[c] == 0)
            l->empty[q->empties++] = (int32_t)c;
}

static cludi_status move_nodes(leiden *l, const level *g, cludi_error *error)
{
    move_queue q;
    begin_queue(l, g, &q);
    for (int64_t looked = 0; q.waiting > 0; looked++) {
        const int32_t node = l->order[q.head], before = l->community[node];
        if (looked % ASK == 0)
            TRY(stop_request_check(l->stop, error));
        q.head = (q.head + 1) % g->nodes;
        q.waiting--;
        l->waits[node] = false;
        leave(l, g, node, &q);
        enter(l, g, node, best_community(l, g, node, &q), &q);
        if (l->community[node] != before)
            wake(l, g, node, &q);
    }
    return CLUDI_OK;
}

/* ---- refining ---- */

static void begin_parts(leiden *l, const level *g)
{
    measure_communities(l, g); /* the parts have l->count next */
    for (int64_t i = 0; i < g->nodes; i++) {
        l->part[i] = (int32_t)i;
        l->count[i] = 1;
        l->part_strength[i] = g->strength[i];
        l->part_outside[i] = 0;
        for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++)
            l->part_outside[i] += l->community[g->column[e]] == l->community[i] ? g->weight[e] : 0;
    }
    shuffle(l, g->nodes);
}

static bool is_well_connected(const leiden *l, int32_t part, double community)
{
    return l->part_outside[part] >= l->scale * l->part_strength[part] * (community - l->part_strength[part]);
}

/* The part of its community where the node, a part of its own, gains most; its own if it gains nowhere. */
static int32_t best_part(const leiden *l, const level *g, int32_t node, double *weight)
{
    const double community = l->strength[l->community[node]], cost = l->scale * g->strength[node];
    const int32_t touched = touch(l, g, node, l->part, true);
    int32_t chosen = l->part[node];
    double best = 0;
    for (int32_t t = 0; t < touched; t++) {
        const int32_t p = l->scratch.touched[t];
        const double gain = l->scratch.sum[p] - cost * l->part_strength[p];
        if (p != l->part[node] && gain > best && is_well_connected(l, p, community)) {
            best = gain;
            chosen = p;
            *weight = l->scratch.sum[p];
        }
    }
    untouch(l, touched);
    return chosen;
}

static cludi_status refine(leiden *l, const level *g, cludi_error *error)
{
    begin_parts(l, g);
    for (int64_t i = 0; i < g->nodes; i++) {
        const int32_t node = l->order[i], own = l->part[node];
        double weight = 0;
        if (i % ASK == 0)
            TRY(stop_request_check(l->stop, error));
        if (own != node || l->count[own] != 1 || !is_well_connected(l, own, l->strength[l->community[node]]))
            continue;
        const int32_t to = best_part(l, g, node, &weight);
        if (to == own)
            continue;
        l->part[node] = to;
        l->count[own]--;
        l->count[to]++;
        l->part_strength[to] += l->part_strength[own];
        l->part_outside[to] += l->part_outside[own] - 2 * weight;
    }
    return CLUDI_OK;
}

/* ---- levels ---- */

/* The parts become nodes, each in the community that its nodes were in. */
static level climb(leiden *l, const level *g, int64_t parts, level_room *room)
{
    for (int64_t i = 0; i < g->nodes; i++)
        l->order[l->part[i]] = l->community[i];
    const level next = level_merge(g, l->part, parts, room, &l->scratch);
    memcpy(l->community, l->order, (size_t)parts * sizeof *l->community);
    for (int64_t i = 0; i < l->rows.nodes; i++)
        l->place[i] = l->part[l->place[i]];
    return next;
}

static cludi_status run_levels(leiden *l, int32_t *community, int64_t *found, cludi_error *error)
{
    level g = l->rows;
    memcpy(l->community, community, (size_t)g.nodes * sizeof *community);
    for (int64_t i = 0; i < g.nodes; i++)
        l->place[i] = (int32_t)i;
    for (int depth = 0;; depth++) {
        TRY(move_nodes(l, &g, error));
        if (level_renumber(l->community, g.nodes, g.nodes - 1, l->empty) == g.nodes)
            break;
        TRY(refine(l, &g, error));
        const int64_t parts = level_renumber(l->part, g.nodes, g.nodes - 1, l->empty);
        if (parts == g.nodes)
            break;
        g = climb(l, &g, parts, &l->rooms[depth % 2]);
    }
    for (int64_t i = 0; i < l->rows.nodes; i++)
        community[i] = l->community[l->place[i]];
    *found = level_renumber(community, l->rows.nodes, l->rows.nodes - 1, l->empty);
    return CLUDI_OK;
}

cludi_status leiden_run(leiden *l, double resolution, uint64_t seed, int32_t *community, int64_t *found,
                        cludi_error *error)
{
    l->scale = l->all > 0 ? resolution / l->all : 0;
    l->seed = seed;
    l->shuffles = 0;
    for (int64_t i = 0; i < l->rows.nodes; i++)
        community[i] = (int32_t)i;
    for (int round = 0; round < ROUNDS; round++)
        TRY(run_levels(l, community, found, error));
    return CLUDI_OK;
}
