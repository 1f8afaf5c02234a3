#include "json_out.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"

enum { DIGITS = 15, LONGEST = 32 };

json_t *json_out_real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *json_out_unsigned(uint64_t value)
{
    char digits[LONGEST];
    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    return json_string(digits);
}

json_t *json_out_text(const char *text)
{
    json_t *string = json_string(text);
    char *plain = string ? NULL : strdup(text);
    for (char *byte = plain; byte && *byte; byte++)
        *byte = (unsigned char)*byte > 127 ? '?' : *byte;
    string = plain ? json_string(plain) : string;
    free(plain);
    return string;
}

static void forget(json_t **root)
{
    json_decref(*root);
    *root = NULL;
}

void json_out_add(json_t **root, const char *name, json_t *part)
{
    if (json_object_set_new(*root, name, part) != 0)
        forget(root);
}

void json_out_append(json_t **array, json_t *part)
{
    if (json_array_append_new(*array, part) != 0)
        forget(array);
}

int json_out_print(json_t *root)
{
    if (!root)
        return complain("Out of memory for the JSON output.");
    /* A failed write is noticed when stdout is closed. */
    bool is_short = json_dumpf(root, stdout, JSON_REAL_PRECISION(DIGITS)) != 0 && !ferror(stdout);
    putchar('\n');
    json_decref(root);
    return is_short ? complain("Out of memory for the JSON output.") : EXIT_DONE;
}
