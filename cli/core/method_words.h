/** @file method_words.h
 *  The name of a method.
 */
#ifndef CLUDI_CLI_METHOD_WORDS_H
#define CLUDI_CLI_METHOD_WORDS_H

#include <cludi/config.h>

/** @return the name of the parameter's value, as --method takes it */
const char *method_name(cludi_method method);

#endif
