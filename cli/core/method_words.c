#include "words.h"

cludi_method_info method_info(cludi_method method)
{
    cludi_method_info info = {.struct_size = sizeof info, .name = "", .help = "", .loss = "loss", .step_unit = "steps"};
    cludi_status status = cludi_method_get_info(method, &info, NULL);
    (void)status; /* a config that was checked names no other */
    return info;
}
