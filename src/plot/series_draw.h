/* Lines, error bars and marks of one series. */
#ifndef PLOT_SERIES_DRAW_H
#define PLOT_SERIES_DRAW_H

#include <cludi/report.h>

#include "axis.h"
#include "strbuf.h"

/* Where the axes of a panel stand, in pixels. */
typedef struct panel_frame {
    double left, top, width, height;
    const axis *x, *y;
} panel_frame;

double panel_frame_x(const panel_frame *at, double value);
double panel_frame_y(const panel_frame *at, double value);

/* Draws series s of the panel. */
void series_draw(strbuf *out, const cludi_plot_panel *panel, int s, const panel_frame *at);

#endif
