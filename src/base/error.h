/* Filling in the caller's cludi_error. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <cludi/status.h>

/* Puts one sentence into *error (if not NULL) and returns status, so that `return error_set(...)` is one line. Control
   characters and what is not UTF-8 in it are escaped (escape.h); error->message may be among the arguments. */
__attribute__((format(printf, 3, 4))) cludi_status error_set(cludi_error *error, cludi_status status,
                                                             const char *format, ...);

/* The usual sentence for a failed allocation; what: "the batch", "3 rows of X". */
cludi_status error_memory(cludi_error *error, const char *what);

#endif
