#include "method.h"

#include "kmeans_method.h"
#include "rival_method.h"
#include "rival_predictor.h"

static int cludi_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config)
{
    return denoiser_specs(specs, input_map_bind(config->input, n, NULL).width, K, config);
}

static const method METHODS[] = {
    [CLUDI_METHOD_CLUDI] = {cludi_specs, trainer_run, predictor_run},
    [CLUDI_METHOD_KMEANS] = {kmeans_method_specs, kmeans_method_fit, kmeans_method_predict},
    [CLUDI_METHOD_SELF_CLASSIFIER] = {rival_method_specs, rival_method_fit, rival_predictor_run},
    [CLUDI_METHOD_TEMI] = {rival_method_specs, rival_method_fit, rival_predictor_run},
    [CLUDI_METHOD_SCAN] = {rival_method_specs, rival_method_fit, rival_predictor_run},
    [CLUDI_METHOD_TSP] = {rival_method_specs, rival_method_fit, rival_predictor_run},
};

const method *method_of(const cludi_config *config)
{
    return &METHODS[config->method];
}
