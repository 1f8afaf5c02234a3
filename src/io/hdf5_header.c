#include "hdf5_header.h"

#include "alloc.h"
#include "error.h"
#include "hdf5_heap.h"

enum { MOST_CHUNKS = 64, MOST_BYTES = 1 << 20, PREFIX = 64, ATTRIBUTE = 0x0C, CONTINUATION = 0x10, ATTRIBUTES = 0x15 };

/* A header that is walked through, chunk by chunk. */
typedef struct walk {
    const hdf5_reader *reader;
    const char *attribute;
    hdf5_attribute *out;
    bool new;     /* version 2, with signatures and checksums */
    bool ordered; /* messages have the order of their making */
    struct {
        uint64_t address, size;
    } chunks[MOST_CHUNKS];
    int count;
    bool apart;
    const char *problem; /* behind "its header" */
} walk;

static uint64_t number(const unsigned char *bytes, int count)
{
    return hdf5_little_endian(bytes, count);
}

/* ---- an attribute ---- */

/* The parts of an attribute's message, each within it. */
typedef struct parts {
    const unsigned char *name, *type, *space, *data;
    size_t name_size, type_size, space_size, data_size;
} parts;

static bool cut_parts(const unsigned char *bytes, size_t size, parts *p)
{
    if (size < 9 || bytes[0] < 1 || bytes[0] > 3 || (bytes[0] > 1 && bytes[1] != 0))
        return false;
    const size_t unit = bytes[0] == 1 ? 8 : 1;
    size_t at = bytes[0] == 3 ? 9 : 8;
    p->name_size = (size_t)number(bytes + 2, 2);
    p->type_size = (size_t)number(bytes + 4, 2);
    p->space_size = (size_t)number(bytes + 6, 2);
    const size_t sizes[] = {p->name_size, p->type_size, p->space_size};
    const unsigned char **const starts[] = {&p->name, &p->type, &p->space};
    for (int i = 0; i < 3; i++) {
        *starts[i] = bytes + at;
        at += (sizes[i] + unit - 1) / unit * unit;
        if (at > size)
            return false;
    }
    p->data = bytes + at;
    p->data_size = size - at;
    return true;
}

static element_type read_type(const walk *w, const parts *p)
{
    const element_type other = {0};
    if (p->type_size < 8)
        return other;
    const int class = p->type[0] & 15;
    const uint64_t size = number(p->type + 4, 4);
    if (class == 3 && size > 0 && size <= INT32_MAX)
        return (element_type){'S', '|', (int32_t)size};
    const int id = 4 + w->reader->heap.address + 4;
    return class == 9 && (p->type[1] & 15) == 1 && size == (uint64_t)id ? (element_type){'O', '|', id} : other;
}

/* Elements of a dataspace; negative for what is none. */
static int64_t read_count(const walk *w, const parts *p)
{
    const int length = w->reader->heap.length;
    if (p->space_size < 4 || p->space[0] < 1 || p->space[0] > 2)
        return -1;
    const size_t head = p->space[0] == 1 ? 8 : 4, rank = p->space[1];
    if (p->space[0] == 2 && p->space[3] == 2)
        return 0;
    if (p->space_size < head + rank * (size_t)length)
        return -1;
    int64_t count = 1;
    for (size_t i = 0; i < rank; i++) {
        const uint64_t size = number(p->space + head + i * (size_t)length, length);
        if (size > INT32_MAX || !int64_product(count, (int64_t)size, &count))
            return -1;
    }
    return count;
}

static cludi_status take_attribute(walk *w, const unsigned char *bytes, size_t size, cludi_error *error)
{
    parts p;
    int64_t wanted;
    const size_t length = strlen(w->attribute);
    if (!cut_parts(bytes, size, &p) || strnlen((const char *)p.name, p.name_size) != length ||
        memcmp(p.name, w->attribute, length) != 0 || w->out->found)
        return CLUDI_OK;
    *w->out = (hdf5_attribute){.found = true, .type = read_type(w, &p), .count = read_count(w, &p)};
    if (w->out->count < 0 || !int64_product(w->out->count, w->out->type.size, &wanted) ||
        wanted > (int64_t)p.data_size) {
        w->problem = "has an attribute that is longer than it";
        return CLUDI_OK;
    }
    if (wanted == 0)
        return CLUDI_OK;
    w->out->bytes = alloc_array(w->reader->allocator, wanted, 1);
    if (!w->out->bytes)
        return error_memory(error, "an attribute of an HDF5 file");
    memcpy(w->out->bytes, p.data, (size_t)wanted);
    return CLUDI_OK;
}

/* ---- the header ---- */

static void add_chunk(walk *w, uint64_t address, uint64_t size)
{
    if (w->count == MOST_CHUNKS || size > MOST_BYTES) {
        w->problem = "has too many parts, or too long ones";
        return;
    }
    w->chunks[w->count].address = address;
    w->chunks[w->count++].size = size;
}

/* Where the attributes are that are stored apart: nowhere is an address of ones alone. */
static bool are_apart(const unsigned char *bytes, size_t size, size_t address)
{
    const size_t at = size > 1 && bytes[1] & 1 ? 4 : 2;
    bool nowhere = true;
    for (size_t i = 0; i < address && at + address <= size; i++)
        nowhere = nowhere && bytes[at + i] == 0xFF;
    return !nowhere;
}

static cludi_status take_message(walk *w, int type, const unsigned char *bytes, size_t size, cludi_error *error)
{
    const size_t address = (size_t)w->reader->heap.address, length = (size_t)w->reader->heap.length;
    if (type == ATTRIBUTE)
        return take_attribute(w, bytes, size, error);
    if (type == ATTRIBUTES)
        w->apart = w->apart || are_apart(bytes, size, address);
    if (type == CONTINUATION && size >= address + length)
        add_chunk(w, number(bytes, (int)address), number(bytes + address, (int)length));
    return CLUDI_OK;
}

static cludi_status walk_messages(walk *w, const unsigned char *bytes, size_t size, cludi_error *error)
{
    const size_t head = !w->new ? 8 : w->ordered ? 6 : 4;
    cludi_status status = CLUDI_OK;
    for (size_t at = 0; at + head <= size && !status && !w->problem;) {
        const int type = (int)number(bytes + at, w->new ? 1 : 2);
        const size_t length = (size_t)number(bytes + at + (w->new ? 1 : 2), 2);
        const bool shared = bytes[at + (w->new ? 3 : 4)] & 2;
        at += head;
        if (length > size - at)
            return CLUDI_OK; /* a gap, or damage: what is missing is not found */
        if (!shared)
            status = take_message(w, type, bytes + at, length, error);
        at += length;
    }
    return status;
}

/* Reads a piece of the file; *got is less at its end. */
static cludi_status read_piece(const walk *w, uint64_t address, void *bytes, size_t size, size_t *got,
                               cludi_error *error)
{
    const uint64_t base = w->reader->heap.base, end = (uint64_t)w->reader->in->size;
    *got = 0;
    if (base > end || address > end - base)
        return CLUDI_OK;
    return in_file_read_at(w->reader->in, (int64_t)(base + address), bytes, size, got, error);
}

/* The prefix says where the first messages are. */
static cludi_status read_prefix(walk *w, uint64_t address, cludi_error *error)
{
    unsigned char bytes[PREFIX] = {0};
    size_t got;
    TRY(read_piece(w, address, bytes, sizeof bytes, &got, error));
    if (memcmp(bytes, "OHDR\x02", 5) == 0) {
        const int flags = bytes[5], size_bytes = 1 << (flags & 3);
        const size_t at = 6 + (flags & 0x20 ? 16U : 0U) + (flags & 0x10 ? 4U : 0U);
        w->new = true;
        w->ordered = flags & 4;
        add_chunk(w, address + at + (size_t)size_bytes, number(bytes + at, size_bytes));
    } else if (bytes[0] == 1) {
        add_chunk(w, address + 16, number(bytes + 8, 4));
    } else {
        w->problem = "is not where it should be";
    }
    return CLUDI_OK;
}

static cludi_status walk_chunk(walk *w, int chunk, cludi_error *error)
{
    const size_t size = (size_t)w->chunks[chunk].size;
    const size_t before = w->new &&chunk > 0 ? 4 : 0, behind = w->new &&chunk > 0 ? 4 : 0; /* signature, checksum */
    size_t got = 0;
    unsigned char *bytes = alloc_array(w->reader->allocator, (int64_t)size, 1);
    if (!bytes)
        return error_memory(error, "a header of an HDF5 file");
    cludi_status status = read_piece(w, w->chunks[chunk].address, bytes, size, &got, error);
    if (!status && got >= before + behind)
        status = walk_messages(w, bytes + before, got - before - behind, error);
    alloc_free(w->reader->allocator, bytes);
    return status;
}

cludi_status hdf5_header_find(hdf5_reader *reader, hid_t object, const char *attribute, const char *name,
                              hdf5_attribute *out, cludi_error *error)
{
    walk w = {.reader = reader, .attribute = attribute, .out = out};
    H5O_info_t info;
    *out = (hdf5_attribute){0};
    if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0)
        return hdf5_fail(name, error);
    cludi_status status = read_prefix(&w, info.addr, error);
    for (int i = 0; i < w.count && !status && !w.problem && !out->found; i++)
        status = walk_chunk(&w, i, error);
    out->apart = w.apart;
    if (!status && w.problem)
        status = error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is damaged: its header %s.", name, w.problem);
    return status;
}
