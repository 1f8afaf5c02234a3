/** @file fit_request.h
 *  What 'cludi fit' was asked for, read and checked before any file is.
 */
#ifndef CLUDI_CLI_FIT_REQUEST_H
#define CLUDI_CLI_FIT_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/cluster.h>

#include "options.h"
#include "rows.h"

/** The request. Empty it with fit_request_clear(). */
typedef struct fit_request {
    const char *data;     /**< path of the rows; borrowed from the options, as the next two */
    row_options rows;     /**< how they are read; borrowed */
    const char *output;   /**< path of the model */
    const char *labels;   /**< path of known classes, or NULL */
    char *partial;        /**< path of the model of a stopped run; owned */
    int32_t clusters;     /**< K */
    uint64_t memory;      /**< bytes that the rows may take; more stay in the file */
    char *plot;           /**< path of the curves, as the next, or NULL when none are wanted; owned */
    char *partial_plot;   /**< path of the curves of a stopped run; owned */
    char *checkpoint;     /**< path of a training's state, or NULL when none is kept; owned */
    double every_seconds; /**< how often it is kept, as the next */
    int64_t every_steps;
    bool resume;         /**< true: go on from it */
    cludi_config config; /**< the preset, then each parameter that was given */
    uint64_t given;      /**< parameter_bit() of each of these */
    cludi_method_info method;
} fit_request;

/** Reads and checks a request.
 *  @param request out; the caller clears it also after an error
 *  @return 0, or an exit code after one sentence on stderr */
int fit_request_read(fit_request *request, const cli_options *options);

/** Reads and checks what does not concern the model's file: data, K, parameters and memory.
 *  @return as fit_request_read() */
int fit_request_read_method(fit_request *request, const cli_options *options);

/* ---- unused_parameters.c: parameters that were given and change nothing. ---- */

/** @param index row of the parameter table, or a cludi_method. @return 1 << index; 0 from 64 on */
static inline uint64_t parameter_bit(int32_t index)
{
    return index < 64 ? UINT64_C(1) << index : 0;
}

/** Says in one sentence on stderr which parameters no method uses, and which method would; nothing where there are none.
 *  @param given   parameter_bit() of those that were given
 *  @param methods the same of the methods that are run */
void unused_parameters_tell(uint64_t given, uint64_t methods);

/** @param config that was checked. @return cludi_fit_describe() */
cludi_fit_outline fit_outline_of(const cludi_config *config, int64_t rows, int32_t clusters);

/** Frees what fit_request_read() took. */
void fit_request_clear(fit_request *request);

#endif
