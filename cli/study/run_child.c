#define _DEFAULT_SOURCE /* wait4() */
#include "run_study.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "complain.h"
#include "words.h"

enum { KIB = 1024, LAST_WORDS = 1024, CANNOT_RUN = 127 };

static const char PROGRAM[] = "/proc/self/exe";
static const char COMPLAINT[] = "cludi: ";

/* A file without a name, which other children do not inherit. */
static FILE *make_file(void)
{
    FILE *file = tmpfile();
    if (file)
        (void)fcntl(fileno(file), F_SETFD, FD_CLOEXEC);
    return file;
}

/* Ctrl-C on a terminal reaches every process of the group: which of them stop, and when, is for the parent to say. After
   fork only functions that a signal handler may call. A file at stdin is the data. */
static _Noreturn void be_child(const run_child *child, char *const *words, pid_t parent)
{
    struct stat facts;
    bool is_file = fstat(STDIN_FILENO, &facts) == 0 && S_ISREG(facts.st_mode);
    int input = is_file ? STDIN_FILENO : open("/dev/null", O_RDONLY);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(fileno(child->out), STDOUT_FILENO) >= 0 &&
        dup2(fileno(child->err), STDERR_FILENO) >= 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent)
        execv(PROGRAM, words);
    _exit(CANNOT_RUN);
}

int run_child_start(run_child *child, const word_list *words)
{
    *child = (run_child){.out = make_file(), .err = make_file(), .began = duration_now()};
    if (!child->out || !child->err)
        return complain("No temporary file can be made: %s.", strerror(errno));
    if (words->is_short)
        return complain("Out of memory.");
    fflush(NULL);
    pid_t parent = getpid();
    pid_t process = fork();
    if (process == 0)
        be_child(child, words->words, parent);
    if (process < 0)
        return complain("No process can be made for a run: %s.", strerror(errno));
    child->process = process;
    return EXIT_DONE;
}

static double to_seconds(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

/* The kernel's peak counts from the fork on, so it is right as long as this process holds less than the child will. */
bool run_child_ended(run_child *child, int *code, run_cost *cost)
{
    int end = 0;
    struct rusage used;
    if (child->process == 0 || wait4(child->process, &end, WNOHANG, &used) != child->process)
        return false;
    int64_t peak = (int64_t)used.ru_maxrss * KIB;
    child->process = 0;
    *code = WIFSIGNALED(end) ? 128 + WTERMSIG(end) : WEXITSTATUS(end);
    cost->seconds += duration_now() - child->began;
    cost->processor_seconds += to_seconds(used.ru_utime) + to_seconds(used.ru_stime);
    cost->peak_bytes = peak > cost->peak_bytes ? peak : cost->peak_bytes;
    return true;
}

char *run_child_last_words(run_child *child)
{
    char line[LAST_WORDS];
    char last[LAST_WORDS] = "";
    rewind(child->err);
    while (fgets(line, sizeof line, child->err)) {
        line[strcspn(line, "\n")] = '\0';
        memcpy(last, line, sizeof last);
    }
    size_t skip = strncmp(last, COMPLAINT, sizeof COMPLAINT - 1) == 0 ? sizeof COMPLAINT - 1 : 0;
    return strdup(last + skip);
}

void run_child_stop(const run_child *child)
{
    if (child->process > 0)
        (void)kill(child->process, SIGTERM);
}

void run_child_clear(run_child *child)
{
    while (child->process > 0 && waitpid(child->process, NULL, 0) < 0 && errno == EINTR) {
    }
    if (child->out)
        fclose(child->out);
    if (child->err)
        fclose(child->err);
    *child = (run_child){0};
}
