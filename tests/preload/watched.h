/* Shared by the libraries that are loaded before the C library (LD_PRELOAD): which call is to fail, and what is told about it.
   Calls count while main runs: before it and behind it run the constructors and destructors of other people's libraries. */
#ifndef WATCHED_H
#define WATCHED_H

#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_bool watched;
static atomic_long watched_calls;
static long watched_at;            /* the call that fails; 0: none */
static bool watched_onward;        /* and all behind it */
static const char *watched_report; /* file */

/* Straight to the kernel: what is told must not count. */
static void watched_tell(const char *text)
{
    int file =
        watched_report ? (int)syscall(SYS_openat, AT_FDCWD, watched_report, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    if (file >= 0) {
        (void)!syscall(SYS_write, file, text, strlen(text));
        syscall(SYS_close, file);
    }
}

/* Is this call the one? */
static bool watched_turn(void)
{
    if (!watched)
        return false;
    const long now = atomic_fetch_add(&watched_calls, 1) + 1;
    return now == watched_at || (watched_onward && watched_at > 0 && now > watched_at);
}

static int (*watched_main)(int, char **, char **);

static int watched_run(int count, char **words, char **environment)
{
    char text[64];
    void *room[4];
    backtrace(room, 4); /* loads what it needs now */
    watched = true;
    const int code = watched_main(count, words, environment);
    watched = false;
    snprintf(text, sizeof text, "calls %ld\n", (long)watched_calls);
    watched_tell(text);
    return code;
}

/* Environment: FAIL_AT=N, FAIL_ONWARD, FAIL_REPORT=FILE. */
int __libc_start_main(int (*run)(int, char **, char **), int count, char **words, void (*begin)(void),
                      void (*end)(void), void (*unload)(void), void *stack);
int __libc_start_main(int (*run)(int, char **, char **), int count, char **words, void (*begin)(void),
                      void (*end)(void), void (*unload)(void), void *stack)
{
    int (*start)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *) =
        NULL;
    *(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
    const char *at = getenv("FAIL_AT");
    watched_at = at ? atol(at) : 0;
    watched_onward = getenv("FAIL_ONWARD") != NULL;
    watched_report = getenv("FAIL_REPORT");
    watched_main = run;
    return start(watched_run, count, words, begin, end, unload, stack);
}

#endif
