/** @file dataset.h
 *  Arrays from files and into files.
 *
 *  Read: .npy (versions 1-3, C or Fortran order, either byte order; f2 f4 f8 i1-i8 u1-u8); .npz, an archive of .npy files;
 *  CSV (numbers in text, between commas, semicolons, tabs, | or blanks); IDX (the MNIST format; items are flattened to
 *  rows and unsigned bytes are divided by 255); safetensors; HDF5 and .h5ad. All but .npz and HDF5 may be
 *  gzipped. The format is detected from the content, not from the name. A path FILE:NAME, unless a file has that whole name,
 *  is an array of a .npz, a tensor of a safetensors file, a column of a CSV or a dataset of an HDF5 file. docs/formats.md says what is read and what is
 *  refused. Written: .npy, through a temporary file in the same folder that is synced and renamed.
 *
 *  Files that are too large for memory are opened instead of read, and their rows are fetched in blocks; results are appended
 *  to a writer in blocks.
 */
#ifndef CLUDI_DATASET_H
#define CLUDI_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include <cludi/context.h>
#include <cludi/matrix.h>
#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Feature vectors from a file, in memory or still in the file. Opaque. @since 0.1 */
typedef struct cludi_dataset cludi_dataset;

/** Labels read from a file. @since 0.1 */
typedef struct cludi_labels {
    int32_t *data; /**< (rows); owned, freed by cludi_labels_clear() */
    int64_t rows;  /**< number of labels */
} cludi_labels;

/** What a file holds, without reading its numbers. @since 0.1 */
typedef struct cludi_file_info {
    char format[16];    /**< "npy", "npz", "csv", "tsv", "idx", "hdf5" or "safetensors", with ".gz" appended if it is
                             gzipped; "model" for a cludi model */
    char dtype[8];      /**< NumPy's name, such as "<f4", which numbers in text become, or "bf16"; "" for a model, or a
                             safetensors file without :NAME */
    int32_t dimensions; /**< 0..8 */
    int64_t shape[8];   /**< as stored; product = number of elements */
    int32_t fortran;    /**< 1 when stored column by column */
    int64_t bytes;      /**< size of the file */
} cludi_file_info;

/** Reads feature vectors: a 2-D array, or more dimensions for IDX (flattened to rows).
 *  @param context its allocator is used; must outlive the dataset
 *  @param path    not NULL
 *  @param dataset out, not NULL; freed with cludi_dataset_free(); NULL after an error
 *  @param error   out, may be NULL; names the file and what is wrong where
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_UNSUPPORTED (HDF5 without its module), CLUDI_ERROR_FILE,
 *          CLUDI_ERROR_FORMAT (not an array, truncated, wrong rank,
 *          objects, zero rows or columns), CLUDI_ERROR_MEMORY. NaN and infinity are accepted here: cludi_fit() and cludi_predict() refuse them, naming the place.
 *  Cost: one pass; float32 in C order is read in place.
 *  Threads: one call at a time per context. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_dataset_read(cludi_context *context, const char *path,
                                                           cludi_dataset **dataset, cludi_error *error);

/** Opens feature vectors whose rows stay in the file: reads only the header (all of a CSV, to count its rows) and checks
 *  it against the size of the file. The file stays open until cludi_dataset_free() and must not change before.
 *  @param context its allocator is used; must outlive the dataset
 *  @param path    not NULL; copied
 *  @param dataset out, not NULL; freed with cludi_dataset_free(); NULL after an error. Its rows are reached by
 *                 cludi_dataset_get_source()
 *  @param error   out, may be NULL
 *  @return as cludi_dataset_read()
 *  Cost: reads the header, and a gzipped file once to its end; 128 KiB of memory.
 *  Threads: one call at a time per context. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_dataset_open(cludi_context *context, const char *path,
                                                           cludi_dataset **dataset, cludi_error *error);

/** Whether the first line of a CSV has the names of its columns. @since 0.2 */
typedef enum cludi_header {
    CLUDI_HEADER_AUTO = 0,    /**< yes if a cell is not a number; with a note also if it is 0, 1, 2, ..., or other
                                   increasing whole numbers that the rows are clearly unlike */
    CLUDI_HEADER_PRESENT = 1, /**< yes */
    CLUDI_HEADER_ABSENT = 2   /**< no: it is a row */
} cludi_header;

/** How a dataset is opened. A column is given by its name or, if no column has that name, by its number counted from 1.
 *  @since 0.2 */
typedef struct cludi_dataset_options {
    uint32_t struct_size;  /**< sizeof(cludi_dataset_options), set by _init */
    int32_t in_memory;     /**< 1: rows are read, as by cludi_dataset_read(); 0: they stay in the file */
    const char *id_column; /**< the column of a CSV that holds the names of the rows and is not a feature; NULL: none */
    const char *const *drop; /**< (drop_count) columns of a CSV that are not features; NULL: none */
    int64_t drop_count;      /**< >= 0 */
    cludi_header header;     /**< of a CSV */
    int32_t decimal_comma;   /**< 1: numbers of a CSV have a comma for the decimal point */
    int32_t
        find_ids; /**< 1: a note names columns of whole numbers that are all different (with 10 rows or more; only the
                           first 65536 are compared) */
    const cludi_columns
        *columns; /**< what rows are wanted for, as cludi_model_get_columns() gives it: of a file with names
                                       the columns are taken by these, in this order; what is in `dropped` is left out, and any other column refused. NULL: all */
} cludi_dataset_options;

/** Rows in the file, all columns. @param options out, may be NULL.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_dataset_options_init(cludi_dataset_options *options);

/** What cludi_dataset_options_init() is for programs compiled with this header or a later one: the struct is filled in as far as it
 *  goes there. (The function of that name is for older programs, whose struct is that of 0.1.0.)
 *  @param options out, may be NULL
 *  @param size sizeof(cludi_dataset_options) in the header. Errors: none.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_dataset_options_init_sized(cludi_dataset_options *options, size_t size);
#define cludi_dataset_options_init(options) cludi_dataset_options_init_sized((options), sizeof(cludi_dataset_options))

/** Opens feature vectors, with options.
 *  @param context its allocator is used; must outlive the dataset
 *  @param path    not NULL; copied
 *
 *  The first column of a CSV is left out, with a note, if it has no name while another column has one, and it has whole
 *  numbers that are all different or begins with a text: it is then the index of a data frame.
 *  @param options not NULL; borrowed for the call
 *  @param dataset out, not NULL; freed with cludi_dataset_free(); NULL after an error
 *  @param error   out, may be NULL
 *  @return as cludi_dataset_open() or cludi_dataset_read(), CLUDI_ERROR_ARGUMENT for a struct_size that no header had, or another header, and
 *          CLUDI_ERROR_FORMAT if a column is missing, ambiguous or left out twice, if the columns are not those in
 *          options->columns, or if columns are given for a file that is not a CSV
 *  Threads: one call at a time per context. Cost: as cludi_dataset_open() or cludi_dataset_read(). @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_dataset_open_with(cludi_context *context, const char *path,
                                                                const cludi_dataset_options *options,
                                                                cludi_dataset **dataset, cludi_error *error);

/** The names of the columns of a CSV with a header: of the features, and of those left out.
 *  @param dataset not NULL
 *  @return names that live as long as the dataset; {0} where there are none. Names that are not UTF-8 are read as Latin-1
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API cludi_columns cludi_dataset_get_columns(const cludi_dataset *dataset);

/** Notes for the user on how the columns were read: a header of numbers, an index that was left out, a likely id.
 *  @param dataset not NULL
 *  @return sentences, each followed by a newline, that live as long as the dataset; NULL where there are none
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API const char *cludi_dataset_get_notes(const cludi_dataset *dataset);

/** Bytes that hold the name of any row. @since 0.2 */
enum { CLUDI_ID_SIZE = 512 };

/** The name of a row: its cell in the id column; of an .h5ad its entry in the index of obs; else its number, counted from 0.
 *  @param dataset not NULL
 *  @param row     from 0
 *  @param text    out, not NULL, CLUDI_ID_SIZE bytes: NUL-terminated
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, no such row, a dataset in memory whose ids were not kept), CLUDI_ERROR_FILE,
 *          CLUDI_ERROR_FORMAT (a name of more than 511 bytes, an index with another number of rows or one without a name)
 *  Threads: not while the dataset is in use elsewhere. Cost: reads the row again; rows in order are quickest. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_dataset_read_id(cludi_dataset *dataset, int64_t row,
                                                              char text[CLUDI_ID_SIZE], cludi_error *error);

/** The rows of a dataset, a block at a time.
 *  @param dataset not NULL
 *  @return a source that lives as long as the dataset. Its read gives CLUDI_ERROR_FILE or CLUDI_ERROR_FORMAT, naming the
 *          file and the row, if the file cannot be read or has become shorter, and CLUDI_ERROR_ARGUMENT for rows out of
 *          range. It is sequential for a gzipped file and a deflated array of a .npz, where going back unzips from
 *          the start, and for an array in Fortran order, where each read visits every column; never for a dataset that
 *          was read.
 *          Not for two threads at the same time
 *  Threads: safe. Cost: none; a read takes no memory but the caller's. @since 0.1 */
CLUDI_API cludi_source_0_1 cludi_dataset_get_source(cludi_dataset *dataset);

/** What cludi_dataset_get_source() is for programs compiled with this header or a later one: fills in a source as far as it goes there.
 *  (The function of that name is for older programs, whose struct is that of 0.1.0.)
 *  @param dataset not NULL
 *  @param source  out, not NULL
 *  @param size    sizeof(cludi_source) in the header
 *  @return source. Threads: safe. Cost: none. @since 0.2 */
CLUDI_API cludi_source *cludi_dataset_fill_source(cludi_dataset *dataset, cludi_source *source, size_t size);

/** cludi_dataset_get_source() of this header.
 *  @param dataset not NULL
 *  @return as there. Threads: safe. Cost: none. @since 0.2 */
static inline cludi_source cludi_dataset_source(cludi_dataset *dataset)
{
    cludi_source source;
    return *cludi_dataset_fill_source(dataset, &source, sizeof source);
}
#define cludi_dataset_get_source(dataset) cludi_dataset_source(dataset)

/** The rows of a dataset in memory.
 *  @param dataset not NULL
 *  @return a view that lives as long as the dataset; its data is NULL when the dataset was opened, not read.
 *  Threads: safe. Cost: none. @since 0.1 */
CLUDI_API cludi_matrix cludi_dataset_get_matrix(const cludi_dataset *dataset);

/** Frees a dataset. @param dataset may be NULL.
 *  Threads: not while the dataset is in use elsewhere. Cost: negligible. @since 0.1 */
CLUDI_API void cludi_dataset_free(cludi_dataset *dataset);

/** Reads labels: a 1-D array of integers (or (M, 1), or whole numbers in floating point) that fit int32. The column of a CSV
 *  or of an .h5ad, and an array of strings in a .npy or .npz, may hold texts instead, which become 0, 1, 2, ... in order of first
 *  appearance; if one label is a text, all are.
 *  @param context its allocator is used
 *  @param path    not NULL
 *  @param labels  out, not NULL; freed with cludi_labels_clear(); {NULL, 0} after an error
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (also a value that does not fit int32, with its
 *          row), CLUDI_ERROR_MEMORY.
 *  Threads: one call at a time per context. Cost: one pass over the file. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_labels_read(cludi_context *context, const char *path,
                                                          cludi_labels *labels, cludi_error *error);

/** Frees what cludi_labels_read() gave. @param context as at read; @param labels may be NULL.
 *  Threads: one call at a time per context. Cost: negligible. @since 0.1 */
CLUDI_API void cludi_labels_clear(cludi_context *context, cludi_labels *labels);

/** Writes labels as a 1-D .npy of int32.
 *  @param path   not NULL
 *  @param labels (rows)
 *  @param rows   >= 0
 *  @param error  out, may be NULL
 *  @return CLUDI_ERROR_FILE, CLUDI_ERROR_ARGUMENT. The old file stays whole until the new one is.
 *  Threads: safe. Cost: one pass. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_labels_write(const char *path, const int32_t *labels, int64_t rows,
                                                           cludi_error *error);

/** Writes a matrix as a 2-D .npy of float32, C order.
 *  @param path   not NULL
 *  @param matrix not NULL
 *  @param error  out, may be NULL
 *  @return CLUDI_ERROR_FILE, CLUDI_ERROR_ARGUMENT. The old file stays whole until the new one is.
 *  Threads: safe. Cost: one pass. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_matrix_write(const char *path, const cludi_matrix *matrix,
                                                           cludi_error *error);

/** What a file that is written in blocks holds. @since 0.1 */
typedef enum cludi_array_type {
    CLUDI_ARRAY_LABELS = 0, /**< (rows) int32 */
    CLUDI_ARRAY_MATRIX = 1, /**< (rows, cols) float32 in C order */
    CLUDI_ARRAY_TEXT = 2    /**< bytes as they are, of any number, not a .npy; rows counts bytes. @since 0.2 */
} cludi_array_type;

/** Type and shape of a file that is written in blocks. @since 0.1 */
typedef struct cludi_array {
    cludi_array_type type;
    int64_t rows; /**< >= 0; of no meaning for text */
    int64_t cols; /**< >= 1; 1 for labels and text */
} cludi_array;

/** A file that is being written. Opaque. @since 0.1 */
typedef struct cludi_writer cludi_writer;

/** Begins a .npy file whose rows are written in blocks, or a text. The bytes of a .npy are those that
 *  cludi_labels_write() or cludi_matrix_write() would write.
 *  @param context its allocator is used; must outlive the writer
 *  @param path    not NULL; copied. Its old file stays whole until cludi_writer_commit()
 *  @param array   not NULL: what will come
 *  @param writer  out, not NULL; freed with cludi_writer_free(); NULL after an error
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, type, shape), CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY
 *  Threads: one call at a time per context. Cost: makes a temporary file; 48 KiB of memory. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_writer_open(cludi_context *context, const char *path,
                                                          const cludi_array *array, cludi_writer **writer,
                                                          cludi_error *error);

/** Appends rows. After an error only cludi_writer_free() may be called.
 *  @param writer not NULL
 *  @param data   (rows) int32, (rows, cols) float32 or (rows) bytes, as the file is; may be NULL when rows is 0
 *  @param rows   >= 0
 *  @param error  out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, more rows than cludi_writer_open() was told), CLUDI_ERROR_FILE
 *  Threads: one call at a time per writer. Cost: writes the rows. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_writer_append(cludi_writer *writer, const void *data, int64_t rows,
                                                            cludi_error *error);

/** Ends the file: syncs it and gives it its name. Called once, after all rows.
 *  @param writer not NULL
 *  @param error  out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, fewer rows than cludi_writer_open() was told), CLUDI_ERROR_FILE; the old file is
 *          then whole
 *  Threads: one call at a time per writer. Cost: waits for the disk. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_writer_commit(cludi_writer *writer, cludi_error *error);

/** Frees a writer, and removes its temporary file when it was not committed. @param writer may be NULL.
 *  Threads: not while the writer is in use elsewhere. Cost: negligible. @since 0.1 */
CLUDI_API void cludi_writer_free(cludi_writer *writer);

/** Checks before some work whether its output can be written, without creating a file: path is not a folder, not a loop of links,
 *  and writable; the folder that it or its link leads to exists and accepts new files.
 *  @param path  not NULL
 *  @param error out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE
 *  Threads: safe. Cost: a few system calls. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_output_check(const char *path, cludi_error *error);

/** The lock of an output while it is being made. Opaque. @since 0.2 */
typedef struct cludi_output_lock cludi_output_lock;

/** Claims a file that will be written at the end of some work, as `cludi fit` does with its model: other claims,
 *  in this process or another, by any spelling or link, are refused meanwhile. The lock is an empty file next to it, which
 *  cludi_output_lock_free() removes; one that a killed process left has no effect, and is removed by the next write to path.
 *  It affects only programs that take the lock too. Devices, pipes and file systems without locks have none: then nothing is
 *  refused.
 *  @param context its allocator is used; must outlive the lock
 *  @param path    not NULL; need not exist, but its folder must
 *  @param lock    out, not NULL; freed with cludi_output_lock_free(); NULL after an error
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE (another has it, or its folder takes no files), CLUDI_ERROR_MEMORY
 *  Threads: one call at a time per context. Cost: makes a file; waits 0.2 s for one that is in use. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_output_lock_take(cludi_context *context, const char *path,
                                                               cludi_output_lock **lock, cludi_error *error);

/** Lets go of an output. @param lock may be NULL.
 *  Threads: safe. Cost: removes a file. @since 0.2 */
CLUDI_API void cludi_output_lock_free(cludi_output_lock *lock);

/** What is known of each row of a file, for cludi_h5ad_write(). Zero what is not wanted. @since 0.2 */
typedef struct cludi_h5ad_columns {
    const int32_t *labels;   /**< (rows), each from 0 to clusters - 1 */
    const float *confidence; /**< (rows): the probability of the label */
    int64_t rows;            /**< >= 1 */
    int32_t clusters;        /**< >= 1 */
    const char *name; /**< of the column of labels; at most 255 bytes of UTF-8 without control characters, not empty, no
                           slash, not ".", "..", "_index" or "__categories"; NULL: "cludi" */
    const char *obsm; /**< name of the array of probabilities in obsm, as name; NULL: they are not written */
    const float *probabilities; /**< (rows, clusters) row-major; NULL when obsm is */
    const char *parameters;     /**< a JSON object of strings, numbers, booleans and such objects; NULL: none */
} cludi_h5ad_columns;

/** Finds out before the work what cludi_h5ad_write() would refuse of a file and of the names in columns. Writes nothing, and is safe
 *  on a file that is not trusted. What would be replaced goes to the log of the context, as one warning.
 *  @param context its allocator is used
 *  @param source  not NULL: the file that will be copied, also as FILE:MEMBER
 *  @param columns not NULL; labels, confidence, probabilities and clusters are not looked at
 *  @param error   out, may be NULL
 *  @return as cludi_h5ad_write()
 *  Threads: one call at a time per context. Cost: reads the header. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_h5ad_check(cludi_context *context, const char *source,
                                                         const cludi_h5ad_columns *columns, cludi_error *error);

/** Writes a copy of an .h5ad file (AnnData 0.7 or later) whose observations have two more columns: `name`, a categorical
 *  with the categories "0", "1", ..., and `name`_confidence, float32. With obsm, the probabilities become obsm/`obsm`, float32;
 *  with parameters, the object becomes uns/`name`, a dict. What has these names is replaced, but not an entry of uns without a
 *  column of its name. Everything else is as it was, and the file that is copied stays as it is.
 *  A damaged source can crash libhdf5 1.10, or keep it busy for ever, and the process with it: libhdf5 edits the copy. For
 *  files that are not trusted, call this in a child process, as the program does (cli/core/child_process.c).
 *  @param context its allocator is used
 *  @param source  not NULL: the file that is copied, also as FILE:MEMBER
 *  @param path    not NULL: where the copy goes; another file than source. Its old file stays whole until the new one is
 *  @param columns not NULL
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, no rows, a label out of bounds, a name that cannot be, parameters that are no such
 *          object, path is source, obsm is the array that source names, or X_pca where it names none), CLUDI_ERROR_FILE,
 *          CLUDI_ERROR_FORMAT (not an .h5ad, other than `rows` observations, a name that their index has, something else in
 *          uns/`name`), CLUDI_ERROR_MEMORY, CLUDI_ERROR_UNSUPPORTED without the module for HDF5
 *  Threads: one call at a time per context; calls of libhdf5 wait for each other. Equal input gives equal bytes.
 *  Cost: copies the file. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_h5ad_write(cludi_context *context, const char *source, const char *path,
                                                         const cludi_h5ad_columns *columns, cludi_error *error);

/** What cludi_h5ad_write() is for programs compiled with this header or a later one, as cludi_dataset_options_init_sized().
 *  @param context as in cludi_h5ad_write(), as the next three
 *  @param source  not NULL
 *  @param path    not NULL
 *  @param columns not NULL
 *  @param size    sizeof(cludi_h5ad_columns) in the header
 *  @param error   out, may be NULL
 *  @return as cludi_h5ad_write(); CLUDI_ERROR_ARGUMENT for a size that no header had.
 *  Threads: one call at a time per context. Cost: copies the file. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_h5ad_write_sized(cludi_context *context, const char *source,
                                                               const char *path, const cludi_h5ad_columns *columns,
                                                               size_t size, cludi_error *error);
#define cludi_h5ad_write(context, source, path, columns, error)                                                        \
    cludi_h5ad_write_sized((context), (source), (path), (columns), sizeof(cludi_h5ad_columns), (error))
/** What the file of a dataset holds, without the columns that are left out.
 *  @param dataset not NULL; opened, not read
 *  @param info    out, not NULL
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, a dataset in memory)
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_dataset_describe(const cludi_dataset *dataset, cludi_file_info *info,
                                                               cludi_error *error);

/** Looks at a file: array or model, type and shape. Reads the header only.
 *  @param context its allocator is used
 *  @param path    not NULL
 *  @param info    out, not NULL
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY.
 *  Threads: one call at a time per context. Cost: reads the header. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_file_describe(cludi_context *context, const char *path,
                                                            cludi_file_info *info, cludi_error *error);

/** A tensor of a safetensors file. @since 0.2 */
typedef struct cludi_tensor_info {
    const char *name;     /**< NUL-terminated UTF-8; as the next, good for the call alone */
    const char *dtype;    /**< as the file calls it: "F32", "BF16", "I64", ... */
    const int64_t *shape; /**< (dimensions) */
    int32_t dimensions;   /**< 0..8 */
} cludi_tensor_info;

/** Gets one tensor after the other. @since 0.2 */
typedef void (*cludi_tensor_fn)(void *user, const cludi_tensor_info *tensor);

/** Lists the tensors of a safetensors file, also of a model, in the order of their bytes. Reads the header only.
 *  @param context its allocator is used
 *  @param path    not NULL
 *  @param visit   not NULL; called for each tensor, from this thread
 *  @param user    handed to visit
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (also for a file of another kind),
 *          CLUDI_ERROR_MEMORY.
 *  Threads: one call at a time per context. Cost: reads the header. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_file_list_tensors(cludi_context *context, const char *path,
                                                                cludi_tensor_fn visit, void *user, cludi_error *error);

#ifdef __cplusplus
}
#endif
#endif
