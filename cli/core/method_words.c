#include "words.h"

cludi_method_info method_info(cludi_method method)
{
    cludi_method_info info = {.struct_size = sizeof info, .name = "", .help = "", .loss = "loss", .step_unit = "steps"};
    (void)!cludi_method_get_info(method, &info, NULL);
    return info;
}
