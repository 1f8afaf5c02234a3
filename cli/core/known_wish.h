/** @file known_wish.h
 *  Options that other programs have under other names, and what cludi has instead.
 */
#ifndef CLUDI_CLI_KNOWN_WISH_H
#define CLUDI_CLI_KNOWN_WISH_H

/** What people look for under some names. All strings are static. */
typedef struct known_wish {
    const char *words;    /**< the names, in small letters with dashes, a blank around each */
    const char *meant;    /**< names of our options, the likeliest first, a blank between them; "" for none */
    const char *sentence; /**< what is said when the command has none of them; NULL: nothing */
} known_wish;

/** Finds what an unknown option may be after.
 *  @param name without leading dashes; capitals and underscores are as small letters and dashes
 *  @return NULL when nobody knows */
const known_wish *known_wish_find(const char *name);

#endif
