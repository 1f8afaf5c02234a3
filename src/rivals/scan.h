/* The clustering step of SCAN: its loss, which TSP has too. */
#ifndef RIVALS_SCAN_H
#define RIVALS_SCAN_H

#include "rival_step.h"

void scan_layout(rival_head *head, arena *a, const rival_step *s);
void scan_loss(const rival_step *s, rival_head *head, backend *be);

#endif
