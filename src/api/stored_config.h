/* What models and checkpoints keep alike: a config as a JSON object with every parameter of the table, names as a JSON array,
   digests as 16 hexadecimal digits, the name of the random number generator. */
#ifndef API_STORED_CONFIG_H
#define API_STORED_CONFIG_H

#include <cludi/config.h>
#include <cludi/matrix.h>
#include <cludi/status.h>

#include "strbuf.h"

#define STORED_GENERATOR "philox4x32-10"
enum { STORED_DIGEST = 17 }; /* letters, with the NUL */

void stored_digest_write(char text[STORED_DIGEST], uint64_t digest);

/* false unless text is what stored_digest_write() writes; text may be NULL. */
bool stored_digest_read(const char *text, uint64_t *digest);

/* Appends {"method":"cludi",...}; text->failed is set without memory. */
void stored_config_write(strbuf *text, const cludi_config *config);

/* text may be NULL. CLUDI_ERROR_FORMAT with half a sentence: "its config lacks d". */
cludi_status stored_config_read(const char *text, cludi_config *config, cludi_error *error);

/* Appends ["x","y"]; text->failed is set without memory. names: (count) in UTF-8. */
void stored_names_write(strbuf *text, const char *const *names, int64_t count);

/* *out = names that column_names_clear frees; {0} where names is NULL. dropped may be NULL too. CLUDI_ERROR_FORMAT with half
   a sentence, CLUDI_ERROR_MEMORY. */
cludi_status stored_columns_read(const char *names, const char *dropped, const cludi_allocator *allocator,
                                 cludi_columns *out, cludi_error *error);

#endif
