#!/bin/sh
# Figure 7: ACC, NMI and ARI against d, the width of an assignment embedding.
set -eu
. "$(dirname "$0")/sweep.sh"
sweep figure7.sh embedding_dim=16,32,64,128,256 -- "$@"
