/** @file temporary_file.h
 *  New files where temporary files go, which others may write to as well.
 */
#ifndef CLUDI_CLI_TEMPORARY_FILE_H
#define CLUDI_CLI_TEMPORARY_FILE_H

#include <limits.h>

/** Longer than any path of a temporary file. */
enum { TEMPORARY_PATH = PATH_MAX };

/** @return $TMPDIR, or /tmp */
const char *temporary_file_folder(void);

/** Makes a file named STEM-XXXXXXENDING, with letters that nobody can foresee, in temporary_file_folder(). It is new, so no link
 *  leads elsewhere, and its owner alone may read it, whatever the umask.
 *  @param path out
 *  @return an open descriptor; -1 with errno */
int temporary_file_make(char path[TEMPORARY_PATH], const char *stem, const char *ending);

#endif
