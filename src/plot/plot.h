/* A plot as the text of an SVG file. Panels have areas of equal size in rows of at most three; what stands around an area
   (labels, ticks, legend) gets the room that the panel that needs most of it needs. */
#ifndef PLOT_PLOT_H
#define PLOT_PLOT_H

#include <cludi/report.h>

#include "strbuf.h"

/* Appends the file to out, whose `failed` says when memory ran out. The plot was checked (plot_check.h). */
void plot_draw(strbuf *out, const cludi_plot *plot);

#endif
