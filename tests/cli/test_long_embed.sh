#!/bin/bash
# From JPEG files to features beside the PyTorch oracle: ViT-S/16 with random weights, forty real images. long/embed_oracle.py.
. "$(dirname "$0")/lib.sh"
SHARED=${CLUDI_SHARED_DATA:?}/..
[ -e "$SHARED/reference/vit_reference.py" ] && [ -d "$SHARED/data/cifar10_test_images" ] ||
    { skip embed "the oracle or its images are not there" && exit 77; }
/usr/bin/python3 -c 'import numpy, torch, PIL' 2>/dev/null || { skip embed "python3-torch or python3-pil is not there" && exit 77; }
find "$SHARED/data/cifar10_test_images" -type f -name '*.j*g' | sort | awk 'NR % 10 == 0' | head -n 40 >images
mapfile -t images <images
/usr/bin/python3 "$SHARED/reference/vit_reference.py" make weights.safetensors || exit 1
/usr/bin/python3 "$SHARED/reference/vit_reference.py" embed weights.safetensors oracle.npy "${images[@]}" || exit 1
for precision in f32 bf16; do
    run embed weights.safetensors "${images[@]}" -o $precision.npy --precision $precision
    [ $code -ne 1 ] || ! grep -q 'bf16' err || { skip "embed in bf16" "$(cat err)" && continue; }
    expect_code "embed in $precision" 0
    /usr/bin/python3 "$HERE/../long/embed_oracle.py" images oracle.npy $precision >said 2>&1 && ok "$(cat said)" || fail "$precision" "$(cat said)"
done
finish
