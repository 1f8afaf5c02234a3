#include "embed_images.h"

#include "decode_ahead.h"
#include "error.h"

enum { USUAL_BATCH = 16 };

/* Rows are handed over, and progress is told, between two calls of the network: so often a slow network's too. */
static const double LONGEST_CALL = 0.5; /* seconds */

typedef struct embedding {
    const embed_job *job;
    decode_ahead ahead;
    float *features; /* (most, D) */
    int32_t most;    /* images computed at once, at most */
    int32_t batch;   /* the same, for now */
    int64_t at;      /* image whose turn it is */
    double start;
} embedding;

static cludi_status stop(cludi_error *error)
{
    return error_set(error, CLUDI_STOPPED, "Stopped.");
}

static bool wants_stop(const embedding *run)
{
    const cludi_progress now = {.phase = CLUDI_PHASE_EMBED,
                                .step = run->at,
                                .steps = run->job->images->count,
                                .seconds = message_seconds() - run->start};
    return message_progress(run->job->messages, &now) != 0;
}

/* NULL after a stop. */
static const decoded_image *wait_for(embedding *run, int64_t at)
{
    const decoded_image *image = NULL;
    do {
        image = decode_ahead_wait(&run->ahead, at);
    } while (!image && !wants_stop(run));
    return image;
}

/* Images of the run's turn that follow each other, all sound, up to a batch and without a gap in the ring; 0: the first of
   them is not. *stopped: while waiting. */
static int32_t count_sound(embedding *run, bool *stopped)
{
    const int64_t count = run->job->images->count;
    int32_t sound = 0;
    for (int64_t at = run->at; at < count && sound < run->batch; at++) {
        if (sound > 0 && at % run->ahead.slots == 0)
            break;
        const decoded_image *image = wait_for(run, at);
        *stopped = !image;
        if (!image || image->status != CLUDI_OK)
            break;
        sound++;
    }
    return sound;
}

/* What is no fault of one image ends the run. */
static cludi_status skip_image(embedding *run, cludi_error *error)
{
    const decoded_image *image = wait_for(run, run->at);
    if (!image)
        return stop(error);
    if (image->status != CLUDI_ERROR_FILE && image->status != CLUDI_ERROR_FORMAT)
        return error_set(error, image->status, "%s", image->error.message);
    int stopped = run->job->take(run->job->user, run->at, NULL, &image->error);
    decode_ahead_release(&run->ahead, ++run->at);
    return stopped ? stop(error) : CLUDI_OK;
}

static void adapt_batch(embedding *run, double seconds, int32_t images)
{
    int32_t threads = run->job->threads;
    double fitting = LONGEST_CALL * images / (seconds > 1e-6 ? seconds : 1e-6) / threads;
    if (run->job->batch == 0)
        run->batch = threads * (fitting < 1 ? 1 : fitting > run->most ? run->most / threads : (int32_t)fitting);
    run->batch = run->batch < run->most ? run->batch : run->most;
}

static cludi_status embed_sound(embedding *run, int32_t images, cludi_error *error)
{
    const embed_job *job = run->job;
    double start = message_seconds();
    cludi_status status =
        job->embed(job->network, decode_ahead_pixels(&run->ahead, run->at), images, run->features, error);
    if (status)
        return status;
    adapt_batch(run, message_seconds() - start, images);
    decode_ahead_release(&run->ahead, run->at + images);
    for (int32_t i = 0; i < images; i++)
        if (job->take(job->user, run->at++, run->features + (int64_t)i * job->features, NULL))
            return stop(error);
    return CLUDI_OK;
}

static cludi_status embed_all(embedding *run, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    while (!status && run->at < run->job->images->count) {
        bool stopped = false;
        int32_t sound = count_sound(run, &stopped);
        if (stopped)
            return stop(error);
        status = sound > 0 ? embed_sound(run, sound, error) : skip_image(run, error);
        if (!status && wants_stop(run) && run->at < run->job->images->count)
            return stop(error);
    }
    return status;
}

static int32_t round_up(int32_t count, int32_t multiple)
{
    return (count + multiple - 1) / multiple * multiple;
}

cludi_status embed_images(const embed_job *job, cludi_error *error)
{
    embedding run = {.job = job, .at = job->first, .start = message_seconds()};
    run.most = job->batch > 0 ? job->batch : round_up(USUAL_BATCH, job->threads);
    run.batch = job->batch > 0 ? job->batch : job->threads;
    const decode_plan plan = {.images = job->images,
                              .first = job->first,
                              .size = job->image_size,
                              .slots = 2 * run.most + job->threads,
                              .threads = job->threads};
    run.features = alloc_array(job->allocator, (int64_t)run.most * job->features, sizeof *run.features);
    cludi_status status = run.features ? decode_ahead_begin(&run.ahead, &plan, job->allocator, error)
                                       : error_memory(error, "the features of a batch");
    if (!status)
        status = embed_all(&run, error);
    decode_ahead_end(&run.ahead);
    alloc_free(job->allocator, run.features);
    return status;
}
