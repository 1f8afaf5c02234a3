/* What a format of array files has to do. README.md here says how to add one. */
#ifndef IO_ARRAY_FORMAT_H
#define IO_ARRAY_FORMAT_H

#include <cludi/context.h>
#include <cludi/dataset.h>

#include "array_info.h"
#include "in_file.h"
#include "strbuf.h"

struct array_format;

/* An array file that is open. */
typedef struct array_file {
    in_file file;          /* the whole file, unzipped; its path is the one given, with the member, for messages */
    int64_t bytes;         /* of the file as it lies on the disk */
    const char *member;    /* what stands behind the ':' of the path given; NULL when there is none */
    const char *wanted;    /* "feature vectors" or "labels", for messages; NULL: anything */
    const char *id_column; /* the column that holds the rows' names; NULL when there is none */
    const cludi_allocator *allocator;     /* what open may take memory from */
    const struct array_format *format;    /* NULL while it is not known */
    void *state;                          /* the format's own, NULL before open; close frees it */
    array_info info;                      /* filled in by open */
    const cludi_dataset_options *options; /* how columns are taken, for open; NULL: in the usual way, all */
    cludi_columns columns;                /* names, filled in by open where there are some; state owns them */
    strbuf *notes; /* what open says about columns: sentences, each followed by a newline; NULL: nobody asks */
} array_file;

/* One format. Every function but is_start gets a file whose format this is. */
typedef struct array_format {
    const char *title; /* as in "... is IDX" */
    bool has_members;  /* FILE:MEMBER names an array within the file; else a member is refused before open */
    bool names_rows;   /* read_id has names of rows without an id column being asked for, if only their numbers */
    bool by_itself;    /* reads the file in any order, by a library of its own: not what is gzipped */
    bool has_columns;  /* of numbers that can be left out, with or without names in a header */
    bool flattens;     /* what lies behind the first of three or more dimensions makes one row; else that is refused */

    /* true for the first bytes of such a file; size: as many as there are, at most ARRAY_FORMAT_HEAD. */
    bool (*is_start)(const unsigned char *bytes, size_t size);

    /* For a format that is in a module: replaces array->format by that one. All functions but is_start are there, and so
       are the words above. NULL: this is the format. Errors: CLUDI_ERROR_UNSUPPORTED (there is no such module). */
    cludi_status (*load)(array_file *array, cludi_error *error);

    /* Fills in info (and state) and compares what it says with what the file can hold, before memory is taken for it.
       Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY; close follows after an error too. */
    cludi_status (*open)(array_file *array, cludi_error *error);

    /* Rows first .. first + count as float32; info has at least one row and one column. Errors: as open, naming the row. */
    cludi_status (*read_rows)(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error);

    /* All numbers as int32 into info.count places; info is (M,) or (M, 1). Called once, before or instead of read_rows.
       Errors: as open, naming the row. */
    cludi_status (*read_labels)(array_file *array, int32_t *out, cludi_error *error);

    /* The name of a row, NUL-terminated, from id_column. NULL: the format has no such columns, and one is refused before
       open. Errors: as open, and CLUDI_ERROR_FORMAT for a name that takes more than size bytes. */
    cludi_status (*read_id)(array_file *array, int64_t row, char *text, size_t size, cludi_error *error);

    /* true when a row takes a pass over the file unless it comes behind the last one read. */
    bool (*is_sequential)(const array_file *array);

    /* What cludi_file_info says, at most 15 letters. */
    const char *(*name)(const array_file *array);

    /* Frees state; NULL when there never is any. file is closed by the caller. */
    void (*close)(array_file *array);
} array_format;

enum { ARRAY_FORMAT_HEAD = 4096 };

#endif
