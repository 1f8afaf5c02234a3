/* Signals all the time: as soon as the program catches SIGTERM, SIGALRM comes 2000 times a second and is caught in the same way, by a
   handler that does nothing. Whatever signal handling breaks, breaks at once. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

static void do_nothing(int number)
{
    (void)number;
}

int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    static const struct itimerval often = {{0, 500}, {0, 500}};
    int (*next)(int, const struct sigaction *, struct sigaction *) = NULL;
    *(void **)&next = dlsym(RTLD_NEXT, "sigaction");
    if (number == SIGTERM && action) {
        struct sigaction like = *action;
        like.sa_handler = do_nothing;
        like.sa_flags &= ~(int)SA_RESETHAND;
        next(SIGALRM, &like, NULL);
        setitimer(ITIMER_REAL, &often, NULL);
    }
    return next(number, action, before);
}
