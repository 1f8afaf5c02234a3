#include "run_study.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "words.h"

enum { GAP = 2, OTHER_COLUMNS = 3 }; /* time, memory, notes */

/* Texts in rows and columns; the first row is the heading. */
typedef struct cell_table {
    char (*cells)[RUN_TEXT_SIZE]; /* (rows, columns) */
    int32_t rows;
    int32_t columns;
} cell_table;

static char *get_cell(const cell_table *table, int32_t row, int32_t column)
{
    return table->cells[(ptrdiff_t)row * table->columns + column];
}

static void set_cell(const cell_table *table, int32_t row, int32_t column, const char *text)
{
    snprintf(get_cell(table, row, column), RUN_TEXT_SIZE, "%s", text);
}

static void fill_heading(const cell_table *table, const run_study *study)
{
    int32_t column = 0;
    const run_shown shown = run_stats_shown(study);
    for (int32_t i = 0; i < study->plan.factor_count; i++)
        set_cell(table, 0, column++, study->plan.factors[i].param->name);
    for (int32_t i = 0; i < shown.count; i++)
        set_cell(table, 0, column++, RUN_FACTS[shown.numbers[i]].heading);
    set_cell(table, 0, column++, "time");
    set_cell(table, 0, column, "memory");
}

/* "1 failed, 2 collapsed of 5" */
static void format_note(char *text, const run_study *study, int32_t setting)
{
    int32_t failed = run_stats_count(study, setting, RUN_FAILED);
    int32_t collapsed = run_stats_count(study, setting, RUN_COLLAPSED);
    char part[RUN_TEXT_SIZE / 2] = "";
    *text = '\0';
    if (collapsed > 0)
        snprintf(part, sizeof part, "%s%" PRId32 " collapsed", failed ? ", " : "", collapsed);
    if (failed > 0)
        snprintf(text, RUN_TEXT_SIZE, "%" PRId32 " failed%s of %" PRId32, failed, part, study->plan.seeds);
    else if (collapsed > 0)
        snprintf(text, RUN_TEXT_SIZE, "%s of %" PRId32, part, study->plan.seeds);
}

static void fill_setting(const cell_table *table, const run_study *study, int32_t setting)
{
    int32_t column = 0;
    char text[RUN_TEXT_SIZE];
    const run_shown shown = run_stats_shown(study);
    const run_plan *plan = &study->plan;
    for (int32_t i = 0; i < plan->factor_count; i++)
        set_cell(table, setting + 1, column++, plan->factors[i].values[run_plan_level(plan, setting, i)]);
    for (int32_t i = 0; i < shown.count; i++) {
        const run_stats stats = run_stats_of(study, setting, shown.numbers[i]);
        set_cell(table, setting + 1, column++, run_stats_format_mean(text, shown.numbers[i], &stats));
    }
    const run_stats time = run_stats_of(study, setting, RUN_SECONDS);
    const run_stats memory = run_stats_of(study, setting, RUN_PEAK_BYTES);
    set_cell(table, setting + 1, column++, time.count ? duration_format_fine(text, time.mean) : "-");
    set_cell(table, setting + 1, column++, memory.count ? byte_size_format(text, memory.most) : "-");
    format_note(text, study, setting);
    set_cell(table, setting + 1, column, text);
}

static int find_width(const cell_table *table, int32_t column)
{
    int width = 0;
    for (int32_t row = 0; row < table->rows; row++) {
        int length = (int)strlen(get_cell(table, row, column));
        width = length > width ? length : width;
    }
    return width;
}

/* No blanks at the end of a line. */
static void print_row(const cell_table *table, int32_t row)
{
    int blanks = 0;
    for (int32_t column = 0; column < table->columns; column++) {
        const char *text = get_cell(table, row, column);
        if (*text) {
            printf("%*s%s", blanks, "", text);
            blanks = 0;
        }
        blanks += find_width(table, column) - (int)strlen(text) + GAP;
    }
    putchar('\n');
}

int run_table_print(const run_study *study)
{
    const run_plan *plan = &study->plan;
    cell_table table = {.rows = plan->settings + 1,
                        .columns = plan->factor_count + run_stats_shown(study).count + OTHER_COLUMNS};
    table.cells = calloc((size_t)table.rows * (size_t)table.columns, sizeof *table.cells);
    if (!table.cells)
        return complain("Out of memory for the table.");
    fill_heading(&table, study);
    for (int32_t i = 0; i < plan->settings; i++)
        fill_setting(&table, study, i);
    for (int32_t row = 0; row < table.rows; row++)
        print_row(&table, row);
    free(table.cells);
    return EXIT_DONE;
}

void run_table_explain(const run_study *study)
{
    const run_plan *plan = &study->plan;
    const char *spread = plan->seeds > 1 ? "; mean +- standard deviation over the seeds" : "";
    const char *command = plan->options->command->name;
    if (plan->labels) {
        tell("Scores are in percent, against \"%s\"%s.", plan->labels, spread);
    } else {
        tell("Silhouette of %" PRId64 " rows; %sconfidence: mean probability of a row's label%s.",
             study->data.sample.rows,
             plan->seeds > 1 ? "stability: mean adjusted Rand index between the labels of two seeds; " : "", spread);
    }
    tell("Time is that of fit and predict, with %" PRId32 " thread%s and %" PRId32
         " run%s at once%s; memory is the largest peak.",
         plan->threads, plan->threads == 1 ? "" : "s", plan->jobs, plan->jobs == 1 ? "" : "s",
         study->found > 0 ? " (of runs done before: as it was then)" : "");
    tell("Results written to \"%s/%s.json\", .csv and .svg.", plan->folder, command);
}
