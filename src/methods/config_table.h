/* The parameter table: the single source of names, defaults, bounds, messages, command-line options and metadata. */
#ifndef METHODS_CONFIG_TABLE_H
#define METHODS_CONFIG_TABLE_H

#include <cludi/config.h>

/* The methods, in the order of cludi_method: the row of each (method.h), and its name in options and files. */
#define METHOD_LIST(X)                                                                                                 \
    X(METHOD_CLUDI, "cludi")                                                                                           \
    X(METHOD_KMEANS, "kmeans")                                                                                         \
    X(METHOD_SELF_CLASSIFIER, "self-classifier")                                                                       \
    X(METHOD_TEMI, "temi")                                                                                             \
    X(METHOD_SCAN, "scan")                                                                                             \
    X(METHOD_TSP, "tsp")                                                                                               \
    X(METHOD_TURTLE, "turtle")                                                                                         \
    X(METHOD_DISCRIMINANT, "discriminant")

enum { CONFIG_MOST_BLOCKS = 16 }; /* bound of R */

int32_t config_table_count(void);
const cludi_param *config_table_get(int32_t index);

/* The row called `name` (- and _ are the same); NULL if there is none. */
const cludi_param *config_table_find(const char *name);

/* The name nearest to `name` by edit distance; NULL if none is near. */
const char *config_table_suggest(const char *name);

/* A field as a number (the index for choices), and back. */
double config_table_value(const cludi_config *config, const cludi_param *param);
void config_table_assign(cludi_config *config, const cludi_param *param, double value);

void config_table_defaults(cludi_config *config);
cludi_status config_table_preset(cludi_config *config, const char *preset, int32_t clusters, cludi_error *error);
cludi_status config_table_set(cludi_config *config, const char *name, const char *text, cludi_error *error);
cludi_status config_table_format(const cludi_config *config, const cludi_param *param, char *text, size_t size);
cludi_status config_table_check(const cludi_config *config, cludi_error *error);

#endif
