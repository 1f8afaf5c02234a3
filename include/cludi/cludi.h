/** @file cludi.h
 *  cludi: clustering of feature vectors. Includes every public header.
 */
#ifndef CLUDI_CLUDI_H
#define CLUDI_CLUDI_H

#include <cludi/cluster.h>
#include <cludi/config.h>
#include <cludi/context.h>
#include <cludi/dataset.h>
#include <cludi/matrix.h>
#include <cludi/metrics.h>
#include <cludi/report.h>
#include <cludi/status.h>
#include <cludi/version.h>
#include <cludi/vision.h>

#endif
