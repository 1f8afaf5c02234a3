/* Whether the call that runs is to end: what the context's stop callback answered. The callback is asked at most ten times
   a second and from the thread that called cludi alone; every thread sees its answer. Long work looks at it every few
   milliseconds: tasks and products of a backend (backend.h), rows that are read (in_file.h, stoppable_source()). */
#ifndef BASE_STOP_REQUEST_H
#define BASE_STOP_REQUEST_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <cludi/context.h>
#include <cludi/matrix.h>

typedef struct stop_request {
    cludi_stop_fn ask; /* may be NULL */
    void *user;
    double every;    /* least seconds between two questions */
    double asked_at; /* seconds */
    pthread_t caller;
    atomic_bool stopped; /* it was told to stop */
} stop_request;

void stop_request_init(stop_request *watch, cludi_stop_fn ask, void *user);

/* A call begins, on this thread: what an earlier one was told is forgotten. */
void stop_request_begin(stop_request *watch);

/* Is the call to end? On the caller's thread this may ask. watch may be NULL: never. */
bool stop_request_stopped(stop_request *watch);

/* CLUDI_STOPPED with a sentence if the call is to end, else CLUDI_OK. */
cludi_status stop_request_check(stop_request *watch, cludi_error *error);

/* A source that can be stopped between two reads. */
typedef struct stoppable_source {
    const cludi_source *X;
    stop_request *watch;
} stoppable_source;

/* The rows of s->X; s must outlive them. */
cludi_source stoppable_source_rows(stoppable_source *s);

#endif
