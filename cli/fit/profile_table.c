#include "fit_report.h"

#include <stdio.h>

#include "json_out.h"

/* "setup" happens once; the others in every step. */
static void print_phase(const cludi_profile *profile, const cludi_phase *phase, double all)
{
    fprintf(stderr, "%-9s %9.3f %6.1f %% %10.3f %9.2f", phase->name, phase->seconds,
            all > 0 ? 100 * phase->seconds / all : 0,
            profile->steps > 0 ? 1e3 * phase->seconds / (double)profile->steps : 0,
            phase->seconds > 0 ? phase->processor_seconds / phase->seconds : 0);
    if (phase->flop > 0 && phase->seconds > 0)
        fprintf(stderr, " %9.0f", 1e-9 * phase->flop / phase->seconds);
    fprintf(stderr, "\n");
}

void profile_table_print(const cludi_profile *profile)
{
    cludi_phase all = {.name = "all"};
    for (int32_t i = 0; i < profile->phases; i++) {
        all.seconds += profile->phase[i].seconds;
        all.processor_seconds += profile->phase[i].processor_seconds;
        all.flop += profile->phase[i].flop;
    }
    fprintf(stderr, "phase       seconds    share    ms/step   threads  GFLOP/s\n");
    for (int32_t i = 0; i < profile->phases; i++)
        print_phase(profile, &profile->phase[i], all.seconds);
    print_phase(profile, &all, all.seconds);
}

json_t *profile_table_json(const cludi_profile *profile)
{
    json_t *phases = json_array();
    for (int32_t i = 0; phases && i < profile->phases; i++) {
        const cludi_phase *phase = &profile->phase[i];
        json_t *one =
            json_pack("{s:s, s:o, s:o, s:o}", "phase", phase->name, "seconds", json_out_real(phase->seconds),
                      "processor_seconds", json_out_real(phase->processor_seconds), "flop", json_out_real(phase->flop));
        if (json_array_append_new(phases, one) != 0) {
            json_decref(phases);
            phases = NULL;
        }
    }
    return phases;
}
