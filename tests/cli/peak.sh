# Helper of test_*.sh: a program's peak of memory and its time, by a small C program. Sourced behind lib.sh.
cat >peak.c <<'C'
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* peak LIMIT PROGRAM ARGUMENT...: runs it with nothing on stdin for at most LIMIT seconds; writes exit code (128 + the number
   of a signal), KiB, milliseconds and those of processor time to the file "peak". Forked from a process this small, nothing else counts. */
int main(int count, char **words)
{
    struct timespec begin, end;
    struct rusage usage;
    int status = 0;
    unsigned limit = 0;
    FILE *file;
    pid_t child;
    (void)count;
    if (sscanf(words[1], "%u", &limit) != 1)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDONLY);
        dup2(null, 0);
        alarm(limit); /* kept over exec */
        execv(words[2], words + 2);
        _exit(127);
    }
    if (wait4(child, &status, 0, &usage) < 0)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    file = fopen("peak", "w");
    fprintf(file, "%d %ld %ld %ld\n", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), usage.ru_maxrss,
            (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000,
            (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
                (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000);
    return fclose(file) != 0;
}
C
gcc -O1 peak.c -o peak-of || exit 1

# ARGUMENT...: runs the program as run() does, for at most ten minutes; sets code, kib, milliseconds
# and processor, the milliseconds that do not depend on what else the machine does.
run_measured() {
    ./peak-of 600 "$CLUDI" "$@" >out 2>err
    read -r code kib milliseconds processor <peak
}
