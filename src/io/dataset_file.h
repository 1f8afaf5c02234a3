/* Arrays from files of any format that cludi knows, told apart by their content. */
#ifndef IO_DATASET_FILE_H
#define IO_DATASET_FILE_H

#include <limits.h>

#include <cludi/context.h>
#include <cludi/dataset.h>

#include "array_format.h"

/* Feature vectors in memory. */
typedef struct dataset_rows {
    float *data;  /* (rows, cols); from the allocator, freed by the caller with alloc_free */
    int64_t rows; /* >= 1 */
    int64_t cols; /* >= 1 */
} dataset_rows;

/* An array file that is open, with its header read. */
typedef struct dataset_file {
    array_file array;
    int64_t rows, cols; /* of feature vectors */
} dataset_file;

/* A closed file, for dataset_file_close. */
void dataset_file_init(dataset_file *file);

/* Which array is opened. Everything is borrowed, and must outlive the file. */
typedef struct dataset_request {
    const char *path;      /* of a file, or FILE:MEMBER where no file of that name exists */
    const char *id_column; /* of a CSV: the column with the rows' names, which is not a feature; or NULL */
    const cludi_allocator *allocator;
    stop_request
        *stop; /* may be NULL; what is asked while the file is opened and read, which then end with CLUDI_STOPPED */
    const cludi_dataset_options *options; /* how columns are taken; NULL: all of them; needed until the file is open */
    strbuf *notes;                        /* gets what is to be said of columns; NULL: nothing is said; as options */
} dataset_request;

/* Opens feature vectors: reads the header and checks that the file can hold what it says.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY; dataset_file_close is allowed after one. */
cludi_status dataset_file_open(dataset_file *out, const dataset_request *request, cludi_error *error);

/* Opens the whole file of FILE or FILE:MEMBER, whatever it holds. name: its path, from which file->path is borrowed.
   Errors: CLUDI_ERROR_FILE. */
cludi_status dataset_file_open_whole(in_file *file, const char *path, char name[PATH_MAX], cludi_error *error);

/* Reads rows first .. first + count as float32 to out (count, cols). Errors: as dataset_file_open, naming the row. */
cludi_status dataset_file_read(dataset_file *file, int64_t first, int64_t count, float *out, cludi_error *error);

/* Reads the name of a row from the id column; the row's number, counted from 0, when none was asked for. size: at least
   32. Errors: as dataset_file_open, naming the line, and CLUDI_ERROR_FORMAT for a name that does not fit. */
cludi_status dataset_file_read_id(dataset_file *file, int64_t row, char *text, size_t size, cludi_error *error);

/* true when a row takes a pass over the file unless it comes behind the last one read. */
bool dataset_file_is_sequential(const dataset_file *file);

/* Closes; closed is allowed. */
void dataset_file_close(dataset_file *file);

/* Reads all rows of an open file; *out is {NULL, 0, 0} after an error. Errors: as dataset_file_read, CLUDI_ERROR_MEMORY. */
cludi_status dataset_file_read_all(dataset_file *file, const cludi_allocator *allocator, dataset_rows *out,
                                   cludi_error *error);

/* Opens a file, reads all rows and closes it. Errors: as the two. */
cludi_status dataset_file_read_rows(const dataset_request *request, dataset_rows *out, cludi_error *error);

/* Reads labels (there is no id column); out->data is freed by the caller with alloc_free; *out is {NULL, 0} after an error. Errors: the same. */
cludi_status dataset_file_read_labels(const dataset_request *request, cludi_labels *out, cludi_error *error);

/* What the header of an open file says. */
void dataset_file_get_info(const dataset_file *file, cludi_file_info *info);

/* Reads the header of an array or model. Errors: the same. */
cludi_status dataset_file_describe(const char *path, const cludi_allocator *allocator, cludi_file_info *info,
                                   cludi_error *error);

/* Calls visit for each tensor of a safetensors file. Errors: the same. */
cludi_status dataset_file_list_tensors(const char *path, const cludi_allocator *allocator, cludi_tensor_fn visit,
                                       void *user, cludi_error *error);

#endif
