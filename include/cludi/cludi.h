/** @file cludi.h
 *  cludi: clustering of feature vectors by self-supervised diffusion. Includes every public header.
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
#include <cludi/vision.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of the library in use.
 *  @return "MAJOR.MINOR.PATCH"; static string.
 *  Threads: safe. Cost: none. @since 0.1 */
CLUDI_API const char *cludi_version(void);

#ifdef __cplusplus
}
#endif
#endif
