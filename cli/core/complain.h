/** @file complain.h
 *  Exit codes, the one sentence on stderr that goes with each that is not 0, and the signals that stop a command.
 */
#ifndef CLUDI_CLI_COMPLAIN_H
#define CLUDI_CLI_COMPLAIN_H

#include <stdbool.h>

#include <cludi/status.h>

/* ---- complain.c: exit codes, and the one sentence on stderr that goes with each that is not 0. ---- */

/** What the program ends with. After a signal it ends with 128 + the signal's number. */
enum {
    EXIT_DONE = 0,      /**< all went well */
    EXIT_FAILED = 1,    /**< the run failed, or its input is bad */
    EXIT_USAGE = 2,     /**< the command line is wrong */
    EXIT_SKIPPED = 3,   /**< images that could not be read were left out; all else was written */
    EXIT_COLLAPSED = 4, /**< fewer than half of the clusters are in use; the model was written */
};

/** Ends the function with the code of a call that failed. What has something to release is two functions: one that runs,
 *  with TRY, and one that calls it and releases. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        int try_code = (call);                                                                                         \
        if (try_code != EXIT_DONE)                                                                                     \
            return try_code;                                                                                           \
    } while (0)

/** Prints "cludi: SENTENCE" on stderr, as the next functions do: with cludi_text_escape, as names come from outside.
 *  @return EXIT_FAILED */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Prints "cludi: SENTENCE" on stderr, about no failure. */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Prints the library's sentence on stderr.
 *  @return EXIT_FAILED; where a signal stopped the call, the exit code that goes with it */
int complain_error(const cludi_error *error);

/** Prints the library's sentence on stderr, with the name of the file before it when it is about the rows: the library
 *  sees numbers, not files.
 *  @param path  where the rows came from
 *  @return as complain_error() */
int complain_rows(const char *path, const cludi_error *error);

/** Prints "cludi: SENTENCE Try 'cludi COMMAND --help'." on stderr.
 *  @param command name of the command; NULL: the program itself
 *  @return EXIT_USAGE */
int complain_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- stop_signal.c: ctrl-C (SIGINT), SIGTERM and SIGHUP: the first asks the running command to stop, the second ends the program at once. ---- */

/** Starts to catch them, once; one that the parent process chose to ignore (as nohup and background jobs do) stays ignored.
 *  session_open() does it for every command and has the library ask stop_signal_came(), which ends its calls. */
void stop_signal_catch(void);

/** @return true once a signal has come */
bool stop_signal_came(void);

/** @return 0 while none has come, else the exit code that goes with it: 129 (SIGHUP), 130 (SIGINT) or 143 (SIGTERM) */
int stop_signal_exit_code(void);

#endif
