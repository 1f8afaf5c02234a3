/* A folder where a file of rows is wanted: what is in it. */
#ifndef IO_FOLDER_KIND_H
#define IO_FOLDER_KIND_H

#include <cludi/status.h>

/* CLUDI_ERROR_FILE with `"path" is a folder of ...; what to do.` */
cludi_status folder_kind_refuse(const char *path, cludi_error *error);

#endif
