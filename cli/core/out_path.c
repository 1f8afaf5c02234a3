#define _XOPEN_SOURCE 700 /* strndup() */
#include "outputs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cludi/dataset.h>

#include "complain.h"

enum { MOST_LINKS = 40 };

static const char *get_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "a/b.npy": "a/", "/b.npy": "/", "b.npy": ".". Freed by the caller; NULL without memory. */
static char *copy_folder(const char *path)
{
    size_t length = (size_t)(get_file_name(path) - path);
    return length ? strndup(path, length) : strdup(".");
}

bool out_path_is_stdout(const char *path)
{
    static const char *const NAMES[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    bool found = false;
    for (size_t i = 0; path && i < sizeof NAMES / sizeof *NAMES; i++)
        found |= !strcmp(path, NAMES[i]);
    return found;
}

/* What is open already is written straight, where it leads to a file too. */
static bool is_open(const char *path)
{
    static const char *const FOLDERS[] = {"/dev/fd/", "/proc/self/fd/"};
    bool found = out_path_is_stdout(path) || !strcmp(path, "/dev/stderr");
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        found |= !strncmp(path, FOLDERS[i], strlen(FOLDERS[i]));
    return found;
}

int out_path_check(const char *path)
{
    cludi_error error;
    if (!strcmp(path, "-"))
        return EXIT_DONE;
    return cludi_output_check(path, &error) == CLUDI_OK ? EXIT_DONE : complain_error(&error);
}

bool out_path_is_file(const char *path)
{
    struct stat facts;
    return !is_open(path) && (stat(path, &facts) != 0 || S_ISREG(facts.st_mode));
}

static bool is_same_inode(const char *a, const char *b)
{
    struct stat facts_a;
    struct stat facts_b;
    return stat(a, &facts_a) == 0 && stat(b, &facts_b) == 0 && facts_a.st_dev == facts_b.st_dev &&
           facts_a.st_ino == facts_b.st_ino;
}

/* Where a link that leads to nothing yet leads. Its loops and lengths are out_path_check()'s. */
static void follow(const char *path, char target[PATH_MAX])
{
    char link[PATH_MAX];
    char from[PATH_MAX];
    snprintf(target, PATH_MAX, "%s", path);
    for (int i = 0; i < MOST_LINKS; i++) {
        ssize_t length = readlink(target, link, sizeof link - 1);
        if (length < 0)
            return;
        link[length] = '\0';
        memcpy(from, target, sizeof from);
        int folder = *link == '/' ? 0 : (int)(get_file_name(from) - from);
        if (snprintf(target, PATH_MAX, "%.*s%s", folder, from, link) >= PATH_MAX)
            return;
    }
}

/* Of files that are not there yet: the same name in the same folder. */
static bool is_same_place(const char *path_a, const char *path_b)
{
    char a[PATH_MAX];
    char b[PATH_MAX];
    follow(path_a, a);
    follow(path_b, b);
    char *folder_a = copy_folder(a);
    char *folder_b = copy_folder(b);
    bool same =
        folder_a && folder_b && is_same_inode(folder_a, folder_b) && !strcmp(get_file_name(a), get_file_name(b));
    free(folder_a);
    free(folder_b);
    return same;
}

/* An array within a file: what stands before a ':' of its path. */
static bool is_within(const char *output, const char *path)
{
    bool same = false;
    for (const char *colon = strchr(path, ':'); colon && !same; colon = strchr(colon + 1, ':')) {
        char *front = strndup(path, (size_t)(colon - path));
        same = front && is_same_inode(output, front);
        free(front);
    }
    return same;
}

static int check_against(const char *command, const char *output, const char *const *others)
{
    for (; *others; others++) {
        if (!strcmp(output, *others) || is_same_inode(output, *others) || is_same_place(output, *others) ||
            is_within(output, *others)) {
            return complain_usage(command, "The output \"%s\" would overwrite \"%s\"; give it another name.", output,
                                  *others);
        }
    }
    return EXIT_DONE;
}

int out_path_check_distinct(const char *command, const char *const *outputs, const char *const *inputs)
{
    for (size_t i = 0; outputs[i]; i++) {
        TRY(check_against(command, outputs[i], inputs));
        TRY(check_against(command, outputs[i], outputs + i + 1));
    }
    return EXIT_DONE;
}
