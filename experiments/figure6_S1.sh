#!/bin/sh
# Figures 6 and S1: ACC, NMI and ARI against lambda, the weight of the class loss.
set -eu
. "$(dirname "$0")/sweep.sh"
sweep figure6_S1.sh class_weight=1,10,50,100,200 -- "$@"
