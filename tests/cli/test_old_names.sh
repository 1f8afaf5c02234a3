#!/bin/bash
# The names of 0.1.0: options and models with them are accepted, and no help shows them.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
bash "$HERE/../checks/points.sh" points.npy
FIT=(fit points.npy -k 2 --method cludi --steps 2 --seed 1 --backend ref --quiet --allow-collapse)

run "${FIT[@]}" -o new --batch-size 16 --views 2 --teacher-steps 2 --draws 3 --embedding-dim 8 --hidden-dim 16 --blocks 1 --diffusion-steps 500 \
    --noise-scale 4 --temperature 0.2 --column-temperature 0.06 --snr-bound 4 --class-weight 40 --preprocessing unit --n-neighbors 5 \
    --neighbor-swap 0.4 --init-runs 3 --init-steps 2 --cluster-sizes equal --column-scope batch --view-pairing same
expect_code "today's names" 0
run "${FIT[@]}" -o old --N 16 --B 2 --S 2 --samples 3 --d 8 --w 16 --R 1 --T 500 --F 4 --tau 0.2 --tau_col 0.06 --gamma 4 --lambda 40 \
    --input unit --neighbours 5 --swap 0.4 --starts 3 --start-steps 2 --sizes equal --column batch --pairing same
expect_code "names of 0.1.0" 0
expect_same "the same model" new old
run predict new points.npy -o l.npy --samples 2 --quiet
expect_code "predict --samples" 0
run fit --help
grep -qE -- '--(N|B|S|d|w|R|T|F|tau|lambda|input|swap|starts|samples) ' out && fail "help shows an old name" "$(cat out)" || ok "help"

cp "$HERE/model-0.1.0.safetensors" model
run predict model points.npy --backend ref -o labels.csv --quiet
expect_code "a model of 0.1.0" 0
expect_same "its labels" labels.csv "$HERE/model-0.1.0.labels.csv"
run info model --json
expect_words "its parameters by today's names" out '"batch_size": 16' '"class_weight": 50' '"n_neighbors": 15'
finish
