/** @file session.h
 *  What every command needs from the library: a context made from the options, and its callbacks.
 */
#ifndef CLUDI_CLI_SESSION_H
#define CLUDI_CLI_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/context.h>

#include "options.h"

/* ---- progress.c: how far a long call is, on stderr: a bar on a terminal, else a line every five seconds. ---- */

/** How progress is shown. */
typedef enum progress_style { PROGRESS_NONE, PROGRESS_LINES, PROGRESS_BAR } progress_style;

/** What is on the screen. */
typedef struct progress_view {
    progress_style style;
    const char *phase; /**< the one shown last; NULL before the first; borrowed from the library */
    double shown_at;   /**< seconds into the phase when it was shown last */
    bool is_shown;     /**< true: something of the phase was shown */
    int64_t first;     /**< fit, embed: steps at the first report, as fit's seconds began long before its steps, and
                              an embed that goes on begins behind 0 */
    double first_at;   /**< fit: seconds at its first report, else 0 */
    bool is_open;      /**< true: fit ends when the clusters have converged, so that its steps are a bound at first */
    int64_t bound;     /**< steps of the phase at its first report */
    bool bar_open;     /**< true: the cursor stands on the bar's line */
    int64_t before;    /**< steps or rows that came before the running call, when it is a part of a whole */
    int64_t total;     /**< steps or rows of the whole; 0: the call is no part */
    double began;      /**< when the whole began, by duration_now() */
    void (*also)(void *user, const cludi_progress *now); /**< takes every report too; NULL: nobody does */
    void *also_user;                                     /**< handed to also; borrowed */
    char warning[512]; /**< the first that came before the steps of a training, which is about its rows; else "" */
} progress_view;

/** Chooses a style. @param quiet true: nothing is shown */
void progress_init(progress_view *view, bool quiet);

/** The library's progress callback.
 *  @param user a progress_view. @return 0: a signal stops the call, not this */
int progress_show(void *user, const cludi_progress *now);

/** The library's log callback: prints a message above the bar; with PROGRESS_NONE warnings only.
 *  @param user a progress_view */
void progress_log(void *user, cludi_log_level level, const char *message);

/** Says that the next call is a part of a whole, which is shown as one.
 *  @param before steps or rows that earlier parts did; 0 begins a whole
 *  @param total  of the whole; 0: what comes is no part */
void progress_part(progress_view *view, int64_t before, int64_t total);

/** Says that fit may end before the steps that it reports: "at most" stands before them until they are known. */
void progress_open(progress_view *view);

/** Ends the bar's line, before anything else is printed. */
void progress_end(progress_view *view);

/* ---- session.c: what every command needs from the library: a context made from --threads, --seed, --backend and --quiet. ---- */

/** A context, and what its callbacks show. */
typedef struct cli_session {
    cludi_context *context;
    progress_view progress;
} cli_session;

/** Makes a context.
 *  @param session out; closed by the caller also after an error
 *  @param options those of the four that the command has are used
 *  @param seed    used when --seed was not given
 *  @return 0, or an exit code after one sentence on stderr */
int session_open(cli_session *session, const cli_options *options, uint64_t seed);

/** Makes a context as the caller wishes, with what the command line says on top.
 *  @param settings in and out: seed, allocator and callbacks of the caller
 *  @return as session_open() */
int session_open_with(cli_session *session, const cli_options *options, cludi_context_options *settings);

/** Frees the context. What was made with it must be freed before. */
void session_close(cli_session *session);

#endif
