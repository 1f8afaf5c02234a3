#include "outputs.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "complain.h"

enum { LIST_TEXT = 128 };

/* What would lead others to take a model for something else. */
static const char *const OTHERS[] = {
    ".npy", ".npz", ".csv",  ".tsv", ".txt",    ".json",   ".jsonl", ".yaml",    ".h5",    ".hdf5",    ".h5ad",
    ".pt",  ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".onnx",  ".parquet", ".arrow", ".feather", ".mat",
    ".rds", ".gz",  ".zip",  ".zst", ".bz2",    ".xz",     ".svg",   ".png",     ".pdf",   ".html",
};

bool out_ending_is(const char *path, const char *ending)
{
    size_t length = path ? strlen(path) : 0;
    size_t tail = strlen(ending);
    return length > tail && path[length - tail - 1] != '/' && strcasecmp(path + length - tail, ending) == 0;
}

const char *out_ending_path(const char *path)
{
    return path && !strcmp(path, "-") ? "/dev/stdout" : path;
}

/* A name without an ending says nothing. */
static bool has_ending(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *point = strrchr(name, '.');
    return point && point > name;
}

/* ".npy, .csv or .tsv" */
static void list_endings(const char *const *endings, char text[LIST_TEXT])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; endings[i]; i++) {
        const char *before = i == 0 ? "" : endings[i + 1] ? ", " : " or ";
        used += (size_t)snprintf(text + used, LIST_TEXT - used, "%s%s", before, endings[i]);
    }
}

int out_ending_check(const char *command, const out_endings *wanted, const char *path)
{
    char list[LIST_TEXT];
    bool known = !path || !has_ending(path) || !out_path_is_file(path);
    if (path && !strcmp(path, "-"))
        known = wanted->may_be_stdout;
    for (size_t i = 0; !known && wanted->endings[i]; i++)
        known = out_ending_is(path, wanted->endings[i]);
    if (known)
        return EXIT_DONE;
    list_endings(wanted->endings, list);
    return complain_usage(command, "%s are written as %s%s; \"%s\" does not end so.", wanted->what, list,
                          wanted->may_be_stdout ? ", or as CSV to stdout (-)" : "", path);
}

int out_ending_check_free(const char *command, const char *what, const char *path)
{
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (out_ending_is(path, OTHERS[i]))
            return complain_usage(command, "%s, but the name \"%s\" ends in %s.", what, path, OTHERS[i]);
    return EXIT_DONE;
}

int out_ending_check_stdout(const char *command, const char *const *outputs, int count, const char *printed)
{
    const char *first = printed;
    for (int i = 0; i < count; i++) {
        if (!out_path_is_stdout(outputs[i]))
            continue;
        if (first) {
            return complain_usage(command, "\"%s\" and %s%s%s cannot both go to stdout.", outputs[i],
                                  first == printed ? "" : "\"", first, first == printed ? "" : "\"");
        }
        first = outputs[i];
    }
    return EXIT_DONE;
}
