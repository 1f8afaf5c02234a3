/** @file version.h
 *  The version of these headers, for `#if`; cludi_version() is that of the library in use.
 *  Names with a later @since than another version are not in that one.
 */
#ifndef CLUDI_VERSION_H
#define CLUDI_VERSION_H

#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The parts of the version, as numbers. @since 0.2 */
#define CLUDI_VERSION_MAJOR 0
#define CLUDI_VERSION_MINOR 2
#define CLUDI_VERSION_PATCH 0

/** "MAJOR.MINOR.PATCH". @since 0.2 */
#define CLUDI_VERSION "0.2.0"

/** A number that is larger for a later version. @since 0.2 */
#define CLUDI_MAKE_VERSION(major, minor, patch) (10000 * (major) + 100 * (minor) + (patch))

/** The version as such a number: `#if CLUDI_VERSION_NUMBER >= CLUDI_MAKE_VERSION(0, 2, 0)`. @since 0.2 */
#define CLUDI_VERSION_NUMBER CLUDI_MAKE_VERSION(CLUDI_VERSION_MAJOR, CLUDI_VERSION_MINOR, CLUDI_VERSION_PATCH)

/** The version of the library in use; CLUDI_VERSION is that of the headers a program was compiled with. A program works with a
 *  library of that version or a later one with the same soname: structs with a struct_size may be shorter than the library's.
 *  @return "MAJOR.MINOR.PATCH"; static string.
 *  Threads: safe. Cost: none. @since 0.1 */
CLUDI_API const char *cludi_version(void);

#ifdef __cplusplus
}
#endif
#endif
