/** @file out_ending.h
 *  What the end of an output's path says about its content, looked at before any work is done. Capitals do not count. A name
 *  without an ending, and a path that leads to a pipe or a device, say nothing, and are as good as the first of the endings.
 */
#ifndef CLUDI_CLI_OUT_ENDING_H
#define CLUDI_CLI_OUT_ENDING_H

/** @return 1 when path, which may be NULL, ends so; ending: with its point */
int out_ending_is(const char *path, const char *ending);

/** What a file may end in. */
typedef struct out_endings {
    const char *what;           /**< is written, in the plural, as in "The labels" */
    const char *const *endings; /**< NULL-terminated */
    int may_be_stdout;          /**< 1: "-" is allowed */
} out_endings;

/** Checks that a file's path ends in something that can be written.
 *  @param command for the sentence
 *  @param path    NULL: not wanted
 *  @return 0, or EXIT_USAGE after one sentence on stderr */
int out_ending_check(const char *command, const out_endings *wanted, const char *path);

/** Checks that the path of a model or folder does not end as a file of another kind does: any other name will do.
 *  @param what "The model is a safetensors file", "The results go into a folder"
 *  @return 0, or EXIT_USAGE after one sentence on stderr */
int out_ending_check_free(const char *command, const char *what, const char *path);

/** @return the path, "/dev/stdout" for "-" */
const char *out_ending_path(const char *path);

/** Checks that no more than one thing goes to stdout.
 *  @param outputs (count) paths; NULL ones do not count
 *  @param printed what the options have printed there, as in "--json"; NULL: nothing
 *  @return 0, or EXIT_USAGE after one sentence on stderr */
int out_ending_check_stdout(const char *command, const char *const *outputs, int count, const char *printed);

#endif
