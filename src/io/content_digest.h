/* A digest of what a safetensors file says, which stands among what it says: every pair of metadata but that of the digest, in
   their order, and of every tensor the name, the shape and the bytes. What it leaves out (blanks, how the JSON is spelled) says
   nothing. A reader that finds another digest has a file that is not as it was written. */
#ifndef IO_CONTENT_DIGEST_H
#define IO_CONTENT_DIGEST_H

#include "safetensors.h"

/* The key of its pair. */
extern const char CONTENT_DIGEST_KEY[];

/* Of what will be written; a pair of that key does not count. */
uint64_t content_digest_of(const safetensors_content *content);

/* Of what stands in an open file, read through. Errors: those of in_file_read(), CLUDI_ERROR_MEMORY. */
cludi_status content_digest_read(safetensors_file *file, uint64_t *digest, cludi_error *error);

#endif
