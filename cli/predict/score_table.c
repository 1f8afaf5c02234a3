#include "predict.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "json_out.h"

/* Rounded to one decimal first, so that a tiny negative score is not printed as "-0.0". */
static double to_percent(double fraction)
{
    return round(1000 * fraction) / 10 + 0.0;
}

void score_table_print(const cludi_scores *scores)
{
    printf("NMI             %5.1f %%\n", to_percent(scores->nmi));
    printf("AMI             %5.1f %%\n", to_percent(scores->ami));
    printf("ARI             %5.1f %%\n", to_percent(scores->ari));
    printf("ACC             %5.1f %%\n", to_percent(scores->acc));
    printf("classes         %5" PRId64 "\n", scores->classes);
    printf("clusters        %5" PRId64 "\n", scores->clusters);
    printf("largest share   %5.1f %%\n", to_percent(scores->largest_share));
    printf("smallest share  %5.1f %%\n", to_percent(scores->smallest_share));
}

json_t *score_table_json(const cludi_scores *scores)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "nmi", json_out_real(scores->nmi), "ami",
                     json_out_real(scores->ami), "ari", json_out_real(scores->ari), "acc", json_out_real(scores->acc),
                     "rows", (json_int_t)scores->rows, "classes", (json_int_t)scores->classes, "clusters",
                     (json_int_t)scores->clusters, "largest_share", json_out_real(scores->largest_share),
                     "smallest_share", json_out_real(scores->smallest_share));
}
