/* plot_layout.c: what stands beside the axes has its room, and nothing lies over anything else. */
#include <stdio.h>

#include "cmocka_all.h"
#include "legend.h"
#include "plot_layout.h"
#include "text_fit.h"

static const double AT[] = {0, 1, 2, 3}, VALUES[] = {1, 2, 3, 4};
static const char *const SHORT[] = {"a", "b", "c", "d"};
static const char *const LONG[] = {"a rather long name", "another longish name", "c", "d"};

static const cludi_plot_series SERIES[] = {{"one", AT, VALUES, NULL, 4, 1}, {"two", AT, VALUES, NULL, 4, 0}};

static cludi_plot_panel panel_of(const char *const *names, int32_t series)
{
    return (cludi_plot_panel){
        .x_label = "x", .y_label = "y", .x_names = names, .x_name_count = 4, .series = SERIES, .series_count = series};
}

static plot_layout layout_of(const cludi_plot_panel *panels, int32_t count)
{
    plot_layout layout;
    plot_layout_init(&layout, &(cludi_plot){sizeof(cludi_plot), NULL, panels, count});
    return layout;
}

static void test_grid(void **state)
{
    static const int SHAPES[][3] = {{1, 1, 1}, {2, 2, 1}, {3, 3, 1}, {4, 3, 2}, {24, 3, 8}};
    cludi_plot_panel panels[PLOT_PANELS];
    (void)state;
    for (int i = 0; i < PLOT_PANELS; i++)
        panels[i] = panel_of(NULL, 1 + i % 2);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const plot_layout layout = layout_of(panels, SHAPES[i][0]);
        double x, y, below = layout.ticks + layout.label + layout.legend;
        assert_int_equal(layout.columns, SHAPES[i][1]);
        assert_int_equal(layout.rows, SHAPES[i][2]);
        plot_layout_place(&layout, SHAPES[i][0] - 1, &x, &y);
        assert_true(x >= layout.left && x + layout.area_width < layout.width);
        assert_true(y + layout.area_height + below < layout.height);
        for (int p = 1; p < SHAPES[i][0]; p++) {
            double before_x, before_y;
            plot_layout_place(&layout, p - 1, &before_x, &before_y);
            plot_layout_place(&layout, p, &x, &y);
            assert_true(x - before_x > layout.area_width + layout.left - 1 ||
                        y - before_y > layout.area_height + below);
        }
    }
}

static void test_names(void **state)
{
    const cludi_plot_panel bf16 = panel_of(SHORT, 1), wide = panel_of(LONG, 1);
    const char *many[200];
    (void)state;
    assert_false(name_ticks_fit(&bf16, 300).slanted);
    assert_true(name_ticks_fit(&wide, 300).slanted);
    assert_int_equal(name_ticks_fit(&wide, 300).stride, 1);
    assert_true(layout_of(&wide, 1).ticks <= layout_of(&bf16, 1).ticks); /* 600 pixels hold them flat */
    const cludi_plot_panel three[] = {wide, wide, wide}, plain[] = {bf16, bf16, bf16};
    assert_true(layout_of(three, 3).ticks > layout_of(plain, 3).ticks + 40);
    assert_true(layout_of(three, 3).left > layout_of(plain, 3).left);
    for (int i = 0; i < 200; i++)
        many[i] = "name";
    cludi_plot_panel crowded = panel_of(many, 1);
    crowded.x_name_count = 200;
    assert_int_equal(name_ticks_fit(&crowded, 340).stride, 10);
}

static void test_ticks_apart(void **state)
{
    (void)state;
    for (double scale = 1e-9; scale < 1e12; scale *= 7) {
        const double x[] = {3 * scale, 90 * scale}, y[] = {0, 1};
        for (int32_t is_log = 0; is_log < 2; is_log++) {
            const cludi_plot_series series = {"s", x, y, NULL, 2, 1};
            const cludi_plot_panel panel = {
                .x_label = "x", .y_label = "y", .log_x = is_log, .series = &series, .series_count = 1};
            const plot_layout layout = layout_of(&panel, 1);
            const axis *a = &layout.x[0];
            for (int i = 1; i < a->tick_count; i++) {
                double gap = (axis_place(a, a->ticks[i]) - axis_place(a, a->ticks[i - 1])) * layout.area_width;
                double half = (text_width(a->labels[i], TICK_SIZE) + text_width(a->labels[i - 1], TICK_SIZE)) / 2;
                if (gap < half + 10)
                    fail_msg("%s and %s meet", a->labels[i - 1], a->labels[i]);
            }
            assert_true(a->tick_count >= 2);
        }
    }
}

static void test_legend(void **state)
{
    const cludi_plot_panel same[] = {panel_of(NULL, 2), panel_of(NULL, 2)};
    const cludi_plot_panel other[] = {panel_of(NULL, 2), panel_of(NULL, 1)};
    const cludi_plot_series nameless = {NULL, AT, VALUES, NULL, 4, 1};
    cludi_plot_panel bare = panel_of(NULL, 1);
    (void)state;
    bare.series = &nameless;
    assert_true(layout_of(same, 2).shares_legend);
    assert_true(layout_of(same, 2).legend <= 0);
    assert_false(layout_of(other, 2).shares_legend);
    assert_true(layout_of(other, 2).legend > 10);
    assert_true(layout_of(same, 2).head > layout_of(other, 2).head + 10);
    assert_true(legend_put(NULL, &bare, 0, 0, 500) <= 0);
    assert_true(legend_put(NULL, &same[0], 0, 0, 60) >= 2 * legend_put(NULL, &same[0], 0, 0, 500));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_ticks_apart),
        cmocka_unit_test(test_legend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
