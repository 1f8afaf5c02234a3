#!/usr/bin/python3
"""Writes tests/golden/vit.safetensors: a tiny Vision Transformer, pixels and features in double precision (needs Debian's
python3-torch).

  make_vit.py PATH/TO/vit_reference.py OUT.safetensors

The oracle has neither registers nor layer scale nor the mean of patches: forward() below has, and must agree with it where
they are absent.
"""
import importlib.util
import json
import struct
import sys

import torch
import torch.nn.functional as F

DIM, DEPTH, HEADS, PATCH, IMAGE, OTHER_IMAGE, REGISTERS = 24, 2, 3, 4, 12, 20, 2
spec = importlib.util.spec_from_file_location("vit_reference", sys.argv[1])
oracle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracle)
oracle.ARCH["tiny_test"] = (DIM, DEPTH, HEADS)


def forward(W, x, mean=False):
    """x (M, 3, S, S) -> (M, DIM): as the oracle, with registers and layer scales if W has them."""
    patches = F.conv2d(x, W["patch_embed.proj.weight"], W["patch_embed.proj.bias"], stride=PATCH)
    side, old = patches.shape[-1], IMAGE // PATCH
    grid = W["pos_embed"][:, 1:].reshape(1, old, old, DIM).permute(0, 3, 1, 2)
    if side != old:
        grid = F.interpolate(grid, size=(side, side), mode="bicubic", align_corners=False)
    patches = (patches + grid).flatten(2).transpose(1, 2)
    registers = W.get("reg_token", torch.zeros(1, 0, DIM, dtype=x.dtype))
    first = W["cls_token"] + W["pos_embed"][:, :1]
    h = torch.cat([first.expand(len(x), -1, -1), registers.expand(len(x), -1, -1), patches], 1)
    for i in range(DEPTH):
        get = lambda name: W[f"blocks.{i}.{name}"]
        pair = lambda name: (get(name + ".weight"), get(name + ".bias"))
        scale = lambda name: W.get(f"blocks.{i}.{name}.gamma", 1)
        u = F.layer_norm(h, (DIM,), *pair("norm1"), eps=1e-6)
        q, k, v = F.linear(u, *pair("attn.qkv")).reshape(len(x), -1, 3, HEADS, DIM // HEADS).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v) if hasattr(F, "scaled_dot_product_attention") else \
            (q @ k.transpose(-2, -1) * (DIM // HEADS) ** -0.5).softmax(-1) @ v
        h = h + scale("ls1") * F.linear(a.transpose(1, 2).reshape(len(x), -1, DIM), *pair("attn.proj"))
        u = F.layer_norm(h, (DIM,), *pair("norm2"), eps=1e-6)
        h = h + scale("ls2") * F.linear(F.gelu(F.linear(u, *pair("mlp.fc1"))), *pair("mlp.fc2"))
    h = F.layer_norm(h, (DIM,), W["norm.weight"], W["norm.bias"], eps=1e-6)
    return h[:, 1 + registers.shape[1]:].mean(1) if mean else h[:, 0]


def save(path, arrays):
    head, at, kinds = {}, 0, {torch.float32: "F32", torch.float64: "F64"}
    for name, x in arrays.items():
        size = x.numel() * x.element_size()
        head[name] = {"dtype": kinds[x.dtype], "shape": list(x.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for x in arrays.values():
            file.write(x.contiguous().numpy().tobytes())


weights = oracle.random_weights("tiny_test", PATCH, IMAGE, 0)
weights = {name: x * 4 if "attn" in name or "mlp" in name else x for name, x in weights.items()}  # blocks that matter
g = torch.Generator().manual_seed(1)
extra = {"reg_token": torch.randn(1, REGISTERS, DIM, generator=g)}
for block in range(DEPTH):
    for name in ("ls1", "ls2"):
        extra[f"blocks.{block}.{name}.gamma"] = 0.5 + torch.randn(DIM, generator=g) * 0.3
pixels = torch.randn(5, 3, IMAGE, IMAGE, generator=g)
other = torch.randn(2, 3, OTHER_IMAGE, OTHER_IMAGE, generator=g)
W = {name: x.double() for name, x in weights.items()}
full = {**W, **{name: x.double() for name, x in extra.items()}}
with torch.no_grad():
    results = {"cls": forward(W, pixels.double()), "mean": forward(W, pixels.double(), True),
               "cls_resized": forward(W, other.double()), "full_cls": forward(full, pixels.double()),
               "full_mean_resized": forward(full, other.double(), True)}
    for name, x in (("cls", pixels), ("cls_resized", other)):
        assert torch.allclose(oracle.forward(W, x.double(), HEADS), results[name], rtol=1e-12, atol=1e-12), name
save(sys.argv[2], {**{"weights." + name: x for name, x in {**weights, **extra}.items()}, "pixels": pixels,
                   "pixels_resized": other, **results})
