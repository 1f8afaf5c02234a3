#!/bin/sh
# Figures S2 and S3: NMI, ACC and ARI against d, a line for each noise scale, F^2 = 4, 9, 16, 25, 36, 49.
set -eu
. "$(dirname "$0")/sweep.sh"
sweep figureS2_S3.sh embedding_dim=32,64,128 noise_scale=2,3,4,5,6,7 -- "$@"
