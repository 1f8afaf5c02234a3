#define _GNU_SOURCE /* d_type */
#include "image_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "strbuf.h"

/* A folder that is to be walked or was. They wait in a stack, so that one folder is open at a time. */
typedef struct folder {
    struct folder *next;   /* of the stack, then of those that were walked */
    struct folder *parent; /* NULL: the root */
    dev_t device;          /* which it is, once it was opened */
    ino_t number;
    char path[];
} folder;

typedef struct walk {
    const cludi_allocator *allocator;
    image_walk_take take;
    void *user;
    folder *waiting;
    folder *walked; /* kept, as parents */
    strbuf path;    /* of the entry looked at */
} walk;

bool image_walk_knows(const char *name)
{
    static const char *const ENDINGS[] = {".jpg", ".jpeg", ".jpe", ".jfif", ".png",  ".webp", ".tif",  ".tiff",
                                          ".gif", ".bmp",  ".dib", ".heic", ".heif", ".hif",  ".avif", ".jp2",
                                          ".j2k", ".j2c",  ".jpc", ".jpx",  ".jpf",  ".jxl"};
    const char *ending = strrchr(name, '.');
    bool known = false;
    for (size_t i = 0; ending && i < sizeof ENDINGS / sizeof *ENDINGS && !known; i++)
        known = strcasecmp(ending, ENDINGS[i]) == 0;
    return known;
}

static cludi_status refuse(const char *path, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FILE, "Cannot read the folder \"%s\": %s.", path, strerror(errno));
}

static cludi_status push(walk *on, const char *path, folder *parent, cludi_error *error)
{
    size_t size = strlen(path) + 1;
    folder *made = alloc_zeroed(on->allocator, 1, sizeof *made + size);
    if (!made)
        return error_memory(error, "the list of folders");
    memcpy(made->path, path, size);
    made->parent = parent;
    made->next = on->waiting;
    on->waiting = made;
    return CLUDI_OK;
}

static bool is_folder(const struct dirent *entry, const char *path)
{
    struct stat facts;
    if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
        return entry->d_type == DT_DIR;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* What systems put beside images for themselves; so are names that begin with a dot. */
static bool is_of_system(const char *name)
{
    static const char *const NAMES[] = {"Thumbs.db", "ehthumbs.db", "desktop.ini", "@eaDir", "__MACOSX", "Icon\r"};
    bool found = name[0] == '.';
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES && !found; i++)
        found = strcasecmp(name, NAMES[i]) == 0;
    return found;
}

static cludi_status look_at(walk *on, folder *in, const struct dirent *entry, cludi_error *error)
{
    const char *name = entry->d_name;
    if (is_of_system(name))
        return CLUDI_OK;
    on->path.length = 0;
    strbuf_printf(&on->path, "%s%s%s", in->path, in->path[strlen(in->path) - 1] == '/' ? "" : "/", name);
    if (on->path.failed)
        return error_memory(error, "the path of an image");
    if (is_folder(entry, on->path.text))
        return push(on, on->path.text, in, error);
    return on->take(on->user, on->path.text, error);
}

/* A link that leads back to where it came from would be walked for ever. */
static bool is_loop(const folder *at)
{
    const folder *above = at->parent;
    while (above && (above->device != at->device || above->number != at->number))
        above = above->parent;
    return above != NULL;
}

static cludi_status read_entries(walk *on, folder *at, DIR *stream, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    const struct dirent *entry = NULL;
    do {
        errno = 0;
        entry = readdir(stream);
        if (entry)
            status = look_at(on, at, entry, error);
        else if (errno != 0)
            status = refuse(at->path, error);
    } while (entry && !status);
    return status;
}

static cludi_status walk_folder(walk *on, folder *at, cludi_error *error)
{
    struct stat facts;
    DIR *stream = opendir(at->path);
    if (!stream || fstat(dirfd(stream), &facts) != 0) {
        cludi_status status = refuse(at->path, error);
        if (stream)
            closedir(stream);
        return status;
    }
    at->device = facts.st_dev;
    at->number = facts.st_ino;
    cludi_status status = is_loop(at) ? CLUDI_OK : read_entries(on, at, stream, error);
    closedir(stream);
    return status;
}

static void free_all(walk *on, folder *first)
{
    while (first) {
        folder *next = first->next;
        alloc_free(on->allocator, first);
        first = next;
    }
}

cludi_status image_walk(const char *root, const cludi_allocator *allocator, image_walk_take take, void *user,
                        cludi_error *error)
{
    walk on = {.allocator = allocator, .take = take, .user = user};
    strbuf_init(&on.path, allocator);
    cludi_status status = push(&on, root, NULL, error);
    while (!status && on.waiting) {
        folder *at = on.waiting;
        on.waiting = at->next;
        at->next = on.walked;
        on.walked = at;
        status = walk_folder(&on, at, error);
    }
    free_all(&on, on.waiting);
    free_all(&on, on.walked);
    strbuf_clear(&on.path);
    return status;
}
