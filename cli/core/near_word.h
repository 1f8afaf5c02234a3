/** @file near_word.h
 *  What somebody may have meant who mistyped a word.
 */
#ifndef CLUDI_CLI_NEAR_WORD_H
#define CLUDI_CLI_NEAR_WORD_H

#include <stddef.h>

/** Finds the known word nearest to a mistyped one: fewest letters to insert, delete, change or swap with the next,
 *  capitals being as small letters.
 *  @param word  what was typed
 *  @param known (count) words; NULLs are passed over
 *  @param count number of known words
 *  @return the nearest, the first of equals, when one letter of 3 or more, or two of 7 or more, are wrong; else the first
 *          that begins with the word, if that has 3 letters or more; else NULL
 */
const char *near_word_find(const char *word, const char *const *known, size_t count);

#endif
