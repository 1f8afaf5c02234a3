/* What kind of file something is that is no array of rows: its name, and what to do about it. One table. */
#ifndef IO_FILE_KIND_H
#define IO_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include <cludi/status.h>

typedef struct file_kind {
    const char *name;   /* as in "... is a Parquet table" */
    const char *advice; /* as in advice.h; NULL: cludi reads it, somewhere */

    /* What it is known by; the first that is given counts. */
    size_t offset;                                         /* of magic */
    size_t length;                                         /* of magic; 0: none */
    const char *magic;                                     /* bytes */
    bool (*test)(const unsigned char *bytes, size_t size); /* of the first bytes of a file */
    const char *member; /* the end of the name of a member of a zip, which the others do not have */
    const char *ending; /* of a path, in any case, where the bytes say nothing */

    bool may_be_rows; /* where somebody says whether there is a header, it is read as CSV */
} file_kind;

/* The kind of a file that begins so; NULL when it is none of the table. */
const file_kind *file_kind_find(const unsigned char *bytes, size_t size);

/* The kind of a zip that has this member; NULL as above. */
const file_kind *file_kind_of_member(const char *member);

/* The kind that the end of the path says; NULL as above. */
const file_kind *file_kind_of_ending(const char *path);

/* CLUDI_ERROR_FORMAT with `"path" is ...; advice.` path: of the file, without a member. is_gzipped: what was looked at was
   unzipped. */
cludi_status file_kind_refuse(const file_kind *kind, const char *path, bool is_gzipped, cludi_error *error);

#endif
