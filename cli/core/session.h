/** @file session.h
 *  What every command needs from the library: a context made from --threads, --seed, --backend and --quiet.
 */
#ifndef CLUDI_CLI_SESSION_H
#define CLUDI_CLI_SESSION_H

#include <stdint.h>

#include <cludi/context.h>

#include "options.h"
#include "progress.h"

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
