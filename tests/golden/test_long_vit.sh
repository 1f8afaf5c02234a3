#!/bin/bash
# ViT-S/16 at 224 pixels, ViT-S/8 at 96 and ViT-B/16 at 96 with random weights: features within 1e-4 of the PyTorch oracle's
# in float32, 2e-2 in bf16. Skipped without PyTorch or the oracle.
set -euo pipefail
oracle=$CLUDI_SHARED_DATA/../reference/vit_reference.py
/usr/bin/python3 -c 'import torch' 2>/dev/null || { echo "skipped: no python3-torch" && exit 77; }
[ -f "$oracle" ] || { echo "skipped: $oracle is not there" && exit 77; }
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$temp"
cat >"$temp/oracle.py" <<'PYTHON'
import importlib.util, sys
import numpy, torch
spec = importlib.util.spec_from_file_location("oracle", sys.argv[1])
oracle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracle)
size = int(sys.argv[2])
if sys.argv[3] == "ask":
    weights, _ = oracle.load_safetensors("weights")
    pixels = torch.randn(3, 3, size, size, generator=torch.Generator().manual_seed(7))
    pixels.numpy().tofile("pixels")
    with torch.no_grad():
        weights = {name: x.double() for name, x in weights.items()}
        oracle.forward(weights, pixels.double(), oracle.heads_of(weights)).numpy().tofile("wanted")
else:
    wanted = numpy.fromfile("wanted").reshape(3, -1)
    got = numpy.fromfile("features", numpy.float32).reshape(wanted.shape)
    error = (numpy.linalg.norm(got - wanted, axis=1) / numpy.linalg.norm(wanted, axis=1)).max()
    print(sys.argv[3], error)
    sys.exit(not error <= float(sys.argv[3]))
PYTHON
while read -r arch patch size; do
    /usr/bin/python3 "$oracle" make weights --arch "$arch" --patch "$patch" --image "$size"
    /usr/bin/python3 oracle.py "$oracle" "$size" ask
    while read -r precision most; do
        code=0 && "$EMBED_PIXELS" weights pixels 3 "$precision" features || code=$?
        [ "$code" = 77 ] && continue
        [ "$code" = 0 ]
        /usr/bin/python3 oracle.py "$oracle" "$size" "$most"
    done <<<$'f32 1e-4\nbf16 2e-2'
done <<<$'vit_small 16 224\nvit_small 8 96\nvit_base 16 96'
