/** @file file_facts.h
 *  What 'cludi info' says about a file.
 */
#ifndef CLUDI_CLI_FILE_FACTS_H
#define CLUDI_CLI_FILE_FACTS_H

#include <jansson.h>

#include <cludi/cluster.h>
#include <cludi/dataset.h>

#include "tensor_facts.h"

/** A file that was looked at. */
typedef struct file_facts {
    const char *path; /**< borrowed */
    cludi_file_info file;
    int is_model; /**< 1: model is filled in */
    cludi_model_info model;
    int has_tensors; /**< 1: tensors is filled in */
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
