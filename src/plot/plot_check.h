/* What a plot may hold; include/cludi/report.h says it. */
#ifndef PLOT_PLOT_CHECK_H
#define PLOT_PLOT_CHECK_H

#include <cludi/report.h>

enum { PLOT_PANELS = 24 };

/* Errors: CLUDI_ERROR_ARGUMENT with panel, series and point. */
cludi_status plot_check(const cludi_plot *plot, cludi_error *error);

#endif
