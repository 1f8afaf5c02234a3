/** @file stream_input.h
 *  Inputs that are no files but come from elsewhere: stdin ("-"), pipes, <(...). They are kept in a temporary file without a
 *  name, which takes their place, so that they can be read in any order and more than once.
 */
#ifndef CLUDI_CLI_STREAM_INPUT_H
#define CLUDI_CLI_STREAM_INPUT_H

/** @return 1 for "-" */
int stream_input_is_stdin(const char *path);

/** The path by which an input is read: "/dev/stdin" for "-", "/dev/fd/N" for a FIFO, which is opened without waiting for its
 *  writer; else the path itself.
 *  @param path as it was given
 *  @return a copy, freed by the caller; NULL without memory */
char *stream_input_name(const char *path);

/** Keeps what comes from a path of stream_input_name() when it is a pipe or a socket, waiting for its end; does nothing
 *  about anything else. A signal ends the waiting.
 *  @param path may be NULL
 *  @return 0, EXIT_FAILED after one sentence on stderr, or what a signal asks for */
int stream_input_keep(const char *path);

#endif
