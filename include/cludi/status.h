/** @file status.h
 *  How cludi reports what went wrong: a status code and one sentence.
 *
 *  Every function that can fail returns a `cludi_status` (0 is success) and, where the caller passes a
 *  `cludi_error`, puts one sentence into it: what was wrong, what was found, what was expected, which argument or file.
 *  Nothing is kept in global or thread-local variables.
 */
#ifndef CLUDI_STATUS_H
#define CLUDI_STATUS_H

#include <stddef.h>

#if defined(__GNUC__)
#define CLUDI_API __attribute__((visibility("default")))
#define CLUDI_MUST_CHECK __attribute__((warn_unused_result))
#else
#define CLUDI_API
#define CLUDI_MUST_CHECK
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** What a call ended with. The numbers are part of the ABI and never change.
 *  @since 0.1 */
typedef enum cludi_status {
    CLUDI_OK = 0,             /**< done */
    CLUDI_ERROR_ARGUMENT = 1, /**< an argument or parameter is out of bounds, NULL, or does not fit another */
    CLUDI_ERROR_MEMORY = 2,   /**< the allocator returned NULL, or a size does not fit into memory */
    CLUDI_ERROR_FILE = 3,     /**< a file could not be opened, read or written; the message has the system's reason */
    CLUDI_ERROR_FORMAT = 4,   /**< a file was read, but is not what it should be */
    CLUDI_ERROR_DATA = 5,     /**< a number that cannot be clustered: NaN or infinity; the message has row and column */
    CLUDI_ERROR_UNSUPPORTED = 6, /**< this build or this machine cannot do it (a backend not built, for example) */
    CLUDI_ERROR_BACKEND = 7,     /**< the compute library under a backend failed */
    CLUDI_STOPPED = 8,           /**< the progress callback asked to stop */
    CLUDI_ERROR_DIVERGED = 9     /**< training ran into NaN or infinity; a smaller learning rate may help. A prediction:
                                      a model's numbers overflow on a row. Features: an encoder's do */
} cludi_status;

/** One sentence about a failure, in the caller's storage.
 *  @since 0.1 */
typedef struct cludi_error {
    cludi_status status; /**< the same value the function returned */
    char message[512];   /**< NUL-terminated UTF-8, one sentence, no newline; cut if longer */
} cludi_error;

/** The name of a status, for logs.
 *  @param status any value
 *  @return a static string such as "CLUDI_ERROR_FILE"; "unknown status" for other values; never NULL
 *  Threads: safe from any thread. Cost: none. @since 0.1 */
CLUDI_API const char *cludi_status_name(cludi_status status);

/** Makes a name or text from outside fit for one line of a terminal or a log: every byte of a control character (C0, DEL,
 *  C1) and every byte that is not UTF-8 becomes `\xNN`. The library's own messages have been through it; what has been
 *  stays as it is.
 *  @param out      capacity bytes, NUL-terminated after the call if capacity > 0; must not overlap text
 *  @param capacity bytes at out; longer text is cut, between characters; 4 strlen(text) + 1 hold all of it
 *  @param text     any bytes, NUL-terminated
 *  @return the length of out; 0 when out or text is NULL
 *  Threads: safe from any thread. Cost: O(strlen(text)). @since 0.2 */
CLUDI_API size_t cludi_text_escape(char *out, size_t capacity, const char *text);

#ifdef __cplusplus
}
#endif
#endif
