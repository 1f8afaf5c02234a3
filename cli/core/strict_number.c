#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* strtoull() also takes blanks, signs and, with them, negative numbers. */
static bool is_decimal(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

bool strict_number_unsigned(const char *text, uint64_t *number)
{
    if (!is_decimal(text))
        return false;
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (errno == ERANGE)
        return false;
    *number = value;
    return true;
}

bool strict_number_int32(const char *text, int32_t *number)
{
    bool negative = *text == '-';
    uint64_t size = 0;
    if (!strict_number_unsigned(text + negative, &size) || size > (uint64_t)INT32_MAX + (uint64_t)negative)
        return false;
    *number = (int32_t)(negative ? -(int64_t)size : (int64_t)size);
    return true;
}

/* A number and the word behind it, in small letters. */
typedef struct quantity {
    double value;
    uint64_t whole; /* the same, where there is no point */
    bool is_whole;
    char unit[8];
} quantity;

/* Digits, at most one point among them; returns how many characters, 0 for none or too many. */
static size_t read_decimal(const char *text, quantity *read)
{
    char digits[32];
    size_t length = strspn(text, "0123456789");
    read->is_whole = text[length] != '.';
    length += read->is_whole ? 0 : 1 + strspn(text + length + 1, "0123456789");
    if (length == 0 || length >= sizeof digits || text[0] == '.' || text[length - 1] == '.')
        return 0;
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (read->is_whole && !strict_number_unsigned(digits, &read->whole))
        return 0;
    read->value = strtod(digits, NULL);
    return length;
}

static bool read_quantity(const char *text, quantity *read)
{
    const char *at = text + strspn(text, " ");
    size_t length = read_decimal(at, read);
    at += length + strspn(at + length, " ");
    size_t letters = strcspn(at, " ");
    if (length == 0 || letters >= sizeof read->unit || at[letters + strspn(at + letters, " ")] != '\0')
        return false;
    for (size_t i = 0; i < letters; i++)
        read->unit[i] = (char)tolower((unsigned char)at[i]);
    read->unit[letters] = '\0';
    return true;
}

/* The power of 1024 of "", "b", "k", "kb", "kib" and so on; -1 for another word. */
static int find_power(const char *unit)
{
    static const char LETTERS[] = "kmgt";
    const char *letter = *unit ? strchr(LETTERS, *unit) : NULL;
    const char *end = unit + (letter ? 1 : 0);
    bool is_known = !*end || !strcmp(end, "b") || (letter && !strcmp(end, "ib"));
    return !is_known ? -1 : letter ? (int)(letter - LETTERS) + 1 : 0;
}

bool strict_number_size(const char *text, uint64_t *bytes)
{
    quantity read;
    int power = read_quantity(text, &read) ? find_power(read.unit) : -1;
    if (power < 0 || (power == 0 && !read.is_whole))
        return false;
    unsigned shift = 10 * (unsigned)power;
    double size = read.value * (double)(UINT64_C(1) << shift);
    if (size < 1 || (read.is_whole ? read.whole > UINT64_MAX >> shift : size >= (double)UINT64_MAX))
        return false;
    *bytes = read.is_whole ? read.whole << shift : (uint64_t)size;
    return true;
}

/* Seconds of a unit of time; 0 for a word that is none. */
static double find_seconds(const char *unit)
{
    static const struct {
        const char *words;
        double seconds;
    } UNITS[] = {{" s sec secs second seconds ", 1},
                 {" m min mins minute minutes ", 60},
                 {" h hr hrs hour hours ", 3600},
                 {" d day days ", 86400}};
    char word[sizeof((quantity *)0)->unit + 2];
    snprintf(word, sizeof word, " %s ", unit);
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strstr(UNITS[i].words, word))
            return UNITS[i].seconds;
    return 0;
}

bool strict_number_interval(const char *text, double *seconds, int64_t *steps)
{
    quantity read;
    if (!read_quantity(text, &read))
        return false;
    bool counts_steps = !*read.unit || !strcmp(read.unit, "step") || !strcmp(read.unit, "steps");
    double unit = counts_steps ? 0 : find_seconds(read.unit);
    if (counts_steps ? !read.is_whole || read.whole > INT64_MAX : unit <= 0)
        return false;
    *seconds = read.value * unit;
    *steps = counts_steps ? (int64_t)read.whole : 0;
    return true;
}
