/** @file embed_paths.h
 *  The names of what 'cludi embed' writes, which follow from that of the features.
 */
#ifndef CLUDI_CLI_EMBED_PATHS_H
#define CLUDI_CLI_EMBED_PATHS_H

/** FEATURES.npy, and beside it. All but features owned. */
typedef struct embed_paths {
    const char *features; /**< FEATURES.npy; borrowed */
    char *paths;          /**< FEATURES.paths.txt */
    char *labels;         /**< FEATURES.labels.npy; NULL when they are not wanted, as the next */
    char *classes;        /**< FEATURES.classes.txt */
    char *partial;        /**< FEATURES.npy.partial */
} embed_paths;

/** Names them, and checks that they can be written and are no inputs.
 *  @param paths    out; cleared by the caller also after an error
 *  @param features ends in .npy
 *  @param labels   1: they are wanted
 *  @param inputs   NULL-terminated
 *  @return 0, or an exit code after one sentence on stderr */
int embed_paths_init(embed_paths *paths, const char *features, int labels, const char *const *inputs);

/** Frees the names. */
void embed_paths_clear(embed_paths *paths);

#endif
