/** @file embed_passed.h
 *  Files that 'cludi embed' passed over, because their names do not end as an image's do.
 */
#ifndef CLUDI_CLI_EMBED_PASSED_H
#define CLUDI_CLI_EMBED_PASSED_H

#include <jansson.h>

#include <cludi/cludi.h>

enum { EMBED_PASSED_SIZE = 512 };

/** ".heic 2, .mov 1, 4 without an ending, and 3 of other endings": the most frequent, and how many there are besides.
 *  @param images not NULL
 *  @param text   out, NUL-terminated; empty when nothing was passed over */
void embed_passed_text(const cludi_image_list *images, char text[EMBED_PASSED_SIZE]);

/** @return a new object, {".heic": 2, ".mov": 1, "": 4}; NULL without memory */
json_t *embed_passed_json(const cludi_image_list *images);

#endif
