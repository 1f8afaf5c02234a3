#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "complain.h"
#include "words.h"

enum { LONGEST = 512, WIDEST_BAR = 40, BAR_STEP = 8, USUAL_WIDTH = 80 };

static const double BAR_EVERY = 0.1; /* seconds */
static const double LINE_EVERY = 5;  /* seconds */

void progress_init(progress_view *view, bool quiet)
{
    const char *terminal = getenv("TERM");
    bool can_redraw = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    progress_style loud = can_redraw ? PROGRESS_BAR : PROGRESS_LINES;
    view->style = quiet ? PROGRESS_NONE : loud;
    view->phase = NULL;
    view->shown_at = 0;
    view->is_shown = false;
    view->bar_open = false;
    view->is_open = false;
    view->also = NULL;
    *view->warning = '\0';
    progress_part(view, 0, 0);
}

void progress_part(progress_view *view, int64_t before, int64_t total)
{
    view->before = before;
    view->total = total;
    view->began = before == 0 ? duration_now() : view->began;
}

void progress_open(progress_view *view)
{
    view->is_open = true;
}

static size_t find_width(void)
{
    struct winsize size = {0};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_WIDTH;
}

static bool is_fit(const cludi_progress *now)
{
    return now->phase == CLUDI_PHASE_FIT;
}

static bool is_embed(const cludi_progress *now)
{
    return now->phase == CLUDI_PHASE_EMBED;
}

static bool is_runs(const cludi_progress *now)
{
    return now->phase == CLUDI_PHASE_NONE;
}

/* Its first report may be of more than nothing, done before or quickly. */
static bool begins_late(const cludi_progress *now)
{
    return is_fit(now) || is_embed(now) || is_runs(now);
}

/* What comes before the first step; the library logs a sentence about each. */
static bool is_preparation(const cludi_progress *now)
{
    return now->phase == CLUDI_PHASE_NEIGHBORS || now->phase == CLUDI_PHASE_INIT;
}

/* Training may end before: clusters that have converged lower the number of steps once. */
static bool is_bound(const progress_view *view, const cludi_progress *now)
{
    return view->is_open && is_fit(now) && now->steps == view->bound && now->step < now->steps;
}

/* ", loss 3.142, 48 of 50 clusters", and where there is room ", largest 3.2 %, confidence 0.93" */
static void format_clusters(char *text, size_t size, const cludi_progress *now, bool is_brief)
{
    bool is_counted = now->clusters_in_use > 0; /* k-means knows neither at first, and clusters only at the end */
    int used = 0;
    text[0] = '\0';
    if (is_counted || now->loss > 0)
        used = snprintf(text, size, ", loss %.4g", now->loss);
    if (is_counted) {
        used += snprintf(text + used, size - (size_t)used, ", %" PRId32 " of %" PRId32 " clusters",
                         now->clusters_in_use, now->clusters);
    }
    if (is_counted && now->confidence > 0 && !is_brief) {
        snprintf(text + used, size - (size_t)used, ", largest %.1f %%, confidence %.2f", 100 * now->largest_share,
                 now->confidence);
    }
}

/* Steps or rows per second; 0: not known yet. */
static double find_rate(const progress_view *view, const cludi_progress *now)
{
    bool has_more = begins_late(now) && now->step > view->first;
    double done = (double)(has_more ? now->step - view->first : now->step);
    double seconds = has_more ? now->seconds - view->first_at : now->seconds;
    bool is_unknown = begins_late(now) && !has_more && now->step < now->steps;
    return seconds > 0 && !is_unknown ? done / seconds : 0;
}

/* "120/600, loss 3.142, 48 of 50 clusters, largest 3.2 %, confidence 0.93, 8.3 steps/s, 0:57 left"; without the largest
   and the confidence when brief. "12/29 voters, 0:02 left" */
static void format_facts(char *text, const progress_view *view, const cludi_progress *now, bool is_brief)
{
    char left[DURATION_SIZE];
    char clusters[LONGEST / 4] = "";
    char speed[LONGEST / 4] = "";
    double rate = find_rate(view, now);
    int decimals = rate < 10 ? 2 : rate < 100 ? 1 : 0;
    duration_format(left, rate > 0 ? (double)(now->steps - now->step) / rate : -1);
    if (is_fit(now))
        format_clusters(clusters, sizeof clusters, now, is_brief);
    if (is_preparation(now)) {
        snprintf(speed, sizeof speed, " %s", now->phase == CLUDI_PHASE_INIT ? "voters" : "blocks");
    } else if (rate > 0 && !is_runs(now)) {
        snprintf(speed, sizeof speed, ", %.*f %s/s", decimals, rate,
                 is_fit(now)     ? "steps"
                 : is_embed(now) ? "images"
                                 : "rows");
    }
    snprintf(text, LONGEST, "%" PRId64 "/%s%" PRId64 "%s%s, %s left", now->step, is_bound(view, now) ? "at most " : "",
             now->steps, clusters, speed, left);
}

/* The last column stays free: some terminals wrap when it is written to. The bar's length goes in steps, or it would
   follow every digit that comes and goes. */
static size_t find_room(const cludi_progress *now, const char *facts, size_t width)
{
    size_t taken = strlen(now->phase_name) + strlen(facts) + sizeof " [] ";
    size_t room = width > taken ? width - taken : 0;
    room = room < WIDEST_BAR ? room : WIDEST_BAR;
    return room - room % BAR_STEP;
}

static void draw_bar(const progress_view *view, const cludi_progress *now)
{
    char facts[LONGEST];
    char bar[WIDEST_BAR + 1] = "";
    size_t width = find_width();
    size_t room = 0;
    for (int brief = 0; brief < 2 && room == 0; brief++) {
        format_facts(facts, view, now, brief);
        room = find_room(now, facts, width);
    }
    if (room > 0) {
        size_t done = (size_t)((double)room * (double)now->step / (double)now->steps);
        memset(bar, '-', room);
        memset(bar, '#', done < room ? done : room);
        fprintf(stderr, "\r%s [%s] %s\x1b[K", now->phase_name, bar, facts);
    } else {
        fprintf(stderr, "\r%.*s\x1b[K", (int)width - 1, facts);
    }
    fflush(stderr);
}

static void print_line(const progress_view *view, const cludi_progress *now)
{
    char facts[LONGEST];
    format_facts(facts, view, now, 0);
    fprintf(stderr, "%s: %s\n", now->phase_name, facts);
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

static void begin_phase(progress_view *view, const cludi_progress *now)
{
    progress_end(view);
    view->phase = now->phase_name;
    view->is_shown = false;
    view->bound = now->steps;
    view->first = now->step;
    view->first_at = is_fit(now) ? now->seconds : 0;
    view->shown_at = view->first_at - (view->style == PROGRESS_BAR ? BAR_EVERY : 0);
}

/* The end of a phase is always shown, but for that of a short preparation among lines. */
static bool is_due(const progress_view *view, const cludi_progress *now)
{
    double every = view->style == PROGRESS_BAR ? BAR_EVERY : LINE_EVERY;
    bool is_end = now->step >= now->steps && (view->style == PROGRESS_BAR || view->is_shown || !is_preparation(now));
    return view->style != PROGRESS_NONE && (is_end || now->seconds - view->shown_at >= every);
}

static void show(progress_view *view, const cludi_progress *now)
{
    if (!view->phase || strcmp(view->phase, now->phase_name) != 0)
        begin_phase(view, now);
    if (!is_due(view, now))
        return;
    view->shown_at = now->seconds;
    view->is_shown = true;
    if (view->style == PROGRESS_BAR) {
        draw_bar(view, now);
        view->bar_open = true;
    } else {
        print_line(view, now);
    }
}

int progress_show(void *user, const cludi_progress *now)
{
    progress_view *view = user;
    const cludi_progress whole = add_parts(view, now);
    if (view->also)
        view->also(view->also_user, now);
    show(view, &whole);
    return 0;
}

void progress_log(void *user, cludi_log_level level, const char *message)
{
    progress_view *view = user;
    if (view->style == PROGRESS_NONE && level == CLUDI_LOG_INFO)
        return;
    bool is_of_rows = level == CLUDI_LOG_WARNING && (!view->phase || strcmp(view->phase, "fit") != 0);
    if (is_of_rows && !*view->warning)
        snprintf(view->warning, sizeof view->warning, "%s", message);
    if (view->bar_open) {
        fputs("\r\x1b[K", stderr);
        view->bar_open = false;
    }
    fprintf(stderr, "cludi: %s\n", message);
}

void progress_end(progress_view *view)
{
    if (view->bar_open)
        fputc('\n', stderr);
    view->bar_open = false;
}
