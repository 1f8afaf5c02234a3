#define _GNU_SOURCE /* sched_getaffinity */
#include "processors.h"

#include "bounds.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 1024, LINE = 4096, MOST_PROCESSORS = 1 << 16, MOST = 1 << 20 };

static const char BLANKS[] = " \t\n";

/* ---- OMP_NUM_THREADS ---- */

/* One number of the list, and what is behind it; NULL: there is none. */
static const char *read_number(const char *text, long *number)
{
    char *end;
    text += strspn(text, BLANKS);
    if (*text < '0' || *text > '9')
        return NULL;
    *number = strtol(text, &end, 10);
    return *number > 0 && *number < LONG_MAX ? end + strspn(end, BLANKS) : NULL;
}

int processors_asked(const char *text)
{
    long first = 0, other;
    if (text)
        text = read_number(text, &first);
    while (text && *text == ',')
        text = read_number(text + 1, &other);
    return !text || *text ? 0 : first < MOST ? (int)first : MOST;
}

/* ---- affinity ---- */

int processors_allowed(void)
{
    unsigned long mask[MOST_PROCESSORS / CHAR_BIT / sizeof(unsigned long)] = {0};
    if (sched_getaffinity(0, sizeof mask, (cpu_set_t *)mask) == 0 && CPU_COUNT_S(sizeof mask, (cpu_set_t *)mask) > 0)
        return CPU_COUNT_S(sizeof mask, (cpu_set_t *)mask);
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online < MOST ? (int)online : 1;
}

/* ---- control groups ---- */

static FILE *open_text(const char *root, const char *path)
{
    char whole[4 * NAME];
    return (size_t)snprintf(whole, sizeof whole, "%s%s", root, path) < sizeof whole ? fopen(whole, "re") : NULL;
}

/* Whether a list with commas has this word. */
static bool has_word(const char *list, const char *word)
{
    const size_t length = strlen(word);
    const char *at = list;
    while (at && (strncmp(at, word, length) != 0 || (at[length] != ',' && at[length] != '\0'))) {
        at = strchr(at, ',');
        at = at ? at + 1 : NULL;
    }
    return at;
}

/* The group of version 2 in a line of /proc/self/cgroup, "0::/path", or of version 1 with the controller cpu. */
static bool read_group(char group[NAME], const char *line, bool first_version)
{
    char controllers[NAME];
    if (!first_version)
        return sscanf(line, "0::%1023[^\n]", group) == 1;
    return sscanf(line, "%*d:%1023[^:\n]:%1023[^\n]", controllers, group) == 2 && has_word(controllers, "cpu");
}

/* Where a hierarchy is mounted, and its group that is seen there. */
typedef struct mount_point {
    char group[NAME], folder[NAME];
} mount_point;

/* A line of /proc/self/mountinfo. */
static bool read_mount(mount_point *mount, const char *line, bool first_version)
{
    char options[NAME];
    const char *kind = strstr(line, first_version ? " - cgroup " : " - cgroup2 ");
    return kind && sscanf(line, "%*d %*d %*s %1023s %1023s", mount->group, mount->folder) == 2 &&
           (!first_version || (sscanf(kind, " - cgroup %*s %1023s", options) == 1 && has_word(options, "cpu")));
}

static bool find_group(char group[NAME], const char *root, bool first_version)
{
    char line[LINE];
    bool found = false;
    FILE *file = open_text(root, "/proc/self/cgroup");
    while (file && !found && fgets(line, sizeof line, file))
        found = read_group(group, line, first_version);
    if (file)
        (void)fclose(file);
    return found;
}

static bool find_mount(mount_point *mount, const char *root, bool first_version)
{
    char line[LINE];
    bool found = false;
    FILE *file = open_text(root, "/proc/self/mountinfo");
    while (file && !found && fgets(line, sizeof line, file))
        found = read_mount(mount, line, first_version);
    if (file)
        (void)fclose(file);
    return found;
}

static long long read_number_file(const char *root, const char *folder, const char *name, long long *second)
{
    char path[3 * NAME];
    long long number = 0;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = open_text(root, path);
    if (!file)
        return 0;
    const int got = fscanf(file, "%lld %lld", &number, second);
    (void)fclose(file);
    return got > 0 ? number : 0;
}

/* Processors that quota / period microseconds are worth; 0: no limit. */
static int share(long long quota, long long period)
{
    if (quota <= 0 || period <= 0)
        return 0;
    const long long whole = quota / period + (quota % period > 0);
    return whole < MOST ? (int)whole : MOST;
}

static int quota_of(const char *root, const char *folder, bool first_version)
{
    long long period = 0, none;
    if (!first_version) {
        const long long quota = read_number_file(root, folder, "cpu.max", &period);
        return share(quota, period);
    }
    period = read_number_file(root, folder, "cpu.cfs_period_us", &none);
    return share(read_number_file(root, folder, "cpu.cfs_quota_us", &none), period);
}

/* The least of the group and those above it, as far as they are mounted. */
static int least_quota(const char *root, const mount_point *mount, const char *group, bool first_version)
{
    char folder[2 * NAME];
    const size_t known = strlen(mount->group), base = strlen(mount->folder);
    if (known > 1 && strncmp(group, mount->group, known) == 0 && (group[known] == '/' || group[known] == '\0'))
        group += known;
    (void)snprintf(folder, sizeof folder, "%s%s", mount->folder, group);
    int most = 0;
    for (;;) {
        const int quota = strstr(folder, "/..") ? 0 : quota_of(root, folder, first_version);
        most = quota > 0 && (most == 0 || quota < most) ? quota : most;
        char *slash = strrchr(folder, '/');
        if (!slash || (size_t)(slash - folder) < base)
            return most;
        *slash = '\0';
    }
}

int processors_quota(const char *root)
{
    char group[NAME];
    mount_point mount;
    int most = 0;
    for (int version = 1; version <= 2; version++) {
        const bool first = version == 1;
        if (!find_group(group, root, first) || !find_mount(&mount, root, first))
            continue;
        const int quota = least_quota(root, &mount, group, first);
        most = quota > 0 && (most == 0 || quota < most) ? quota : most;
    }
    return most;
}

int processors_default(void)
{
    const int asked = processors_asked(getenv("OMP_NUM_THREADS"));
    if (asked > 0)
        return asked;
    const int allowed = processors_allowed(), quota = processors_quota("");
    return quota > 0 ? (int)min_int(allowed, quota) : allowed;
}
