#include "npz.h"

#include <string.h>

#include "error.h"

static bool is_start(const unsigned char *bytes, size_t size)
{
    return size >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
}

static const char *get_name(const array_file *array)
{
    (void)array;
    return "npz";
}

#ifdef CLUDI_WITH_LIBZIP

#include "alloc.h"
#include "npy.h"
#include "zip_member.h"

/* state */
typedef struct npz_file {
    zip_member member;
    byte_source source;
} npz_file;

static cludi_status open_array(array_file *array, cludi_error *error)
{
    npz_file *npz = alloc_zeroed(array->allocator, 1, sizeof *npz);
    if (!npz)
        return error_memory(error, "a .npz file");
    array->state = npz;
    TRY(zip_member_open(&npz->member, &array->file, array->member, error));
    npz->source = zip_member_source(&npz->member);
    return npy_read_header(&npz->source, &array->info, error);
}

/* The array was read to its end: is the member sound? */
static cludi_status check(array_file *array, cludi_error *error)
{
    npz_file *npz = array->state;
    const array_info *info = &array->info;
    return zip_member_check(&npz->member, info->data_offset + info->count * info->type.size, error);
}

static cludi_status read_rows(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error)
{
    npz_file *npz = array->state;
    cludi_status status = npy_read_rows(&npz->source, &array->info, first, count, out, error);
    return status || first + count < array->info.shape[0] ? status : check(array, error);
}

static cludi_status read_labels(array_file *array, int32_t *out, cludi_error *error)
{
    npz_file *npz = array->state;
    cludi_status status = npy_read_labels(&npz->source, &array->info, array->allocator, out, error);
    return status ? status : check(array, error);
}

static bool is_sequential(const array_file *array)
{
    const npz_file *npz = array->state;
    return npz->source.sequential || array->info.fortran;
}

static void close_array(array_file *array)
{
    npz_file *npz = array->state;
    zip_member_close(&npz->member);
    alloc_free(array->allocator, npz);
}

const array_format NPZ_FORMAT = {.title = "a .npz",
                                 .has_members = true,
                                 .by_itself = true,
                                 .is_start = is_start,
                                 .open = open_array,
                                 .read_rows = read_rows,
                                 .read_labels = read_labels,
                                 .is_sequential = is_sequential,
                                 .name = get_name,
                                 .close = close_array};

#else

static cludi_status refuse(array_file *array, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                     "\"%s\" is a .npz (a zip), which this build of cludi cannot read: it was built without libzip.",
                     array->file.path);
}

const array_format NPZ_FORMAT = {
    .title = "a .npz", .has_members = true, .by_itself = true, .is_start = is_start, .open = refuse, .name = get_name};

#endif
