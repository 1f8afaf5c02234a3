/** @file csv_out.h
 *  Answers of 'cludi predict' as comma separated values, a block of rows at a time.
 */
#ifndef CLUDI_CLI_CSV_OUT_H
#define CLUDI_CLI_CSV_OUT_H

#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/dataset.h>

/** A file that is being written. */
typedef struct csv_out {
    cludi_writer *writer;
    cludi_dataset *dataset; /**< borrowed: knows the ids of the rows */
    int64_t row;            /**< the next one */
    int32_t clusters;
    char delimiter; /**< between cells */
} csv_out;

/** @return 1 when a path ends in .csv or .tsv, or is "-": CSV on stdout */
int csv_out_is_meant(const char *path);

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

#endif
