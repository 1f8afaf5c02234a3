/** @file text_file.h
 *  A text written to a file that is the old one until it is the new one.
 */
#ifndef CLUDI_CLI_TEXT_FILE_H
#define CLUDI_CLI_TEXT_FILE_H

#include <jansson.h>

#include <cludi/context.h>

/** Writes a text.
 *  @param text NULL: there was no memory for it
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int text_file_write(cludi_context *context, const char *path, const char *text);

/** Writes a value, indented, and a newline.
 *  @param digits of a real number; 17 are read back to the same bits
 *  @return as text_file_write() */
int text_file_write_json(cludi_context *context, const char *path, const json_t *value, int digits);

#endif
