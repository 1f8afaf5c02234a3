/* Images through a network that is a sum: order, batches, broken ones, stopping, memory; with threads that decode ahead
   (decode_ahead.c). */
#include <stdlib.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "decode_ahead.h"
#include "embed_images.h"
#include "io_support.h"
#include "tiff_file.h"

#ifdef CLUDI_WITH_VIPS
enum { IMAGES = 60, BROKEN_EVERY = 7, SIZE = 8 };

typedef struct outcome {
    int64_t next; /* image that take is to get */
    int64_t skipped;
    int64_t stop_at; /* -1: never */
    int32_t largest; /* batch */
    bool network_fails;
    int progress_left; /* calls until progress asks to stop; below 0: never */
} outcome;

static bool is_broken(int64_t image)
{
    return image % BROKEN_EVERY == 3;
}

/* One level for all pixels of an image; then its first feature is that level, normalized. */
static void make_files(void)
{
    unsigned char data[SIZE * SIZE];
    char name[32];
    for (int i = 0; i < IMAGES; i++) {
        snprintf(name, sizeof name, "%d.tif", i);
        memset(data, i * 4, sizeof data);
        tiff_put(name, &(tiff_kind){SIZE, SIZE, 1, 8, 1, 1}, data);
        if (is_broken(i))
            io_put(name, "text", 4);
    }
}

static cludi_status embed(void *user, const float *pixels, int64_t images, float *features, cludi_error *error)
{
    outcome *seen = user;
    (void)error;
    seen->largest = images > seen->largest ? (int32_t)images : seen->largest;
    for (int64_t i = 0; i < images; i++) {
        features[2 * i] = pixels[i * 3 * SIZE * SIZE];
        features[2 * i + 1] = 1;
    }
    return seen->network_fails ? CLUDI_ERROR_BACKEND : CLUDI_OK;
}

static int take(void *user, int64_t at, const float *features, const cludi_error *failed)
{
    outcome *seen = user;
    assert_int_equal(at, seen->next++);
    assert_true(!features == is_broken(at));
    assert_true(!failed == !is_broken(at));
    if (features)
        assert_true((int)((features[0] * 0.229F + 0.485F) * 255 + 0.5F) == at * 4 && features[1] == 1);
    else
        assert_non_null(strstr(failed->message, "is no image that is read"));
    seen->skipped += !features;
    return at == seen->stop_at;
}

static int progress(void *user, const cludi_progress *now)
{
    outcome *seen = user;
    assert_int_equal(now->phase, CLUDI_PHASE_EMBED);
    assert_int_equal(now->steps, IMAGES);
    assert_true(now->step <= IMAGES);
    return seen->progress_left >= 0 && seen->progress_left-- == 0;
}

typedef struct scene {
    cludi_allocator allocator;
    image_list images;
    callbacks messages;
    outcome seen;
    embed_job job;
} scene;

static void begin(scene *s, counting_allocator *counter)
{
    const char *path = io_folder;
    *s = (scene){.allocator = counter ? counting_allocator_table(counter) : alloc_system(),
                 .seen = {.stop_at = -1, .progress_left = -1}};
    assert_int_equal(image_list_init(&s->images, &path, 1, &s->allocator, NULL), CLUDI_OK);
    assert_int_equal(s->images.count, IMAGES);
    s->messages = (callbacks){.progress = progress, .progress_user = &s->seen};
    s->job = (embed_job){.images = &s->images,
                         .image_size = SIZE,
                         .features = 2,
                         .threads = 2,
                         .embed = embed,
                         .network = &s->seen,
                         .take = take,
                         .user = &s->seen,
                         .messages = &s->messages,
                         .allocator = &s->allocator};
}

static void test_batches(void **state)
{
    (void)state;
    for (int32_t threads = 1; threads <= 5; threads += 2) {
        for (int32_t batch = 0; batch <= 9; batch += 3) {
            scene s;
            begin(&s, NULL);
            s.job.threads = threads;
            s.job.batch = batch;
            s.job.first = s.seen.next = batch;
            assert_int_equal(embed_images(&s.job, NULL), CLUDI_OK);
            assert_int_equal(s.seen.next, IMAGES);
            assert_true(s.seen.largest <= (batch ? batch : 20));
            image_list_clear(&s.images);
        }
    }
}

static void expect_end(scene *s, cludi_status wanted, int64_t next)
{
    cludi_error error = {0};
    assert_int_equal(embed_images(&s->job, &error), wanted);
    if (next >= 0)
        assert_int_equal(s->seen.next, next);
    image_list_clear(&s->images);
}

static void test_ends(void **state)
{
    scene s;
    (void)state;
    begin(&s, NULL);
    s.seen.stop_at = 20;
    expect_end(&s, CLUDI_STOPPED, 21);
    begin(&s, NULL);
    s.seen.stop_at = 3; /* a broken one */
    expect_end(&s, CLUDI_STOPPED, 4);
    begin(&s, NULL);
    s.seen.progress_left = 2;
    expect_end(&s, CLUDI_STOPPED, -1);
    begin(&s, NULL);
    s.seen.network_fails = true;
    expect_end(&s, CLUDI_ERROR_BACKEND, 0);
    begin(&s, NULL);
    s.job.first = s.seen.next = IMAGES;
    expect_end(&s, CLUDI_OK, IMAGES);
}

/* Only the calling thread asks for memory, and none for an image. */
static void test_memory(void **state)
{
    counting_allocator counter = {0};
    cludi_status status = CLUDI_ERROR_MEMORY;
    scene s;
    (void)state;
    begin(&s, &counter);
    const int64_t live = counter.live;
    for (int n = 1; status == CLUDI_ERROR_MEMORY; n++) {
        s.seen.next = 0;
        counter.calls = 0;
        counter.fail_at = n;
        status = embed_images(&s.job, NULL);
        assert_int_equal(counter.live, live);
        assert_true(n < 40);
    }
    assert_int_equal(status, CLUDI_OK);
    assert_int_equal(counter.overlap, 0);
    image_list_clear(&s.images);
}

/* Images come in order however late they are asked for, and no more than the slots are decoded ahead. */
static void test_ring(void **state)
{
    scene s;
    decode_ahead ahead;
    (void)state;
    begin(&s, NULL);
    const decode_plan plan = {&s.images, 1, SIZE, 4, 3};
    assert_int_equal(decode_ahead_begin(&ahead, &plan, &s.allocator, NULL), CLUDI_OK);
    for (int64_t at = 1; at < 30; at++) {
        const decoded_image *image = NULL;
        while (!image)
            image = decode_ahead_wait(&ahead, at);
        assert_int_equal(image->status, is_broken(at) ? CLUDI_ERROR_FORMAT : CLUDI_OK);
        if (!is_broken(at))
            assert_int_equal((int)((decode_ahead_pixels(&ahead, at)[0] * 0.229F + 0.485F) * 255 + 0.5F), at * 4);
        if (at % 3 == 0)
            decode_ahead_release(&ahead, at + 1);
    }
    decode_ahead_end(&ahead);
    image_list_clear(&s.images);
}

static int setup(void **state)
{
    int status = io_setup(state);
    make_files();
    return status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_batches), cmocka_unit_test(test_ends),
                                       cmocka_unit_test(test_memory), cmocka_unit_test(test_ring)};
    return cmocka_run_group_tests(tests, setup, io_teardown);
}
#else
int main(void)
{
    return 77; /* skipped: this build has no libvips */
}
#endif
