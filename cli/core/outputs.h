/** @file outputs.h
 *  Outputs: checked before the work, written whole or not at all.
 */
#ifndef CLUDI_CLI_OUTPUTS_H
#define CLUDI_CLI_OUTPUTS_H

#include <limits.h>
#include <stdbool.h>

#include <cludi/context.h>
#include <cludi/dataset.h>
#include <jansson.h>

/* ---- out_path.c: what can be found out about an output path before any work is done, without touching a file. ---- */

/** Checks that a file can be written at path: its folder exists and takes new files, and what may be at path already is no
 *  folder and may be written to.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int out_path_check(const char *path);

/** @return true for "-" and the other names of stdout; path may be NULL */
bool out_path_is_stdout(const char *path);

/** @return true when there is a file at path or nothing yet, false for a pipe or a device */
bool out_path_is_file(const char *path);

/** Checks that no output is also an input or another output.
 *  @param command for the sentence
 *  @param outputs NULL-terminated
 *  @param inputs  NULL-terminated
 *  @return 0, or EXIT_USAGE after one sentence on stderr */
int out_path_check_distinct(const char *command, const char *const *outputs, const char *const *inputs);

/* ---- out_claim.c: the names that a command writes, claimed while it runs: its output and what it keeps beside it. Another command
   that would write one of them is refused. ---- */

enum { OUT_CLAIMS = 5 };

typedef struct out_claim {
    cludi_output_lock *locks[OUT_CLAIMS];
} out_claim;

/** Claims files; stdout and what is no file are passed over.
 *  @param claim   {0}; cleared with out_claim_clear(), also after an error
 *  @param context outlives the claim
 *  @param paths   (count) of which any may be NULL
 *  @param count   at most OUT_CLAIMS
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int out_claim_take(out_claim *claim, cludi_context *context, const char *const *paths, int count);

/** Lets go of all; nothing need be claimed. */
void out_claim_clear(out_claim *claim);

/* ---- out_ending.c: what the end of an output's path says about its content, looked at before any work is done. Capitals do not count. A name
   without an ending, and a path that leads to a pipe or a device, say nothing, and are as good as the first of the endings. ---- */

/** @return true when path, which may be NULL, ends so; ending: with its point */
bool out_ending_is(const char *path, const char *ending);

/** What a file may end in. */
typedef struct out_endings {
    const char *what;           /**< is written, in the plural, as in "The labels" */
    const char *const *endings; /**< NULL-terminated */
    bool may_be_stdout;         /**< true: "-" is allowed */
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

/* ---- temporary_file.c: new files where temporary files go, which others may write to as well. ---- */

/** Longer than any path of a temporary file. */
enum { TEMPORARY_PATH = PATH_MAX };

/** @return $TMPDIR, or /tmp */
const char *temporary_file_folder(void);

/** Makes a file named STEM-XXXXXXENDING, with letters that nobody can foresee, in temporary_file_folder(). It is new, so no link
 *  leads elsewhere, and its owner alone may read it, whatever the umask.
 *  @param path out
 *  @return an open descriptor; -1 with errno */
int temporary_file_make(char path[TEMPORARY_PATH], const char *stem, const char *ending);

/* ---- text_file.c: a text written to a file that is the old one until it is the new one. ---- */

/** Writes a text.
 *  @param text NULL: there was no memory for it
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int text_file_write(cludi_context *context, const char *path, const char *text);

/** Writes a value, indented, and a newline.
 *  @param digits of a real number; 17 are read back to the same bits
 *  @return as text_file_write() */
int text_file_write_json(cludi_context *context, const char *path, const json_t *value, int digits);

/* ---- standard_streams.c: stdin, stdout and stderr at the start and at the end of the program. ---- */

/** Where the parent closed one of the three, opens something harmless in its place: otherwise the next file opened would
 *  take its number, and what is printed would end in that file. Writing to a stream that was closed still fails. */
void standard_streams_open(void);

/** Flushes and closes stdout.
 *  @param code what the program would end with
 *  @return code, or EXIT_FAILED in place of EXIT_DONE after one sentence on stderr when results were lost */
int standard_streams_close(int code);

#endif
