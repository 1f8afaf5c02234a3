#!/bin/bash
# tools/convert_checkpoint.py on checkpoints as DINO and DINOv2 write them: the tensors under timm's names, byte for byte.
# Skipped without PyTorch.
set -euo pipefail
/usr/bin/python3 -c 'import torch' 2>/dev/null || { echo "skipped: no python3-torch" && exit 77; }
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$temp"
/usr/bin/python3 - <<'PYTHON'
import torch
net = {"cls_token": torch.randn(1, 1, 6), "patch_embed.proj.weight": torch.randn(6, 3, 2, 2).bfloat16(),
       "blocks.0.norm1.weight": torch.randn(6).half(), "norm.bias": torch.randn(6).double()}
torch.save(net, "plain.pth")
torch.save({"epoch": 3, "student": {}, "teacher": {**{"module.backbone." + k: v for k, v in net.items()},
                                                   "module.head.mlp.0.weight": torch.randn(2, 2)}}, "full.pth")
torch.save({"teacher": {("backbone.blocks.0.0.norm1.weight" if k.startswith("blocks") else "backbone." + k): v
                        for k, v in net.items()}}, "chunks.pth")
torch.save({"fc.weight": torch.randn(2, 2)}, "other.pth")
PYTHON
for name in plain full chunks; do
    /usr/bin/python3 "$CLUDI_SOURCE_DIR/tools/convert_checkpoint.py" $name.pth $name.safetensors --heads 2
    cmp plain.safetensors $name.safetensors
done
grep -q '"heads":"2"' plain.safetensors
grep -q '"blocks.0.norm1.weight":{"dtype":"F16","shape":\[6\]' plain.safetensors
grep -q '"patch_embed.proj.weight":{"dtype":"BF16","shape":\[6,3,2,2\]' plain.safetensors
grep -q '"norm.bias":{"dtype":"F32"' plain.safetensors
! /usr/bin/python3 "$CLUDI_SOURCE_DIR/tools/convert_checkpoint.py" other.pth other.safetensors 2>said
grep -q "holds no Vision Transformer" said
