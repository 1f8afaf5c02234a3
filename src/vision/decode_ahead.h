/* Threads that decode images ahead of who uses them, in order.

   A ring of slots, each with the pixels of one image: image i is in slot i modulo the number of slots. A thread takes the
   next image as soon as its slot is free, which it is once the image that was there is released. So memory does not depend
   on how many images there are, and images come out in order whichever thread was first. */
#ifndef VISION_DECODE_AHEAD_H
#define VISION_DECODE_AHEAD_H

#include <pthread.h>

#include "image_list.h"
#include "image_prepare.h"

/* The outcome of one image. */
typedef struct decoded_image {
    cludi_status status;
    bool is_ready;
    cludi_error error; /* set when status is not CLUDI_OK */
} decoded_image;

typedef struct decode_ahead {
    const cludi_allocator *allocator;
    const image_list *images;
    int64_t next;     /* image that the next free thread takes */
    int64_t released; /* images before it are no longer needed */
    int32_t slots;
    int64_t slot_size;      /* floats: 3 S S */
    float *pixels;          /* (slots, 3, S, S) */
    decoded_image *decoded; /* (slots) */
    int32_t threads;        /* that run */
    pthread_t *handles;     /* (threads) */
    image_reader *readers;  /* (threads): one of each */
    int32_t readers_made;
    int32_t readers_taken;
    atomic_bool stop;
    bool has_lock;         /* the next three are there */
    pthread_mutex_t lock;  /* of next, released, readers_taken and is_ready */
    pthread_cond_t filled; /* a slot was */
    pthread_cond_t freed;  /* a slot was */
} decode_ahead;

typedef struct decode_plan {
    const image_list *images; /* must outlive the decode_ahead */
    int64_t first;            /* image to begin with */
    int32_t size;             /* S */
    int32_t slots;
    int32_t threads;
} decode_plan;

/* Starts the threads. They take no signals. The caller ends in any case.
   Errors: CLUDI_ERROR_MEMORY, CLUDI_ERROR_UNSUPPORTED (the system starts no thread). */
cludi_status decode_ahead_begin(decode_ahead *ahead, const decode_plan *plan, const cludi_allocator *allocator,
                                cludi_error *error);

/* Waits for image at, up to a tenth of a second; NULL when it is not ready by then. at is less than released + slots. */
const decoded_image *decode_ahead_wait(decode_ahead *ahead, int64_t at);

/* The pixels of image at. Those of the images behind it follow, up to the end of the ring. */
const float *decode_ahead_pixels(const decode_ahead *ahead, int64_t at);

/* Images up to and without `to` are no longer needed. */
void decode_ahead_release(decode_ahead *ahead, int64_t to);

/* Stops the threads, waits for them and frees all. */
void decode_ahead_end(decode_ahead *ahead);

#endif
