/** @file fit_curves.h
 *  What a training reported, kept while it runs and drawn at its end: 'cludi fit --plot'.
 */
#ifndef CLUDI_CLI_FIT_CURVES_H
#define CLUDI_CLI_FIT_CURVES_H

#include <stdint.h>

#include <cludi/context.h>
#include <cludi/metrics.h>

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

#endif
