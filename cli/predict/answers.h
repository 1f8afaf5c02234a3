/** @file answers.h
 *  What 'cludi predict' writes and prints.
 */
#ifndef CLUDI_CLI_ANSWERS_H
#define CLUDI_CLI_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/dataset.h>

#include "rows.h"

/* ---- csv_out.c: answers of 'cludi predict' as comma separated values, a block of rows at a time. ---- */

/** A file that is being written. */
typedef struct csv_out {
    cludi_writer *writer;
    cludi_dataset *dataset; /**< borrowed: knows the ids of the rows */
    int64_t row;            /**< the next one */
    int32_t clusters;
    char delimiter; /**< between cells */
} csv_out;

/** @return true when a path ends in .csv or .tsv, or is "-": CSV on stdout */
bool csv_out_is_meant(const char *path);

/** Begins a table of id, label, confidence (the probability of the label) and runner_up (the cluster that is next most
 *  likely, the lowest on ties).
 *  @param out     closed by the caller also after an error
 *  @param dataset the rows' ids; must outlive out
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int csv_out_open_labels(csv_out *out, cludi_context *context, const char *path, cludi_dataset *dataset,
                        int32_t clusters);

/** Appends a block, with its probabilities. @return 0, or EXIT_FAILED after one sentence on stderr */
int csv_out_append_labels(csv_out *out, const cludi_prediction *block, int64_t rows);

/** Begins a table of probabilities, with the header p0,p1,... @return as csv_out_open_labels() */
int csv_out_open_proba(csv_out *out, cludi_context *context, const char *path, int32_t clusters);

/** Appends rows of probabilities. @return 0, or EXIT_FAILED after one sentence on stderr */
int csv_out_append_proba(csv_out *out, const float *probabilities, int64_t rows);

/* ---- obs_output.c: labels and confidences as columns of the observations in a copy of an .h5ad file, with probabilities in obsm and the
   parameters in uns. ---- */

/** What the copy gets, and under which names; borrowed. */
typedef struct obs_names {
    const char *obs;  /**< of the column of labels, and of the parameters in uns; NULL: the library's */
    const char *obsm; /**< of the probabilities in obsm; NULL: none */
} obs_names;

/** What has come so far. Zero it before the first use. */
typedef struct obs_output {
    int32_t *labels;      /**< (capacity); owned */
    float *confidence;    /**< (capacity); owned */
    float *probabilities; /**< (capacity, clusters), NULL when they are not wanted; owned */
    char *parameters;     /**< JSON; owned */
    obs_names names;
    int64_t rows; /**< that have come */
    int64_t capacity;
    int32_t clusters;
} obs_output;

/** What labels were made with. */
typedef struct obs_origin {
    const cludi_model_info *model;
    const cludi_predict_options *settings;
    uint64_t seed; /**< of the prediction */
} obs_origin;

/** True for a path that ends in .h5ad. */
bool obs_output_is_meant(const char *path);

/** Looks at the file that will be copied, and makes room.
 *  @param rows of source
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int obs_output_begin(obs_output *output, cludi_context *context, const char *source, int64_t rows,
                     const obs_names *names, const obs_origin *origin);

/** Keeps a block. @param block with probabilities */
void obs_output_append(obs_output *output, const cludi_prediction *block, int64_t rows);

/** Writes the copy of source. @return 0, or EXIT_FAILED after one sentence on stderr */
int obs_output_commit(const obs_output *output, cludi_context *context, const char *source, const char *path);

/** Frees. */
void obs_output_clear(obs_output *output);

/* ---- predict_output.c: the files that 'cludi predict' writes, a block of rows at a time. ---- */

/** Where an output goes. */
typedef struct predict_paths { /* labels and proba: .npy, or text where csv_out_is_meant();
                                  labels in an .h5ad go into a copy of the data */
    const char *labels;
    const char *proba;     /**< or NULL, as the next */
    const char *embedding; /**< or NULL */
    obs_names names;       /**< in an .h5ad */
} predict_paths;

/** The files that are being written. */
typedef struct predict_output {
    csv_out labels;  /**< its writer alone when it is no CSV */
    bool labels_csv; /**< true: it is */
    csv_out proba;   /**< the same; its writer is NULL when it is not wanted */
    bool proba_csv;
    cludi_writer *embedding; /**< or NULL */
    obs_output obs;          /**< empty unless the labels go into an .h5ad */
    cludi_context *context;
    const row_input *input;
    const char *path; /**< of the labels */
} predict_output;

/** @return true when the probabilities are needed for what is written */
bool predict_output_wants_proba(const predict_paths *paths);

/** Begins the files.
 *  @param output out; closed by the caller also after an error
 *  @param input  the rows that will come; must outlive output
 *  @param origin what the labels are made with
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_output_open(predict_output *output, cludi_context *context, const predict_paths *paths,
                        const row_input *input, const obs_origin *origin);

/** Appends a block. @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_output_append(predict_output *output, const cludi_prediction *block, int64_t rows);

/** Ends the files, the labels last: where they are there, the others are too.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_output_commit(predict_output *output);

/** Removes what was not committed. */
void predict_output_close(predict_output *output);

/* ---- predict_report.c: what 'cludi predict' says when it is done. ---- */

/** What is known of a prediction, block after block. Empty it with predict_report_clear(). */
typedef struct predict_report {
    int64_t rows;      /**< so far */
    int64_t *sizes;    /**< (clusters) rows of each; owned */
    double draws;      /**< sum over the rows of their noise draws */
    double confidence; /**< sum over the rows of the probability of the row's label; 0 if not computed */
    int32_t clusters;
    double seconds;   /**< of the prediction, with reading and writing the rows */
    const char *path; /**< of the labels; borrowed */
} predict_report;

/** Begins a report without rows. @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_report_begin(predict_report *report, int32_t clusters, const char *path);

/** Adds a block. @param block its labels, and its probabilities if they are computed */
void predict_report_add(predict_report *report, const cludi_prediction *block, int64_t rows);

/** Frees what predict_report_begin() took. */
void predict_report_clear(predict_report *report);

/** Prints one line on stderr. */
void predict_report_print(const predict_report *report);

/** Prints one JSON object on stdout; probabilities must have been there.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_report_print_json(const predict_report *report);

#endif
