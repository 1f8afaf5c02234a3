#include "text_codes.h"

#include <string.h>

enum { FIRST_CAPACITY = 64, FIRST_ROOM = 1024 };

void text_codes_init(text_codes *codes, const cludi_allocator *allocator)
{
    *codes = (text_codes){.allocator = allocator};
}

void text_codes_clear(text_codes *codes)
{
    alloc_free(codes->allocator, codes->bytes);
    alloc_free(codes->allocator, codes->starts);
    alloc_free(codes->allocator, codes->slots);
    text_codes_init(codes, codes->allocator);
}

/* FNV-1a */
static uint64_t hash(const char *text)
{
    uint64_t sum = 14695981039346656037U;
    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * 1099511628211U;
    return sum;
}

/* The slot that has the text, or the empty one where it would go. */
static int64_t find_slot(const text_codes *codes, const char *text)
{
    int64_t slot = (int64_t)(hash(text) & (uint64_t)(codes->capacity - 1));
    while (codes->slots[slot] >= 0 && strcmp(codes->bytes + codes->starts[codes->slots[slot]], text) != 0)
        slot = (slot + 1) & (codes->capacity - 1);
    return slot;
}

static bool grow_slots(text_codes *codes)
{
    int64_t capacity = codes->capacity ? 2 * codes->capacity : FIRST_CAPACITY;
    size_t *starts = alloc_array(codes->allocator, capacity / 2, sizeof *starts);
    int32_t *slots = alloc_array(codes->allocator, capacity, sizeof *slots);
    if (!starts || !slots) {
        alloc_free(codes->allocator, slots);
        alloc_free(codes->allocator, starts);
        return false;
    }
    for (int64_t i = 0; i < capacity; i++)
        slots[i] = -1;
    if (codes->count > 0)
        memcpy(starts, codes->starts, (size_t)codes->count * sizeof *starts);
    alloc_free(codes->allocator, codes->starts);
    alloc_free(codes->allocator, codes->slots);
    codes->starts = starts;
    codes->slots = slots;
    codes->capacity = capacity;
    for (int32_t i = 0; i < codes->count; i++)
        slots[find_slot(codes, codes->bytes + starts[i])] = i;
    return true;
}

/* Room for size bytes more; a text is a cell, so that doubling is enough. */
static bool grow_bytes(text_codes *codes, size_t size)
{
    if (size <= codes->room - codes->used)
        return true;
    size_t room = (codes->room ? 2 * codes->room : FIRST_ROOM) + size;
    char *bytes = alloc_array(codes->allocator, 1, room);
    if (!bytes)
        return false;
    if (codes->used > 0)
        memcpy(bytes, codes->bytes, codes->used);
    alloc_free(codes->allocator, codes->bytes);
    codes->bytes = bytes;
    codes->room = room;
    return true;
}

bool text_codes_find(text_codes *codes, const char *text, int32_t *code)
{
    size_t size = strlen(text) + 1;
    if (codes->count >= codes->capacity / 2 && !grow_slots(codes))
        return false;
    int64_t slot = find_slot(codes, text);
    if (codes->slots[slot] < 0) {
        if (codes->count == INT32_MAX || !grow_bytes(codes, size))
            return false;
        memcpy(codes->bytes + codes->used, text, size);
        codes->starts[codes->count] = codes->used;
        codes->used += size;
        codes->slots[slot] = codes->count++;
    }
    *code = codes->slots[slot];
    return true;
}

int32_t text_codes_look_up(const text_codes *codes, const char *text)
{
    return codes->capacity > 0 ? codes->slots[find_slot(codes, text)] : -1;
}

const char *text_codes_text(const text_codes *codes, int32_t code)
{
    return codes->bytes + codes->starts[code];
}
