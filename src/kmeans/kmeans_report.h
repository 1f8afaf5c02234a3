/* How far k-means has come. */
#ifndef KMEANS_KMEANS_REPORT_H
#define KMEANS_KMEANS_REPORT_H

#include "kmeans.h"

/* step: 1 .. clusters + rounds + 1; loss: inertia per row, 0 while seeding. CLUDI_STOPPED if the callback asks for it. */
cludi_status kmeans_report(const kmeans_args *args, int64_t step, double loss);

#endif
