#define _GNU_SOURCE /* vasprintf() */
#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void word_list_add(word_list *list, const char *format, ...)
{
    va_list values;
    char *word = NULL;
    char **words = realloc(list->words, (list->count + 2) * sizeof *words);
    list->words = words ? words : list->words;
    va_start(values, format);
    if (!words || vasprintf(&word, format, values) < 0) {
        list->is_short = true;
        word = NULL;
    }
    va_end(values);
    if (words) {
        words[list->count] = word;
        words[list->count + 1] = NULL;
        list->count += word != NULL;
    }
}

void word_list_clear(word_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->words[i]);
    free(list->words);
    *list = (word_list){0};
}
