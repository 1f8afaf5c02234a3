/* Safetensors files with one bit changed. */
#ifndef TESTS_BIT_FLIPS_H
#define TESTS_BIT_FLIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the numbers of a file begin. */
size_t find_numbers(const unsigned char *file);

/* How many of `count` single bits of the numbers are refused when they are flipped, and in *in_header of as many of what
   stands before them. The file is as it was afterwards. */
int count_refused_flips(unsigned char *file, size_t size, int count, uint64_t seed,
                        bool (*is_refused)(void *user, const unsigned char *file, size_t size), void *user,
                        int *in_header);

#endif
