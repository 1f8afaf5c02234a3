#include "step_support.h"

#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "config_table.h"

cludi_config step_config(void)
{
    cludi_config config;
    config_table_defaults(&config);
    config.embedding_dim = 5;
    config.hidden_dim = 9;
    config.blocks = 2;
    config.views = 3;
    config.batch_size = 6;
    config.teacher_steps = 3;
    config.temperature = 0.4;
    config.column_temperature = 0.3;
    return config;
}

/* Weights N(0, 1/in), biases N(0, 0.2^2), L N(0, 1), unit codes; float32 numbers. */
static void fill_parameters(step_fixture *f)
{
    float *flat = malloc((size_t)param_specs_total(f->specs, f->count) * sizeof *flat), *at = flat;
    assert_non_null(flat);
    for (int i = 0; i < f->count; i++) {
        param_spec spec = f->specs[i];
        if (spec.matrix && spec.deviation == 0)
            spec.deviation = 1 / sqrt((double)spec.cols);
        if (!spec.matrix)
            spec.deviation = 0.2;
        param_specs_initialize(&f->be, &spec, 1, 1000 + (uint64_t)i, at);
        at += spec.rows * spec.cols;
    }
    param_set_copy_in(&f->step.params, HOST_F32, flat);
    free(flat);
}

void step_fixture_init(step_fixture *f, const char *backend_name, int64_t n, int32_t K, const cludi_config *config)
{
    step_fixture_init_part(f, backend_name, (step_part){n, K, NULL}, config);
}

void step_fixture_init_part(step_fixture *f, const char *backend_name, step_part part, const cludi_config *config)
{
    const int64_t n = part.n;
    const int32_t K = part.K;
    open_backend(&f->be, backend_name, 1);
    f->count = denoiser_specs(f->specs, n, K, config);
    const train_shape shape = {.n = n, .K = K, .specs = f->specs, .count = f->count, .sum = part.sum};
    cludi_error error = {0};
    if (train_step_init(&f->step, &f->be, &shape, config, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    fill_parameters(f);
    train_step *s = &f->step;
    tensor x = random_tensor(&f->be, s->N, n, 77, 1);
    f->be.ops.unit_rows(&f->be, s->x, x, 1);
    free_tensor(&f->be, x);
    train_step_same_views(s);
    train_noise_draw(s, 5, 3);
}

void step_fixture_clear(step_fixture *f)
{
    train_step_clear(&f->step);
    backend_close(&f->be);
}
