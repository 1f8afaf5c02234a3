#include "module.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;

/* A path without '/' would be searched for, and a relative one is of the working folder. */
static void *open_file(module_file *m)
{
    char folder[PATH_MAX], path[PATH_MAX];
    if (!module_folder(folder, sizeof folder) || folder[0] != '/') {
        snprintf(m->reason, sizeof m->reason, "the folder of %s is not known", m->file);
        return NULL;
    }
    if (snprintf(path, sizeof path, "%s%s", folder, m->file) >= (int)sizeof path) {
        snprintf(m->reason, sizeof m->reason, "the path of %s is too long", m->file);
        return NULL;
    }
    void *file = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!file)
        snprintf(m->reason, sizeof m->reason, "%s", dlerror());
    return file;
}

static const void *load(module_file *m)
{
    void *file = open_file(m), *entry = file ? dlsym(file, m->entry) : NULL;
    module_entry *get = NULL;
    const char *version;
    if (!file)
        return NULL;
    if (!entry) {
        snprintf(m->reason, sizeof m->reason, "%s is another file", m->file);
        return NULL;
    }
    memcpy(&get, &entry, sizeof get); /* ISO C does not convert a pointer to a function */
    const void *table = get();
    memcpy(&version, table, sizeof version);
    if (strcmp(version, MODULE_VERSION) == 0)
        return table;
    snprintf(m->reason, sizeof m->reason, "%s is of version %s, the library of " MODULE_VERSION, m->file, version);
    return NULL;
}

const void *module_table(module_file *m)
{
    pthread_mutex_lock(&alone);
    if (!m->tried)
        m->table = load(m);
    m->tried = true;
    const void *table = m->table;
    pthread_mutex_unlock(&alone);
    return table;
}
