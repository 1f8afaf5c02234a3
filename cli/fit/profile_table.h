/** @file profile_table.h
 *  Where the time of a training went, for people and as JSON.
 */
#ifndef CLUDI_CLI_PROFILE_TABLE_H
#define CLUDI_CLI_PROFILE_TABLE_H

#include <jansson.h>

#include <cludi/cluster.h>

/** Prints one line for each phase on stderr. */
void profile_table_print(const cludi_profile *profile);

/** @return a new array with one object for each phase, NULL without memory */
json_t *profile_table_json(const cludi_profile *profile);

#endif
