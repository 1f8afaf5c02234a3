#include "strict_number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* strtoull() also takes blanks, signs and, with them, negative numbers. */
static int is_decimal(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

int strict_number_unsigned(const char *text, uint64_t *number)
{
    if (!is_decimal(text)) {
        return 0;
    }
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (errno == ERANGE) {
        return 0;
    }
    *number = value;
    return 1;
}

int strict_number_int32(const char *text, int32_t *number)
{
    int negative = *text == '-';
    uint64_t size = 0;
    if (!strict_number_unsigned(text + negative, &size) || size > (uint64_t)INT32_MAX + (uint64_t)negative) {
        return 0;
    }
    *number = (int32_t)(negative ? -(int64_t)size : (int64_t)size);
    return 1;
}

int strict_number_size(const char *text, uint64_t *bytes)
{
    static const char UNITS[] = "KMG";
    char digits[24];
    uint64_t value = 0;
    size_t length = strspn(text, "0123456789");
    const char *unit = text[length] != '\0' ? strchr(UNITS, text[length]) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - UNITS + 1) : 0;
    if (length >= sizeof digits || text[length + (unit ? 1 : 0)] != '\0') {
        return 0;
    }
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (!strict_number_unsigned(digits, &value) || value == 0 || value > UINT64_MAX >> shift) {
        return 0;
    }
    *bytes = value << shift;
    return 1;
}

int strict_number_interval(const char *text, double *seconds, int64_t *steps)
{
    static const char UNITS[] = "smh";
    static const double SECONDS[] = {1, 60, 3600};
    char digits[24];
    uint64_t number = 0;
    size_t length = strspn(text, "0123456789");
    const char *unit = text[length] ? strchr(UNITS, text[length]) : NULL;
    if (length == 0 || length >= sizeof digits || (text[length] && (!unit || text[length + 1]))) {
        return 0;
    }
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (!strict_number_unsigned(digits, &number) || number > INT64_MAX) {
        return 0;
    }
    *seconds = unit ? (double)number * SECONDS[unit - UNITS] : 0;
    *steps = unit ? 0 : (int64_t)number;
    return 1;
}
