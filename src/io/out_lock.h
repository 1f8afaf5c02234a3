/* One writer of an output at a time. The lock is a file beside the target under the name of a temporary one, which holds
   nothing; the system lets it go with the process, and whoever writes to the target next removes what a killed one left
   (out_file.h). Nothing is locked for devices, pipes and open descriptors, and where files cannot be locked. */
#ifndef IO_OUT_LOCK_H
#define IO_OUT_LOCK_H

#include <limits.h>

#include <cludi/status.h>

typedef struct out_lock {
    int descriptor;      /* -1 when nothing is held */
    int folder;          /* of path, open; -1 when closed, or when it may not be read */
    char path[PATH_MAX]; /* of the lock; "" when nothing is held */
} out_lock;

/* Errors: CLUDI_ERROR_FILE (another has it, or the file of the lock cannot be made); nothing is held then. */
cludi_status out_lock_take(out_lock *lock, const char *path, cludi_error *error);

/* Lets go; held or not. */
void out_lock_release(out_lock *lock);

#endif
