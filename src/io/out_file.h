/* Files written whole or not at all: the bytes go to a temporary file beside the target, which is synced and renamed
   over it at the end. Until then the old file stays as it was. The writer holds a lock on the temporary file (flock), and
   whoever opens the same target next removes those that nobody holds: what killed processes left. Devices, pipes and open
   descriptors (/dev/null, /dev/stdout, a FIFO) have nothing to replace and are written straight.

       out_file file;
       cludi_status status = out_file_open(&file, path, error);
       if (!status)
           status = out_file_write(&file, bytes, size, error);
       if (!status)
           status = out_file_commit(&file, error);
       out_file_discard(&file); */
#ifndef IO_OUT_FILE_H
#define IO_OUT_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cludi/status.h>

/* Written at a time, at multiples of it. Small: for larger pieces the kernel takes larger blocks of free memory, in a virtual
   machine often ones that the host has to provide first, which took five times as long as the writing. */
enum { OUT_FILE_BUFFER = 16384 };

typedef struct out_file {
    const char *path;         /* as the caller gave it, for messages; borrowed, must outlive the out_file */
    int descriptor;           /* -1 when closed */
    int folder;               /* the target's, open; -1 when closed, or when it may not be read */
    char target[PATH_MAX];    /* the file replaced: path with symbolic links followed */
    char temporary[PATH_MAX]; /* the file written; "" when written straight, or when it is gone */
    size_t used;              /* bytes waiting in buffer */
    unsigned char buffer[OUT_FILE_BUFFER];
} out_file;

/* The file that path leads to, which may not exist yet. *inherited: the open descriptor that it names, or -1. 0, or the
   errno that says why not: ELOOP, ENAMETOOLONG, EACCES for a link that a stranger put into a folder that all may write
   to. */
int out_file_target(const char *path, char target[PATH_MAX], int *inherited);

/* `.NAME.cludi-TAG` in the target's folder, of the lowest 24 bits of tag: what remove_stale would take for a temporary
   file of target. false when it is too long. */
bool out_file_temporary_name(const char *target, uint32_t tag, char temporary[PATH_MAX]);

/* The target's folder, open; -1 for one that may not be read, which is no reason not to write to it. */
int out_file_open_folder(const char *target);

/* Removes the name that path ends with from an open folder, if it is that of what is open: the folder may have another name by
   now. */
void out_file_unlink(int folder, const char *path, int descriptor);

/* Is what is open still what stands under this name? */
bool out_file_is_named(int descriptor, const char *path);

/* Begins a file: makes `.NAME.cludi-XXXXXX` in the target's folder, with the old file's permissions where there is one.
   Errors: CLUDI_ERROR_FILE (path is a folder or write-protected, its folder is missing, ...). */
cludi_status out_file_open(out_file *file, const char *path, cludi_error *error);

/* Appends size bytes. Errors: CLUDI_ERROR_FILE; then only out_file_discard is left to call. */
cludi_status out_file_write(out_file *file, const void *bytes, size_t size, cludi_error *error);

/* Hands what waits in the buffer to the system, so that others see it. Errors: as out_file_write. */
cludi_status out_file_flush(out_file *file, cludi_error *error);

/* Ends the file: after CLUDI_OK it is on the disk under its name. Errors: CLUDI_ERROR_FILE; the old file is whole. */
cludi_status out_file_commit(out_file *file, cludi_error *error);

/* Removes a file, and what killed writers of it left beside it. Nothing there is no error. Errors: CLUDI_ERROR_FILE. */
cludi_status out_file_remove(const char *path, cludi_error *error);

/* Closes and removes what was not committed. Does nothing after out_file_commit, or when out_file_open failed. */
void out_file_discard(out_file *file);

#endif
