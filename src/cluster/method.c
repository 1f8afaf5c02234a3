#include "method.h"

#include "kmeans_method.h"

static int cludi_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config)
{
    return denoiser_specs(specs, input_map_bind(config->input, n, NULL).width, K, config);
}

static const method METHODS[] = {
    [CLUDI_METHOD_CLUDI] = {cludi_specs, trainer_run, predictor_run},
    [CLUDI_METHOD_KMEANS] = {kmeans_method_specs, kmeans_method_fit, kmeans_method_predict},
};

const method *method_of(const cludi_config *config)
{
    return &METHODS[config->method];
}
