#include "hdf5_library.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "hdf5_driver.h"

/* Guards settings of libhdf5 that all threads share; the library itself may be built without support for threads. */
static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;

/* ---- fork: nobody waits for a reader, whose callbacks may want what the forking thread has ---- */

static bool was_free;  /* at the fork that is under way */
static bool abandoned; /* in this process: a thread that it does not have was at work in libhdf5 */
static pthread_once_t watches_forks = PTHREAD_ONCE_INIT;

static void before_fork(void)
{
    was_free = pthread_mutex_trylock(&alone) == 0;
}

static void after_fork(void)
{
    if (was_free)
        pthread_mutex_unlock(&alone);
}

static void after_fork_in_child(void)
{
    alone = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    abandoned = abandoned || !was_free;
}

static void watch_forks(void)
{
    (void)pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

/* Takes the first error, which is the innermost. */
static herr_t take_first(unsigned n, const H5E_error2_t *found, void *user)
{
    hdf5_session *session = user;
    if (n > 0)
        return 0;
    snprintf(session->reason, sizeof session->reason, "%s", found->desc ? found->desc : "no reason is given");
    bool memory = found->maj_num == H5E_RESOURCE && found->min_num == H5E_NOSPACE;
    session->status = memory ? CLUDI_ERROR_MEMORY : CLUDI_ERROR_FORMAT;
    return 0;
}

/* Called by the library where it would print. Kept at once: the next call, be it one that closes, forgets it. */
static herr_t keep_reason(hid_t stack, void *user)
{
    return H5Ewalk2(stack, H5E_WALK_UPWARD, take_first, user);
}

cludi_status hdf5_enter(hdf5_session *session, const char *path, cludi_error *error)
{
    pthread_once(&watches_forks, watch_forks);
    if (abandoned)
        return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                         "\"%s\" cannot be read: this process was forked while another thread read HDF5.", path);
    pthread_mutex_lock(&alone);
    (void)H5dont_atexit();
    (void)H5open();
    *session = (hdf5_session){.status = CLUDI_ERROR_FORMAT, .reason = "no reason is given"};
    (void)H5Eget_auto2(H5E_DEFAULT, &session->print, &session->print_user);
    (void)H5Eset_auto2(H5E_DEFAULT, keep_reason, session);
    session->plugins_known = H5PLget_loading_state(&session->plugins) >= 0;
    (void)H5PLset_loading_state(0);
    return CLUDI_OK;
}

void hdf5_leave(const hdf5_session *session)
{
    if (session->plugins_known)
        (void)H5PLset_loading_state(session->plugins);
    (void)H5Eset_auto2(H5E_DEFAULT, session->print, session->print_user);
    pthread_mutex_unlock(&alone);
}

hid_t hdf5_open(int descriptor, int *write_error)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    (void)H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    (void)H5Pset_file_locking(access, false, true);
    hid_t file = H5I_INVALID_HID;
    if (hdf5_driver_choose(access, write_error) >= 0)
        file = H5Fopen(path, write_error ? H5F_ACC_RDWR : H5F_ACC_RDONLY, access);
    hdf5_close(access);
    return file;
}

size_t hdf5_heap_id_size(hid_t object)
{
    size_t address = 0, length;
    hid_t file = H5Iget_file_id(object), create = H5Fget_create_plist(file);
    const bool known = H5Pget_sizes(create, &address, &length) >= 0;
    hdf5_close(create);
    hdf5_close(file);
    return known ? 4 + address + 4 : 0;
}

/* A conversion that changes nothing: what libhdf5 has read from the file stays in place. */
static herr_t keep_bytes(hid_t from, hid_t to, H5T_cdata_t *data, size_t count, size_t stride, size_t background_stride,
                         void *bytes, void *background, hid_t transfer)
{
    (void)count, (void)stride, (void)background_stride, (void)bytes, (void)background, (void)transfer;
    data->need_bkg = H5T_BKG_NO;
    return data->command != H5T_CONV_INIT || H5Tget_size(from) == H5Tget_size(to) ? 0 : -1;
}

static const char CONVERSION[] = "cludi global heap IDs";

hid_t hdf5_raw_begin(size_t size)
{
    hid_t strings = H5Tcopy(H5T_C_S1), type = H5Tcreate(H5T_OPAQUE, size);
    (void)H5Tset_size(strings, H5T_VARIABLE);
    (void)H5Tregister(H5T_PERS_SOFT, CONVERSION, strings, type, keep_bytes);
    hdf5_close(strings);
    return type;
}

void hdf5_raw_end(hid_t type)
{
    (void)H5Tunregister(H5T_PERS_SOFT, CONVERSION, -1, -1, keep_bytes);
    hdf5_close(type);
}

void hdf5_close(hid_t object)
{
    if (object >= 0)
        (void)H5Idec_ref(object);
}

cludi_status hdf5_fail(const char *path, cludi_error *error)
{
    H5E_auto2_t print;
    void *user = NULL;
    if (H5Eget_auto2(H5E_DEFAULT, &print, &user) < 0 || !user)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" cannot be read as HDF5.", path);
    const hdf5_session *session = user;
    return error_set(error, session->status, "\"%s\" cannot be read as HDF5: %s.", path, session->reason);
}
