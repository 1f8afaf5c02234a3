#include "out_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

enum { MAX_LINKS = 40, MAX_NAME = 200, MAX_TRIES = 10000, TAG_LENGTH = 6 };

static cludi_status fail(const out_file *file, int reason, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FILE, "Cannot write \"%s\": %s.", file->path, strerror(reason));
}

/* N for /dev/fd/N and /proc/self/fd/N, where /dev/stdout leads; else -1. */
static int descriptor_named(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        size_t length = strlen(folders[i]);
        if (strncmp(path, folders[i], length) != 0)
            continue;
        char *end;
        errno = 0;
        long number = strtol(path + length, &end, 10);
        if (errno == 0 && end != path + length && *end == '\0' && number >= 0 && number <= INT_MAX)
            return (int)number;
    }
    return -1;
}

/* Length of the folder part of a path, with its last slash; 0 for a bare name. */
static int folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (int)(slash - path) + 1 : 0;
}

/* Replaces target by where a link found at target leads. */
static bool follow_link(char target[PATH_MAX], const char *link)
{
    char joined[PATH_MAX];
    int folder = link[0] == '/' ? 0 : folder_length(target);
    int length = snprintf(joined, sizeof joined, "%.*s%s", folder, target, link);
    if (length < 0 || (size_t)length >= sizeof joined)
        return false;
    memcpy(target, joined, (size_t)length + 1);
    return true;
}

/* Is this link of a stranger, who may have put it where others keep their files? The kernel refuses those by itself
   (fs.protected_symlinks), but only those that it follows. */
static bool is_strange(const char *link)
{
    char folder[PATH_MAX];
    struct stat found, around;
    const int length = folder_length(link);
    snprintf(folder, sizeof folder, "%.*s", length, link);
    return lstat(link, &found) == 0 && stat(length > 0 ? folder : ".", &around) == 0 && (around.st_mode & S_IWOTH) &&
           found.st_uid != 0 && found.st_uid != geteuid() && found.st_uid != around.st_uid;
}

/* realpath would refuse a link to a file that is still to be made. */
int out_file_target(const char *path, char target[PATH_MAX], int *inherited)
{
    char link[PATH_MAX];
    size_t length = strlen(path);
    if (length >= PATH_MAX)
        return ENAMETOOLONG;
    memcpy(target, path, length + 1);
    for (int links = 0; links < MAX_LINKS; links++) {
        *inherited = descriptor_named(target);
        if (*inherited >= 0)
            return 0;
        ssize_t got = readlink(target, link, sizeof link - 1);
        if (got < 0)
            return 0;
        if (is_strange(target))
            return EACCES;
        link[got] = '\0';
        if (!follow_link(target, link))
            return ENAMETOOLONG;
    }
    return ELOOP;
}

/* Bytes of a name that go into the temporary one, so that it is no longer than a name may be; whole UTF-8 characters. */
static int name_length(const char *name)
{
    size_t length = strlen(name);
    if (length <= MAX_NAME)
        return (int)length;
    length = MAX_NAME;
    while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
        length--;
    return (int)length;
}

bool out_file_is_named(int descriptor, const char *path)
{
    struct stat open_one, named;
    return fstat(descriptor, &open_one) == 0 && lstat(path, &named) == 0 && open_one.st_dev == named.st_dev &&
           open_one.st_ino == named.st_ino;
}

void out_file_unlink(int folder, const char *path, int descriptor)
{
    struct stat open_one, named;
    const char *name = path + folder_length(path);
    if (folder >= 0 && fstat(descriptor, &open_one) == 0 && fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino)
        (void)unlinkat(folder, name, 0);
}

/* Creates the file and takes its lock, which says that its writer lives; false with errno. open rather than mkstemp: it
   applies the umask, which a library cannot ask for without setting it. Where files cannot be locked, nobody takes the
   lock away either. EEXIST when another process took the file for a stale one before it was locked. */
static bool create_locked(out_file *file, mode_t mode)
{
    file->descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file->descriptor < 0)
        return false;
    bool taken = flock(file->descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!taken && out_file_is_named(file->descriptor, file->temporary))
        return true;
    out_file_unlink(file->folder, file->temporary, file->descriptor);
    close(file->descriptor);
    file->descriptor = -1;
    errno = EEXIST;
    return false;
}

bool out_file_temporary_name(const char *target, uint32_t tag, char temporary[PATH_MAX])
{
    const int folder = folder_length(target);
    const char *name = target + folder;
    const int length = snprintf(temporary, PATH_MAX, "%.*s.%.*s.cludi-%06x", folder, target, name_length(name), name,
                                (unsigned)tag & 0xFFFFFFU);
    return length >= 0 && length < PATH_MAX;
}

/* Which nobody can foresee, who would take the name before us; the process's number where the system has none. */
static uint32_t draw_tag(unsigned tries)
{
    uint32_t tag;
    return getrandom(&tag, sizeof tag, GRND_NONBLOCK) == (ssize_t)sizeof tag ? tag : (uint32_t)getpid() * 4099U + tries;
}

/* Makes the temporary file; 0, or the reason. */
static int make_temporary(out_file *file, mode_t mode)
{
    int folder = folder_length(file->target);
    if (file->target[folder] == '\0')
        return folder > 0 ? EISDIR : ENOENT;
    for (unsigned i = 0; i < MAX_TRIES && file->descriptor < 0; i++) {
        if (!out_file_temporary_name(file->target, draw_tag(i), file->temporary)) {
            file->temporary[0] = '\0';
            return ENAMETOOLONG;
        }
        if (!create_locked(file, mode) && errno != EEXIST)
            break;
    }
    if (file->descriptor >= 0)
        return 0;
    file->temporary[0] = '\0';
    return errno;
}

/* Is this the name of a temporary file for a target of the name `name`? */
static bool is_temporary_name(const char *found, const char *name)
{
    static const char mark[] = ".cludi-";
    size_t length = (size_t)name_length(name);
    const char *tag = found + 1 + length + sizeof mark - 1;
    return strlen(found) == length + sizeof mark + TAG_LENGTH && found[0] == '.' &&
           strncmp(found + 1, name, length) == 0 && strncmp(found + 1 + length, mark, sizeof mark - 1) == 0 &&
           strspn(tag, "0123456789abcdef") == TAG_LENGTH;
}

/* Removes a temporary file whose lock is free: its writer is dead. The writer renames and removes its file before it lets
   go of the lock, so what still has its name once we have the lock is nobody's. */
static void remove_stale(const char *path)
{
    struct stat found;
    if (lstat(path, &found) != 0 || !S_ISREG(found.st_mode))
        return;
    int descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return;
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && out_file_is_named(descriptor, path))
        unlink(path);
    close(descriptor);
}

/* Removes what killed writers of this target left behind. Nothing depends on it, so nothing is said when it fails. */
static void remove_all_stale(const char *target)
{
    char path[PATH_MAX];
    int length = folder_length(target);
    snprintf(path, sizeof path, "%.*s", length, target);
    DIR *folder = opendir(length > 0 ? path : ".");
    if (!folder)
        return;
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        int joined = is_temporary_name(entry->d_name, target + length)
                         ? snprintf(path, sizeof path, "%.*s%s", length, target, entry->d_name)
                         : -1;
        if (joined > 0 && (size_t)joined < sizeof path)
            remove_stale(path);
    }
    closedir(folder);
}

int out_file_open_folder(const char *target)
{
    char folder[PATH_MAX];
    int length = folder_length(target);
    snprintf(folder, sizeof folder, "%.*s", length, target);
    return open(length > 0 ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Opens for replacing a regular file or making a new one; old: the file there, NULL if none. */
static int open_replacing(out_file *file, const struct stat *old)
{
    mode_t mode = old ? old->st_mode & 0777 : 0666;
    if (old && access(file->target, W_OK) != 0)
        return errno;
    remove_all_stale(file->target);
    file->folder = out_file_open_folder(file->target);
    int reason = make_temporary(file, mode);
    if (reason == 0 && old && fchmod(file->descriptor, mode) != 0)
        reason = errno;
    return reason;
}

cludi_status out_file_open(out_file *file, const char *path, cludi_error *error)
{
    struct stat old;
    int inherited = -1;
    file->path = path;
    file->descriptor = -1;
    file->folder = -1;
    file->temporary[0] = '\0';
    file->used = 0;
    int reason = out_file_target(path, file->target, &inherited);
    if (reason != 0)
        return fail(file, reason, error);
    bool exists = inherited < 0 && stat(file->target, &old) == 0;
    if (exists && S_ISDIR(old.st_mode))
        return fail(file, EISDIR, error);
    if (inherited < 0 && (!exists || S_ISREG(old.st_mode))) {
        reason = open_replacing(file, exists ? &old : NULL);
    } else {
        file->descriptor =
            inherited >= 0 ? fcntl(inherited, F_DUPFD_CLOEXEC, 0) : open(file->target, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        reason = file->descriptor < 0 ? errno : 0;
    }
    if (reason == 0)
        return CLUDI_OK;
    out_file_discard(file);
    return fail(file, reason, error);
}

static cludi_status write_now(out_file *file, const unsigned char *bytes, size_t size, cludi_error *error)
{
    while (size > 0) {
        ssize_t written = write(file->descriptor, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(file, errno, error);
        bytes += written;
        size -= (size_t)written;
    }
    return CLUDI_OK;
}

cludi_status out_file_flush(out_file *file, cludi_error *error)
{
    size_t size = file->used;
    file->used = 0;
    return write_now(file, file->buffer, size, error);
}

cludi_status out_file_write(out_file *file, const void *bytes, size_t size, cludi_error *error)
{
    const unsigned char *from = bytes;
    while (size > 0) {
        const size_t room = sizeof file->buffer - file->used, some = size < room ? size : room;
        if (some == sizeof file->buffer) {
            TRY(write_now(file, from, some, error));
        } else {
            memcpy(file->buffer + file->used, from, some);
            file->used += some;
            if (file->used == sizeof file->buffer)
                TRY(out_file_flush(file, error));
        }
        from += some;
        size -= some;
    }
    return CLUDI_OK;
}

static int close_descriptor(out_file *file)
{
    int descriptor = file->descriptor;
    file->descriptor = -1;
    return close(descriptor) != 0 && errno != EINTR ? errno : 0;
}

static void close_folder(out_file *file)
{
    if (file->folder >= 0)
        close(file->folder);
    file->folder = -1;
}

/* Makes the rename last. A folder that cannot be synced is no failure: the file itself is written. */
static int sync_folder(out_file *file)
{
    int reason = file->folder >= 0 && fsync(file->folder) != 0 && errno == EIO ? EIO : 0;
    close_folder(file);
    return reason;
}

cludi_status out_file_commit(out_file *file, cludi_error *error)
{
    bool replaces = file->temporary[0] != '\0';
    TRY(out_file_flush(file, error));
    if (!replaces) {
        int reason = close_descriptor(file);
        return reason == 0 ? CLUDI_OK : fail(file, reason, error);
    }
    /* Renamed before it is closed, as the lock goes with the descriptor; after fsync closing has nothing left to say. */
    if (fsync(file->descriptor) != 0 || rename(file->temporary, file->target) != 0)
        return fail(file, errno, error);
    file->temporary[0] = '\0';
    (void)close_descriptor(file);
    int reason = sync_folder(file);
    return reason == 0 ? CLUDI_OK : fail(file, reason, error);
}

void out_file_discard(out_file *file)
{
    if (file->temporary[0] != '\0' && file->folder >= 0) /* it may have another name by now */
        (void)unlinkat(file->folder, file->temporary + folder_length(file->temporary), 0);
    else if (file->temporary[0] != '\0')
        unlink(file->temporary);
    file->temporary[0] = '\0';
    close_folder(file);
    if (file->descriptor >= 0)
        (void)close_descriptor(file);
}

cludi_status out_file_remove(const char *path, cludi_error *error)
{
    remove_all_stale(path);
    if (unlink(path) == 0 || errno == ENOENT)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_FILE, "Cannot remove \"%s\": %s.", path, strerror(errno));
}
