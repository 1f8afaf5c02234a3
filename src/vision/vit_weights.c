#include "vit_weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "strbuf.h"

/* ---- names ---- */

static bool is_block_part(const vit_name *name)
{
    return name->part >= VIT_BLOCK_PARTS;
}

/* The full name of a tensor; false if the file's scheme has none. */
static bool format_name(const vit_weights *w, const vit_name *name, int32_t block, char out[VIT_NAME_BYTES])
{
    const char *own = name->names[w->scheme];
    if (own && is_block_part(name))
        snprintf(out, VIT_NAME_BYTES, "%s%s.%d.%s", w->prefix, VIT_BLOCK_PREFIX[w->scheme], (int)block, own);
    else if (own)
        snprintf(out, VIT_NAME_BYTES, "%s%s", w->prefix, own);
    return own != NULL;
}

static const safetensors_entry *find(const vit_weights *w, const vit_name *name, int32_t block)
{
    char text[VIT_NAME_BYTES];
    return format_name(w, name, block, text) ? safetensors_find(&w->file, text) : NULL;
}

static const vit_name *name_of(vit_part part)
{
    const vit_name *name = VIT_NAMES;
    while (name->part != part)
        name++;
    return name;
}

/* ---- which scheme ---- */

static bool take_prefix(vit_weights *w, const char *name, const char *known)
{
    const size_t length = strlen(name), tail = strlen(known);
    if (length < tail || strcmp(name + length - tail, known) != 0 || length - tail >= sizeof w->prefix ||
        (length > tail && name[length - tail - 1] != '.'))
        return false;
    memcpy(w->prefix, name, length - tail);
    w->prefix[length - tail] = '\0';
    return true;
}

static int count_names(const vit_weights *w)
{
    int count = 0;
    for (int i = 0; i < VIT_NAME_COUNT; i++)
        count += find(w, &VIT_NAMES[i], 0) != NULL;
    return count;
}

/* The scheme with most of the names, and what stands before them, found by the patch embedding. */
static cludi_status find_scheme(vit_weights *w, cludi_error *error)
{
    enum { MOST_PREFIXES = 32 };
    vit_weights best = *w, tried = *w;
    int most = 0, prefixes = 0;
    for (int scheme = 0; scheme < VIT_SCHEMES; scheme++)
        for (int64_t i = 0; i < w->file.count && prefixes < MOST_PREFIXES; i++) {
            tried.scheme = (vit_scheme)scheme;
            if (!take_prefix(&tried, w->file.entries[i].name, name_of(VIT_PATCH_W)->names[scheme]))
                continue;
            const int count = count_names(&tried);
            prefixes++;
            best = count > most ? tried : best;
            most = count > most ? count : most;
        }
    *w = best;
    return most > 0
               ? CLUDI_OK
               : error_set(error, CLUDI_ERROR_FORMAT,
                           "\"%s\" holds no Vision Transformer: it has neither \"%s\" (timm, DINO) nor \"%s\" (Hugging "
                           "Face).",
                           w->file.file.path, name_of(VIT_PATCH_W)->names[VIT_TIMM],
                           name_of(VIT_PATCH_W)->names[VIT_HUGGING_FACE]);
}

/* ---- sizes ---- */

/* The block that a tensor's name says it belongs to; -1: none. */
static int32_t block_of(const vit_weights *w, const char *name)
{
    char start[VIT_NAME_BYTES];
    char *end;
    const int length = snprintf(start, sizeof start, "%s%s.", w->prefix, VIT_BLOCK_PREFIX[w->scheme]);
    if (strncmp(name, start, (size_t)length) != 0 || name[length] < '0' || name[length] > '9')
        return -1;
    const long block = strtol(name + length, &end, 10);
    return *end == '.' && block < VIT_MOST_BLOCKS ? (int32_t)block : -1;
}

/* Dimension `axis` of a part of the first block if the part has the rank it should have, else 0. */
static int64_t dimension(const vit_weights *w, vit_part part, int axis)
{
    int64_t size = 0;
    for (const vit_name *name = name_of(part); name < VIT_NAMES + VIT_NAME_COUNT && name->part == part; name++) {
        const safetensors_entry *entry = find(w, name, 0);
        if (entry && entry->rank == (int32_t)strlen(name->shape))
            size = entry->shape[axis];
    }
    return size;
}

static int64_t square_root(int64_t n)
{
    const int64_t root = n > 0 ? (int64_t)(sqrt((double)n) + 0.5) : 0;
    return root * root == n ? root : 0;
}

static void find_sizes(vit_weights *w)
{
    for (int64_t i = 0; i < w->file.count; i++) {
        const int32_t block = block_of(w, w->file.entries[i].name);
        w->depth = block >= w->depth ? block + 1 : w->depth;
    }
    w->width = dimension(w, VIT_PATCH_W, 0);
    w->patch = dimension(w, VIT_PATCH_W, 2);
    w->hidden = dimension(w, VIT_FC1_W, 0);
    w->positions = dimension(w, VIT_POSITIONS, 1);
    w->registers = dimension(w, VIT_REGISTERS, 1);
    w->side = square_root(w->positions);
    w->class_positions = w->side == 0;
    if (w->class_positions)
        w->side = square_root(w->positions - 1);
}

static int64_t size_of_letter(const vit_weights *w, char letter)
{
    switch (letter) {
    case 'w':
        return w->width;
    case 'q':
        return 3 * w->width;
    case 'h':
        return w->hidden;
    case 'p':
        return w->patch;
    case 'n':
        return w->positions;
    case 'r':
        return w->registers;
    default:
        return letter - '0';
    }
}

/* ---- the check ---- */

/* What is wrong with a file, a few tensors of each kind by name. */
typedef struct findings {
    strbuf text;
    int64_t count;
} findings;

enum { SHOWN = 3 };
typedef enum fault { FAULT_MISSING, FAULT_EXTRA, FAULT_SHAPE, FAULTS } fault;

static void note(findings *f, const char *name, const char *detail)
{
    if (f->count++ < SHOWN)
        strbuf_printf(&f->text, "%s%s%s", f->count > 1 ? ", " : "", name, detail);
}

static bool fits(const vit_weights *w, const vit_name *name, const safetensors_entry *entry)
{
    bool same = entry->rank == (int32_t)strlen(name->shape) && safetensors_is_real(entry);
    for (int32_t i = 0; same && i < entry->rank; i++)
        same = entry->shape[i] == size_of_letter(w, name->shape[i]) && entry->shape[i] > 0;
    return same;
}

static void note_shape(findings *f, const vit_weights *w, const vit_name *name, const safetensors_entry *entry)
{
    char text[VIT_NAME_BYTES] = "";
    size_t used = (size_t)snprintf(text, sizeof text, " is %s (", entry->dtype);
    for (int32_t i = 0; i < entry->rank && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld", i ? ", " : "", (long long)entry->shape[i]);
    for (const char *letter = name->shape; *letter && used < sizeof text; letter++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld",
                                 letter == name->shape ? "), wanted (" : ", ", (long long)size_of_letter(w, *letter));
    if (used < sizeof text)
        snprintf(text + used, sizeof text - used, ")");
    note(f, entry->name, text);
}

/* One tensor that should be there; marks it as used. */
static void check_tensor(const vit_weights *w, const vit_name *name, int32_t block, findings faults[FAULTS], bool *used)
{
    char text[VIT_NAME_BYTES];
    if (!format_name(w, name, block, text))
        return;
    const safetensors_entry *entry = safetensors_find(&w->file, text);
    const bool known = !name->optional || find(w, name, 0); /* in one block is in each */
    if (entry && known)
        used[entry - w->file.entries] = true;
    if (entry && known && !fits(w, name, entry))
        note_shape(&faults[FAULT_SHAPE], w, name, entry);
    else if (!entry && known)
        note(&faults[FAULT_MISSING], text, "");
}

static bool is_ignored(const vit_weights *w, const char *name)
{
    const size_t length = strlen(w->prefix);
    const char *own = strncmp(name, w->prefix, length) == 0 ? name + length : name;
    for (int i = 0; i < VIT_IGNORED_COUNT; i++)
        if (strncmp(name, VIT_IGNORED[i], strlen(VIT_IGNORED[i])) == 0 ||
            strncmp(own, VIT_IGNORED[i], strlen(VIT_IGNORED[i])) == 0)
            return true;
    return false;
}

static void check_all(const vit_weights *w, findings faults[FAULTS], bool *used)
{
    for (int32_t block = 0; block < (w->depth > 0 ? w->depth : 1); block++)
        for (int i = 0; i < VIT_NAME_COUNT; i++)
            if (block == 0 || is_block_part(&VIT_NAMES[i]))
                check_tensor(w, &VIT_NAMES[i], block, faults, used);
    for (int64_t i = 0; i < w->file.count; i++)
        if (!used[i] && !is_ignored(w, w->file.entries[i].name))
            note(&faults[FAULT_EXTRA], w->file.entries[i].name, "");
}

static cludi_status report(const vit_weights *w, const findings faults[FAULTS], cludi_error *error)
{
    static const char *const WORDS[FAULTS] = {"it lacks ", "it also has ", ""};
    bool failed = false;
    strbuf all;
    strbuf_init(&all, w->allocator);
    for (int i = 0; i < FAULTS; i++) {
        failed |= faults[i].text.failed;
        if (faults[i].count > 0)
            strbuf_printf(&all, "%s%s%s", all.length ? "; " : "", WORDS[i], faults[i].text.text);
        if (faults[i].count > SHOWN)
            strbuf_printf(&all, " and %lld more", (long long)(faults[i].count - SHOWN));
    }
    cludi_status status = failed || all.failed ? error_memory(error, "the tensors of the weight file") : CLUDI_OK;
    if (status == CLUDI_OK && all.length > 0)
        status = error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" holds no Vision Transformer that cludi knows: %s.",
                           w->file.file.path, all.text);
    strbuf_clear(&all);
    return status;
}

static cludi_status check_tensors(const vit_weights *w, cludi_error *error)
{
    findings faults[FAULTS] = {0};
    bool *used = alloc_zeroed(w->allocator, w->file.count, sizeof *used);
    if (!used)
        return error_memory(error, "the tensors of the weight file");
    for (int i = 0; i < FAULTS; i++)
        strbuf_init(&faults[i].text, w->allocator);
    check_all(w, faults, used);
    cludi_status status = report(w, faults, error);
    for (int i = 0; i < FAULTS; i++)
        strbuf_clear(&faults[i].text);
    alloc_free(w->allocator, used);
    if (status == CLUDI_OK && w->side == 0)
        status =
            error_set(error, CLUDI_ERROR_FORMAT,
                      "\"%s\" has %lld position embeddings; a square number of patches is wanted, and one for CLS.",
                      w->file.file.path, (long long)w->positions);
    return status;
}

cludi_status vit_weights_open(vit_weights *w, const cludi_allocator *allocator, const char *path, cludi_error *error)
{
    *w = (vit_weights){.allocator = allocator};
    cludi_status status = safetensors_open(path, allocator, &w->file, error);
    if (status == CLUDI_OK)
        status = find_scheme(w, error);
    if (status == CLUDI_OK) {
        find_sizes(w);
        status = check_tensors(w, error);
    }
    if (status != CLUDI_OK)
        vit_weights_close(w);
    return status;
}

void vit_weights_close(vit_weights *w)
{
    if (w->allocator)
        safetensors_close(&w->file);
    w->allocator = NULL;
}

/* ---- reading ---- */

static int32_t known_heads(int64_t width)
{
    static const struct {
        int64_t width;
        int32_t heads;
    } KNOWN[] = {{48, 3}, {192, 3}, {384, 6}, {768, 12}, {1024, 16}, {1536, 24}};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (KNOWN[i].width == width)
            return KNOWN[i].heads;
    return 0;
}

cludi_status vit_weights_heads(const vit_weights *w, int32_t asked, int32_t *heads, cludi_error *error)
{
    const char *text = safetensors_metadata(&w->file, "heads");
    text = text ? text : safetensors_metadata(&w->file, "num_heads");
    const long told = text ? strtol(text, NULL, 10) : known_heads(w->width);
    const long found = asked != 0 ? asked : told;
    if (found < 1 && !text)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "\"%s\" does not say how many heads it has, nor does its width of %lld; give their number.",
                         w->file.file.path, (long long)w->width);
    if (found < 1 || found > w->width || w->width % found != 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "heads is %ld; the width of \"%s\", %lld, must be a multiple.",
                         found, w->file.file.path, (long long)w->width);
    *heads = (int32_t)found;
    return CLUDI_OK;
}

void vit_weights_describe(const vit_weights *w, cludi_encoder_info *info)
{
    info->features = (int32_t)w->width;
    info->depth = w->depth;
    info->patch = (int32_t)w->patch;
    info->image_size = (int32_t)(w->side * w->patch);
    info->registers = (int32_t)w->registers;
    if (vit_weights_heads(w, 0, &info->heads, NULL) != CLUDI_OK)
        info->heads = 0;
}

tensor vit_weights_shape(const vit_weights *w, vit_part part)
{
    tensor shape = {0};
    for (const vit_name *name = name_of(part); name < VIT_NAMES + VIT_NAME_COUNT && name->part == part; name++) {
        const safetensors_entry *entry = find(w, name, 0);
        if (!entry)
            continue;
        const bool vector = entry->rank == 1;
        shape.rows = vector ? 1 : shape.rows + entry->shape[0];
        shape.cols = vector ? shape.cols + entry->count : entry->count / entry->shape[0];
    }
    return shape;
}

static cludi_status check_finite(const vit_weights *w, const safetensors_entry *entry, const float *numbers,
                                 cludi_error *error)
{
    for (int64_t i = 0; i < entry->count; i++)
        if (!isfinite(numbers[i]))
            return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": tensor \"%s\" holds NaN or infinity.",
                             w->file.file.path, entry->name);
    return CLUDI_OK;
}

cludi_status vit_weights_read(vit_weights *w, vit_part part, int32_t block, float *out, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    for (const vit_name *name = name_of(part);
         status == CLUDI_OK && name < VIT_NAMES + VIT_NAME_COUNT && name->part == part; name++) {
        const safetensors_entry *entry = find(w, name, block);
        if (!entry)
            continue;
        status = safetensors_read_wide(&w->file, entry, out, error);
        if (status == CLUDI_OK)
            status = check_finite(w, entry, out, error);
        out += entry->count;
    }
    return status;
}
