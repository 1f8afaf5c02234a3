#define _GNU_SOURCE /* pthread_condattr_setclock */
#include "decode_ahead.h"

#include <signal.h>
#include <time.h>

#include "error.h"

enum { WAIT_NANOSECONDS = 100000000, SECOND = 1000000000 };

static image_reader *take_reader(decode_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    image_reader *reader = &ahead->readers[ahead->readers_taken++];
    pthread_mutex_unlock(&ahead->lock);
    return reader;
}

/* The image to decode next, once its slot is free; -1 when there is none any more. */
static int64_t take_image(decode_ahead *ahead)
{
    int64_t at = -1;
    pthread_mutex_lock(&ahead->lock);
    while (!atomic_load(&ahead->stop) && ahead->next < ahead->images->count &&
           ahead->next >= ahead->released + ahead->slots)
        pthread_cond_wait(&ahead->freed, &ahead->lock);
    if (!atomic_load(&ahead->stop) && ahead->next < ahead->images->count)
        at = ahead->next++;
    pthread_mutex_unlock(&ahead->lock);
    return at;
}

static void *decode(void *user)
{
    decode_ahead *ahead = user;
    image_reader *reader = take_reader(ahead);
    for (int64_t at = take_image(ahead); at >= 0; at = take_image(ahead)) {
        const int64_t slot = at % ahead->slots;
        decoded_image *to = &ahead->decoded[slot];
        to->status = image_reader_read(reader, ahead->images->entries[at].path, ahead->pixels + slot * ahead->slot_size,
                                       &to->error);
        pthread_mutex_lock(&ahead->lock);
        to->is_ready = true;
        pthread_cond_signal(&ahead->filled);
        pthread_mutex_unlock(&ahead->lock);
    }
    image_file_end_thread();
    return NULL;
}

static void make_locks(decode_ahead *ahead)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->filled, &clock);
    pthread_cond_init(&ahead->freed, NULL);
    pthread_condattr_destroy(&clock);
    ahead->has_lock = true;
}

/* Signals are for the threads of the program. Some threads are as good as all; none is too few. */
static cludi_status start_threads(decode_ahead *ahead, cludi_error *error)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (ahead->threads < ahead->readers_made &&
           pthread_create(&ahead->handles[ahead->threads], NULL, decode, ahead) == 0)
        ahead->threads++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ahead->threads > 0
               ? CLUDI_OK
               : error_set(error, CLUDI_ERROR_UNSUPPORTED, "The system starts no thread for decoding images.");
}

cludi_status decode_ahead_begin(decode_ahead *ahead, const decode_plan *plan, const cludi_allocator *allocator,
                                cludi_error *error)
{
    *ahead = (decode_ahead){.allocator = allocator,
                            .images = plan->images,
                            .next = plan->first,
                            .released = plan->first,
                            .slots = plan->slots,
                            .slot_size = (int64_t)3 * plan->size * plan->size};
    atomic_init(&ahead->stop, false);
    ahead->pixels = alloc_array(allocator, plan->slots * ahead->slot_size, sizeof(float));
    ahead->decoded = alloc_zeroed(allocator, plan->slots, sizeof *ahead->decoded);
    ahead->handles = alloc_zeroed(allocator, plan->threads, sizeof *ahead->handles);
    ahead->readers = alloc_zeroed(allocator, plan->threads, sizeof *ahead->readers);
    if (!ahead->pixels || !ahead->decoded || !ahead->handles || !ahead->readers)
        return error_memory(error, "images that are decoded ahead");
    while (ahead->readers_made < plan->threads) {
        cludi_status status =
            image_reader_init(&ahead->readers[ahead->readers_made++], plan->size, &ahead->stop, allocator, error);
        if (status)
            return status;
    }
    make_locks(ahead);
    return start_threads(ahead, error);
}

const decoded_image *decode_ahead_wait(decode_ahead *ahead, int64_t at)
{
    const decoded_image *image = &ahead->decoded[at % ahead->slots];
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += WAIT_NANOSECONDS;
    until.tv_sec += until.tv_nsec / SECOND;
    until.tv_nsec %= SECOND;
    pthread_mutex_lock(&ahead->lock);
    while (!image->is_ready && late == 0)
        late = pthread_cond_timedwait(&ahead->filled, &ahead->lock, &until);
    bool is_ready = image->is_ready;
    pthread_mutex_unlock(&ahead->lock);
    return is_ready ? image : NULL;
}

const float *decode_ahead_pixels(const decode_ahead *ahead, int64_t at)
{
    return ahead->pixels + at % ahead->slots * ahead->slot_size;
}

void decode_ahead_release(decode_ahead *ahead, int64_t to)
{
    pthread_mutex_lock(&ahead->lock);
    while (ahead->released < to)
        ahead->decoded[ahead->released++ % ahead->slots].is_ready = false;
    pthread_cond_broadcast(&ahead->freed);
    pthread_mutex_unlock(&ahead->lock);
}

static void stop_threads(decode_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    atomic_store(&ahead->stop, true);
    pthread_cond_broadcast(&ahead->freed);
    pthread_mutex_unlock(&ahead->lock);
    while (ahead->threads > 0)
        pthread_join(ahead->handles[--ahead->threads], NULL);
    pthread_cond_destroy(&ahead->freed);
    pthread_cond_destroy(&ahead->filled);
    pthread_mutex_destroy(&ahead->lock);
}

void decode_ahead_end(decode_ahead *ahead)
{
    if (ahead->has_lock)
        stop_threads(ahead);
    while (ahead->readers_made > 0)
        image_reader_clear(&ahead->readers[--ahead->readers_made]);
    void *const blocks[] = {ahead->pixels, ahead->decoded, ahead->handles, ahead->readers};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        alloc_free(ahead->allocator, blocks[i]);
    *ahead = (decode_ahead){0};
}
