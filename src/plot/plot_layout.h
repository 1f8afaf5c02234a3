/* How big the parts of a plot are and where they stand, in pixels. */
#ifndef PLOT_PLOT_LAYOUT_H
#define PLOT_PLOT_LAYOUT_H

#include <stdbool.h>

#include "axis.h"
#include "plot_check.h"

enum { TICK_SIZE = 11, LABEL_SIZE = 12, PANEL_TITLE_SIZE = 14, TITLE_SIZE = 18 }; /* of fonts */

typedef struct plot_layout {
    int columns, rows;
    double area_width, area_height;      /* what the axes enclose */
    double left, right, top;             /* room around an area; `right` is the margin of the picture too */
    double ticks, label, legend;         /* heights below an area, from above */
    double head;                         /* above the panels: title, and the legend when all panels share it */
    double width, height;                /* of the picture */
    bool shares_legend;                  /* the panels' series have the same names */
    axis x[PLOT_PANELS], y[PLOT_PANELS]; /* (panel_count) */
    double x_ticks[PLOT_PANELS];         /* (panel_count) heights of the labels at x, at most `ticks` */
    double y_ticks[PLOT_PANELS];         /* (panel_count) widths of those at y */
    bool is_empty[PLOT_PANELS];          /* (panel_count) no series has a point */
} plot_layout;

void plot_layout_init(plot_layout *layout, const cludi_plot *plot);

/* The upper left corner of panel i's area. */
void plot_layout_place(const plot_layout *layout, int i, double *x, double *y);

/* Names of x: whether they stand slanted, the room for each, and that only each stride-th is shown. */
typedef struct name_ticks {
    bool slanted;
    double room;
    int stride;
} name_ticks;

name_ticks name_ticks_fit(const cludi_plot_panel *panel, double area_width);

#endif
