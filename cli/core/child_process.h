/** @file child_process.h
 *  Work that may crash or never end, in a process of its own.
 */
#ifndef CLUDI_CLI_CHILD_PROCESS_H
#define CLUDI_CLI_CHILD_PROCESS_H

#include <stdint.h>

#include <cludi/status.h>

typedef cludi_status (*child_work)(void *user, cludi_error *error);

/** How a child process ended. */
typedef enum child_end {
    CHILD_DONE,    /**< the work succeeded */
    CHILD_FAILED,  /**< the work returned an error, or there was no child; error says which */
    CHILD_CRASHED, /**< it was ended by what it did, or took too long */
    CHILD_KILLED   /**< somebody else ended it */
} child_end;

/** Calls work in a copy of this process, which is silent, leaves no core file and ends with this one, and waits for it.
 *  No other thread may be in the middle of something that the work needs.
 *  @param bytes about as many as the work reads and writes: it is given 2 seconds of processor time and one for each 16 MiB
 *               more, and a minute and one second for each MiB in all
 *  @param error out, not NULL: of CHILD_FAILED */
child_end child_process_run(child_work work, void *user, int64_t bytes, cludi_error *error);

#endif
