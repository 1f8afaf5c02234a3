/* The clustering step of SCAN: its loss, which TSP has too. */
#ifndef METHODS_HEADS_SCAN_H
#define METHODS_HEADS_SCAN_H

#include "head_step.h"

void scan_layout(trained_head *head, arena *a, const head_step *s);
void scan_loss(const head_step *s, trained_head *head, backend *be);

#endif
