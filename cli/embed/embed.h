/** @file embed.h
 *  The files of 'cludi embed': names, what it passed over, the rows so far, the results.
 */
#ifndef CLUDI_CLI_EMBED_H
#define CLUDI_CLI_EMBED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <cludi/cludi.h>
#include <cludi/context.h>
#include <cludi/vision.h>
#include <jansson.h>

/* ---- embed_paths.c: the names of what 'cludi embed' writes, which follow from that of the features. ---- */

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
 *  @param labels   true: they are wanted
 *  @param inputs   NULL-terminated
 *  @return 0, or an exit code after one sentence on stderr */
int embed_paths_init(embed_paths *paths, const char *features, bool labels, const char *const *inputs);

/** Frees the names. */
void embed_paths_clear(embed_paths *paths);

/* ---- embed_passed.c: files that 'cludi embed' passed over, because their names do not end as an image's do. ---- */

enum { EMBED_PASSED_SIZE = 512 };

/** ".heic 2, .mov 1, 4 without an extension, and 3 with other extensions": the most frequent, and how many there are besides.
 *  @param images not NULL
 *  @param text   out, NUL-terminated; empty when nothing was passed over */
void embed_passed_text(const cludi_image_list *images, char text[EMBED_PASSED_SIZE]);

/** @return a new object, {".heic": 2, ".mov": 1, "": 4}; NULL without memory */
json_t *embed_passed_json(const cludi_image_list *images);

/* ---- embed_partial.c: fEATURES.npy.partial: what became of the images so far, in their order; a run that was interrupted goes on from it.
   *
   A line of text with the fingerprint of the run, then one record for each image: what became of it (4 bytes), a checksum
   (4 bytes), its features (float32). What a killed program left incomplete at the end is cut off. ---- */

/** The file, open. */
typedef struct embed_partial {
    const char *path; /**< borrowed */
    FILE *file;
    unsigned char *record; /**< of record_size bytes */
    size_t record_size;
    int32_t features;  /**< numbers of a row */
    int64_t images;    /**< records in the file */
    int64_t skipped;   /**< of them of images that could not be read */
    bool is_ours;      /**< true: it is of this run, which may remove it */
    double flushed_at; /**< by duration_now() */
} embed_partial;

/** Opens the file, and takes its lock.
 *  @param partial  out; closed by the caller also after an error
 *  @param run      fingerprint of all that decides the rows
 *  @param features numbers of a row
 *  @param resume   true: goes on from what is there, if anything; 0: begins
 *  @return 0, or EXIT_FAILED after one sentence on stderr: it cannot be written, is of another run, or another program is
 *          writing to it */
int embed_partial_open(embed_partial *partial, const char *path, uint64_t run, int32_t features, bool resume);

/** Appends what became of the next image. @param features NULL: it could not be read
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int embed_partial_append(embed_partial *partial, const float *features);

/** Goes to the first image, to read them all. @return as above */
int embed_partial_rewind(embed_partial *partial);

/** Reads the next record. @param features out: borrowed until the next call; NULL when the image could not be read
 *  @return as above */
int embed_partial_read(embed_partial *partial, const float **features);

/** Closes the file. @param done true: it is removed
 *  @return 0, or EXIT_FAILED after one sentence on stderr when what was appended may be lost */
int embed_partial_close(embed_partial *partial, bool done);

/* ---- embed_output.c: the files that 'cludi embed' ends with, made from the partial one when all images are done. ---- */

/** Writes paths, labels and classes, and the features last: where they are there, the others are too.
 *  @param partial with a record for each image; at least one is a row
 *  @return 0, or EXIT_FAILED after one sentence on stderr; then every old file is still whole */
int embed_output_write(cludi_context *context, const embed_paths *paths, const cludi_image_list *images,
                       embed_partial *partial);

#endif
