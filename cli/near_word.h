/** @file near_word.h
 *  What somebody may have meant who mistyped a word.
 */
#ifndef CLUDI_CLI_NEAR_WORD_H
#define CLUDI_CLI_NEAR_WORD_H

#include <stddef.h>

/** Finds the known word nearest to a mistyped one: fewest letters to insert, delete or change (Levenshtein).
 *  @param word  what was typed
 *  @param known (count) words; NULLs are passed over
 *  @param count number of known words
 *  @return the nearest, the first of equals; NULL when more than a third of the letters (and more than two) would have
 *          to change, or when a word of one letter would have to */
const char *near_word_find(const char *word, const char *const *known, size_t count);

#endif
