#define _GNU_SOURCE /* asprintf() */
#include "run_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "complain.h"
#include "outputs.h"

enum { FOLDER_MODE = 0777 };

static const char *const SUFFIXES[] = {"json", "csv", "svg"};
enum { FILES = sizeof SUFFIXES / sizeof *SUFFIXES };

char *run_folder_path(const run_plan *plan, const char *suffix)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s.%s", plan->folder, plan->options->command->name, suffix) < 0 ? NULL : path;
}

/* 0 or EXIT_FAILED; a folder that is there is as good. */
static int make_folder(const char *path)
{
    struct stat facts;
    if (mkdir(path, FOLDER_MODE) == 0 || (errno == EEXIST && stat(path, &facts) == 0 && S_ISDIR(facts.st_mode)))
        return EXIT_DONE;
    return complain("Cannot make the folder \"%s\": %s.", path, strerror(errno == EEXIST ? ENOTDIR : errno));
}

/* The descriptor is left open: the lock is this process's until it ends. */
static int lock_folder(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return complain("Cannot read the folder \"%s\": %s.", path, strerror(errno));
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
               ? EXIT_DONE
               : complain("Another cludi is at work in \"%s\".", path);
}

static int claim_files(const run_plan *plan, cludi_context *context, out_claim *claim)
{
    char *paths[FILES + 1] = {NULL};
    const char *const inputs[] = {plan->base.data, plan->labels, NULL};
    int code = EXIT_DONE;
    for (size_t i = 0; i < FILES && code == EXIT_DONE; i++) {
        paths[i] = run_folder_path(plan, SUFFIXES[i]);
        code = paths[i] ? out_path_check(paths[i]) : complain("Out of memory.");
    }
    if (code == EXIT_DONE)
        code = out_path_check_distinct(plan->options->command->name, (const char *const *)paths, inputs);
    if (code == EXIT_DONE)
        code = out_claim_take(claim, context, (const char *const *)paths, FILES);
    for (size_t i = 0; i < FILES; i++)
        free(paths[i]);
    return code;
}

int run_folder_prepare(const run_plan *plan, cludi_context *context, out_claim *claim)
{
    char *runs = NULL;
    int code = asprintf(&runs, "%s/runs", plan->folder) < 0 ? complain("Out of memory.") : make_folder(plan->folder);
    if (code == EXIT_DONE)
        code = make_folder(runs);
    if (code == EXIT_DONE)
        code = lock_folder(runs);
    free(runs);
    return code == EXIT_DONE ? claim_files(plan, context, claim) : code;
}
