/** @file run_child.h
 *  This very program, run again as a process of its own with other words, and what it took.
 */
#ifndef CLUDI_CLI_RUN_CHILD_H
#define CLUDI_CLI_RUN_CHILD_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "word_list.h"

/** A process that was started. {0} is none; forget it with run_child_clear(). */
typedef struct run_child {
    pid_t process; /**< 0: none, or it has ended */
    FILE *out;     /**< what it printed on stdout; a file without a name */
    FILE *err;     /**< on stderr */
    double began;  /**< by duration_now() */
} run_child;

/** What a process took. */
typedef struct run_cost {
    double seconds;           /**< from its start until it was found to have ended */
    double processor_seconds; /**< of all its threads */
    int64_t peak_bytes;       /**< most memory that it held */
} run_cost;

/** Starts the program; it ends when the process that started it does.
 *  @param child out; the caller clears it also after an error
 *  @param words after "cludi"
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int run_child_start(run_child *child, const word_list *words);

/** Looks whether it has ended.
 *  @param code out: its exit code, or 128 + the number of the signal that ended it
 *  @param cost in and out: what it took is added, but for the peak, of which the larger remains
 *  @return 1 when it has just ended, else 0 */
int run_child_ended(run_child *child, int *code, run_cost *cost);

/** @return the last line of its stderr without "cludi: "; "" when there is none or no memory; freed by the caller */
char *run_child_last_words(run_child *child);

/** Asks it to stop. */
void run_child_stop(const run_child *child);

/** Waits until it has ended, and closes its files. */
void run_child_clear(run_child *child);

#endif
