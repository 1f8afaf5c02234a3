#include "h5ad_encode.h"

#include <stdint.h>

hid_t h5ad_text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(type, H5T_VARIABLE);
    (void)H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

hid_t h5ad_boolean_type(void)
{
    const int8_t no = 0, yes = 1;
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    (void)H5Tenum_insert(type, "FALSE", &no);
    (void)H5Tenum_insert(type, "TRUE", &yes);
    return type;
}

bool h5ad_put_attribute(hid_t object, const char *name, hid_t type, hid_t space, const void *value)
{
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool written = attribute >= 0 && H5Awrite(attribute, type, value) >= 0;
    hdf5_close(attribute);
    return written;
}

/* How AnnData knows what an object is. */
static bool put_encoding(hid_t object, const char *encoding, const char *version)
{
    hid_t text = h5ad_text_type(), space = H5Screate(H5S_SCALAR);
    bool written = h5ad_put_attribute(object, "encoding-type", text, space, &encoding) &&
                   h5ad_put_attribute(object, "encoding-version", text, space, &version);
    hdf5_close(space);
    hdf5_close(text);
    return written;
}

/* Names of links are UTF-8. */
static hid_t link_properties(void)
{
    hid_t properties = H5Pcreate(H5P_LINK_CREATE);
    (void)H5Pset_char_encoding(properties, H5T_CSET_UTF8);
    return properties;
}

bool h5ad_put_data(hid_t group, const char *name, const h5ad_data *data)
{
    hid_t space = data->rank > 0 ? H5Screate_simple(data->rank, data->shape, NULL) : H5Screate(H5S_SCALAR);
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE), link = link_properties();
    (void)H5Pset_obj_track_times(properties, false);
    hid_t dataset = H5Dcreate2(group, name, data->type, space, link, properties, H5P_DEFAULT);
    bool written = dataset >= 0 && H5Dwrite(dataset, data->memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data->data) >= 0 &&
                   put_encoding(dataset, data->encoding, "0.2.0");
    hdf5_close(dataset);
    hdf5_close(link);
    hdf5_close(properties);
    hdf5_close(space);
    return written;
}

hid_t h5ad_put_group(hid_t parent, const char *name, const char *encoding, const char *version)
{
    hid_t properties = H5Pcreate(H5P_GROUP_CREATE), link = link_properties();
    (void)H5Pset_obj_track_times(properties, false);
    hid_t group = H5Gcreate2(parent, name, link, properties, H5P_DEFAULT);
    hdf5_close(link);
    hdf5_close(properties);
    if (group >= 0 && put_encoding(group, encoding, version))
        return group;
    hdf5_close(group);
    return -1;
}
