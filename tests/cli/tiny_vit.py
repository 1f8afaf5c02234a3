#!/usr/bin/env python3
"""tiny_vit.py OUT.safetensors [SEED]: random weights of a Vision Transformer of width 48 and one block, for images of 32 x 32
in patches of 16, under the names of timm. Nothing but Python is needed."""
import array, json, random, struct, sys

DIM, PATCH, IMAGE = 48, 16, 32
SHAPES = {
    "cls_token": (1, 1, DIM), "pos_embed": (1, (IMAGE // PATCH) ** 2 + 1, DIM),
    "patch_embed.proj.weight": (DIM, 3, PATCH, PATCH), "patch_embed.proj.bias": (DIM,),
    "blocks.0.norm1.weight": (DIM,), "blocks.0.norm1.bias": (DIM,),
    "blocks.0.attn.qkv.weight": (3 * DIM, DIM), "blocks.0.attn.qkv.bias": (3 * DIM,),
    "blocks.0.attn.proj.weight": (DIM, DIM), "blocks.0.attn.proj.bias": (DIM,),
    "blocks.0.norm2.weight": (DIM,), "blocks.0.norm2.bias": (DIM,),
    "blocks.0.mlp.fc1.weight": (4 * DIM, DIM), "blocks.0.mlp.fc1.bias": (4 * DIM,),
    "blocks.0.mlp.fc2.weight": (DIM, 4 * DIM), "blocks.0.mlp.fc2.bias": (DIM,),
    "norm.weight": (DIM,), "norm.bias": (DIM,),
}

generator = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
head, body = {}, b""
for name, shape in SHAPES.items():
    count = 1
    for side in shape:
        count *= side
    middle = 1.0 if "norm" in name and name.endswith("weight") else 0.0
    data = array.array("f", (middle + 0.05 * generator.gauss(0, 1) for _ in range(count))).tobytes()
    head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
    body += data
text = json.dumps(head).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + body)
