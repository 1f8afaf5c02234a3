/** @file json_out.h
 *  JSON on stdout, and the values that jansson cannot take as they are.
 */
#ifndef CLUDI_CLI_JSON_OUT_H
#define CLUDI_CLI_JSON_OUT_H

#include <stdint.h>

#include <jansson.h>

/** @return a new real number, or null for NaN and infinity, which JSON cannot hold */
json_t *json_out_real(double value);

/** @return a new integer up to 2^63 - 1, else a string of digits, as JSON readers lose such integers */
json_t *json_out_unsigned(uint64_t value);

/** @return a new string; where text (a path) is not UTF-8, its bytes above 127 become "?"; NULL without memory */
json_t *json_out_text(const char *text);

/** Adds a member to an object, or, where there was no memory for either, frees the object.
 *  @param root in and out: an object or NULL; NULL after a failure
 *  @param part the member, taken over; or NULL */
void json_out_add(json_t **root, const char *name, json_t *part);

/** Adds an element to an array, as json_out_add() does a member. */
void json_out_append(json_t **array, json_t *part);

/** Prints one object on one line of stdout and frees it.
 *  @param root NULL: there was no memory to make it
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int json_out_print(json_t *root);

#endif
