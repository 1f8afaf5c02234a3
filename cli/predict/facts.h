/** @file facts.h
 *  What 'cludi info' says about a file.
 */
#ifndef CLUDI_CLI_FACTS_H
#define CLUDI_CLI_FACTS_H

#include <cludi/cluster.h>
#include <cludi/dataset.h>
#include <cludi/vision.h>
#include <jansson.h>
#include <stdbool.h>

/* ---- tensor_facts.c: what 'cludi info' says about a safetensors file that is no model of cludi's. ---- */

/** What is in the file. Empty it with tensor_facts_clear(). */
typedef struct tensor_facts {
    json_t *tensors;            /**< list of {name, dtype, shape}; NULL before it was looked at, or without memory */
    bool is_encoder;            /**< true: 'cludi embed' takes it, and encoder is filled in */
    cludi_encoder_info encoder; /**< heads: 0 where they are not known */
} tensor_facts;

/** Looks at a file. @return 0, or EXIT_FAILED after one sentence on stderr */
int tensor_facts_read(tensor_facts *facts, cludi_context *context, const char *path);

/** Prints lines of a table on stdout: the encoder, and the first tensors. */
void tensor_facts_print(const tensor_facts *facts);

/** @return a new object {tensors, encoder}; NULL without memory */
json_t *tensor_facts_json(const tensor_facts *facts);

/** Frees. */
void tensor_facts_clear(tensor_facts *facts);

/* ---- file_facts.c: what 'cludi info' says about a file. ---- */

/** A file that was looked at. */
typedef struct file_facts {
    const char *path; /**< borrowed */
    cludi_file_info file;
    bool is_model; /**< true: model is filled in */
    cludi_model_info model;
    bool has_tensors; /**< true: tensors is filled in */
    tensor_facts tensors;
    cludi_columns columns; /**< names; borrowed */
} file_facts;

/** @return a new object with every parameter of the table; NULL without memory */
json_t *file_facts_parameters(const cludi_config *config);

/** Prints a table on stdout. */
void file_facts_print(const file_facts *facts);

/** Prints one JSON object on stdout. @return 0, or EXIT_FAILED after one sentence on stderr */
int file_facts_print_json(const file_facts *facts);

#endif
