/* plot.c and what it draws with: one small plot byte for byte, and files that any XML parser takes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "io_support.h"

static cludi_context *context;

static int setup(void **state)
{
    context = blobs_context("ref", 1, 1);
    return io_setup(state);
}

static int teardown(void **state)
{
    cludi_context_free(context);
    return io_teardown(state);
}

static const char *write_plot(const char *name, const char *title, const cludi_plot_panel *panels, int32_t count)
{
    const char *path = io_path(name);
    cludi_error error;
    if (cludi_plot_write(context, path, &(cludi_plot){sizeof(cludi_plot), title, panels, count}, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    return path;
}

/* Names along x, error bars, a gap, a hollow mark of a later series, text to escape. Looked at when it was stored:
   tests/golden/plot.svg. */
static const char *write_small(void)
{
    static const char *const names[] = {"cludi", "k-means & <co>", "scan"};
    static const double at[] = {0, 1, 2}, spread[] = {0.5, NAN, 0}, steps[] = {1, 10, 100, 1000};
    static const double scores[] = {94.25, 80, 85.5}, loss[] = {3, NAN, 1.5, 1};
    static const cludi_plot_series scored = {"NMI", at, scores, spread, 3, 0};
    static const cludi_plot_series losses[] = {{"seed 0", steps, loss, NULL, 4, 1}, {NULL, steps, loss, NULL, 1, 0}};
    const cludi_plot_panel panels[] = {
        {.title = "Scores",
         .x_label = "",
         .y_label = "NMI (%)",
         .x_names = names,
         .x_name_count = 3,
         .series = &scored,
         .series_count = 1},
        {.x_label = "step", .y_label = "loss", .log_x = 1, .series = losses, .series_count = 2},
    };
    return write_plot("small.svg", "A \"plot\"", panels, 2);
}

static void read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(text, 1, size - 1, file);
    assert_true(length > 0 && length < size - 1);
    text[length] = '\0';
    fclose(file);
}

static void test_golden(void **state)
{
    static char wanted[20000], found[20000];
    (void)state;
    read_file(CLUDI_SOURCE_DIR "/tests/golden/plot.svg", wanted, sizeof wanted);
    read_file(write_small(), found, sizeof found);
    assert_string_equal(found, wanted);
}

static void check_xml(const char *path)
{
    char command[1200];
    snprintf(command, sizeof command, "xmllint --noout '%s'", path);
    if (system(command) != 0) /* NOLINT(cert-env33-c) */
        fail_msg("%s is no XML", path);
}

static void test_well_formed(void **state)
{
    static const char *const names[] = {"\xFF\xC3", "\x01\x1B[31m", "<!-- ]]> -->", "\xEF\xBF\xBF\xED\xA0\x80", "'\"&",
                                        "",         "%n%s"};
    enum { NAMES = sizeof names / sizeof *names, SERIES = 16, PANELS = 24 };
    static double x[NAMES], y[NAMES];
    static cludi_plot_series series[SERIES];
    static cludi_plot_panel panels[PANELS];
    (void)state;
    if (system("command -v xmllint >/dev/null") != 0) /* NOLINT(cert-env33-c) */
        skip();
    for (int i = 0; i < NAMES; i++)
        x[i] = y[i] = i;
    for (int i = 0; i < SERIES; i++)
        series[i] = (cludi_plot_series){names[i % NAMES], x, y, y, NAMES, i % 2};
    for (int i = 0; i < PANELS; i++)
        panels[i] = (cludi_plot_panel){names[i % NAMES], names[i % 3],  names[i % 5], i % 2 ? names : NULL, NAMES, 0,
                                       series,           i % SERIES + 1};
    check_xml(write_plot("odd.svg", names[0], panels, PANELS));
    check_xml(write_small());
}

/* As many numbers as a long training has: few marks, all of the line. */
static void test_long_line(void **state)
{
    enum { POINTS = 10000 };
    static double x[POINTS], y[POINTS];
    static char text[400000];
    int marks = 0;
    (void)state;
    for (int i = 0; i < POINTS; i++) {
        x[i] = i;
        y[i] = sin(i / 500.0);
    }
    y[499] = y[501] = NAN; /* a point alone */
    const cludi_plot_series series = {"s", x, y, NULL, POINTS, 1};
    const cludi_plot_panel panel = {.x_label = "x", .y_label = "y", .series = &series, .series_count = 1};
    read_file(write_plot("long.svg", NULL, &panel, 1), text, sizeof text);
    for (const char *at = strstr(text, "<title>s: "); at; at = strstr(at + 1, "<title>s: "))
        marks++;
    assert_in_range(marks, 9, 12);
    assert_non_null(strstr(text, "<title>s: 500, "));
}

static void test_empty(void **state)
{
    static char text[20000];
    const cludi_plot_series series = {.name = "s"};
    const cludi_plot_panel panel = {.x_label = "x", .y_label = "y", .series = &series, .series_count = 1};
    (void)state;
    read_file(write_plot("empty.svg", NULL, &panel, 1), text, sizeof text);
    assert_non_null(strstr(text, ">no values</text>"));
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_well_formed),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
