/** @file words.h
 *  Words and how they are written: names, sizes, times, command lines, and what a mistyped one may mean.
 */
#ifndef CLUDI_CLI_WORDS_H
#define CLUDI_CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include <cludi/config.h>

/* ---- byte_size.c: numbers of bytes the way people read them. ---- */

/** Bytes that hold any byte_size_format(). */
enum { BYTE_SIZE_SIZE = 32 };

/** Writes "15.3 MB": powers of 1000.
 *  @param text out, BYTE_SIZE_SIZE bytes; "?" when bytes is NaN
 *  @return text */
const char *byte_size_format(char *text, double bytes);

/* ---- duration.c: time: measured, and written the way people read it. ---- */

/** Bytes that hold any duration_format(). */
enum { DURATION_SIZE = 32 };

/** @return seconds on a clock that never jumps */
double duration_now(void);

/** @return processor seconds that this process has used */
double duration_processor(void);

/** Writes "0:07", "12:30" or "3:05:00".
 *  @param text    out, DURATION_SIZE bytes
 *  @param seconds rounded to whole ones; what is below 0, not finite or above a year is "?" */
void duration_format(char *text, double seconds);

/** Writes "0.31 s", "48.1 s", "3:05:00": of short ones also the parts of a second.
 *  @param text    out, DURATION_SIZE bytes
 *  @param seconds as duration_format()
 *  @return text */
const char *duration_format_fine(char *text, double seconds);

/* ---- method_words.c: what a method is and has. ---- */

/** @param method of a config that was checked. @return cludi_method_get_info() */
cludi_method_info method_info(cludi_method method);

/* ---- input_words.c: what a model does to its rows before they are clustered, in words. ---- */

/** @return the name of the parameter's value, as --preprocessing takes it */
const char *input_name(cludi_preprocessing input);

/** @return a phrase that goes behind "rows: ", such as "scaled to norm 1" */
const char *input_words(cludi_preprocessing input);

/* ---- near_word.c: what somebody may have meant who mistyped a word. ---- */

/** Finds the known word nearest to a mistyped one: fewest letters to insert, delete, change or swap with the next,
 *  capitals being as small letters, and hyphens and underscores as nothing.
 *  @param word  what was typed
 *  @param known (count) words; NULLs are passed over
 *  @param count number of known words
 *  @return the nearest, the first of equals, when one letter of 3 or more, or two of 7 or more, are wrong; else the first
 *          that begins with the word, if that has 3 letters or more; else NULL
 */
const char *near_word_find(const char *word, const char *const *known, size_t count);

enum { NEAR_PHRASE = 96 }; /**< bytes */

/** @return phrase: " (did you mean WORD?)", or "" where near_word_find() finds none */
const char *near_word_phrase(char phrase[NEAR_PHRASE], const char *word, const char *const *known, size_t count);

/* ---- known_wish.c: options that other programs have under other names, and what cludi has instead. ---- */

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

/* ---- word_list.c: the words of a command line that is put together. ---- */

/** Words. {0} has none; empty it with word_list_clear(). */
typedef struct word_list {
    char **words; /**< (count) and NULL, NULL while there are none; owned */
    size_t count;
    bool is_short; /**< true: there was no memory for one of them */
} word_list;

/** Adds a word; where there is no memory, that is remembered in is_short. */
void word_list_add(word_list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Frees the words. */
void word_list_clear(word_list *list);

#endif
