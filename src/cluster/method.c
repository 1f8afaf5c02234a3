#include "method.h"

#include "kmeans_method.h"

static const method METHODS[] = {
    [CLUDI_METHOD_CLUDI] = {denoiser_specs, trainer_run, predictor_run},
    [CLUDI_METHOD_KMEANS] = {kmeans_method_specs, kmeans_method_fit, kmeans_method_predict},
};

const method *method_of(const cludi_config *config)
{
    return &METHODS[config->method];
}
