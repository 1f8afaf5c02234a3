#include "level.h"

#include "alloc.h"
#include "error.h"

cludi_status level_room_init(level_room *room, const cludi_allocator *allocator, int64_t nodes, int64_t entries,
                             cludi_error *error)
{
    room->offset = alloc_array(allocator, nodes + 1, sizeof *room->offset);
    room->column = alloc_array(allocator, entries, sizeof *room->column);
    room->weight = alloc_array(allocator, entries, sizeof *room->weight);
    room->strength = alloc_array(allocator, nodes, sizeof *room->strength);
    return room->offset && room->column && room->weight && room->strength
               ? CLUDI_OK
               : error_memory(error, "the communities of the graph");
}

void level_room_clear(level_room *room, const cludi_allocator *allocator)
{
    alloc_free(allocator, room->offset);
    alloc_free(allocator, room->column);
    alloc_free(allocator, room->weight);
    alloc_free(allocator, room->strength);
}

cludi_status level_scratch_init(level_scratch *s, const cludi_allocator *allocator, int64_t nodes, cludi_error *error)
{
    s->first = alloc_array(allocator, nodes + 1, sizeof *s->first);
    s->members = alloc_array(allocator, nodes, sizeof *s->members);
    s->touched = alloc_array(allocator, nodes, sizeof *s->touched);
    s->sum = alloc_array(allocator, nodes, sizeof *s->sum);
    if (!s->first || !s->members || !s->touched || !s->sum)
        return error_memory(error, "the communities of the graph");
    for (int64_t i = 0; i < nodes; i++)
        s->sum[i] = -1;
    return CLUDI_OK;
}

void level_scratch_clear(level_scratch *s, const cludi_allocator *allocator)
{
    alloc_free(allocator, s->first);
    alloc_free(allocator, s->members);
    alloc_free(allocator, s->touched);
    alloc_free(allocator, s->sum);
}

level level_of_rows(const weighted_graph *graph, double *strength)
{
    for (int64_t i = 0; i < graph->rows; i++) {
        strength[i] = 0;
        for (int64_t e = graph->offset[i]; e < graph->offset[i + 1]; e++)
            strength[i] += graph->weight[e];
    }
    return (level){graph->rows, graph->offset, graph->column, graph->weight, strength};
}

/* The nodes by their groups: counting sort. */
static void sort_members(const level *from, const int32_t *group, int64_t groups, const level_scratch *s)
{
    for (int64_t g = 0; g <= groups; g++)
        s->first[g] = 0;
    for (int64_t i = 0; i < from->nodes; i++)
        s->first[group[i]]++;
    for (int64_t g = 1; g <= groups; g++)
        s->first[g] += s->first[g - 1];
    for (int64_t i = from->nodes - 1; i >= 0; i--)
        s->members[--s->first[group[i]]] = (int32_t)i;
}

/* The entries of group g, from entry `end` of the room on; the new end. */
static int64_t merge_group(const level *from, const int32_t *group, int32_t g, int64_t end, level_room *room,
                           const level_scratch *s)
{
    int32_t touched = 0;
    room->strength[g] = 0;
    for (int32_t m = s->first[g]; m < s->first[g + 1]; m++) {
        const int32_t node = s->members[m];
        room->strength[g] += from->strength[node];
        for (int64_t e = from->offset[node]; e < from->offset[node + 1]; e++) {
            const int32_t other = group[from->column[e]];
            if (other == g)
                continue;
            if (s->sum[other] < 0) {
                s->sum[other] = 0;
                s->touched[touched++] = other;
            }
            s->sum[other] += from->weight[e];
        }
    }
    for (int32_t t = 0; t < touched; t++) {
        room->column[end] = s->touched[t];
        room->weight[end++] = (float)s->sum[s->touched[t]];
        s->sum[s->touched[t]] = -1;
    }
    return end;
}

level level_merge(const level *from, const int32_t *group, int64_t groups, level_room *room, const level_scratch *s)
{
    sort_members(from, group, groups, s);
    room->offset[0] = 0;
    for (int32_t g = 0; g < groups; g++)
        room->offset[g + 1] = merge_group(from, group, g, room->offset[g], room, s);
    return (level){groups, room->offset, room->column, room->weight, room->strength};
}

int64_t level_renumber(int32_t *group, int64_t nodes, int64_t most, int32_t *number)
{
    int32_t count = 0;
    for (int64_t g = 0; g <= most; g++)
        number[g] = -1;
    for (int64_t i = 0; i < nodes; i++) {
        if (number[group[i]] < 0)
            number[group[i]] = count++;
        group[i] = number[group[i]];
    }
    return count;
}
