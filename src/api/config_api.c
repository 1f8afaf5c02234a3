/* The public face of the parameter table. */
#include <cludi/config.h>

#include "config_table.h"
#include "error.h"

int32_t cludi_param_count(void)
{
    return config_table_count();
}

const cludi_param *cludi_param_get(int32_t index)
{
    return config_table_get(index);
}

void cludi_config_init(cludi_config *config)
{
    config_table_defaults(config);
}

cludi_status cludi_config_preset(cludi_config *config, const char *preset, int32_t clusters, cludi_error *error)
{
    if (!config || !preset)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", config ? "preset" : "config");
    return config_table_preset(config, preset, clusters, error);
}

cludi_status cludi_config_set(cludi_config *config, const char *name, const char *value, cludi_error *error)
{
    if (!config || !name || !value)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", !config ? "config" : !name ? "name" : "value");
    return config_table_set(config, name, value, error);
}

cludi_status cludi_config_format(const cludi_config *config, int32_t index, char *text, size_t size)
{
    const cludi_param *param = config_table_get(index);
    return config && text && param ? config_table_format(config, param, text, size) : CLUDI_ERROR_ARGUMENT;
}

cludi_status cludi_config_check(const cludi_config *config, cludi_error *error)
{
    return config ? config_table_check(config, error) : error_set(error, CLUDI_ERROR_ARGUMENT, "config is NULL.");
}
