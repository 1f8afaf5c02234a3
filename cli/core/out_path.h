/** @file out_path.h
 *  What can be found out about an output path before any work is done, without touching a file.
 */
#ifndef CLUDI_CLI_OUT_PATH_H
#define CLUDI_CLI_OUT_PATH_H

/** Checks that a file can be written at path: its folder exists and takes new files, and what may be at path already is no
 *  folder and may be written to.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int out_path_check(const char *path);

/** @return 1 for "-" and the other names of stdout; path may be NULL */
int out_path_is_stdout(const char *path);

/** @return 1 when there is a file at path or nothing yet, 0 for a pipe or a device */
int out_path_is_file(const char *path);

/** Checks that no output is also an input or another output.
 *  @param command for the sentence
 *  @param outputs NULL-terminated
 *  @param inputs  NULL-terminated
 *  @return 0, or EXIT_USAGE after one sentence on stderr */
int out_path_check_distinct(const char *command, const char *const *outputs, const char *const *inputs);

#endif
