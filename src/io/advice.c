#include "advice.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "error.h"

/* TEXT: more than any sentence. */
enum {
    SENTENCE = sizeof((cludi_error *)NULL)->message,
    TEXT = 2048,
    LONGEST_NAME = 200,
    AROUND = sizeof "\"...\" is ; ."
};

bool advice_ends_in(const char *name, const char *ending)
{
    const size_t length = strlen(name), tail = strlen(ending);
    return length > tail && strcasecmp(name + length - tail, ending) == 0;
}

/* The advice with the name in it for each %s; both are short enough. */
static void fill(char text[TEXT], const char *advice, const char *name)
{
    size_t used = 0;
    const char *next;
    while ((next = strstr(advice, "%s")) && used < TEXT) {
        used += (size_t)snprintf(text + used, TEXT - used, "%.*s%s", (int)(next - advice), advice, name);
        advice = next + 2;
    }
    if (used < TEXT)
        snprintf(text + used, TEXT - used, "%s", advice);
}

/* A name that a shell, Python and glob take as it is. A pipe has none; what begins with '-' would be an option. */
static bool is_plain(const char *path)
{
    return strlen(path) <= LONGEST_NAME && !strpbrk(path, "'\"\\$`&;|<>()*?[]{}!~# \t\n") && path[0] != '-' &&
           strncmp(path, "/dev/", strlen("/dev/")) != 0;
}

cludi_status advice_refuse(cludi_status status, const char *path, const char *what, const char *advice,
                           cludi_error *error)
{
    char line[TEXT];
    const size_t length = strlen(path), whole = length + strlen(what) + AROUND;
    fill(line, advice, is_plain(path) ? path : "FILE");
    if (whole + strlen(line) > SENTENCE)
        fill(line, advice, "FILE");
    const size_t others = strlen(what) + AROUND + strlen(line), room = others < SENTENCE ? SENTENCE - others : 0;
    const bool fits = length <= room;
    return error_set(error, status, "\"%s%s\" is %s; %s.", fits ? "" : "...", fits ? path : path + length - room, what,
                     line);
}

cludi_status advice_refuse_gzipped(const char *path, const char *what, cludi_error *error)
{
    const bool is_named = is_plain(path) && advice_ends_in(path, ".gz");
    return advice_refuse(CLUDI_ERROR_FORMAT, path, what,
                         is_named ? "unpack it first: gunzip %s" : "unpack it first: gunzip <%s >unpacked", error);
}
