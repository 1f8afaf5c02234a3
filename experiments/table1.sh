#!/bin/sh
# Tables 1 and 2: every data set of DIR through `cludi compare`, then a Markdown table with the published numbers beside it.
# DIR has, for each data set NAME, either features NAME.npy with classes NAME.labels.npy, or a folder NAME/CLASS/*.jpg of images,
# which `cludi embed` makes features of with the weights that the variable WEIGHTS names. K is the number of classes.
# A NAME of experiments/published.csv (imagenet50, cifar10, ...) gets its published row; any other is shown too.
# The results are in the folder that the variable OUT names (table1); the same command goes on where it was stopped.
set -eu
here=$(dirname "$0")
cludi=${CLUDI:-cludi} out=${OUT:-table1}
[ $# -ge 1 ] && [ -d "$1" ] || { echo "usage: [OUT=FOLDER] [WEIGHTS=FILE] table1.sh DIR [OPTION OF cludi compare...]" >&2 && exit 2; }
dir=$1
shift
mkdir -p "$out"

# KEY: what a line of stdin says after it.
value_of() { sed -n "s/^$1 *//p"; }

embed() { # FOLDER NAME
    [ -e "$out/$2.npy" ] && return
    [ -n "${WEIGHTS:-}" ] || { echo "table1.sh: $1 is a folder of images; let WEIGHTS name the weights of an encoder." >&2 && exit 2; }
    code=0
    "$cludi" embed "$WEIGHTS" "$1" -o "$out/$2.npy" --labels-from-folders --resume || code=$?
    # 3: images that cannot be read were named and left out
    [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || exit "$code"
}

compare() { # FEATURES LABELS NAME [OPTION...]
    features=$1 labels=$2 name=$3
    shift 3
    K=$("$cludi" eval "$labels" "$labels" | value_of classes)
    echo "$name: K = $K" >&2
    "$cludi" compare "$features" -k "$K" --labels "$labels" -o "$out/$name" "$@"
}

for path in "$dir"/*; do
    name=$(basename "$path" .npy)
    case $path in
    *.labels.npy) ;;
    *.npy) compare "$path" "${path%.npy}.labels.npy" "$name" "$@" ;;
    *) if [ -d "$path" ]; then
        embed "$path" "$name"
        compare "$out/$name.npy" "$out/$name.labels.npy" "$name" "$@"
    fi ;;
    esac
done
exec "${PYTHON:-python3}" "$here/table.py" "$out"
