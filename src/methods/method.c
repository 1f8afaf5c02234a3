#include "method.h"

#include "head_method.h"
#include "head_predict.h"
#include "kmeans_method.h"

static int cludi_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config)
{
    return denoiser_specs(specs, input_map_bind(config->preprocessing, n, NULL).width, K, config);
}

static const method METHODS[] = {
    [CLUDI_METHOD_CLUDI] = {cludi_specs, fit_loop_run, predictor_run},
    [CLUDI_METHOD_KMEANS] = {kmeans_method_specs, kmeans_method_fit, kmeans_method_predict},
    [CLUDI_METHOD_SELF_CLASSIFIER] = {head_method_specs, head_method_fit, head_predict_run},
    [CLUDI_METHOD_TEMI] = {head_method_specs, head_method_fit, head_predict_run},
    [CLUDI_METHOD_SCAN] = {head_method_specs, head_method_fit, head_predict_run},
    [CLUDI_METHOD_TSP] = {head_method_specs, head_method_fit, head_predict_run},
};

const method *method_of(const cludi_config *config)
{
    return &METHODS[config->method];
}
