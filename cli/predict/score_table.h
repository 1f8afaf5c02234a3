/** @file score_table.h
 *  The scores of a clustering as a table and as JSON.
 */
#ifndef CLUDI_CLI_SCORE_TABLE_H
#define CLUDI_CLI_SCORE_TABLE_H

#include <jansson.h>

#include <cludi/metrics.h>

/** Prints a table on stdout: percent with one decimal, then counts and shares. */
void score_table_print(const cludi_scores *scores);

/** @return a new object with the members of cludi_scores; measures and shares as fractions of 1; NULL without memory */
json_t *score_table_json(const cludi_scores *scores);

#endif
