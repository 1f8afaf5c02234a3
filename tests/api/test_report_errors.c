/* cludi_plot_write: what is refused, with its place, and that nothing is left then. */
#include <math.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"

typedef struct scene {
    double x[3], y[3], spread[3];
    const char *names[3];
    cludi_plot_series series[2];
    cludi_plot_panel panels[2];
    cludi_plot plot;
} scene;

static scene s;
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

static void fill(void)
{
    s = (scene){.x = {0, 1, 2}, .y = {1, NAN, 3}, .spread = {0, NAN, 1}, .names = {"a", "b", "c"}};
    for (int i = 0; i < 2; i++) {
        s.series[i] = (cludi_plot_series){"s", s.x, s.y, s.spread, 3, 1};
        s.panels[i] = (cludi_plot_panel){.x_label = "x", .y_label = "y", .series = s.series, .series_count = 2};
    }
    s.plot = (cludi_plot){sizeof s.plot, NULL, s.panels, 2};
}

/* After `change` the plot is refused with these words, and no file is there. */
#define REFUSED(words, change)                                                                                         \
    do {                                                                                                               \
        fill();                                                                                                        \
        change;                                                                                                        \
        EXPECT_ARGUMENT(words, cludi_plot_write, context, io_path("p.svg"), &s.plot);                                  \
        assert_int_equal(io_count(), 0);                                                                               \
    } while (0)

static void test_null(void **state)
{
    (void)state;
    fill();
    EXPECT_ARGUMENT("context is NULL.", cludi_plot_write, NULL, io_path("p.svg"), &s.plot);
    EXPECT_ARGUMENT("path is NULL.", cludi_plot_write, context, NULL, &s.plot);
    EXPECT_ARGUMENT("plot is NULL.", cludi_plot_write, context, io_path("p.svg"), NULL);
    REFUSED("plot.panels is NULL.", s.plot.panels = NULL);
    REFUSED("plot.panels[1].x_label is NULL.", s.panels[1].x_label = NULL);
    REFUSED("plot.panels[0].y_label is NULL.", s.panels[0].y_label = NULL);
    REFUSED("plot.panels[1].series is NULL.", s.panels[1].series = NULL);
    REFUSED("plot.panels[0].series[1].x is NULL.", s.series[1].x = NULL);
    REFUSED("plot.panels[0].series[1].y is NULL.", s.series[1].y = NULL);
}

static void test_counts(void **state)
{
    (void)state;
    REFUSED("plot has struct_size 3;", s.plot.struct_size = 3);
    REFUSED("plot.panel_count is 0; 1 to 24 is wanted.", s.plot.panel_count = 0);
    REFUSED("plot.panel_count is 25; 1 to 24 is wanted.", s.plot.panel_count = 25);
    REFUSED("plot.panels[1].series_count is 0; 1 to 16 is wanted.", s.panels[1].series_count = 0);
    REFUSED("plot.panels[1].series_count is 17; 1 to 16 is wanted.", s.panels[1].series_count = 17);
    REFUSED("plot.panels[0].series[1].points is -1; 0 or more is wanted.", s.series[1].points = -1);
    REFUSED("plot.panels[0].series[0].joined is 2; 0 or 1 is wanted.", s.series[0].joined = 2);
    REFUSED("plot.panels[0].log_x is -1; 0 or 1 is wanted.", s.panels[0].log_x = -1);
}

static void test_names(void **state)
{
    (void)state;
#define NAMED(count) (s.panels[1].x_names = s.names, s.panels[1].x_name_count = (count))
    REFUSED("plot.panels[1].x_name_count is 0; 1 or more is wanted.", NAMED(0));
    REFUSED("plot.panels[1].x_names[2] is NULL.", (NAMED(3), s.names[2] = NULL));
    REFUSED("plot.panels[1].log_x is 1; 0, beside x_names, is wanted.", (NAMED(3), s.panels[1].log_x = 1));
    REFUSED("plot.panels[1].series[0].x[2] is 2; -0.5 to 1.5 is wanted.", NAMED(2));
}

static void test_numbers(void **state)
{
    (void)state;
    REFUSED("plot.panels[0].series[0].x[1] is nan; -1e+300 to 1e+300 is wanted.", s.x[1] = NAN);
    REFUSED("plot.panels[0].series[0].x[1] is 2e+300; ", s.x[1] = 2e300);
    REFUSED("plot.panels[0].series[0].y[2] is -inf; -1e+300 to 1e+300 is wanted.", s.y[2] = -INFINITY);
    REFUSED("plot.panels[0].series[0].spread[2] is -1; 0 to 1e+300 is wanted.", s.spread[2] = -1);
    REFUSED("plot.panels[1].series[0].x[0] is 0; 1e-300 to 1e+300 is wanted.", s.panels[1].log_x = 1);
}

static void test_written(void **state)
{
    (void)state;
    fill();
    assert_int_equal(cludi_plot_write(context, io_path("p.svg"), &s.plot, NULL), CLUDI_OK);
    assert_int_equal(io_empty(), 1);
    EXPECT(CLUDI_ERROR_FILE, "missing", cludi_plot_write, context, io_path("missing/p.svg"), &s.plot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null),    cmocka_unit_test(test_counts),  cmocka_unit_test(test_names),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_written),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
