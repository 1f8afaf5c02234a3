#include "parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "alloc.h"

/* Looks before a thread sleeps, about 5 microseconds in all: what waking it costs. */
enum { SPINS = 200 };

struct team {
    cludi_allocator allocator;
    int most;             /* workers that can be had, the calling thread not counted */
    int started;          /* that were */
    pid_t process;        /* that has them */
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t begins, ends;
    team_loop loop;
    atomic_uint_fast64_t begun; /* loops so far */
    atomic_int running;         /* workers in the loop */
    atomic_int_fast64_t next;   /* the first of the next piece */
    int wanted, joined;         /* workers of the loop */
    int arrived;                /* workers that run; the lock is held */
    bool is_open, is_over;      /* the loop, for workers that come late; the team */
    pthread_t handles[];        /* (threads - 1) */
};

static void rest(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static void make_locks(team *t)
{
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->begins, NULL);
    pthread_cond_init(&t->ends, NULL);
    t->process = getpid();
}

team *team_new(int threads, const cludi_allocator *allocator)
{
    team *t = alloc_zeroed(allocator, 1, sizeof *t + (size_t)(threads - 1) * sizeof *t->handles);
    if (!t)
        return NULL;
    t->allocator = *allocator;
    t->most = threads - 1;
    make_locks(t);
    return t;
}

/* In a child after fork() there are no workers, and one of them may have held the lock. */
static void leave_parent(team *t)
{
    if (t->process == getpid())
        return;
    t->started = t->arrived = 0;
    t->is_open = false;
    atomic_store(&t->running, 0);
    make_locks(t);
}

void team_free(team *t)
{
    if (!t)
        return;
    leave_parent(t);
    pthread_mutex_lock(&t->lock);
    t->is_over = true;
    pthread_mutex_unlock(&t->lock);
    pthread_cond_broadcast(&t->begins);
    while (t->started > 0)
        pthread_join(t->handles[--t->started], NULL);
    pthread_cond_destroy(&t->ends);
    pthread_cond_destroy(&t->begins);
    pthread_mutex_destroy(&t->lock);
    const cludi_allocator allocator = t->allocator;
    alloc_free(&allocator, t);
}

static void take_pieces(team *t, const team_loop *loop, int worker)
{
    for (;;) {
        const int64_t first = atomic_fetch_add_explicit(&t->next, loop->piece, memory_order_relaxed);
        if (first >= loop->count)
            return;
        loop->part(loop->self, worker, first, loop->count - first < loop->piece ? loop->count : first + loop->piece);
    }
}

/* ---- workers; the lock is held where nothing else is said ---- */

static void wait_for_loop(team *t, uint64_t seen)
{
    pthread_mutex_unlock(&t->lock);
    for (int i = 0; i < SPINS && atomic_load_explicit(&t->begun, memory_order_relaxed) == seen; i++)
        rest();
    pthread_mutex_lock(&t->lock);
    while (atomic_load(&t->begun) == seen && !t->is_over)
        pthread_cond_wait(&t->begins, &t->lock);
}

static void join_loop(team *t)
{
    const team_loop loop = t->loop;
    const int worker = ++t->joined;
    atomic_fetch_add(&t->running, 1);
    pthread_mutex_unlock(&t->lock);
    take_pieces(t, &loop, worker);
    pthread_mutex_lock(&t->lock);
    if (atomic_fetch_sub(&t->running, 1) == 1)
        pthread_cond_signal(&t->ends);
}

static void *work(void *user)
{
    team *t = user;
    uint64_t seen = 0;
    pthread_mutex_lock(&t->lock);
    t->arrived++;
    pthread_cond_signal(&t->ends);
    while (!t->is_over) {
        wait_for_loop(t, seen);
        seen = atomic_load(&t->begun);
        if (t->is_open && t->joined < t->wanted)
            join_loop(t);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

/* ---- the calling thread ---- */

/* Signals are for the threads of the program. Workers that cannot be had are not asked for again. All run on return: a thread that has yet
   to begin may hold a lock of a sanitizer's allocator, and a child of a fork would wait for that for ever. */
static void start_workers(team *t, int wanted)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (t->started < wanted && t->started < t->most)
        if (pthread_create(&t->handles[t->started], NULL, work, t) == 0)
            t->started++;
        else
            t->most = t->started;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_mutex_lock(&t->lock);
    while (t->arrived < t->started)
        pthread_cond_wait(&t->ends, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

static void open_loop(team *t, const team_loop *loop, int workers)
{
    pthread_mutex_lock(&t->lock);
    t->loop = *loop;
    atomic_store(&t->next, 0);
    t->wanted = workers;
    t->joined = 0;
    t->is_open = true;
    atomic_fetch_add(&t->begun, 1);
    pthread_mutex_unlock(&t->lock);
    for (int i = 0; i < workers; i++)
        pthread_cond_signal(&t->begins);
}

/* Waits for those who are in it; others find it closed. */
static void close_loop(team *t)
{
    pthread_mutex_lock(&t->lock);
    t->is_open = false;
    pthread_mutex_unlock(&t->lock);
    for (int i = 0; i < SPINS && atomic_load_explicit(&t->running, memory_order_relaxed) > 0; i++)
        rest();
    pthread_mutex_lock(&t->lock);
    while (atomic_load(&t->running) > 0)
        pthread_cond_wait(&t->ends, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

void team_run(team *t, int threads, const team_loop *loop)
{
    if (loop->count <= 0)
        return;
    const int64_t pieces = loop->count / loop->piece + (loop->count % loop->piece > 0);
    int workers = (int)(threads < pieces ? threads : pieces) - 1;
    if (workers > 0) {
        leave_parent(t);
        if (t->started < workers)
            start_workers(t, workers);
        workers = workers < t->started ? workers : t->started;
    }
    if (workers <= 0) {
        loop->part(loop->self, 0, 0, loop->count);
        return;
    }
    open_loop(t, loop, workers);
    take_pieces(t, loop, 0);
    close_loop(t);
}
