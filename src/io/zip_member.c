#include "zip_member.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <zip.h>

#include "error.h"
#include "file_kind.h"

/* Deflate makes at most about 1032 bytes out of one. */
enum { MAX_EXPANSION = 1040, MOST_BEHIND = 1 << 20, SKIPPED_AT_ONCE = 16384, READ_AT_ONCE = 1 << 20, KEYS_TEXT = 256 };

static const char SUFFIX[] = ".npy";

/* The sentence for what libzip says. */
static cludi_status explain(const zip_member *member, zip_error_t *problem, cludi_error *error)
{
    int code = zip_error_code_zip(problem);
    if (code == ZIP_ER_MEMORY)
        return error_memory(error, "unzipping");
    if (code == ZIP_ER_READ || code == ZIP_ER_SEEK || code == ZIP_ER_OPEN)
        return error_set(error, CLUDI_ERROR_FILE, "Cannot read \"%s\": %s.", member->path, zip_error_strerror(problem));
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is damaged: as a zip it has the fault \"%s\".", member->path,
                     zip_error_strerror(problem));
}

/* A descriptor of its own for libzip, at the start of the file. */
static cludi_status open_archive(zip_member *member, const in_file *file, cludi_error *error)
{
    int code = ZIP_ER_OK, copy = fcntl(file->descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0 || lseek(copy, 0, SEEK_SET) != 0) {
        cludi_status status =
            error_set(error, CLUDI_ERROR_FILE, "Cannot read \"%s\": %s.", member->path, strerror(errno));
        if (copy >= 0)
            close(copy);
        return status;
    }
    member->archive = zip_fdopen(copy, 0, &code);
    if (member->archive)
        return CLUDI_OK;
    close(copy);
    zip_error_t problem;
    zip_error_init_with_code(&problem, code);
    cludi_status status = explain(member, &problem, error);
    zip_error_fini(&problem);
    return status;
}

static bool ends_in_suffix(const char *name)
{
    size_t length = strlen(name), suffix = sizeof SUFFIX - 1;
    return length > suffix && strcmp(name + length - suffix, SUFFIX) == 0;
}

/* true when a member may be the one that is meant: called key with `suffix` behind it; without a key any .npy. */
static bool is_meant(const char *name, const char *key, const char *suffix)
{
    if (!key)
        return ends_in_suffix(name);
    size_t length = strlen(key);
    return strncmp(name, key, length) == 0 && strcmp(name + length, suffix) == 0;
}

static const char *get_name(const zip_member *member, zip_int64_t index)
{
    const char *name = zip_get_name(member->archive, (zip_uint64_t)index, ZIP_FL_ENC_RAW);
    return name ? name : "";
}

/* How many members may be the one; member->index: the last of them. */
static int64_t count_meant(zip_member *member, const char *key, const char *suffix)
{
    int64_t found = 0;
    zip_int64_t count = zip_get_num_entries(member->archive, 0);
    for (zip_int64_t i = 0; i < count; i++) {
        if (is_meant(get_name(member, i), key, suffix)) {
            member->index = (uint64_t)i;
            found++;
        }
    }
    return found;
}

/* "a", "b", "c" as far as there is room: the keys of all arrays. */
static void list_keys(const zip_member *member, char text[KEYS_TEXT])
{
    size_t used = 0;
    zip_int64_t count = zip_get_num_entries(member->archive, 0);
    text[0] = '\0';
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = get_name(member, i);
        if (!ends_in_suffix(name))
            continue;
        size_t length = strlen(name) - (sizeof SUFFIX - 1);
        if (length + 12 > KEYS_TEXT - used) {
            snprintf(text + used, KEYS_TEXT - used, ", ...");
            break;
        }
        used += (size_t)snprintf(text + used, KEYS_TEXT - used, "%s\"%.*s\"", used ? ", " : "", (int)length, name);
    }
}

static bool has_member(const zip_member *member, const char *name)
{
    return zip_name_locate(member->archive, name, ZIP_FL_ENC_RAW) >= 0;
}

/* What a zip is that has no array of the kind that is read; NULL: nothing that is known. */
static const file_kind *find_kind(const zip_member *member)
{
    static const file_kind SPARSE = {
        .name = "a sparse matrix of SciPy",
        .advice = "make it dense, or reduce it first: python3 -c \"import numpy as np, scipy.sparse as s; "
                  "np.save('rows.npy', s.load_npz('%s').toarray())\""};
    const file_kind *kind = NULL;
    if (has_member(member, "format.npy") && has_member(member, "shape.npy") && has_member(member, "data.npy"))
        return &SPARSE;
    zip_int64_t count = zip_get_num_entries(member->archive, 0);
    for (zip_int64_t i = 0; i < count && !kind; i++)
        kind = file_kind_of_member(get_name(member, i));
    return kind;
}

static cludi_status refuse_kind(const zip_member *member, const file_kind *kind, const char *key, cludi_error *error)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%.*s", (int)(strlen(member->path) - (key ? strlen(key) + 1 : 0)), member->path);
    return file_kind_refuse(kind, name, false, error);
}

static cludi_status refuse_count(const zip_member *member, const char *key, int64_t found, cludi_error *error)
{
    char keys[KEYS_TEXT];
    list_keys(member, keys);
    const file_kind *kind = key && keys[0] ? NULL : find_kind(member);
    if (kind)
        return refuse_kind(member, kind, key, error);
    if (!keys[0])
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is a zip without arrays (members named KEY.npy).",
                         member->path);
    if (!key)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has %" PRId64 " arrays; name one as FILE:KEY, where KEY is one of %s.", member->path,
                         found, keys);
    if (found > 1)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has %" PRId64 " members of that name.", member->path,
                         found);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": there is no such array; the file has %s.", member->path, keys);
}

static cludi_status find_member(zip_member *member, const char *key, cludi_error *error)
{
    int64_t found = count_meant(member, key, "");
    if (found == 0 && key)
        found = count_meant(member, key, SUFFIX);
    return found == 1 ? CLUDI_OK : refuse_count(member, key, found, error);
}

/* Whether the member can be read, and can be as long as the zip says. */
static cludi_status check_member(zip_member *member, const in_file *file, cludi_error *error)
{
    const zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    zip_stat_t facts;
    if (zip_stat_index(member->archive, member->index, 0, &facts) != 0)
        return explain(member, zip_get_error(member->archive), error);
    if ((facts.valid & wanted) != wanted)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" does not say how long the array is.", member->path);
    if (facts.encryption_method != ZIP_EM_NONE)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is encrypted; cludi reads no encrypted zip.", member->path);
    if (facts.comp_method != ZIP_CM_STORE && facts.comp_method != ZIP_CM_DEFLATE)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" is compressed by method %d of zip; stored (0) and deflated (8) are read.",
                         member->path, (int)facts.comp_method);
    member->deflated = facts.comp_method == ZIP_CM_DEFLATE;
    bool fits = facts.comp_size <= (zip_uint64_t)file->size &&
                (member->deflated ? facts.size / MAX_EXPANSION <= facts.comp_size : facts.size == facts.comp_size);
    if (!fits || facts.size > INT64_MAX)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" is damaged: %" PRIu64 " zipped bytes in a file of %" PRId64 " cannot unzip to %" PRIu64
                         " bytes.",
                         member->path, facts.comp_size, file->size, facts.size);
    member->size = (int64_t)facts.size;
    return CLUDI_OK;
}

cludi_status zip_member_open(zip_member *member, const in_file *file, const char *key, cludi_error *error)
{
    *member = (zip_member){.path = file->path, .stop = file->stop};
    cludi_status status = open_archive(member, file, error);
    if (!status)
        status = find_member(member, key, error);
    return status ? status : check_member(member, file, error);
}

static void close_stream(zip_member *member)
{
    if (member->stream)
        (void)zip_fclose(member->stream);
    member->stream = NULL;
}

/* Up to size bytes where the stream is. */
static cludi_status read_here(zip_member *member, void *bytes, size_t size, size_t *got, cludi_error *error)
{
    unsigned char *to = bytes;
    *got = 0;
    while (*got < size) {
        const size_t left = size - *got, part = left < READ_AT_ONCE ? left : READ_AT_ONCE;
        if (stop_request_stopped(member->stop))
            return error_set(error, CLUDI_STOPPED, "Reading \"%s\" was stopped.", member->path);
        zip_int64_t count = zip_fread(member->stream, to + *got, part);
        if (count < 0)
            return explain(member, zip_file_get_error(member->stream), error);
        if (count == 0)
            break;
        *got += (size_t)count;
        member->position += count;
    }
    return CLUDI_OK;
}

/* Opens the stream at its start, unless it is open and not behind offset. */
static cludi_status rewind_to(zip_member *member, int64_t offset, cludi_error *error)
{
    if (member->stream && member->position <= offset)
        return CLUDI_OK;
    close_stream(member);
    member->position = 0;
    member->sought = false;
    member->stream = zip_fopen_index(member->archive, member->index, 0);
    return member->stream ? CLUDI_OK : explain(member, zip_get_error(member->archive), error);
}

static cludi_status skip_to(zip_member *member, int64_t offset, cludi_error *error)
{
    unsigned char skipped[SKIPPED_AT_ONCE];
    cludi_status status = CLUDI_OK;
    size_t got = 1;
    while (member->position < offset && got > 0 && !status) {
        int64_t left = offset - member->position;
        status = read_here(member, skipped, left < SKIPPED_AT_ONCE ? (size_t)left : sizeof skipped, &got, error);
    }
    return status;
}

static cludi_status move_to(zip_member *member, int64_t offset, cludi_error *error)
{
    if (member->stream && !member->deflated && member->position != offset) {
        if (zip_fseek(member->stream, offset, SEEK_SET) != 0)
            return explain(member, zip_file_get_error(member->stream), error);
        member->position = offset;
        member->sought = true;
    }
    cludi_status status = rewind_to(member, offset, error);
    return status ? status : skip_to(member, offset, error);
}

/* Reading on at the end lets libzip compare the checksum; nothing may come. */
static cludi_status check_end(zip_member *member, cludi_error *error)
{
    unsigned char extra;
    zip_int64_t got = zip_fread(member->stream, &extra, 1);
    if (got < 0)
        return explain(member, zip_file_get_error(member->stream), error);
    if (got == 0)
        return CLUDI_OK;
    close_stream(member);
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is damaged: it unzips to more than the %" PRId64 " bytes it says.", member->path,
                     member->size);
}

static cludi_status read_at(void *user, int64_t offset, void *bytes, size_t size, size_t *got, cludi_error *error)
{
    zip_member *member = user;
    *got = 0;
    TRY(move_to(member, offset, error));
    TRY(read_here(member, bytes, size, got, error));
    if (size > 0 && member->position == member->size)
        TRY(check_end(member, error));
    return CLUDI_OK;
}

byte_source zip_member_source(zip_member *member)
{
    return (byte_source){
        .path = member->path, .size = member->size, .sequential = member->deflated, .read_at = read_at, .user = member};
}

cludi_status zip_member_check(zip_member *member, int64_t end, cludi_error *error)
{
    if (member->checked || member->size - end > MOST_BEHIND)
        return CLUDI_OK;
    if (member->sought)
        close_stream(member);
    cludi_status status = rewind_to(member, member->size, error);
    if (!status)
        status = skip_to(member, member->size, error);
    if (!status)
        status = check_end(member, error);
    member->checked = !status;
    return status;
}

void zip_member_close(zip_member *member)
{
    close_stream(member);
    if (member->archive)
        zip_discard(member->archive);
    member->archive = NULL;
}
