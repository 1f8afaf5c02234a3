#!/bin/bash
# valgrind.sh CLUDI: fit and predict on a small data set with each backend: no bad access, no lost memory.
set -euo pipefail
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
bash tests/checks/points.sh "$temp/data.npy"
for backend in ref onednn; do
    for arguments in "fit $temp/data.npy -k 3 -o $temp/model" "predict $temp/model $temp/data.npy -o $temp/labels.npy" "fit $temp/data.npy -k 3 -o $temp/model --method cludi --steps 3 --batch-size 32 --hidden-dim 32 --allow-collapse" "predict $temp/model $temp/data.npy -o $temp/labels.npy"; do
        echo "cludi ${arguments//$temp\//} --backend $backend"
        # shellcheck disable=SC2086
        valgrind --quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
            --error-exitcode=9 --suppressions=tests/checks/valgrind.supp "$1" $arguments --backend $backend --threads 2 --quiet
    done
done
