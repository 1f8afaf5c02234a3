/* Filling in the caller's cludi_error. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <cludi/status.h>

/* Puts one sentence into *error (if not NULL) and returns status, so that `return error_set(...)` is one line. Control
   characters and what is not UTF-8 in it are escaped (escape.h); error->message may be among the arguments. */
__attribute__((format(printf, 3, 4))) cludi_status error_set(cludi_error *error, cludi_status status,
                                                             const char *format, ...);

/* Ends the function with the status of a call that failed. What has something to release is two functions: one that runs, with
   TRY, and one that calls it and releases. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        const cludi_status try_status = (call);                                                                        \
        if (try_status != CLUDI_OK)                                                                                    \
            return try_status;                                                                                         \
    } while (0)

/* The usual sentence for a failed allocation; what: "the batch", "3 rows of X". */
cludi_status error_memory(cludi_error *error, const char *what);

#endif
