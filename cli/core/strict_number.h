/** @file strict_number.h
 *  Numbers from the command line: all of the text is one, or there is an error.
 */
#ifndef CLUDI_CLI_STRICT_NUMBER_H
#define CLUDI_CLI_STRICT_NUMBER_H

#include <stdint.h>

/** Reads 0 .. 2^64 - 1 in decimal.
 *  @return 1, or 0 when text is anything else; *number is then unchanged */
int strict_number_unsigned(const char *text, uint64_t *number);

/** Reads -2^31 .. 2^31 - 1 in decimal.
 *  @return 1, or 0 when text is anything else; *number is then unchanged */
int strict_number_int32(const char *text, int32_t *number);

/** Reads a number of bytes, 1 .. 2^64 - 1: a whole number, or a number with a unit, K, M, G or T for powers of 1024, also
 *  written KB or KiB; blanks and capitals do not matter.
 *  @return 1, or 0 when text is anything else; *bytes is then unchanged */
int strict_number_size(const char *text, uint64_t *bytes);

/** Reads how often: a time in seconds, minutes, hours or days ("60s", "5 min", "1.5h"), or a whole number of steps ("500",
 *  "500 steps"); the other of the two becomes 0, and "0" makes both 0. Blanks and capitals do not matter.
 *  @return 1, or 0 when text is anything else; nothing is then changed */
int strict_number_interval(const char *text, double *seconds, int64_t *steps);

#endif
