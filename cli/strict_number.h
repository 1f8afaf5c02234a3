/** @file strict_number.h
 *  Whole numbers from the command line: digits and nothing else, or an error.
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

/** Reads a number of bytes, 1 .. 2^64 - 1: digits, and behind them nothing, K, M or G for powers of 1024.
 *  @return 1, or 0 when text is anything else; *bytes is then unchanged */
int strict_number_size(const char *text, uint64_t *bytes);

/** Reads how often: a whole number of seconds, minutes or hours ("60s", "5m", "1h"), or of steps ("500"); the other of the
 *  two becomes 0, and "0" makes both 0.
 *  @return 1, or 0 when text is anything else; nothing is then changed */
int strict_number_interval(const char *text, double *seconds, int64_t *steps);

#endif
