/* The method "kmeans": k-means of src/kmeans on unit rows, as a model.

     fit      best of 10 starts by inertia; rows in the canonical order of row_order.h, so that the order in which the
              caller has them does not matter
     predict  the nearest centroid, and p_k = softmax over k of -|x - c_k|^2 / (2 v): the posterior of K equally likely
              spherical Gaussians of variance v in each column
     model    centroids (K, n); variance (1) v = inertia / (M n), at least 2^-23: products of unit rows in float32 are
              no more exact

   All in float32, whatever the precision of the backend. steps of the model are the rounds of the start that was kept,
   loss is the inertia per row. */
#ifndef METHODS_KMEANS_METHOD_H
#define METHODS_KMEANS_METHOD_H

#include "fit_loop.h"
#include "predict.h"

enum { KMEANS_METHOD_STARTS = 10, KMEANS_METHOD_ROUNDS = 300 };

int kmeans_method_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config);

/* No model after CLUDI_STOPPED. *args->profile is emptied. Errors: those of kmeans_run(). */
cludi_status kmeans_method_fit(const fit_args *args, cludi_model **model, cludi_error *error);

/* samples are 0. CLUDI_ERROR_UNSUPPORTED for embeddings; CLUDI_STOPPED, CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND. */
cludi_status kmeans_method_predict(const predictor_args *args, const cludi_prediction *out, cludi_error *error);

#endif
