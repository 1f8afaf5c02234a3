/* The public face of the parameter table. */
#include <cludi/config.h>

#include "config_table.h"
#include "error.h"
#include "struct_size.h"

int32_t cludi_param_count(void)
{
    return config_table_count();
}

const cludi_param *cludi_param_get(int32_t index)
{
    return config_table_get(index);
}

void cludi_config_init_sized(cludi_config *config, size_t size)
{
    cludi_config ours;
    config_table_defaults(&ours);
    struct_size_begin(&SHAPE_CONFIG, config, size, &ours);
}

void(cludi_config_init)(cludi_config *config)
{
    cludi_config_init_sized(config, SHAPE_CONFIG.first);
}

cludi_status cludi_config_preset_sized(cludi_config *config, size_t size, const char *preset, int32_t clusters,
                                       cludi_error *error)
{
    cludi_config ours;
    if (!config || !preset)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", config ? "preset" : "config");
    TRY(config_table_preset(&ours, preset, clusters, error));
    struct_size_begin(&SHAPE_CONFIG, config, size, &ours);
    return CLUDI_OK;
}

cludi_status(cludi_config_preset)(cludi_config *config, const char *preset, int32_t clusters, cludi_error *error)
{
    return cludi_config_preset_sized(config, SHAPE_CONFIG.first, preset, clusters, error);
}

static cludi_status take(cludi_config *ours, const cludi_config *theirs, cludi_error *error)
{
    config_table_defaults(ours);
    return struct_size_take(&SHAPE_CONFIG, ours, theirs, error);
}

cludi_status cludi_config_set(cludi_config *config, const char *name, const char *value, cludi_error *error)
{
    if (!config || !name || !value)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", !config ? "config" : !name ? "name" : "value");
    cludi_config ours;
    cludi_status status = take(&ours, config, error);
    if (status == CLUDI_OK)
        status = config_table_set(&ours, name, value, error);
    const cludi_param *param = config_table_find(name);
    if (status == CLUDI_OK && param->offset >= config->struct_size)
        status = error_set(error, CLUDI_ERROR_ARGUMENT, "%s is not in a config of struct_size %u, of an older header.",
                           param->name, config->struct_size);
    if (status == CLUDI_OK)
        struct_size_give(config, &ours);
    return status;
}

cludi_status cludi_config_format(const cludi_config *config, int32_t index, char *text, size_t size)
{
    const cludi_param *param = config_table_get(index);
    cludi_config ours;
    if (!config || !text || !param)
        return CLUDI_ERROR_ARGUMENT;
    TRY(take(&ours, config, NULL));
    return config_table_format(&ours, param, text, size);
}

cludi_status cludi_config_check(const cludi_config *config, cludi_error *error)
{
    cludi_config ours;
    if (!config)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "config is NULL.");
    TRY(take(&ours, config, error));
    return config_table_check(&ours, error);
}
