#include "cluster_share.h"

void cluster_share_find(backend *be, const cluster_share *m, tensor p, tensor log_p, int64_t rows)
{
    const double mean = 1 / (double)rows;
    be->ops.column_sum(be, m->share, p, rows);
    be->ops.scale(be, m->share, m->share, mean);
    be->ops.column_max(be, m->log_share, log_p, 1, rows);
    be->ops.column_sum_exp(be, m->scratch, log_p, 1, m->log_share);
    be->ops.scale(be, m->scratch, m->scratch, mean);
    be->ops.add_log(be, m->log_share, m->scratch);
}
