#define _GNU_SOURCE /* asprintf() */
#include "run_study.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/report.h>

#include "complain.h"
#include "run_plan.h"

enum { MOST_SERIES = 16, MOST_PANELS = 24, LABEL_SIZE = 256 };

static const double LOG_FROM = 20; /* how many times the smallest x the largest is */
static const double SEEDS_AT = -0.12, SEEDS_WIDTH = 0.3, MEAN_AT = 0.2, LINES_WIDTH = 0.5;

/* One panel and what it borrows. */
typedef struct drawn_panel {
    cludi_plot_series series[MOST_SERIES];
    char names[MOST_SERIES][LABEL_SIZE];
    char x_label[LABEL_SIZE];
    char y_label[LABEL_SIZE];
    const char **x_names; /* (values of the first parameter) */
    double *numbers;      /* of all series: x, y and spread */
    size_t used;
} drawn_panel;

static bool is_named(const run_study *study)
{
    return study->plan.factors[0].param->type == CLUDI_PARAM_CHOICE;
}

/* Settings that share a value of the first parameter. */
static int32_t count_lines(const run_study *study)
{
    return study->plan.settings / study->plan.factors[0].count;
}

static bool is_log(const run_factor *factor)
{
    double least = factor->numbers[0];
    double most = least;
    for (int32_t i = 1; i < factor->count; i++) {
        least = fmin(least, factor->numbers[i]);
        most = fmax(most, factor->numbers[i]);
    }
    return factor->param->type != CLUDI_PARAM_CHOICE && least > 0 && most >= LOG_FROM * least;
}

/* The place of a value among the values in ascending order, in which a line goes through them. */
static int32_t find_place(const run_factor *factor, int32_t level)
{
    int32_t place = 0;
    for (int32_t i = 0; i < factor->count; i++)
        place += factor->numbers[i] < factor->numbers[level];
    return factor->param->type == CLUDI_PARAM_CHOICE ? level : place;
}

static double *take(drawn_panel *panel, int64_t count)
{
    double *numbers = panel->numbers + panel->used;
    panel->used += (size_t)count;
    return numbers;
}

/* Marks of several lines at the same name stand side by side. */
static double shift(const run_study *study, int32_t line)
{
    int32_t lines = count_lines(study) < MOST_SERIES ? count_lines(study) : MOST_SERIES;
    return lines == 1 ? MEAN_AT : LINES_WIDTH * ((line % MOST_SERIES + 0.5) / lines - 0.5);
}

static void add_line(drawn_panel *panel, const run_study *study, run_number number, int32_t line, const char *name)
{
    const run_factor *factor = &study->plan.factors[0];
    double *x = take(panel, factor->count);
    double *y = take(panel, factor->count);
    double *spread = take(panel, factor->count);
    for (int32_t level = 0; level < factor->count; level++) {
        int32_t at = find_place(factor, level);
        const run_stats stats = run_stats_of(study, level * count_lines(study) + line, number);
        x[at] = is_named(study) ? level + shift(study, line) : factor->numbers[level];
        y[at] = run_stats_scale(number, stats.mean);
        spread[at] = run_stats_scale(number, stats.sd);
    }
    panel->series[line % MOST_SERIES] = (cludi_plot_series){
        .name = name, .x = x, .y = y, .spread = spread, .points = factor->count, .joined = !is_named(study)};
}

static void add_seeds(drawn_panel *panel, const run_study *study, run_number number)
{
    const run_plan *plan = &study->plan;
    double *x = take(panel, plan->runs);
    double *y = take(panel, plan->runs);
    for (int32_t i = 0; i < plan->runs; i++) {
        double part = (i % plan->seeds + 0.5) / plan->seeds - 0.5;
        x[i] = i / plan->seeds + SEEDS_AT + SEEDS_WIDTH * part;
        y[i] = run_stats_scale(number, study->records[i].numbers[number]);
    }
    panel->series[1] = (cludi_plot_series){.name = "one seed", .x = x, .y = y, .points = plan->runs};
}

/* "d=64, tau=0.1"; NULL where there is one line only. */
static const char *format_line(char *text, const run_study *study, int32_t line)
{
    const run_plan *plan = &study->plan;
    size_t used = 0;
    for (int32_t i = 1; i < plan->factor_count && used < LABEL_SIZE; i++) {
        const run_factor *factor = &plan->factors[i];
        used += (size_t)snprintf(text + used, LABEL_SIZE - used, "%s%s=%s", used ? ", " : "", factor->param->name,
                                 factor->values[run_plan_level(plan, line, i)]);
    }
    return used ? text : NULL;
}

static void label_axes(drawn_panel *panel, const run_study *study, run_number number)
{
    const run_factor *factor = &study->plan.factors[0];
    const char *help = is_named(study) ? "" : factor->param->help;
    snprintf(panel->x_label, LABEL_SIZE, "%s%s%s", factor->param->name, *help ? ": " : "", help);
    snprintf(panel->y_label, LABEL_SIZE, "%s%s", RUN_FACTS[number].heading, RUN_FACTS[number].is_percent ? " (%)" : "");
    for (int32_t i = 0; i < factor->count; i++)
        panel->x_names[i] = factor->values[i];
}

static int take_room(drawn_panel *panel, const run_study *study)
{
    size_t values = (size_t)study->plan.factors[0].count;
    panel->x_names = calloc(values, sizeof *panel->x_names);
    panel->numbers = calloc(3 * MOST_SERIES * values + 2 * (size_t)study->plan.runs, sizeof *panel->numbers);
    return panel->x_names && panel->numbers;
}

/* first: of its lines. */
static void fill(drawn_panel *panel, cludi_plot_panel *shown, const run_study *study, run_number number, int32_t first)
{
    int32_t lines = count_lines(study);
    int32_t count = lines - first < MOST_SERIES ? lines - first : MOST_SERIES;
    bool has_marks = is_named(study) && lines == 1;
    label_axes(panel, study, number);
    for (int32_t i = 0; i < count; i++) {
        const char *name = format_line(panel->names[i], study, first + i);
        add_line(panel, study, number, first + i, has_marks ? "mean and standard deviation" : name);
    }
    if (has_marks)
        add_seeds(panel, study, number);
    *shown = (cludi_plot_panel){.title = RUN_FACTS[number].heading,
                                .x_label = panel->x_label,
                                .y_label = panel->y_label,
                                .x_names = is_named(study) ? panel->x_names : NULL,
                                .x_name_count = study->plan.factors[0].count,
                                .log_x = is_log(&study->plan.factors[0]),
                                .series = panel->series,
                                .series_count = count + has_marks};
}

/* "features.npy, K = 50: mean and standard deviation over 3 seeds" */
static void format_title(char *text, size_t size, const run_study *study)
{
    const run_plan *plan = &study->plan;
    const char *slash = strrchr(plan->base.data, '/');
    char seeds[LABEL_SIZE];
    snprintf(seeds, sizeof seeds, plan->seeds > 1 ? "mean and standard deviation over %" PRId32 " seeds" : "one seed",
             plan->seeds);
    snprintf(text, size, "%s, K = %" PRId32 ": %s", slash ? slash + 1 : plan->base.data, plan->base.clusters, seeds);
}

static int write_plot(const run_study *study, const cludi_plot *plot)
{
    cludi_error error;
    char *path = run_folder_path(&study->plan, "svg");
    int code = path ? EXIT_DONE : complain("Out of memory.");
    if (path && cludi_plot_write(study->data.context, path, plot, &error) != CLUDI_OK)
        code = complain_error(&error);
    free(path);
    return code;
}

static int draw(const run_study *study, drawn_panel *panels, cludi_plot_panel *shown)
{
    char title[2 * LABEL_SIZE];
    const run_shown scores = run_stats_shown(study);
    cludi_plot plot = {.struct_size = sizeof plot, .title = title, .panels = shown};
    format_title(title, sizeof title, study);
    int32_t first = 0;
    for (; first < count_lines(study) && plot.panel_count + scores.count <= MOST_PANELS; first += MOST_SERIES) {
        for (int32_t i = 0; i < scores.count; i++) {
            int32_t at = plot.panel_count++;
            if (!take_room(&panels[at], study))
                return complain("Out of memory for the picture.");
            fill(&panels[at], &shown[at], study, scores.numbers[i], first);
        }
    }
    if (first < count_lines(study))
        complain("Warning: the picture has the first %" PRId32 " lines of %" PRId32 ".", first, count_lines(study));
    return write_plot(study, &plot);
}

int run_plot_write(const run_study *study)
{
    drawn_panel *panels = calloc(MOST_PANELS, sizeof *panels);
    cludi_plot_panel *shown = calloc(MOST_PANELS, sizeof *shown);
    int code = panels && shown ? draw(study, panels, shown) : complain("Out of memory for the picture.");
    for (int i = 0; panels && i < MOST_PANELS; i++) {
        free(panels[i].x_names);
        free(panels[i].numbers);
    }
    free(panels);
    free(shown);
    return code;
}
