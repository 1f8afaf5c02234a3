#include "fit_report.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cludi/report.h>

#include "complain.h"

enum { LOSS, EMBEDDING, CLASSES, IN_USE, SHARE, CONFIDENCE, PANELS = 5, MOST_SERIES = 2 };

/* Of each panel the first value, how many there are, and their names where it has several. */
static const struct {
    const char *title, *label;
    int first, count;
    const char *names[MOST_SERIES];
} PANEL[PANELS] = {
    {"Loss", "loss", LOSS, 1, {NULL}},
    {"Embedding part of the loss", "loss", EMBEDDING, 1, {NULL}},
    {"Class part, before lambda", "loss", CLASSES, 1, {NULL}},
    {"Clusters in use", "clusters", IN_USE, 1, {NULL}},
    {"Balance and confidence", "share", SHARE, 2, {"rows in the largest cluster", "mean confidence"}},
};

static double or_nothing(double value)
{
    return value == 0 ? (double)NAN : value;
}

static void keep(fit_curves *curves, const cludi_progress *now)
{
    const double values[FIT_CURVES] = {now->loss,          now->embedding_loss, now->class_loss, now->clusters_in_use,
                                       now->largest_share, now->confidence};
    curves->step[curves->count] = (double)now->step;
    for (int i = 0; i < FIT_CURVES; i++)
        curves->value[i][curves->count] = or_nothing(values[i]);
    curves->count++;
}

static void thin_out(fit_curves *curves)
{
    for (int64_t i = 0; i < curves->count; i += 2) {
        curves->step[i / 2] = curves->step[i];
        for (int v = 0; v < FIT_CURVES; v++)
            curves->value[v][i / 2] = curves->value[v][i];
    }
    curves->count = (curves->count + 1) / 2;
    curves->stride *= 2;
}

/* The newest report is kept for the time being, and gives way to the next when it is not one in a stride. */
void fit_curves_add(void *user, const cludi_progress *now)
{
    fit_curves *curves = user;
    if (now->phase != CLUDI_PHASE_FIT || (now->loss == 0 && now->clusters_in_use == 0))
        return; /* nothing to draw */
    curves->stride = curves->stride > 0 ? curves->stride : 1;
    curves->clusters = now->clusters;
    if (curves->seen > 0 && (curves->seen - 1) % curves->stride != 0)
        curves->count--;
    if (curves->count == FIT_CURVES_POINTS)
        thin_out(curves);
    keep(curves, now);
    curves->seen++;
}

/* One value among many reports, as k-means has of its clusters, is no curve. */
static bool is_curve(const double *values, int64_t count)
{
    int64_t known = 0;
    for (int64_t i = 0; i < count; i++)
        known += !isnan(values[i]);
    return known > 1 || known == count;
}

/* Series of panel p; returns how many. The loss is always there, so that there is a panel. */
static int32_t fill_series(const fit_curves *curves, int p, cludi_plot_series series[MOST_SERIES])
{
    int32_t filled = 0;
    for (int i = 0; i < PANEL[p].count; i++) {
        const double *values = curves->value[PANEL[p].first + i];
        if (p == LOSS || is_curve(values, curves->count)) {
            series[filled++] = (cludi_plot_series){
                .name = PANEL[p].names[i], .x = curves->step, .y = values, .points = curves->count, .joined = 1};
        }
    }
    return filled;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static void format_title(char *title, size_t size, const fit_curves *curves, const fit_curves_picture *picture)
{
    const cludi_scores *scores = picture->scores;
    int used = snprintf(title, size, "%.200s, K = %" PRId32, base_name(picture->data), curves->clusters);
    if (scores) {
        snprintf(title + used, size - (size_t)used, ": NMI %.2f %%, ACC %.2f %%, ARI %.2f %%", 100 * scores->nmi,
                 100 * scores->acc, 100 * scores->ari);
    }
}

int fit_curves_write(const fit_curves *curves, cludi_context *context, const fit_curves_picture *picture)
{
    cludi_error error;
    char title[NAME_MAX + 128];
    cludi_plot_series series[PANELS][MOST_SERIES];
    cludi_plot_panel panels[PANELS];
    cludi_plot plot = {.struct_size = sizeof plot, .title = title, .panels = panels};
    for (int p = 0; p < PANELS; p++) {
        int32_t filled = fill_series(curves, p, series[p]);
        if (filled > 0) {
            panels[plot.panel_count++] = (cludi_plot_panel){.title = PANEL[p].title,
                                                            .x_label = "step",
                                                            .y_label = p == LOSS ? picture->loss : PANEL[p].label,
                                                            .series = series[p],
                                                            .series_count = filled};
        }
    }
    format_title(title, sizeof title, curves, picture);
    if (cludi_plot_write(context, picture->path, &plot, &error) != CLUDI_OK)
        return complain_error(&error);
    return EXIT_DONE;
}
