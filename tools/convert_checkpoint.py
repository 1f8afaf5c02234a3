#!/usr/bin/python3
"""Makes a safetensors file of a PyTorch checkpoint of DINO or DINOv2, for `cludi_encoder_load`.

  convert_checkpoint.py CHECKPOINT.pth OUT.safetensors [--key teacher] [--heads N]

Takes the original files: the backbone alone (dino_deitsmall16_pretrain.pth) or the full checkpoint of a training, of which
--key names the network; the heads of the training are left out. Needs PyTorch (Debian: python3-torch) and nothing else. The
checkpoint is read with weights_only where PyTorch has it, so that it cannot run code.
"""
import argparse
import inspect
import json
import struct

import torch

KINDS = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}
PREFIXES = ("module.", "backbone.", "encoder.", "model.")
LEFT_OUT = ("head.", "mask_token", "dino_head.", "ibot_head.")


def read(path, key):
    safe = {"weights_only": True} if "weights_only" in inspect.signature(torch.load).parameters else {}
    state = torch.load(path, map_location="cpu", **safe)
    for name in (key, "model", "state_dict"):
        if name in state and isinstance(state[name], dict):
            state = state[name]
            break
    return {name: x for name, x in state.items() if isinstance(x, torch.Tensor)}


def without_prefix(name):
    for prefix in PREFIXES:
        name = name[len(prefix):] if name.startswith(prefix) else name
    return name


def save(path, tensors, metadata):
    head, at = {"__metadata__": metadata}, 0
    for name, x in tensors.items():
        size = x.numel() * x.element_size()
        head[name] = {"dtype": KINDS[x.dtype], "shape": list(x.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for x in tensors.values():
            plain = x.contiguous()  # NumPy has no bfloat16
            file.write((plain.view(torch.int16) if x.dtype == torch.bfloat16 else plain).numpy().tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("out")
    parser.add_argument("--key", default="teacher", help="the network of a full checkpoint [%(default)s]")
    parser.add_argument("--heads", type=int, help="attention heads, where the width does not tell")
    options = parser.parse_args()
    tensors = {}
    for name, x in read(options.checkpoint, options.key).items():
        own = without_prefix(name)
        if not own.startswith(LEFT_OUT):
            tensors[own] = x if x.dtype in KINDS else x.float()
    if "patch_embed.proj.weight" not in tensors:
        parser.error(f"{options.checkpoint} holds no Vision Transformer: its tensors begin with {sorted(tensors)[:3]}")
    blocks = [name for name in tensors if name.startswith("blocks.")]
    if any(name.split(".")[2].isdigit() for name in blocks):  # DINOv2 cuts its blocks into chunks: blocks.0.3.norm1.weight
        tensors = {"blocks." + name.split(".", 2)[2] if name in blocks else name: x for name, x in tensors.items()}
    save(options.out, tensors, {"format": "pt", **({"heads": str(options.heads)} if options.heads else {})})


if __name__ == "__main__":
    main()
