/** @file embed_partial.h
 *  FEATURES.npy.partial: what became of the images so far, in their order; a run that was interrupted goes on from it.
 *
 *  A line of text with the fingerprint of the run, then one record for each image: what became of it (4 bytes), a checksum
 *  (4 bytes), its features (float32). What a killed program left incomplete at the end is cut off.
 */
#ifndef CLUDI_CLI_EMBED_PARTIAL_H
#define CLUDI_CLI_EMBED_PARTIAL_H

#include <stdint.h>
#include <stdio.h>

/** The file, open. */
typedef struct embed_partial {
    const char *path; /**< borrowed */
    FILE *file;
    unsigned char *record; /**< of record_size bytes */
    size_t record_size;
    int32_t features;  /**< numbers of a row */
    int64_t images;    /**< records in the file */
    int64_t skipped;   /**< of them of images that could not be read */
    int is_ours;       /**< 1: it is of this run, which may remove it */
    double flushed_at; /**< by duration_now() */
} embed_partial;

/** Opens the file, and takes its lock.
 *  @param partial  out; closed by the caller also after an error
 *  @param run      fingerprint of all that decides the rows
 *  @param features numbers of a row
 *  @param resume   1: goes on from what is there, if anything; 0: begins
 *  @return 0, or EXIT_FAILED after one sentence on stderr: it cannot be written, is of another run, or another program is
 *          writing to it */
int embed_partial_open(embed_partial *partial, const char *path, uint64_t run, int32_t features, int resume);

/** Appends what became of the next image. @param features NULL: it could not be read
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int embed_partial_append(embed_partial *partial, const float *features);

/** Goes to the first image, to read them all. @return as above */
int embed_partial_rewind(embed_partial *partial);

/** Reads the next record. @param features out: borrowed until the next call; NULL when the image could not be read
 *  @return as above */
int embed_partial_read(embed_partial *partial, const float **features);

/** Closes the file. @param done 1: it is removed
 *  @return 0, or EXIT_FAILED after one sentence on stderr when what was appended may be lost */
int embed_partial_close(embed_partial *partial, int done);

#endif
