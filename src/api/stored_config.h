/* A config as a file keeps it: a JSON object with every parameter of the table. */
#ifndef API_STORED_CONFIG_H
#define API_STORED_CONFIG_H

#include <cludi/config.h>
#include <cludi/status.h>

#include "strbuf.h"

/* Appends {"method":"cludi",...}; text->failed is set without memory. */
void stored_config_write(strbuf *text, const cludi_config *config);

/* text may be NULL. CLUDI_ERROR_FORMAT with half a sentence: "its config lacks d". */
cludi_status stored_config_read(const char *text, cludi_config *config, cludi_error *error);

#endif
