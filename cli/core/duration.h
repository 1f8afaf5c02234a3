/** @file duration.h
 *  Time: measured, and written the way people read it.
 */
#ifndef CLUDI_CLI_DURATION_H
#define CLUDI_CLI_DURATION_H

/** Bytes that hold any duration_format(). */
enum { DURATION_SIZE = 32 };

/** @return seconds on a clock that never jumps */
double duration_now(void);

/** @return processor seconds that this process has used */
double duration_processor(void);

/** Writes "0:07", "12:30" or "3:05:00".
 *  @param text    out, DURATION_SIZE bytes
 *  @param seconds rounded to whole ones; what is below 0, not finite or above a year is "?" */
void duration_format(char *text, double seconds);

/** Writes "0.31 s", "48.1 s", "3:05:00": of short ones also the parts of a second.
 *  @param text    out, DURATION_SIZE bytes
 *  @param seconds as duration_format()
 *  @return text */
const char *duration_format_fine(char *text, double seconds);

#endif
