#!/bin/bash
# The main job on real data: scripts/demo.sh BUILD OUT. Clusters Fashion-MNIST's 10,000 test images (raw pixels, K = 10)
# beside k-means, then assigns the 60,000 training images the model has not seen. Labels are used for the scores alone.
set -euo pipefail
cludi=${1:-build}/cludi
out=${2:-demo}
data=/usr/share/datasets/fashion-mnist
seen=$data/t10k-images-idx3-ubyte.gz seen_labels=$data/t10k-labels-idx1-ubyte.gz
new=$data/train-images-idx3-ubyte.gz new_labels=$data/train-labels-idx1-ubyte.gz
mkdir -p "$out"

printf '\n1. Fit: 10,000 images of clothes, no labels, 10 clusters\n'
"$cludi" fit "$seen" -k 10 -o "$out/fashion.cludi"
printf '\n2. The same 10,000 images: predict, then compare with the true classes\n'
"$cludi" predict "$out/fashion.cludi" "$seen" -o "$out/seen-labels.npy"
"$cludi" eval "$seen_labels" "$out/seen-labels.npy"
printf '\n3. 60,000 images the model has never seen\n'
"$cludi" predict "$out/fashion.cludi" "$new" -o "$out/new-labels.npy"
"$cludi" eval "$new_labels" "$out/new-labels.npy"
printf '\n4. For comparison: k-means, best of ten starts, on the same 10,000 images\n'
"$cludi" fit "$seen" -k 10 -o "$out/kmeans.cludi" --method kmeans
"$cludi" predict "$out/kmeans.cludi" "$seen" -o "$out/kmeans-labels.npy"
"$cludi" eval "$seen_labels" "$out/kmeans-labels.npy"
printf '\nDone. The files are here:\n'
printf '  %-24s %s\n' "$out/fashion.cludi" "the model (safetensors; look at it with: $cludi info $out/fashion.cludi)" \
    "$out/seen-labels.npy" "cluster of each of the 10,000 images" "$out/new-labels.npy" "cluster of each of the 60,000 images" \
    "$out/kmeans.cludi" "the model of k-means" "$out/kmeans-labels.npy" "its cluster of each of the 10,000 images"
