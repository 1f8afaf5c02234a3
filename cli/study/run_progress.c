#include "run_study.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "words.h"

enum { LONGEST = 1024 };

void run_progress_begin(run_progress *progress, run_study *study)
{
    char line[LONGEST];
    *progress = (run_progress){.view = &study->session.progress,
                               .total = study->plan.runs,
                               .found = study->found,
                               .done = study->found,
                               .began = duration_now()};
    if (study->found > 0) {
        snprintf(line, sizeof line, "%" PRId32 " of %" PRId32 " runs were done before, in \"%s\".", study->found,
                 study->plan.runs, study->plan.folder);
        progress_log(progress->view, CLUDI_LOG_INFO, line);
    }
}

void run_progress_show(run_progress *progress)
{
    const cludi_progress now = {.phase_name = "runs",
                                .step = progress->done,
                                .steps = progress->total,
                                .seconds = duration_now() - progress->began};
    if (progress->view->style == PROGRESS_BAR)
        (void)progress_show(progress->view, &now);
}

/* ", 0:25 left" while something is left */
static void format_left(char *text, size_t size, const run_progress *progress)
{
    char left[DURATION_SIZE];
    int32_t here = progress->done - progress->found;
    int32_t to_come = progress->total - progress->done;
    double seconds = (duration_now() - progress->began) * to_come / here;
    *text = '\0';
    if (to_come > 0) {
        duration_format(left, seconds);
        snprintf(text, size, "; %s left", left);
    }
}

/* "NMI 91.3, ACC 90.1, ARI 83.2"; what is known once all seeds are is left out. */
static void format_scores(char *text, size_t size, const run_study *study, const run_record *record)
{
    char score[RUN_TEXT_SIZE];
    const run_shown shown = run_stats_shown(study);
    size_t used = 0;
    for (int32_t i = 0; i < shown.count && used < size; i++) {
        run_number number = shown.numbers[i];
        if (!RUN_FACTS[number].is_shared) {
            used += (size_t)snprintf(text + used, size - used, "%s%s %s", used ? ", " : "", RUN_FACTS[number].heading,
                                     run_stats_format(score, number, record->numbers[number]));
        }
    }
}

static void format_run(char *text, size_t size, const run_study *study, const run_record *record)
{
    char scores[LONGEST / 4];
    char time[DURATION_SIZE];
    char memory[BYTE_SIZE_SIZE];
    char collapse[LONGEST / 4] = "";
    if (record->state == RUN_FAILED) {
        snprintf(text, size, "failed: %s", record->why ? record->why : "out of memory.");
        return;
    }
    if (record->state == RUN_COLLAPSED) {
        snprintf(collapse, sizeof collapse, "collapsed to %.0f of %" PRId32 " clusters; ",
                 record->numbers[RUN_CLUSTERS_IN_USE], study->plan.base.clusters);
    }
    format_scores(scores, sizeof scores, study, record);
    snprintf(text, size, "%s%s; %s, %s", collapse, scores, duration_format_fine(time, record->numbers[RUN_SECONDS]),
             byte_size_format(memory, record->numbers[RUN_PEAK_BYTES]));
}

void run_progress_tell(run_progress *progress, const run_study *study, int32_t run)
{
    char name[RUN_NAME_SIZE];
    char result[LONGEST];
    char left[2 * DURATION_SIZE];
    char line[2 * LONGEST];
    const run_record *record = &study->records[run];
    progress->done++;
    run_plan_name(&study->plan, run, name);
    format_run(result, sizeof result, study, record);
    format_left(left, sizeof left, progress);
    snprintf(line, sizeof line, "%" PRId32 "/%" PRId32 " %s: %s%s", progress->done, progress->total, name, result,
             left);
    progress_log(progress->view, record->state == RUN_DONE ? CLUDI_LOG_INFO : CLUDI_LOG_WARNING, line);
}

void run_progress_end(run_progress *progress)
{
    run_progress_show(progress);
    progress_end(progress->view);
}
