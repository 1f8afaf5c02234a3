/* The numbers in array files: what types there are, and their way to float32 and int32. */
#ifndef IO_ELEMENT_H
#define IO_ELEMENT_H

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What is written and read in place is little-endian. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "cludi reads and writes float32 of this machine in place");

typedef struct element_type {
    /* NumPy's letter: 'f' floating point, 'i' signed, 'u' unsigned, 'b' boolean; 'B': bfloat16; texts: 'S', 'U', 'O' */
    char kind;
    char order;   /* '<' little-endian, '>' big-endian, '|' one byte */
    int32_t size; /* bytes: 1, 2, 4 or 8; any of texts */
} element_type;

enum { ELEMENT_MAX_SIZE = 8, ELEMENT_BLOCK = 4096, ELEMENT_TEXT = 40 };
enum { ELEMENT_LONGEST = ELEMENT_BLOCK * ELEMENT_MAX_SIZE };

static inline bool element_is_real(element_type type)
{
    return type.kind == 'f' || type.kind == 'B';
}

/* Room for ELEMENT_BLOCK numbers of any type as they lie in a file. */
typedef struct element_block {
    unsigned char bytes[ELEMENT_BLOCK * ELEMENT_MAX_SIZE];
} element_block;

static inline bool element_is_text(element_type type)
{
    return type.kind == 'S' || type.kind == 'U' || type.kind == 'O';
}

static inline bool element_is_native_float(element_type type)
{
    return type.kind == 'f' && type.order == '<' && type.size == (int32_t)sizeof(float);
}

/* The size bytes at `at` as one unsigned number; a boolean is true when it is not 0, as in NumPy. */
static inline uint64_t element_bits(element_type type, const unsigned char *at)
{
    uint64_t bits = 0;
    for (int32_t i = 0; i < type.size; i++)
        bits = bits << 8 | at[type.order == '>' ? i : type.size - 1 - i];
    return type.kind == 'b' ? bits != 0 : bits;
}

/* Two's complement of size bytes. */
static inline int64_t element_signed(int32_t size, uint64_t bits)
{
    uint64_t sign = UINT64_C(1) << (8 * size - 1);
    uint64_t wide = (bits ^ sign) - sign;
    int64_t value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

/* float32 from its bits. */
static inline float element_from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* IEEE 754 binary16 (1 sign bit, 5 of exponent, 10 of fraction) as float32, which has every one of them. */
static inline float element_half(uint32_t bits)
{
    uint32_t sign = (bits & 0x8000U) << 16, exponent = bits >> 10 & 31, fraction = bits & 1023;
    if (exponent == 0)
        return (sign ? -0x1p-24F : 0x1p-24F) * (float)fraction;
    uint32_t wide = exponent == 31 ? 255 : exponent + 112;
    return element_from_bits(sign | wide << 23 | fraction << 13);
}

/* IEEE 754 of 2, 4 or 8 bytes, or bfloat16, which is the upper half of a float32. */
static inline double element_real(element_type type, uint64_t bits)
{
    const int32_t size = type.size;
    if (type.kind == 'B')
        return (double)element_from_bits((uint32_t)bits << 16);
    if (size == 2)
        return (double)element_half((uint32_t)bits);
    if (size == 4)
        return (double)element_from_bits((uint32_t)bits);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The nearest float32; infinity when it is out of range. */
static inline float element_float(element_type type, const unsigned char *at)
{
    uint64_t bits = element_bits(type, at);
    if (element_is_real(type))
        return (float)element_real(type, bits);
    if (type.kind == 'i')
        return (float)element_signed(type.size, bits);
    return (float)bits;
}

/* *value = the number, if it is whole and an int32. */
static inline bool element_int32(element_type type, const unsigned char *at, int32_t *value)
{
    uint64_t bits = element_bits(type, at);
    int64_t whole;
    if (element_is_real(type)) {
        double real = element_real(type, bits);
        if (!(real >= INT32_MIN && real <= INT32_MAX) || real != floor(real))
            return false;
        whole = (int64_t)real;
    } else if (type.kind == 'i') {
        whole = element_signed(type.size, bits);
    } else {
        whole = bits <= INT32_MAX ? (int64_t)bits : INT64_MAX;
    }
    *value = (int32_t)whole;
    return whole >= INT32_MIN && whole <= INT32_MAX;
}

/* The number as text, for messages. */
static inline void element_text(element_type type, const unsigned char *at, char text[ELEMENT_TEXT])
{
    uint64_t bits = element_bits(type, at);
    if (element_is_real(type))
        snprintf(text, ELEMENT_TEXT, "%.9g", element_real(type, bits));
    else if (type.kind == 'i')
        snprintf(text, ELEMENT_TEXT, "%" PRId64, element_signed(type.size, bits));
    else
        snprintf(text, ELEMENT_TEXT, "%" PRIu64, bits);
}

#endif
