#include "hdf5_library.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

enum { REASON = 160 };

/* Guards settings of libhdf5 that all threads share; the library itself may be built without support for threads. */
static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;

void hdf5_enter(hdf5_session *session)
{
    pthread_mutex_lock(&alone);
    (void)H5dont_atexit();
    (void)H5open();
    *session = (hdf5_session){0};
    (void)H5Eget_auto2(H5E_DEFAULT, &session->print, &session->print_user);
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    session->plugins_known = H5PLget_loading_state(&session->plugins) >= 0;
    (void)H5PLset_loading_state(0);
}

void hdf5_leave(const hdf5_session *session)
{
    if (session->plugins_known)
        (void)H5PLset_loading_state(session->plugins);
    (void)H5Eset_auto2(H5E_DEFAULT, session->print, session->print_user);
    pthread_mutex_unlock(&alone);
}

hid_t hdf5_open(int descriptor, bool writable)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    (void)H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    (void)H5Pset_file_locking(access, false, true);
    hid_t file = H5Fopen(path, writable ? H5F_ACC_RDWR : H5F_ACC_RDONLY, access);
    (void)H5Pclose(access);
    return file;
}

/* Takes the first error, which is the innermost. */
static herr_t take_first(unsigned n, const H5E_error2_t *found, void *user)
{
    H5E_error2_t *first = user;
    if (n == 0)
        *first = *found;
    return 0;
}

static cludi_status fail(const char *path, const char *what, cludi_status status, cludi_error *error)
{
    char reason[REASON] = "the library gives no reason";
    H5E_error2_t first = {0};
    if (H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, &first) >= 0 && first.desc)
        snprintf(reason, sizeof reason, "%s", first.desc);
    if (first.min_num == H5E_NOSPACE && first.maj_num == H5E_RESOURCE)
        status = CLUDI_ERROR_MEMORY;
    return error_set(error, status, "\"%s\" %s: %s.", path, what, reason);
}

cludi_status hdf5_fail(const char *path, cludi_error *error)
{
    return fail(path, "cannot be read as HDF5", CLUDI_ERROR_FORMAT, error);
}

cludi_status hdf5_fail_write(const char *path, cludi_error *error)
{
    return fail(path, "cannot be written as HDF5", CLUDI_ERROR_FILE, error);
}
