/** @file report.h
 *  Numbers in, pictures out.
 */
#ifndef CLUDI_REPORT_H
#define CLUDI_REPORT_H

#include <stdint.h>

#include <cludi/context.h>
#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Points with the same color and mark. All pointers are borrowed. @since 0.2 */
typedef struct cludi_plot_series {
    const char *name; /**< in the legend; NULL: not there */
    const double *x;  /**< (points) of size at most 1e300; where the panel names its x, 0, 1, ... and what is between */
    const double *y;  /**< (points) of size at most 1e300; NaN: no point, and a gap in the line */
    const double *spread; /**< (points) half of the height of the error bars, 0..1e300, NaN: none; NULL: none at all */
    int64_t points;       /**< >= 0; x and y may be NULL when 0 */
    int32_t joined;       /**< 1: a line through the points in their order; 0: marks alone */
} cludi_plot_series;

/** One pair of axes. All pointers are borrowed. @since 0.2 */
typedef struct cludi_plot_panel {
    const char *title;               /**< above it; NULL: none */
    const char *x_label;             /**< with its unit; not NULL, may be empty */
    const char *y_label;             /**< with its unit; not NULL, may be empty */
    const char *const *x_names;      /**< (x_name_count) names of x = 0, 1, ..., none NULL; NULL: x is a number */
    int32_t x_name_count;            /**< >= 1 with x_names, else not read */
    int32_t log_x;                   /**< 1: a logarithmic axis, all x >= 1e-300; not with x_names */
    const cludi_plot_series *series; /**< (series_count) */
    int32_t series_count;            /**< 1..16 */
} cludi_plot_panel;

/** A picture: panels in rows of at most three. Fill struct_size. @since 0.2 */
typedef struct cludi_plot {
    uint32_t struct_size;           /**< sizeof(cludi_plot), set by the caller */
    const char *title;              /**< above all; NULL: none */
    const cludi_plot_panel *panels; /**< (panel_count) */
    int32_t panel_count;            /**< 1..24 */
} cludi_plot;

/** Writes a plot as an SVG file. Colors are those of Okabe and Ito (2008), told apart by color-blind readers, and each
 *  series has a mark of its own. A line of more than 40 points has about ten marks. Texts that are too long are cut; the
 *  mark's tooltip has the whole name and the numbers. The file appears whole or not at all.
 *  @param context its allocator is used; not NULL
 *  @param path    the file; not NULL
 *  @param plot    what to draw; not NULL. Texts are UTF-8; bytes that are not, and control characters, are shown as \xNN
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, struct_size, a count or a number out of bounds: the sentence names panel, series and
 *          point), CLUDI_ERROR_MEMORY, CLUDI_ERROR_FILE
 *  Threads: one at a time for a context. The same plot gives the same bytes. Cost: O(points), about 120 bytes of file and
 *  twice that of memory for each mark. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_plot_write(cludi_context *context, const char *path,
                                                         const cludi_plot *plot, cludi_error *error);

#ifdef __cplusplus
}
#endif
#endif
