/** @file byte_size.h
 *  Numbers of bytes the way people read them.
 */
#ifndef CLUDI_CLI_BYTE_SIZE_H
#define CLUDI_CLI_BYTE_SIZE_H

/** Bytes that hold any byte_size_format(). */
enum { BYTE_SIZE_SIZE = 32 };

/** Writes "15.3 MB": powers of 1000.
 *  @param text out, BYTE_SIZE_SIZE bytes; "?" when bytes is NaN
 *  @return text */
const char *byte_size_format(char *text, double bytes);

#endif
