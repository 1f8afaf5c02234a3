#!/bin/bash
# The numbers of the README: bench/run.sh BUILD [exact|speed|same|quality|paper ...] (all by default). Timings alternate with
# the PyTorch oracle's in the same run; quality is the mean and deviation over SEEDS ("0 1 2 3 4" by default).
set -euo pipefail
build=$1 && shift
parts=${*:-exact speed same quality paper}
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
shared=$here/../../shared
features=$shared/data/imagenet50_val_dino_vits16.npy labels=$shared/data/imagenet50_val_labels.npy
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wants() { [[ " $parts " == *" $1 "* ]]; }
has_data() { [ -f "$features" ] || { echo "skipped: $features is not there"; return 1; }; }

fit_scores() { # SEED OPTION... : one line of JSON
    "$build/cludi" fit "$features" -k 50 -o "$scratch/model" --labels "$labels" --json --quiet --seed "$@" | tr -d '\n'
    echo
}

echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) processors; $("$build/cludi" --version)"

if wants exact; then
    echo; echo "== distance to the oracle and to central differences"
    cmake --preset test --log-level=WARNING >/dev/null
    cmake --build build-test --target golden_golden grad_gradients >/dev/null
    build-test/golden_golden 2>/dev/null | grep '^golden,'
    build-test/grad_gradients 2>/dev/null | grep '^gradients,'
fi

if wants speed; then
    echo; echo "== speed: one default training step, n 384, K 50, float32, 2 threads; three rounds each, in turn"
    for _ in 1 2 3; do
        "$build/bench_step" --threads 2 | sed 's/^/cludi /' | tee -a "$scratch/speed"
        if [ -f "$shared/reference/cludi_reference.py" ]; then
            OPENBLAS_CORETYPE=SKYLAKEX /usr/bin/python3 "$shared/reference/cludi_reference.py" bench --threads 2 |
                sed 's/^/oracle /' | tee -a "$scratch/speed"
        fi
    done
    python3 "$here/summary.py" speed "$scratch/speed"
fi

if wants same; then
    echo; echo "== same seed, 1 and 2 threads, 60 steps: model files"
    if has_data; then
        for threads in 1 2; do
            "$build/cludi" fit "$features" -k 50 -o "$scratch/model$threads" --steps 60 --threads $threads --quiet
        done
        cmp "$scratch/model1" "$scratch/model2" && echo "byte-identical"
    fi
fi

if wants quality; then
    seeds=${SEEDS:-0 1 2 3 4}
    echo; echo "== quality: ImageNet-50 features, K 50, defaults, 600 steps, seeds $seeds"
    if has_data; then
        for seed in $seeds; do fit_scores $seed | tee -a "$scratch/quality" | cut -c1-400; done
        python3 "$here/summary.py" scores "$scratch/quality"
    fi
fi

if wants paper; then
    echo; echo "== quality: the same, --preset paper --steps 1500, seed 0"
    if has_data; then
        fit_scores 0 --preset paper --steps 1500 | tee "$scratch/paper" | cut -c1-400
        python3 "$here/summary.py" scores "$scratch/paper"
    fi
fi
