/** @file standard_streams.h
 *  stdin, stdout and stderr at the start and at the end of the program.
 */
#ifndef CLUDI_CLI_STANDARD_STREAMS_H
#define CLUDI_CLI_STANDARD_STREAMS_H

/** Where the parent closed one of the three, opens something harmless in its place: otherwise the next file opened would
 *  take its number, and what is printed would end in that file. Writing to a stream that was closed still fails. */
void standard_streams_open(void);

/** Flushes and closes stdout.
 *  @param code what the program would end with
 *  @return code, or EXIT_FAILED in place of EXIT_DONE after one sentence on stderr when results were lost */
int standard_streams_close(int code);

#endif
