/* Names in the order that people expect: numbers in them count as numbers, so that img2 stands before img10. */
#ifndef VISION_NATURAL_ORDER_H
#define VISION_NATURAL_ORDER_H

#include <stddef.h>

/* A piece of text, not NUL-terminated. */
typedef struct name_part {
    const char *text;
    size_t length;
} name_part;

/* Below, at or above 0 as a stands before b, is b, or stands behind it: bytes, but digits that follow each other by their
   value, and '/' before all else, so that a folder stays together. Where only leading zeros differ, fewer come first.
   A total order; does not depend on the locale. */
int natural_compare(name_part a, name_part b);

#endif
