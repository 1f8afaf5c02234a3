#include "plot_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "error.h"
#include "mark.h"

static const double LARGEST = 1e300; /* sums and differences of such stay finite */
enum { PLACE = 64 };

static cludi_status refuse(cludi_error *error, const char *place, const char *fault)
{
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s%s", place, fault);
}

static cludi_status check_number(const char *place, const char *field, int64_t i, double value, const double bounds[2],
                                 cludi_error *error)
{
    if (value >= bounds[0] && value <= bounds[1])
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s.%s[%" PRId64 "] is %g; %g to %g is wanted.", place, field, i,
                     value, bounds[0], bounds[1]);
}

static cludi_status check_points(const cludi_plot_panel *panel, const cludi_plot_series *series, const char *place,
                                 cludi_error *error)
{
    const double x_bounds[2] = {panel->x_names ? -0.5
                                : panel->log_x ? 1 / LARGEST
                                               : -LARGEST,
                                panel->x_names ? panel->x_name_count - 0.5 : LARGEST};
    const double y_bounds[2] = {-LARGEST, LARGEST}, spread_bounds[2] = {0, LARGEST};
    cludi_status status = CLUDI_OK;
    for (int64_t i = 0; i < series->points && !status; i++) {
        status = check_number(place, "x", i, series->x[i], x_bounds, error);
        if (!status && !isnan(series->y[i]))
            status = check_number(place, "y", i, series->y[i], y_bounds, error);
        if (!status && series->spread && !isnan(series->spread[i]))
            status = check_number(place, "spread", i, series->spread[i], spread_bounds, error);
    }
    return status;
}

static cludi_status check_series(const cludi_plot_panel *panel, const cludi_plot_series *series, const char *place,
                                 cludi_error *error)
{
    if (series->points < 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s.points is %" PRId64 "; 0 or more is wanted.", place,
                         series->points);
    if (series->points > 0 && (!series->x || !series->y))
        return refuse(error, place, series->x ? ".y is NULL." : ".x is NULL.");
    if (series->joined != 0 && series->joined != 1)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s.joined is %" PRId32 "; 0 or 1 is wanted.", place,
                         series->joined);
    return check_points(panel, series, place, error);
}

static cludi_status check_x_names(const cludi_plot_panel *panel, const char *place, cludi_error *error)
{
    if (panel->log_x != 0 && (panel->log_x != 1 || panel->x_names))
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s.log_x is %" PRId32 "; %s is wanted.", place, panel->log_x,
                         panel->x_names ? "0, beside x_names," : "0 or 1");
    if (panel->x_names && panel->x_name_count < 1)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s.x_name_count is %" PRId32 "; 1 or more is wanted.", place,
                         panel->x_name_count);
    for (int32_t i = 0; panel->x_names && i < panel->x_name_count; i++)
        if (!panel->x_names[i])
            return error_set(error, CLUDI_ERROR_ARGUMENT, "%s.x_names[%" PRId32 "] is NULL.", place, i);
    return CLUDI_OK;
}

static cludi_status check_panel(const cludi_plot_panel *panel, const char *place, cludi_error *error)
{
    if (!panel->x_label || !panel->y_label)
        return refuse(error, place, panel->x_label ? ".y_label is NULL." : ".x_label is NULL.");
    if (panel->series_count < 1 || panel->series_count > MARKS)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s.series_count is %" PRId32 "; 1 to %d is wanted.", place,
                         panel->series_count, MARKS);
    if (!panel->series)
        return refuse(error, place, ".series is NULL.");
    return check_x_names(panel, place, error);
}

cludi_status plot_check(const cludi_plot *plot, cludi_error *error)
{
    char place[PLACE];
    if (plot->panel_count < 1 || plot->panel_count > PLOT_PANELS)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "plot.panel_count is %" PRId32 "; 1 to %d is wanted.",
                         plot->panel_count, PLOT_PANELS);
    if (!plot->panels)
        return refuse(error, "plot", ".panels is NULL.");
    for (int32_t p = 0; p < plot->panel_count; p++) {
        const cludi_plot_panel *panel = &plot->panels[p];
        snprintf(place, sizeof place, "plot.panels[%" PRId32 "]", p);
        cludi_status status = check_panel(panel, place, error);
        for (int32_t s = 0; s < panel->series_count && !status; s++) {
            snprintf(place, sizeof place, "plot.panels[%" PRId32 "].series[%" PRId32 "]", p, s);
            status = check_series(panel, &panel->series[s], place, error);
        }
        if (status)
            return status;
    }
    return CLUDI_OK;
}
