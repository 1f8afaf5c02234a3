#include "hdf5_path.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "hdf5_dataset.h"

enum { MAX_DEPTH = 8, MAX_LINKS = 10000 };

/* ---- one path ---- */

/* A path taken apart: part is the next piece, at the place behind it. */
typedef struct walker {
    const char *at;
    char part[HDF5_PATH];
} walker;

/* Takes the next piece; false at the end. Pieces that say nothing ("", ".") are passed over. */
static bool take_part(walker *w)
{
    size_t length;
    do {
        w->at += strspn(w->at, "/");
        length = strcspn(w->at, "/");
        if (length == 0)
            return false;
        memcpy(w->part, w->at, length);
        w->part[length] = '\0';
        w->at += length;
    } while (strcmp(w->part, ".") == 0);
    return true;
}

static cludi_status refuse_missing(hid_t file, const char *path, const char *name, cludi_error *error)
{
    hdf5_list list;
    hdf5_path_list(file, &list);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": the file has no \"%s\". %s%s.", name, path,
                     list.text[0] ? "Arrays in it: " : "It has no arrays of numbers that cludi reads", list.text);
}

/* Opens what a hard link leads to; a dataset without a cache of chunks, so that libhdf5 reads chunks that are not packed by
   the shape that was checked, and not by the length that the file's index has for each. */
static hid_t open_child(hid_t parent, const char *name)
{
    hid_t child = H5Oopen(parent, name, H5P_DEFAULT);
    if (child < 0 || H5Iget_type(child) != H5I_DATASET)
        return child;
    hdf5_close(child);
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    (void)H5Pset_chunk_cache(access, 0, 0, 0.0);
    child = H5Dopen2(parent, name, access);
    hdf5_close(access);
    return child;
}

static cludi_status check_link(hid_t parent, const walker *w, const char *name, cludi_error *error)
{
    H5L_info_t link;
    if (H5Lget_info(parent, w->part, &link, H5P_DEFAULT) < 0)
        return hdf5_fail(name, error);
    if (link.type == H5L_TYPE_HARD)
        return CLUDI_OK;
    const char *kind = link.type == H5L_TYPE_SOFT ? "a soft link" : "an external link";
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": \"%s\" is %s, which cludi does not follow.", name, w->part,
                     kind);
}

/* *object, a group, is replaced by what the next piece names in it. */
static cludi_status step(hid_t file, const char *path, const walker *w, const char *name, hid_t *object,
                         cludi_error *error)
{
    if (H5Iget_type(*object) != H5I_GROUP)
        return refuse_missing(file, path, name, error);
    htri_t there = H5Lexists(*object, w->part, H5P_DEFAULT);
    if (there == 0)
        return refuse_missing(file, path, name, error);
    TRY(there < 0 ? hdf5_fail(name, error) : check_link(*object, w, name, error));
    hid_t next = open_child(*object, w->part);
    if (next < 0)
        return hdf5_fail(name, error);
    hdf5_close(*object);
    *object = next;
    return CLUDI_OK;
}

cludi_status hdf5_path_open(hid_t file, const char *path, const char *name, hid_t *object, cludi_error *error)
{
    walker w = {.at = path};
    *object = -1;
    if (strlen(path) >= HDF5_PATH)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%.200s...\": the name of a dataset has at most %d bytes.", name,
                         HDF5_PATH - 1);
    *object = H5Oopen(file, "/", H5P_DEFAULT);
    cludi_status status = *object < 0 ? hdf5_fail(name, error) : CLUDI_OK;
    while (!status && take_part(&w))
        status = step(file, path, &w, name, object, error);
    if (status) {
        hdf5_close(*object);
        *object = -1;
    }
    return status;
}

bool hdf5_path_exists(hid_t file, const char *path)
{
    walker w = {.at = path};
    H5L_info_t link;
    hid_t at = H5Oopen(file, "/", H5P_DEFAULT);
    while (at >= 0 && take_part(&w)) {
        bool hard = H5Iget_type(at) == H5I_GROUP && H5Lexists(at, w.part, H5P_DEFAULT) > 0 &&
                    H5Lget_info(at, w.part, &link, H5P_DEFAULT) >= 0 && link.type == H5L_TYPE_HARD;
        hid_t next = hard ? open_child(at, w.part) : -1;
        hdf5_close(at);
        at = next;
    }
    hdf5_close(at);
    return at >= 0;
}

/* ---- all paths ---- */

/* A group that is being looked through. */
typedef struct group {
    struct search *search;
    const struct group *above; /* NULL for the root */
    haddr_t address;
    int depth;
    size_t length; /* of the path to it in search->path */
} group;

typedef struct search {
    hdf5_list *list;
    int links;
    char path[HDF5_PATH];
    char flat[HDF5_LIST]; /* as list->text, of the datasets of one dimension */
} search;

static void append_text(char text[HDF5_LIST], const char *path, const array_info *info)
{
    char shape[ARRAY_SHAPE_TEXT];
    size_t length = strlen(text);
    array_shape_text(info, shape);
    int written = snprintf(text + length, HDF5_LIST - length, "%s%s %s", length > 0 ? ", " : "", path, shape);
    if (written < 0 || (size_t)written >= HDF5_LIST - length)
        snprintf(text + (length < HDF5_LIST - 8 ? length : HDF5_LIST - 8), 8, "%s", length > 0 ? ", ..." : "...");
}

static void note_dataset(search *s, hid_t dataset)
{
    hdf5_list *list = s->list;
    array_info info;
    const char *problem;
    if (!hdf5_dataset_info(dataset, &info, &problem))
        return;
    if (info.dimensions == 2 && list->matrices++ == 0)
        memcpy(list->matrix, s->path, sizeof list->matrix);
    if (info.dimensions == 1 && list->vectors++ == 0)
        memcpy(list->vector, s->path, sizeof list->vector);
    if (info.dimensions == 2)
        append_text(list->text, s->path, &info);
    if (info.dimensions == 1)
        append_text(s->flat, s->path, &info);
}

/* A group may be linked from within itself. */
static bool is_within(const group *g, haddr_t address)
{
    for (; g; g = g->above)
        if (g->address == address)
            return true;
    return false;
}

static herr_t visit_link(hid_t parent, const char *name, const H5L_info_t *link, void *user);

/* Where libhdf5 1.10 cannot read one link of a table that it makes of them, it frees what it did not fill. It makes none
   for many links, unless they have to be sorted; and of the few in the group itself all can be read when one that is not
   there was looked for. */
static void visit_links(hid_t object, group *g)
{
    hsize_t next = 0;
    if (H5Lexists(object, "\x01 no link has this name \x01", H5P_DEFAULT) == 0)
        (void)H5Literate(object, H5_INDEX_NAME, H5_ITER_NATIVE, &next, visit_link, g);
}

static void visit_object(const group *above, hid_t object, haddr_t address)
{
    if (H5Iget_type(object) == H5I_DATASET)
        note_dataset(above->search, object);
    if (H5Iget_type(object) != H5I_GROUP || above->depth == MAX_DEPTH || is_within(above, address))
        return;
    group inner = {above->search, above, address, above->depth + 1, strlen(above->search->path)};
    visit_links(object, &inner);
}

static herr_t visit_link(hid_t parent, const char *name, const H5L_info_t *link, void *user)
{
    const group *g = user;
    search *s = g->search;
    if (s->links++ >= MAX_LINKS)
        return 1;
    int length = snprintf(s->path + g->length, HDF5_PATH - g->length, "/%s", name);
    if (length < 0 || (size_t)length >= HDF5_PATH - g->length || link->type != H5L_TYPE_HARD)
        return 0;
    hid_t object = open_child(parent, name);
    if (object < 0)
        return 0;
    visit_object(g, object, link->u.address);
    hdf5_close(object);
    return 0;
}

void hdf5_path_list(hid_t file, hdf5_list *list)
{
    search s = {.list = list};
    group root = {&s, NULL, HADDR_UNDEF, 0, 0};
    H5O_info_t info;
    *list = (hdf5_list){0};
    hid_t top = H5Oopen(file, "/", H5P_DEFAULT);
    if (top < 0)
        return;
    if (H5Oget_info2(top, &info, H5O_INFO_BASIC) >= 0)
        root.address = info.addr;
    visit_links(top, &root);
    hdf5_close(top);
    if (list->matrices == 0)
        memcpy(list->text, s.flat, sizeof list->text);
}
