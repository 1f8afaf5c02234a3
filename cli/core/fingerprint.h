/** @file fingerprint.h
 *  A number that tells apart what it was fed: FNV-1a of 64 bits. No protection against those who mean to deceive.
 */
#ifndef CLUDI_CLI_FINGERPRINT_H
#define CLUDI_CLI_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

/** Of no bytes at all. */
#define FINGERPRINT_START UINT64_C(14695981039346656037)

/** @return the fingerprint of what `before` is of, with size bytes behind it */
uint64_t fingerprint_add(uint64_t before, const void *bytes, size_t size);

/** Adds the content of a file.
 *  @param fingerprint in and out
 *  @return 0, or EXIT_FAILED, or a signal's exit code when one came, after one sentence on stderr */
int fingerprint_add_file(uint64_t *fingerprint, const char *path);

#endif
