#include "outline.h"

#include "stopping.h"

static void add_steps(cludi_fit_outline *outline, const method *how, const cludi_config *config, int64_t rows)
{
    const stopping length = stopping_begin(how, config, rows);
    outline->is_most = length.converges;
    outline->steps = length.steps;
    outline->first_steps = how->first_steps ? how->first_steps(how, config, length.steps) : 0;
    outline->batch_rows = how->batch_rows(config, rows);
    outline->rows_read = outline->batch_rows * (how->rows_read ? how->rows_read(how, outline->neighbors) : 1);
}

static void add_start(cludi_fit_outline *outline, const cludi_config *config, int64_t rows, int32_t clusters)
{
    const training_voters voters = training_data_voters(config, rows, clusters);
    outline->neighbors = training_data_neighbors(config, rows);
    outline->init_runs = voters.all;
    outline->init_kmeans = voters.kmeans;
    outline->init_spectral = voters.spectral;
    outline->init_starts = voters.starts;
}

cludi_fit_outline outline_make(const cludi_config *config, int64_t rows, int32_t clusters)
{
    const method *how = method_of(config);
    cludi_config adapted = *config;
    if (how->adapt)
        how->adapt(how, &adapted);
    cludi_fit_outline outline = {
        .struct_size = sizeof outline, .batch_rows = rows, .sample_rows = training_data_sample(rows, clusters)};
    if (how->needs != TRAINING_NEEDS_ROWS)
        add_start(&outline, &adapted, rows, clusters);
    if (!how->fit_whole)
        add_steps(&outline, how, config, rows);
    return outline;
}
