/* Folders to lists: what is taken, in which order, its classes; loops of links; memory that runs out. */
#include <stdlib.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "image_list.h"
#include "image_walk.h"
#include "io_support.h"

static void make(const char *name)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", io_folder, name);
    for (char *slash = path + strlen(io_folder) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0700);
    }
    FILE *file = fopen(path, "wb");
    if (file)
        fclose(file);
}

static int remove_all(void **state)
{
    char command[600];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", io_folder);
    return system(command);
}

static int make_tree(void **state)
{
    static const char *const NAMES[] = {"t/b/img10.jpg", "t/b/img2.JPEG", "t/b/deep/er/x.png", "t/a 1/y.tif",
                                        "t/a/z.gif",     "t/top.webp",    "t/.hidden/w.png",   "t/a/.v.png",
                                        "t/a/u.txt",     "t/a/png",       "t/c.jpg/t.jpe"};
    int status = io_setup(state);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        make(NAMES[i]);
    assert_int_equal(symlink("..", io_path("t/b/loop")), 0);
    assert_int_equal(symlink("../a", io_path("t/b/other")), 0);
    assert_int_equal(symlink("nowhere", io_path("t/a/link.png")), 0);
    return status;
}

static void expect(const image_list *list, int64_t at, const char *path, int32_t label)
{
    char wanted[1200];
    snprintf(wanted, sizeof wanted, "%s/%s", io_folder, path);
    assert_string_equal(list->entries[at].path, wanted);
    assert_int_equal(list->entries[at].label, label);
}

static void test_tree(void **state)
{
    static const struct {
        const char *path;
        int32_t label;
    } WANTED[] = {{"t/a/link.png", 0},  {"t/a/z.gif", 0},     {"t/a 1/y.tif", 1},        {"t/b/deep/er/x.png", 2},
                  {"t/b/img2.JPEG", 2}, {"t/b/img10.jpg", 2}, {"t/b/other/link.png", 2}, {"t/b/other/z.gif", 2},
                  {"t/c.jpg/t.jpe", 3}, {"t/top.webp", -1}};
    static const char *const CLASSES[] = {"a", "a 1", "b", "c.jpg"};
    const cludi_allocator allocator = alloc_system();
    image_list list;
    (void)state;
    const char *paths[3];
    char with_slashes[1100];
    snprintf(with_slashes, sizeof with_slashes, "%s/t//", io_folder);
    paths[0] = with_slashes;
    paths[1] = io_path("t/a/z.gif"); /* comes twice; with a class it stays */
    assert_int_equal(image_list_init(&list, paths, 2, &allocator, NULL), CLUDI_OK);
    assert_int_equal(list.count, sizeof WANTED / sizeof *WANTED);
    for (int64_t i = 0; i < list.count; i++)
        expect(&list, i, WANTED[i].path, WANTED[i].label);
    assert_int_equal(list.class_count, 4);
    for (int i = 0; i < 4; i++)
        assert_string_equal(list.classes[i].text, CLASSES[i]);
    image_list_clear(&list);
}

/* What is named is taken as it is; two roots with folders of one name have one class. */
static void test_named(void **state)
{
    const cludi_allocator allocator = alloc_system();
    image_list list;
    cludi_error error;
    (void)state;
    const char *paths[] = {io_path("t/a/u.txt"), io_path("t/b/deep"), io_path("t/b")};
    assert_int_equal(image_list_init(&list, paths, 2, &allocator, NULL), CLUDI_OK);
    assert_int_equal(list.count, 2);
    expect(&list, 0, "t/a/u.txt", -1);
    expect(&list, 1, "t/b/deep/er/x.png", 0);
    image_list_clear(&list);
    assert_int_equal(image_list_init(&list, NULL, 0, &allocator, NULL), CLUDI_OK);
    assert_int_equal(list.count, 0);
    image_list_clear(&list);
    paths[1] = io_path("none");
    io_expect_error(&error, image_list_init(&list, paths, 2, &allocator, &error), CLUDI_ERROR_FILE, "No such file");
    image_list_clear(&list);
}

static void test_memory(void **state)
{
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    const char *path = io_path("t");
    cludi_status status = CLUDI_ERROR_MEMORY;
    (void)state;
    for (int n = 1; status == CLUDI_ERROR_MEMORY; n++) {
        image_list list;
        counter.calls = 0;
        counter.fail_at = n;
        status = image_list_init(&list, &path, 1, &allocator, NULL);
        image_list_clear(&list);
        assert_int_equal(counter.live, 0);
        assert_true(n < 1000);
    }
    assert_int_equal(status, CLUDI_OK);
}

static void expect_ending(const image_list *list, int64_t at, const char *text, int64_t files)
{
    assert_string_equal(list->endings[at].text, text);
    assert_int_equal(list->endings[at].files, files);
}

/* Counted by endings, each file once; hidden files and those of systems are not. One that is named is no other. */
static void test_passed_over(void **state)
{
    static const char *const NAMES[] = {
        "o/a.heic",           "o/b.MOV",     "o/c/d.mov",     "o/e",      "o/f.",           "o/g.123456789012345",
        "o/h.12345678901234", "o/Thumbs.db", "o/Desktop.INI", "o/.x.mov", "o/@eaDir/j.png", "o/__MACOSX/k.mov",
        "o/named.pdf"};
    const cludi_allocator allocator = alloc_system();
    image_list list;
    char folder[1100], below[1100], named[1100];
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        make(NAMES[i]);
    snprintf(folder, sizeof folder, "%s/o", io_folder);
    snprintf(below, sizeof below, "%s/o/c", io_folder);
    snprintf(named, sizeof named, "%s/o/named.pdf", io_folder);
    const char *const paths[] = {folder, below, named};
    assert_int_equal(image_list_init(&list, paths, 3, &allocator, NULL), CLUDI_OK);
    assert_int_equal(list.count, 2);
    expect(&list, 0, "o/a.heic", -1);
    expect(&list, 1, "o/named.pdf", -1);
    assert_int_equal(list.passed, 6);
    assert_int_equal(list.ending_count, 3);
    expect_ending(&list, 0, "", 3);
    expect_ending(&list, 1, ".mov", 2);
    expect_ending(&list, 2, ".12345678901234", 1);
    image_list_clear(&list);
}

/* More images than the list has room for at first, and paths that fill several blocks. */
static void test_many(void **state)
{
    enum { MANY = 1500 };
    const cludi_allocator allocator = alloc_system();
    image_list list;
    char name[200];
    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "many/%0100d/%d.png", i % 3, i);
        make(name);
    }
    const char *path = io_path("many");
    assert_int_equal(image_list_init(&list, &path, 1, &allocator, NULL), CLUDI_OK);
    assert_int_equal(list.count, MANY);
    assert_int_equal(list.class_count, 3);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "many/%0100d/%d.png", i / 500, i % 500 * 3 + i / 500);
        expect(&list, i, name, i / 500);
    }
    image_list_clear(&list);
}

static void test_endings(void **state)
{
    (void)state;
    assert_true(image_walk_knows("a.jpg") && image_walk_knows("a.b.TIFF") && image_walk_knows(".png"));
    assert_false(image_walk_knows("jpg") || image_walk_knows("a.jpg.txt") || image_walk_knows("a.") ||
                 image_walk_knows(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tree),   cmocka_unit_test(test_named),
                                       cmocka_unit_test(test_memory), cmocka_unit_test(test_passed_over),
                                       cmocka_unit_test(test_many),   cmocka_unit_test(test_endings)};
    return cmocka_run_group_tests(tests, make_tree, remove_all);
}
