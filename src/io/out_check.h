/* What would keep a file from being written, found out before the work that it is for, without touching a file. */
#ifndef IO_OUT_CHECK_H
#define IO_OUT_CHECK_H

#include <cludi/status.h>

/* Errors: CLUDI_ERROR_FILE with the sentence of out_file_open(), or the folder that takes no files. */
cludi_status out_check(const char *path, cludi_error *error);

#endif
