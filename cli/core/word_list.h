/** @file word_list.h
 *  The words of a command line that is put together.
 */
#ifndef CLUDI_CLI_WORD_LIST_H
#define CLUDI_CLI_WORD_LIST_H

#include <stddef.h>

/** Words. {0} has none; empty it with word_list_clear(). */
typedef struct word_list {
    char **words; /**< (count) and NULL, NULL while there are none; owned */
    size_t count;
    int is_short; /**< 1: there was no memory for one of them */
} word_list;

/** Adds a word; where there is no memory, that is remembered in is_short. */
void word_list_add(word_list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Frees the words. */
void word_list_clear(word_list *list);

#endif
