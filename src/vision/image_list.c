#include "image_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "image_walk.h"

enum { TEXT_BLOCK = 1 << 16, FIRST_ENTRIES = 64 };

/* Paths one behind the other; they never move. */
typedef struct text_block {
    struct text_block *next;
    size_t used;
    size_t capacity;
    char text[];
} text_block;

/* What is being walked. */
typedef struct adding {
    image_list *list;
    size_t root; /* bytes of the folder that was named; 0: a file was */
} adding;

static char *keep_text(image_list *list, name_part text)
{
    size_t size = text.length + 1;
    text_block *block = list->texts;
    if (!block || size > block->capacity - block->used) {
        size_t capacity = size > TEXT_BLOCK ? size : TEXT_BLOCK;
        block = alloc_array(list->allocator, 1, sizeof *block + capacity);
        if (!block)
            return NULL;
        *block = (text_block){.next = list->texts, .capacity = capacity};
        list->texts = block;
    }
    char *kept = block->text + block->used;
    memcpy(kept, text.text, text.length);
    kept[text.length] = '\0';
    block->used += size;
    return kept;
}

static bool grow(image_list *list)
{
    if (list->count < list->capacity)
        return true;
    int64_t capacity = list->capacity ? 2 * list->capacity : FIRST_ENTRIES;
    image_entry *entries = alloc_array(list->allocator, capacity, sizeof *entries);
    if (!entries)
        return false;
    if (list->count > 0)
        memcpy(entries, list->entries, (size_t)list->count * sizeof *entries);
    alloc_free(list->allocator, list->entries);
    list->entries = entries;
    list->capacity = capacity;
    return true;
}

static cludi_status add(void *user, const char *path, cludi_error *error)
{
    const adding *to = user;
    image_list *list = to->list;
    const char *kept = grow(list) ? keep_text(list, (name_part){path, strlen(path)}) : NULL;
    if (!kept)
        return error_memory(error, "the list of images");
    image_entry entry = {.path = kept, .label = -1};
    if (to->root > 0) {
        const char *below = kept + to->root + strspn(kept + to->root, "/");
        const char *slash = strchr(below, '/');
        entry.class_begin = (int32_t)(below - kept);
        entry.class_size = slash ? (int32_t)(slash - below) : 0;
        entry.other = !image_walk_knows(strrchr(kept, '/') + 1);
    }
    list->entries[list->count++] = entry;
    return CLUDI_OK;
}

/* The path without slashes at its end, but for that of the root folder; cut in a copy of the list's. */
static cludi_status add_folder(image_list *list, const char *path, cludi_error *error)
{
    char *root = keep_text(list, (name_part){path, strlen(path)});
    if (!root)
        return error_memory(error, "the list of images");
    size_t length = strlen(root);
    while (length > 1 && root[length - 1] == '/')
        root[--length] = '\0';
    adding to = {list, length};
    return image_walk(root, list->allocator, add, &to, error);
}

static cludi_status add_named(image_list *list, const char *path, cludi_error *error)
{
    struct stat facts;
    adding to = {list, 0};
    if (stat(path, &facts) != 0)
        return error_set(error, CLUDI_ERROR_FILE, "Cannot read \"%s\": %s.", path, strerror(errno));
    return S_ISDIR(facts.st_mode) ? add_folder(list, path, error) : add(&to, path, error);
}

static name_part get_path(const image_entry *entry)
{
    return (name_part){entry->path, strlen(entry->path)};
}

static name_part get_class(const image_entry *entry)
{
    return (name_part){entry->path + entry->class_begin, (size_t)entry->class_size};
}

/* Of equal paths the one that is taken, and has a class, stands first, and stays. */
static int compare_entries(const void *a, const void *b)
{
    const image_entry *x = a, *y = b;
    int order = natural_compare(get_path(x), get_path(y));
    if (order == 0)
        order = x->other - y->other;
    return order != 0 ? order : y->class_size - x->class_size;
}

static int compare_names(const void *a, const void *b)
{
    return natural_compare(*(const name_part *)a, *(const name_part *)b);
}

static void drop_repeated(image_list *list)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < list->count; i++)
        if (kept == 0 || strcmp(list->entries[kept - 1].path, list->entries[i].path) != 0)
            list->entries[kept++] = list->entries[i];
    list->count = kept;
}

/* ---- files of other endings ---- */

static void get_ending(const char *path, char text[IMAGE_ENDING])
{
    const char *dot = strrchr(strrchr(path, '/'), '.');
    size_t length = dot ? strlen(dot) : 0;
    if (length < 2 || length >= IMAGE_ENDING)
        length = 0;
    for (size_t i = 0; i < length; i++)
        text[i] = (char)(dot[i] >= 'A' && dot[i] <= 'Z' ? dot[i] - 'A' + 'a' : dot[i]);
    text[length] = '\0';
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(((const image_ending *)a)->text, ((const image_ending *)b)->text);
}

static int compare_files(const void *a, const void *b)
{
    const image_ending *x = a, *y = b;
    if (x->files != y->files)
        return x->files > y->files ? -1 : 1;
    return compare_texts(a, b);
}

static void count_endings(image_list *list)
{
    image_ending *endings = list->endings;
    qsort(endings, (size_t)list->passed, sizeof *endings, compare_texts);
    for (int64_t i = 0; i < list->passed; i++)
        if (list->ending_count > 0 && compare_texts(&endings[list->ending_count - 1], &endings[i]) == 0)
            endings[list->ending_count - 1].files++;
        else
            endings[list->ending_count++] = endings[i];
    qsort(endings, (size_t)list->ending_count, sizeof *endings, compare_files);
}

static cludi_status set_others_aside(image_list *list, cludi_error *error)
{
    int64_t kept = 0, passed = 0;
    for (int64_t i = 0; i < list->count; i++)
        list->passed += list->entries[i].other;
    if (list->passed == 0)
        return CLUDI_OK;
    list->endings = alloc_array(list->allocator, list->passed, sizeof *list->endings);
    if (!list->endings)
        return error_memory(error, "the endings of files");
    for (int64_t i = 0; i < list->count; i++)
        if (list->entries[i].other) {
            list->endings[passed].files = 1;
            get_ending(list->entries[i].path, list->endings[passed++].text);
        } else {
            list->entries[kept++] = list->entries[i];
        }
    list->count = kept;
    count_endings(list);
    return CLUDI_OK;
}

/* ---- classes ---- */

static cludi_status find_classes(image_list *list, cludi_error *error)
{
    int64_t count = 0;
    list->classes = alloc_array(list->allocator, list->count, sizeof *list->classes);
    if (!list->classes)
        return error_memory(error, "the names of the classes");
    for (int64_t i = 0; i < list->count; i++) {
        name_part name = get_class(&list->entries[i]);
        /* Neighbors in the order of paths are mostly of one class. */
        if (name.length > 0 && (count == 0 || natural_compare(list->classes[count - 1], name) != 0))
            list->classes[count++] = name;
    }
    qsort(list->classes, (size_t)count, sizeof *list->classes, compare_names);
    for (int64_t i = 0; i < count; i++)
        if (list->class_count == 0 || natural_compare(list->classes[list->class_count - 1], list->classes[i]) != 0)
            list->classes[list->class_count++] = list->classes[i];
    for (int32_t k = 0; k < list->class_count; k++) {
        list->classes[k].text = keep_text(list, list->classes[k]);
        if (!list->classes[k].text)
            return error_memory(error, "the names of the classes");
    }
    for (int64_t i = 0; i < list->count; i++) {
        name_part name = get_class(&list->entries[i]);
        const name_part *found = bsearch(&name, list->classes, (size_t)list->class_count, sizeof name, compare_names);
        list->entries[i].label = found ? (int32_t)(found - list->classes) : -1;
    }
    return CLUDI_OK;
}

cludi_status image_list_init(image_list *list, const char *const *paths, int64_t count,
                             const cludi_allocator *allocator, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    *list = (image_list){.allocator = allocator};
    for (int64_t i = 0; i < count && !status; i++)
        status = add_named(list, paths[i], error);
    if (status)
        return status;
    if (list->count > 0)
        qsort(list->entries, (size_t)list->count, sizeof *list->entries, compare_entries);
    drop_repeated(list);
    status = set_others_aside(list, error);
    return status ? status : find_classes(list, error);
}

void image_list_clear(image_list *list)
{
    while (list->texts) {
        text_block *next = list->texts->next;
        alloc_free(list->allocator, list->texts);
        list->texts = next;
    }
    alloc_free(list->allocator, list->entries);
    alloc_free(list->allocator, list->classes);
    alloc_free(list->allocator, list->endings);
    *list = (image_list){0};
}
