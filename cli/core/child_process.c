#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void limit(int resource, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(resource, &now) == 0 && most < now.rlim_cur) {
        now.rlim_cur = most;
        (void)setrlimit(resource, &now);
    }
}

/* Processor time, so that a slow disk is waited for; the alarm is for what waits for itself. */
static void limit_time(int64_t bytes)
{
    int64_t wait = 60 + (bytes >> 20);
    limit(RLIMIT_CPU, (rlim_t)(2 + (bytes >> 24)));
    signal(SIGXCPU, SIG_DFL);
    signal(SIGALRM, SIG_DFL);
    alarm((unsigned)(wait < INT_MAX ? wait : INT_MAX));
}

/* What is damaged is not worth a core file, nor what the C library says of it on stderr. */
static void keep_quiet(void)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    limit(RLIMIT_CORE, 0);
    if (nowhere >= 0) {
        (void)dup2(nowhere, STDOUT_FILENO);
        (void)dup2(nowhere, STDERR_FILENO);
    }
}

static _Noreturn void be_child(child_work work, void *user, int64_t bytes, cludi_error *error)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    keep_quiet();
    limit_time(bytes);
    _exit(work(user, error) == CLUDI_OK ? 0 : 1);
}

static child_end wait_for(pid_t child)
{
    int end;
    while (waitpid(child, &end, 0) < 0)
        if (errno != EINTR)
            return CHILD_KILLED;
    if (WIFSIGNALED(end))
        return WTERMSIG(end) == SIGKILL ? CHILD_KILLED : CHILD_CRASHED;
    return WEXITSTATUS(end) == 0 ? CHILD_DONE : CHILD_FAILED;
}

static child_end refuse(cludi_error *error)
{
    error->status = CLUDI_ERROR_MEMORY;
    snprintf(error->message, sizeof error->message, "No process can be made for the copy: %s.", strerror(errno));
    return CHILD_FAILED;
}

child_end child_process_run(child_work work, void *user, int64_t bytes, cludi_error *error)
{
    cludi_error *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return refuse(error);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        be_child(work, user, bytes, shared);
    child_end end = child < 0 ? refuse(error) : wait_for(child);
    if (child > 0) {
        *error = *shared;
        error->message[sizeof error->message - 1] = '\0';
        end = end == CHILD_FAILED && error->status == CLUDI_OK ? CHILD_CRASHED : end; /* not the work ended it */
    }
    (void)munmap(shared, sizeof *shared);
    return end;
}
