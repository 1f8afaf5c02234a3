#include "h5ad_dict.h"

#include <stdint.h>
#include <string.h>

#include <jansson.h>

#include "error.h"
#include "h5ad_encode.h"

enum { MOST_DEPTH = 8 };

/* ---- what is taken ---- */

static bool is_good_name(const char *name)
{
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0;
}

static bool is_good(const json_t *object, int depth)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object) || depth > MOST_DEPTH)
        return false;
    json_object_foreach((json_t *)object, name, value)
    {
        if (!is_good_name(name) || json_is_null(value) || json_is_array(value))
            return false;
        if (json_is_object(value) && !is_good(value, depth + 1))
            return false;
    }
    return true;
}

static json_t *load(const char *text)
{
    return json_loads(text, JSON_REJECT_DUPLICATES, NULL);
}

cludi_status h5ad_dict_check(const char *text, cludi_error *error)
{
    json_t *object = load(text);
    const bool good = is_good(object, 1);
    json_decref(object);
    if (good)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT,
                     "columns->parameters is no JSON object of strings, numbers, booleans and such objects.");
}

/* ---- writing ---- */

static bool put_scalar(hid_t group, const char *name, const char *encoding, hid_t type, hid_t memory, const void *value)
{
    return h5ad_put_data(group, name,
                         &(h5ad_data){.encoding = encoding, .type = type, .memory = memory, .data = value});
}

static bool put_boolean(hid_t group, const char *name, bool yes)
{
    const int8_t value = yes;
    hid_t type = h5ad_boolean_type();
    bool written = put_scalar(group, name, "numeric-scalar", type, type, &value);
    hdf5_close(type);
    return written;
}

static bool put_text(hid_t group, const char *name, const char *value)
{
    hid_t type = h5ad_text_type();
    bool written = put_scalar(group, name, "string", type, type, &value);
    hdf5_close(type);
    return written;
}

static bool put_object(hid_t parent, const char *name, json_t *object);

static bool put_value(hid_t group, const char *name, json_t *value)
{
    const int64_t whole = json_integer_value(value);
    const double real = json_real_value(value);
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return put_object(group, name, value);
    case JSON_STRING:
        return put_text(group, name, json_string_value(value));
    case JSON_INTEGER:
        return put_scalar(group, name, "numeric-scalar", H5T_STD_I64LE, H5T_NATIVE_INT64, &whole);
    case JSON_REAL:
        return put_scalar(group, name, "numeric-scalar", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &real);
    default:
        return put_boolean(group, name, json_is_true(value));
    }
}

static bool put_object(hid_t parent, const char *name, json_t *object)
{
    const char *key;
    json_t *value;
    hid_t group = h5ad_put_group(parent, name, "dict", "0.1.0");
    bool written = group >= 0;
    json_object_foreach(object, key, value)
    {
        written = written && put_value(group, key, value);
    }
    hdf5_close(group);
    return written;
}

bool h5ad_dict_put(hid_t parent, const char *name, const char *text)
{
    json_t *object = load(text);
    bool written = object && put_object(parent, name, object);
    json_decref(object);
    return written;
}
