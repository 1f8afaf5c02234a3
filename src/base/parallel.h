/* A team of threads that shares the pieces of a loop. A waiting thread sleeps after a few microseconds, and nobody waits
   for a thread that has taken no piece: on a busy machine whoever has a processor takes all of them. The threads start with
   the first loop that wants them, take no signals and no memory from the allocator.

   After fork() the child has none of the threads: the team starts new ones there. */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stdint.h>

#include <cludi/context.h>

typedef struct team team;

/* Runs first .. last - 1 of a loop as worker 0 (the thread that called team_run) .. threads - 1. */
typedef void team_part(void *self, int worker, int64_t first, int64_t last);

typedef struct team_loop {
    team_part *part;
    void *self;
    int64_t count, piece; /* 0 .. count - 1, handed out `piece` at a time */
} team_loop;

/* Up to `threads` threads, the calling one among them. NULL: out of memory. */
team *team_new(int threads, const cludi_allocator *allocator);

/* Ends the threads. NULL is allowed. */
void team_free(team *team);

/* Runs the loop with at most `threads` threads and returns when all of it is done; team may be NULL where that is one. Where the system starts no thread, the
   calling one does it alone. From one thread at a time, and not from within a loop of the same team. */
void team_run(team *team, int threads, const team_loop *loop);

#endif
