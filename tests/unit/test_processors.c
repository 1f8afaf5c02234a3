/* The default number of threads: OMP_NUM_THREADS, affinity, and the quotas of control groups in a made-up root. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "processors.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"

static void test_asked(void **state)
{
    static const struct {
        const char *text;
        int threads;
    } CASES[] = {{"3", 3},   {" 4 ", 4}, {"4,2", 4}, {"4 , 2,1", 4}, {"1", 1},    {"99999999", 1 << 20},
                 {NULL, 0},  {"", 0},    {"  ", 0},  {"0", 0},       {"-2", 0},   {"two", 0},
                 {"4x", 0},  {"4,", 0},  {"4,x", 0}, {",4", 0},      {"4,0", 0},  {"1.5", 0},
                 {"0x4", 0}, {"+4", 0},  {"4 2", 0}, {"4;2", 0},     {"TRUE", 0}, {"99999999999999999999", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(processors_asked(CASES[i].text), CASES[i].threads);
}

static void test_affinity(void **state)
{
    (void)state;
    cpu_set_t before, one;
    if (sched_getaffinity(0, sizeof before, &before) != 0)
        skip(); /* more processors than the set has */
    assert_int_equal(processors_allowed(), CPU_COUNT(&before));
    CPU_ZERO(&one);
    size_t first = 0;
    while (!CPU_ISSET(first, &before))
        first++;
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(processors_allowed(), 1);
    assert_int_equal(processors_default(), 1);
    setenv("OMP_NUM_THREADS", "3,2", 1);
    assert_int_equal(processors_default(), 3);
    setenv("OMP_NUM_THREADS", "many", 1);
    assert_int_equal(processors_default(), 1);
    unsetenv("OMP_NUM_THREADS");
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

/* ---- control groups ---- */

typedef struct fake {
    char root[64];
} fake;

static int set_up(void **state)
{
    static fake f;
    strcpy(f.root, "/tmp/cludi-processors-XXXXXX");
    *state = &f;
    return mkdtemp(f.root) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[96];
    (void)snprintf(command, sizeof command, "rm -rf %s", ((fake *)*state)->root);
    return system(command);
}

static void put(const fake *f, const char *path, const char *text)
{
    char whole[512];
    (void)snprintf(whole, sizeof whole, "%s%s", f->root, path);
    for (char *at = whole + strlen(f->root) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        (void)mkdir(whole, 0700);
        *at = '/';
    }
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char MOUNT_2[] = "22 1 0:20 / /proc rw - proc proc rw\n"
                              "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
static const char MOUNT_1[] = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
                              "32 31 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
                              "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                              "34 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

static void test_version_2(void **state)
{
    const fake *f = *state;
    assert_int_equal(processors_quota(f->root), 0); /* no control groups at all */
    put(f, "/proc/self/cgroup", "0::/user.slice/job\n");
    put(f, "/proc/self/mountinfo", MOUNT_2);
    assert_int_equal(processors_quota(f->root), 0);
    put(f, "/sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
    assert_int_equal(processors_quota(f->root), 0);
    put(f, "/sys/fs/cgroup/user.slice/job/cpu.max", "350000 100000\n");
    assert_int_equal(processors_quota(f->root), 4); /* rounded up */
    put(f, "/sys/fs/cgroup/user.slice/cpu.max", "200000 100000\n");
    assert_int_equal(processors_quota(f->root), 2); /* the least along the path */
    put(f, "/sys/fs/cgroup/user.slice/job/cpu.max", "1000 100000\n");
    assert_int_equal(processors_quota(f->root), 1);
    put(f, "/sys/fs/cgroup/user.slice/job/cpu.max", "nonsense\n");
    assert_int_equal(processors_quota(f->root), 2);
}

/* In a container: the group is the root of what is mounted, under either name. */
static void test_container(void **state)
{
    const fake *f = *state;
    put(f, "/proc/self/cgroup", "0::/\n");
    put(f, "/proc/self/mountinfo", MOUNT_2);
    put(f, "/sys/fs/cgroup/cpu.max", "150000 50000\n");
    assert_int_equal(processors_quota(f->root), 3);
    put(f, "/proc/self/cgroup", "0::/docker/abc/inner\n");
    put(f, "/proc/self/mountinfo", "30 22 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw\n");
    put(f, "/sys/fs/cgroup/inner/cpu.max", "100000 50000\n");
    assert_int_equal(processors_quota(f->root), 2);
    put(f, "/proc/self/cgroup", "0::/../other\n");
    assert_int_equal(processors_quota(f->root), 3);
}

static void test_version_1(void **state)
{
    const fake *f = *state;
    put(f, "/proc/self/cgroup", "9:name=systemd:/s\n3:cpuset:/set\n2:cpu,cpuacct:/docker/abc\n0::/\n");
    put(f, "/proc/self/mountinfo", MOUNT_1);
    put(f, "/sys/fs/cgroup/cpuset/set/cpu.cfs_quota_us", "1\n");
    put(f, "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
    put(f, "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "-1\n");
    assert_int_equal(processors_quota(f->root), 0);
    put(f, "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "250000\n");
    assert_int_equal(processors_quota(f->root), 3);
    put(f, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    put(f, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000\n");
    assert_int_equal(processors_quota(f->root), 2);
    put(f, "/sys/fs/cgroup/unified/cpu.max", "50000 100000\n"); /* both versions at once */
    assert_int_equal(processors_quota(f->root), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_asked), cmocka_unit_test(test_affinity),
                                       cmocka_unit_test_setup_teardown(test_version_2, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_container, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_version_1, set_up, tear_down)};
    unsetenv("OMP_NUM_THREADS");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
