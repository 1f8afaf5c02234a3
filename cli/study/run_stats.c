#include "run_study.h"

#include <math.h>
#include <stdio.h>

enum { HUNDRED = 100 };

run_stats run_stats_of(const run_study *study, int32_t setting, run_number number)
{
    run_stats stats = {.most = NAN};
    const run_record *records = study->records + (ptrdiff_t)setting * study->plan.seeds;
    double sum = 0;
    double squares = 0;
    for (int32_t i = 0; i < study->plan.seeds; i++) {
        double value = records[i].numbers[number];
        if (!isnan(value)) {
            stats.count++;
            sum += value;
            stats.most = value > stats.most || stats.count == 1 ? value : stats.most;
        }
    }
    stats.mean = stats.count > 0 ? sum / stats.count : NAN;
    for (int32_t i = 0; i < study->plan.seeds; i++) {
        double distance = records[i].numbers[number] - stats.mean;
        squares += isnan(distance) ? 0 : distance * distance;
    }
    stats.sd = stats.count > 1 && !RUN_FACTS[number].is_shared ? sqrt(squares / (stats.count - 1)) : NAN;
    return stats;
}

int32_t run_stats_count(const run_study *study, int32_t setting, run_state state)
{
    int32_t count = 0;
    for (int32_t i = 0; i < study->plan.seeds; i++)
        count += study->records[(ptrdiff_t)setting * study->plan.seeds + i].state == state;
    return count;
}

run_shown run_stats_shown(const run_study *study)
{
    const run_shown with_classes = {{RUN_NMI, RUN_ACC, RUN_ARI}, 3};
    const run_shown of_one_seed = {{RUN_SILHOUETTE, RUN_CONFIDENCE}, 2};
    const run_shown without = {{RUN_SILHOUETTE, RUN_STABILITY, RUN_CONFIDENCE}, 3};
    return study->plan.labels ? with_classes : study->plan.seeds == 1 ? of_one_seed : without;
}

double run_stats_scale(run_number number, double value)
{
    return RUN_FACTS[number].is_percent ? HUNDRED * value : value;
}

/* "-0.0" is not printed. */
static void format_plain(char *text, run_number number, double value)
{
    int decimals = RUN_FACTS[number].is_percent ? 1 : 3;
    double unit = RUN_FACTS[number].is_percent ? 10 : 1000;
    snprintf(text, RUN_TEXT_SIZE / 3, "%.*f", decimals, round(unit * run_stats_scale(number, value)) / unit + 0.0);
}

const char *run_stats_format(char *text, run_number number, double value)
{
    if (isnan(value))
        snprintf(text, RUN_TEXT_SIZE, "-");
    else
        format_plain(text, number, value);
    return text;
}

const char *run_stats_format_mean(char *text, run_number number, const run_stats *stats)
{
    char mean[RUN_TEXT_SIZE];
    char sd[RUN_TEXT_SIZE];
    run_stats_format(mean, number, stats->mean);
    if (isnan(stats->sd)) {
        snprintf(text, RUN_TEXT_SIZE, "%.15s", mean);
    } else {
        format_plain(sd, number, stats->sd);
        snprintf(text, RUN_TEXT_SIZE, "%.15s +- %.15s", mean, sd);
    }
    return text;
}
