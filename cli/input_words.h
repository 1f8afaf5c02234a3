/** @file input_words.h
 *  What a model does to its rows before they are clustered, in words.
 */
#ifndef CLUDI_CLI_INPUT_WORDS_H
#define CLUDI_CLI_INPUT_WORDS_H

#include <cludi/config.h>

/** @return the name of the parameter's value, as --preprocessing takes it */
const char *input_name(cludi_preprocessing input);

/** @return a phrase that goes behind "rows: ", such as "scaled to norm 1" */
const char *input_words(cludi_preprocessing input);

#endif
