#include "natural_order.h"

#include <stdbool.h>
#include <string.h>

static bool is_digit(name_part part, size_t at)
{
    return at < part.length && part.text[at] >= '0' && part.text[at] <= '9';
}

static size_t skip(name_part part, size_t at, bool zeros_alone)
{
    while (is_digit(part, at) && (!zeros_alone || part.text[at] == '0'))
        at++;
    return at;
}

/* Compares the numbers that begin at *i and *j, and moves both behind them. */
static int compare_numbers(name_part a, size_t *i, name_part b, size_t *j)
{
    size_t from_a = skip(a, *i, true), from_b = skip(b, *j, true);
    *i = skip(a, from_a, false);
    *j = skip(b, from_b, false);
    size_t digits_a = *i - from_a, digits_b = *j - from_b;
    if (digits_a != digits_b)
        return digits_a < digits_b ? -1 : 1;
    return memcmp(a.text + from_a, b.text + from_b, digits_a);
}

/* 0 for the end, 1 for '/', then the bytes. */
static int get_rank(name_part part, size_t at)
{
    if (at >= part.length)
        return 0;
    return part.text[at] == '/' ? 1 : (unsigned char)part.text[at] + 2;
}

static int compare_bytes(name_part a, name_part b)
{
    size_t length = a.length < b.length ? a.length : b.length;
    int order = memcmp(a.text, b.text, length);
    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

int natural_compare(name_part a, name_part b)
{
    size_t i = 0, j = 0;
    while (i < a.length || j < b.length) {
        int order = 0;
        if (is_digit(a, i) && is_digit(b, j))
            order = compare_numbers(a, &i, b, &j);
        else
            order = get_rank(a, i++) - get_rank(b, j++);
        if (order != 0)
            return order;
    }
    /* Only zeros before numbers differ. */
    return a.length != b.length ? (a.length < b.length ? -1 : 1) : compare_bytes(a, b);
}
