#!/bin/sh
# fit.sh DATA K [OPTION OF FIT...]: model, labels and probabilities beside the data. `cludi` is taken from the PATH.
set -eu
data=$1 clusters=$2
shift 2
cludi fit "$data" -k "$clusters" -o "$data.cludi" "$@"
cludi predict "$data.cludi" "$data" -o "$data.labels.npy" --proba "$data.proba.npy"
