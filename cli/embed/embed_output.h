/** @file embed_output.h
 *  The files that 'cludi embed' ends with, made from the partial one when all images are done.
 */
#ifndef CLUDI_CLI_EMBED_OUTPUT_H
#define CLUDI_CLI_EMBED_OUTPUT_H

#include <cludi/context.h>
#include <cludi/vision.h>

#include "embed_partial.h"
#include "embed_paths.h"

/** Writes paths, labels and classes, and the features last: where they are there, the others are too.
 *  @param partial with a record for each image; at least one is a row
 *  @return 0, or EXIT_FAILED after one sentence on stderr; then every old file is still whole */
int embed_output_write(cludi_context *context, const embed_paths *paths, const cludi_image_list *images,
                       embed_partial *partial);

#endif
