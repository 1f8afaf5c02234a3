#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "duration.h"
#include "stop_signal.h"

enum { LONGEST = 512, WIDEST_BAR = 40, BAR_STEP = 8, USUAL_WIDTH = 80 };

static const double BAR_EVERY = 0.1; /* seconds */
static const double LINE_EVERY = 5;  /* seconds */

void progress_init(progress_view *view, int quiet)
{
    const char *terminal = getenv("TERM");
    int can_redraw = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    progress_style loud = can_redraw ? PROGRESS_BAR : PROGRESS_LINES;
    view->style = quiet ? PROGRESS_NONE : loud;
    view->phase = NULL;
    view->shown_at = 0;
    view->bar_open = 0;
    progress_part(view, 0, 0);
}

void progress_part(progress_view *view, int64_t before, int64_t total)
{
    view->before = before;
    view->total = total;
    view->began = before == 0 ? duration_now() : view->began;
}

static size_t find_width(void)
{
    struct winsize size = {0};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_WIDTH;
}

/* "120/600, loss 3.142, 48 of 50 clusters, 8.3 steps/s, 0:57 left" */
static void format_facts(char *text, const cludi_progress *now)
{
    char left[DURATION_SIZE];
    char losses[LONGEST / 4] = "";
    double rate = now->seconds > 0 ? (double)now->step / now->seconds : 0;
    int decimals = rate < 10 ? 2 : rate < 100 ? 1 : 0;
    int is_fit = !strcmp(now->phase, "fit");
    int is_counted = now->clusters_in_use > 0; /* k-means knows neither at first, and clusters only at the end */
    duration_format(left, rate > 0 ? (double)(now->steps - now->step) / rate : -1);
    if (is_fit && is_counted) {
        snprintf(losses, sizeof losses, ", loss %.4g, %" PRId32 " of %" PRId32 " clusters", now->loss,
                 now->clusters_in_use, now->clusters);
    } else if (is_fit && now->loss > 0) {
        snprintf(losses, sizeof losses, ", loss %.4g", now->loss);
    }
    snprintf(text, LONGEST, "%" PRId64 "/%" PRId64 "%s, %.*f %s/s, %s left", now->step, now->steps, losses, decimals,
             rate, is_fit ? "steps" : "rows", left);
}

/* The last column stays free: some terminals wrap when it is written to. The bar's length goes in steps, or it would
   follow every digit that comes and goes. */
static void draw_bar(const cludi_progress *now)
{
    char facts[LONGEST];
    char bar[WIDEST_BAR + 1] = "";
    format_facts(facts, now);
    size_t width = find_width();
    size_t taken = strlen(now->phase) + strlen(facts) + sizeof " [] ";
    size_t room = width > taken ? width - taken : 0;
    room = room < WIDEST_BAR ? room : WIDEST_BAR;
    room -= room % BAR_STEP;
    if (room > 0) {
        size_t done = (size_t)((double)room * (double)now->step / (double)now->steps);
        memset(bar, '-', room);
        memset(bar, '#', done < room ? done : room);
        fprintf(stderr, "\r%s [%s] %s\x1b[K", now->phase, bar, facts);
    } else {
        fprintf(stderr, "\r%.*s\x1b[K", (int)width - 1, facts);
    }
    fflush(stderr);
}

static void print_line(const cludi_progress *now)
{
    char facts[LONGEST];
    format_facts(facts, now);
    fprintf(stderr, "%s: %s\n", now->phase, facts);
}

static cludi_progress add_parts(const progress_view *view, const cludi_progress *part)
{
    cludi_progress whole = *part;
    if (view->total > 0) {
        whole.step += view->before;
        whole.steps = view->total;
        whole.seconds = duration_now() - view->began;
    }
    return whole;
}

static void show(progress_view *view, const cludi_progress *now)
{
    int is_last = now->step >= now->steps;
    if (!view->phase || strcmp(view->phase, now->phase) != 0) {
        progress_end(view);
        view->phase = now->phase;
        view->shown_at = view->style == PROGRESS_BAR ? -BAR_EVERY : 0;
    }
    double every = view->style == PROGRESS_BAR ? BAR_EVERY : LINE_EVERY;
    if (view->style != PROGRESS_NONE && (is_last || now->seconds - view->shown_at >= every)) {
        view->shown_at = now->seconds;
        if (view->style == PROGRESS_BAR) {
            draw_bar(now);
            view->bar_open = 1;
        } else {
            print_line(now);
        }
    }
}

int progress_show(void *user, const cludi_progress *now)
{
    progress_view *view = user;
    const cludi_progress whole = add_parts(view, now);
    show(view, &whole);
    return stop_signal_exit_code() != 0;
}

void progress_log(void *user, cludi_log_level level, const char *message)
{
    progress_view *view = user;
    if (view->style == PROGRESS_NONE && level == CLUDI_LOG_INFO) {
        return;
    }
    if (view->bar_open) {
        fputs("\r\x1b[K", stderr);
        view->bar_open = 0;
    }
    fprintf(stderr, "cludi: %s\n", message);
}

void progress_end(progress_view *view)
{
    if (view->bar_open) {
        fputc('\n', stderr);
    }
    view->bar_open = 0;
}
