/* One panel of a plot: grid, axes, ticks, labels, lines, marks. */
#ifndef PLOT_PANEL_H
#define PLOT_PANEL_H

#include "plot_layout.h"
#include "strbuf.h"

/* Draws panel i. */
void panel_draw(strbuf *out, const cludi_plot_panel *panel, const plot_layout *layout, int i);

#endif
