/* The log and progress callbacks of a context, as inner code sees them. */
#ifndef BASE_MESSAGE_H
#define BASE_MESSAGE_H

#include <cludi/context.h>

typedef struct callbacks {
    cludi_log_fn log; /* may be NULL */
    void *log_user;
    cludi_progress_fn progress; /* may be NULL */
    void *progress_user;
} callbacks;

/* Sends one formatted sentence to the log. */
__attribute__((format(printf, 3, 4))) void message_log(const callbacks *to, cludi_log_level level, const char *format,
                                                       ...);

/* Reports progress, with the name of its phase; non-zero when the callback asks to stop. */
int message_progress(const callbacks *to, const cludi_progress *progress);

/* Seconds on a clock that only goes forward. */
double message_seconds(void);

#endif
