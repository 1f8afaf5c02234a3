/** @file run_factor.h
 *  A parameter that differs between the runs of 'cludi compare' and 'cludi sweep', and the values it takes.
 */
#ifndef CLUDI_CLI_RUN_FACTOR_H
#define CLUDI_CLI_RUN_FACTOR_H

#include <stdint.h>

#include <cludi/config.h>

/** Bytes that hold any value. */
enum { RUN_VALUE_SIZE = 32 };

/** A parameter and its values. Empty it with run_factor_clear(). */
typedef struct run_factor {
    const cludi_param *param;       /**< row of the library's table */
    int32_t index;                  /**< of that row */
    int32_t count;                  /**< of values, 1 or more */
    char (*values)[RUN_VALUE_SIZE]; /**< (count) all different, by run_factor_format(); owned */
    double *numbers;                /**< (count) the same as numbers; the index into choices for a choice; owned */
} run_factor;

/** Reads a parameter and its values, each checked against the table.
 *  @param factor  out; the caller clears it also after an error
 *  @param command for the sentence
 *  @param name    of the parameter, any text
 *  @param list    its values with commas between, any text; NULL: all there are of a choice
 *  @return 0, or an exit code after one sentence on stderr */
int run_factor_read(run_factor *factor, const char *command, const char *name, const char *list);

/** Writes the value of a parameter in one way alone, so that 0.10 and 0.1 are the same.
 *  @param index row of the library's table
 *  @param value out: read back to the same bits */
void run_factor_format(const cludi_config *config, int32_t index, char value[RUN_VALUE_SIZE]);

/** Frees what run_factor_read() took. */
void run_factor_clear(run_factor *factor);

#endif
