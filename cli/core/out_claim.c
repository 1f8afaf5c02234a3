#include "outputs.h"

#include "complain.h"

int out_claim_take(out_claim *claim, cludi_context *context, const char *const *paths, int count)
{
    cludi_error error;
    for (int i = 0; i < count; i++)
        if (paths[i] && out_path_is_file(paths[i]) &&
            cludi_output_lock_take(context, paths[i], &claim->locks[i], &error) != CLUDI_OK)
            return complain_error(&error);
    return EXIT_DONE;
}

void out_claim_clear(out_claim *claim)
{
    for (int i = 0; i < OUT_CLAIMS; i++)
        cludi_output_lock_free(claim->locks[i]);
    *claim = (out_claim){0};
}
