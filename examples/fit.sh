#!/bin/sh
# fit.sh DATA K: model, labels and probabilities beside the data. `cludi` is taken from the PATH.
set -eu
cludi fit "$1" -k "$2" -o "$1.cludi"
cludi predict "$1.cludi" "$1" -o "$1.labels.npy" --proba "$1.proba.npy"
cludi info "$1.cludi"
