#!/bin/bash
# The same seed gives the same bytes, with one thread and with two; another seed gives others.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
fit() { # MODEL ARGUMENT...
    run fit rows.npy -k 3 -o "$@" "${SMALL[@]}" --quiet --allow-collapse
    expect_code "fit $*" 0
}
for backend in ref auto; do
    fit one --threads 1 --seed 5 --backend $backend
    fit two --threads 2 --seed 5 --backend $backend
    fit all --seed 5 --backend $backend
    fit other --threads 1 --seed 6 --backend $backend
    expect_same "$backend: one thread and two" one two
    expect_same "$backend: one thread and all" one all
    cmp -s one other && fail "$backend: another seed" "the same model" || ok "$backend: another seed"
    for threads in 1 2; do
        run predict one rows.npy -o "labels$threads.npy" --proba "proba$threads.npy" --embedding "z$threads.npy" \
            --threads $threads --quiet --backend $backend
        expect_code "$backend: predict with $threads" 0
    done
    expect_same "$backend: labels" labels1.npy labels2.npy
    expect_same "$backend: probabilities" proba1.npy proba2.npy
    expect_same "$backend: embeddings" z1.npy z2.npy
done

# The real features, where they are.
data=${CLUDI_SHARED_DATA:-}/imagenet50_val_dino_vits16.npy
if [ -r "$data" ]; then
    for threads in 1 2; do
        run fit "$data" -k 50 -o "real$threads" --steps 3 --init-runs 4 --hidden-dim 64 --threads $threads --quiet --allow-collapse
        expect_code "real features with $threads" 0
    done
    expect_same "real features: one thread and two" real1 real2
else
    skip "real features" "CLUDI_SHARED_DATA has no imagenet50_val_dino_vits16.npy"
fi
finish
