/* What somebody may have meant who mistyped a name: hyphens, underscores and capitals do not count. */
#ifndef BASE_NEAR_NAME_H
#define BASE_NEAR_NAME_H

enum { NEAR_PHRASE = 64 }; /* bytes */

/* *nearest becomes known where it is nearer to typed than *changes letters, and *changes the letters inserted, deleted or
   changed. One of 3 letters or more may be wrong, or two of 7 or more; a name of one letter is never meant. */
void near_name_keep(const char *typed, const char *known, const char **nearest, int *changes);

/* " (did you mean NAME?)" for the nearest of known, which ends with NULL; "" where none is near. Returns phrase. */
const char *near_name_phrase(char phrase[NEAR_PHRASE], const char *typed, const char *const *known);

#endif
