/* Which series has which mark: entries beside each other, in as many lines as they take. */
#ifndef PLOT_LEGEND_H
#define PLOT_LEGEND_H

#include <cludi/report.h>

#include "strbuf.h"

/* Draws the legend of a panel's named series with its upper left corner at (x, y), within room pixels across.
   out NULL: only measures. Returns its height, 0 when no series has a name. */
double legend_put(strbuf *out, const cludi_plot_panel *panel, double x, double y, double room);

#endif
