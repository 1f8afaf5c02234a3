#include "embed.h"

#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "outputs.h"

static const char ENDING[] = ".npy";

/* The first `length` bytes of path with an ending; NULL without memory. */
static char *name_beside(const char *path, size_t length, const char *ending)
{
    char *name = malloc(length + strlen(ending) + 1);
    if (name) {
        memcpy(name, path, length);
        memcpy(name + length, ending, strlen(ending) + 1);
    }
    return name;
}

static int check(const embed_paths *paths, const char *const *inputs)
{
    const char *outputs[] = {paths->features, paths->partial, paths->paths, paths->labels, paths->classes, NULL};
    TRY(out_path_check_distinct("embed", outputs, inputs));
    for (size_t i = 0; outputs[i]; i++)
        TRY(out_path_check(outputs[i]));
    return EXIT_DONE;
}

int embed_paths_init(embed_paths *paths, const char *features, bool labels, const char *const *inputs)
{
    *paths = (embed_paths){.features = features};
    size_t length = strlen(features);
    size_t ending = sizeof ENDING - 1;
    if (!out_ending_is(features, ENDING))
        return complain_usage("embed", "The features are written as .npy; \"%s\" does not end in it.", features);
    if (!out_path_is_file(features))
        return complain_usage("embed", "\"%s\" is no file; the features need one.", features);
    paths->paths = name_beside(features, length - ending, ".paths.txt");
    paths->partial = name_beside(features, length, ".partial");
    paths->labels = labels ? name_beside(features, length - ending, ".labels.npy") : NULL;
    paths->classes = labels ? name_beside(features, length - ending, ".classes.txt") : NULL;
    if (!paths->paths || !paths->partial || (labels && (!paths->labels || !paths->classes)))
        return complain("Out of memory.");
    return check(paths, inputs);
}

void embed_paths_clear(embed_paths *paths)
{
    free(paths->paths);
    free(paths->labels);
    free(paths->classes);
    free(paths->partial);
    *paths = (embed_paths){0};
}
