#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "cmocka_all.h"
#include "content_digest.h"
#include "io_support.h"

enum { MANY = 40000 }; /* numbers: more than two blocks of 64 KiB */

typedef struct parts {
    safetensors_array arrays[2];
    safetensors_meta pairs[3];
    float few[6];
} parts;

static float many[MANY];

static parts make(void)
{
    return (parts){.arrays = {{"a", 2, {2, 3}, NULL}, {"b", 1, {MANY, 0}, many}},
                   .pairs = {{"k", "v"}, {"l", "w"}, {CONTENT_DIGEST_KEY, "?"}},
                   .few = {1, 2, 3, 0, 5, 6}};
}

static uint64_t digest_of(parts *p)
{
    p->arrays[0].data = p->few;
    return content_digest_of(&(safetensors_content){p->arrays, 2, p->pairs, 3});
}

/* What is read has the digest of what was written. */
static void test_read(void **state)
{
    (void)state;
    const cludi_allocator allocator = alloc_system();
    cludi_error error;
    safetensors_file file;
    uint64_t read = 0;
    parts p = make();
    for (int i = 0; i < MANY; i++)
        many[i] = (float)i / 7;
    const uint64_t wanted = digest_of(&p);
    assert_int_equal(safetensors_write(io_path("x"), &(safetensors_content){p.arrays, 2, p.pairs, 3}, &error),
                     CLUDI_OK);
    const char *path = io_path("x");
    assert_int_equal(safetensors_open(path, &allocator, &file, &error), CLUDI_OK);
    assert_int_equal(content_digest_read(&file, &read, &error), CLUDI_OK);
    assert_true(read == wanted);
    safetensors_close(&file);
}

/* Everything counts but the digest's own pair. */
static void test_every_part(void **state)
{
    (void)state;
    parts p = make();
    const uint64_t whole = digest_of(&p);
    p.pairs[2].value = "0123456789abcdef";
    assert_true(digest_of(&p) == whole);
    for (int part = 0; part < 9; part++) {
        p = make();
        float last = many[MANY - 1];
        switch (part) {
        case 0:
            p.pairs[0].key = "K";
            break;
        case 1:
            p.pairs[1].value = "W";
            break;
        case 2: /* moved from one pair to the next */
            p.pairs[0].value = "vl";
            p.pairs[1].key = "";
            break;
        case 3:
            p.arrays[0].name = "A";
            break;
        case 4:
            p.arrays[0].shape[0] = 3;
            p.arrays[0].shape[1] = 2;
            break;
        case 5:
            p.arrays[0].rank = 1;
            p.arrays[0].shape[0] = 6;
            break;
        case 6:
            p.few[3] = -0.0F;
            break;
        case 7:
            many[MANY - 1] = 9;
            break;
        default:
            p.few[0] = 2;
            p.few[1] = 1;
        }
        assert_true(digest_of(&p) != whole);
        many[MANY - 1] = last;
    }
    p = make();
    assert_true(digest_of(&p) == whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_every_part)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
