/** @file fit_report.h
 *  What 'cludi fit' prints and draws at its end.
 */
#ifndef CLUDI_CLI_FIT_REPORT_H
#define CLUDI_CLI_FIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/context.h>
#include <cludi/metrics.h>
#include <jansson.h>

/* ---- fit_curves.c: what a training reported, kept while it runs and drawn at its end: 'cludi fit --plot'. ---- */

enum { FIT_CURVES_POINTS = 2048, FIT_CURVES = 6 };

/** The reports so far, thinned out evenly once there are too many. Begins as zeros. */
typedef struct fit_curves {
    int64_t seen;     /**< reports of the phase fit */
    int64_t stride;   /**< every so manieth is kept, and the newest; 0 before the first */
    int64_t count;    /**< kept, at most FIT_CURVES_POINTS */
    int32_t clusters; /**< K */
    double step[FIT_CURVES_POINTS];
    double value[FIT_CURVES][FIT_CURVES_POINTS]; /**< NaN where a method reports nothing */
} fit_curves;

/** Takes one report; those of other phases are passed over.
 *  @param user a fit_curves */
void fit_curves_add(void *user, const cludi_progress *now);

/** Where the picture goes and what stands above it. */
typedef struct fit_curves_picture {
    const char *path;
    const char *data;           /**< path of the rows */
    const char *loss;           /**< what the method calls its loss */
    const cludi_scores *scores; /**< against known classes, at the end; NULL: not known */
} fit_curves_picture;

/** Writes them as an SVG file: panels of the losses, of clusters in use, of largest share and confidence, as far as the method
 *  reports them.
 *  @return 0, or an exit code after one sentence on stderr */
int fit_curves_write(const fit_curves *curves, cludi_context *context, const fit_curves_picture *picture);

/* ---- profile_table.c: where the time of a training went, for people and as JSON. ---- */

/** Prints one line for each phase on stderr. */
void profile_table_print(const cludi_profile *profile);

/** @return a new array with one object for each phase, NULL without memory */
json_t *profile_table_json(const cludi_profile *profile);

/* ---- fit_report.c: what 'cludi fit' says when it is done. ---- */

/** A finished training. */
typedef struct fit_report {
    cludi_model_info info;
    double seconds;      /**< of the training */
    bool from_file;      /**< true: the rows were read from the file as they were needed */
    const char *path;    /**< of the model that was written; borrowed, as the next */
    const char *curves;  /**< of the picture of the training; NULL: there is none */
    const char *backend; /**< in use, as the next two */
    const char *precision;
    int32_t threads;
    const cludi_scores *scores;   /**< NULL without labels */
    const cludi_profile *profile; /**< NULL unless asked for */
} fit_report;

/** @return true when the training saw every row, so that clusters out of use mean something */
bool fit_report_conclusive(const fit_report *report);

/** @return true when fewer than half of the clusters are in use */
bool fit_report_collapsed(const fit_report *report);

/** Prints one line on stderr: steps, time, clusters in use, largest share, confidence,
 *  what was done to the rows, path. */
void fit_report_print(const fit_report *report);

/** Prints one JSON object on stdout. @return 0, or EXIT_FAILED after one sentence on stderr */
int fit_report_print_json(const fit_report *report);

#endif
