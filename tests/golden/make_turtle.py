#!/usr/bin/python3
"""The exact numbers of three outer steps of TURTLE on a tiny case, in float64 and by automatic differentiation.

    make_turtle.py OUT.safetensors

M 12 rows, n 4 columns, K 3, 2 inner steps, gamma 10: one space of features with a cold start ("one"), two with a warm and a cold one.
Everything that is drawn is given: rows, the first labeling and the first classifiers of every outer step, so that a test needs no random
numbers. Needs Debian's python3-torch.
"""
import json
import struct
import sys

import torch
from torch.nn import functional

ROWS, SPACES, FEATURES, CLUSTERS, STEPS, INNER = 12, 2, 4, 3, 3, 2
GAMMA, RATE, INNER_RATE = 10.0, 1e-2, 1e-2  # larger than the method's: three steps have to move something
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def numbers(count, seed):
    """Numbers in [-1, 1) from the linear congruential generator of Numerical Recipes."""
    state, found = seed, []
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        found.append(state / 2**31 - 1)
    return torch.tensor(found, dtype=torch.float64)


def rows_of(space):
    x = numbers(ROWS * FEATURES, 100 + space).reshape(ROWS, FEATURES)
    return FEATURES**0.5 * functional.normalize(x, dim=1)


def layer(seed):
    w = numbers(CLUSTERS * (FEATURES + 1), seed) / FEATURES**0.5
    return w[: CLUSTERS * FEATURES].reshape(CLUSTERS, FEATURES).clone(), w[CLUSTERS * FEATURES :].clone()


class Adam:
    """Kingma and Ba 2015, written out."""

    def __init__(self, params):
        self.params = params
        self.m = [torch.zeros_like(p) for p in params]
        self.v = [torch.zeros_like(p) for p in params]
        self.step = 0

    def update(self, gradients, rate):
        self.step += 1
        for p, g, m, v in zip(self.params, gradients, self.m, self.v):
            m.mul_(BETA1).add_(g, alpha=1 - BETA1)
            v.mul_(BETA2).add_(g * g, alpha=1 - BETA2)
            p.data -= rate * (m / (1 - BETA1**self.step)) / ((v / (1 - BETA2**self.step)).sqrt() + EPSILON)


def classifiers(step, spaces):
    made = [layer(1000 + 10 * step + space) for space in range(spaces)]
    params = [p.requires_grad_() for pair in made for p in pair]
    return params, Adam(params)


def cross_entropy(target, params, rows):
    """sum over spaces of - mean over rows of target . log softmax(W x + b)"""
    return sum(-(target * torch.log_softmax(x @ params[2 * s].T + params[2 * s + 1], 1)).sum(1).mean() for s, x in enumerate(rows))


def train(cold, spaces):
    rows = [rows_of(space) for space in range(spaces)]
    labeling = []
    for space in range(spaces):
        v, b = layer(10 + space)
        labeling += [v, v.norm(dim=1, keepdim=True), b]
    for p in labeling:
        p.requires_grad_()
    outer = Adam(labeling)
    params, inner = classifiers(0, spaces)
    for step in range(STEPS):
        if cold and step > 0:
            params, inner = classifiers(step, spaces)
        parts = []
        for space, x in enumerate(rows):
            v, g, b = labeling[3 * space : 3 * space + 3]
            parts.append((x @ (g * v / v.norm(dim=1, keepdim=True)).T + b).softmax(1))
        target = sum(parts) / spaces
        inner_losses = []
        for _ in range(INNER):
            loss = cross_entropy(target.detach(), params, rows)
            inner_losses.append(loss.item())
            inner.update(torch.autograd.grad(loss, params), INNER_RATE)
        fixed = [p.detach() for p in params]
        error = cross_entropy(target, fixed, rows)
        entropy = sum(torch.special.entr(part.mean(0)).sum() for part in parts)
        gradients = torch.autograd.grad(error - GAMMA * entropy, labeling)
        yield step, inner_losses, error.item(), entropy.item(), gradients, labeling, params
        outer.update(gradients, RATE)


def save(path, tensors):
    head, at = {}, 0
    for name, tensor in tensors.items():
        size = 8 * tensor.numel()
        head[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            f.write(struct.pack(f"<{tensor.numel()}d", *tensor.flatten().tolist()))


def main():
    tensors = {}
    for name, cold, spaces in (("one", True, 1), ("warm", False, SPACES), ("cold", True, SPACES)):
        for step, inner, error, entropy, gradients, labeling, params in train(cold, spaces):
            print(name, step, "inner", *(f"{v:.15f}" for v in inner), "error", f"{error:.15f}", "entropy", f"{entropy:.15f}",
                  "loss", f"{error - GAMMA * entropy:.15f}")
            for space in range(spaces):
                for i, part in enumerate(("direction", "length", "bias")):
                    tensors[f"{name}.{step}.gradient.{space}.{part}"] = gradients[3 * space + i].detach().clone()
                tensors[f"{name}.{step}.classifier.{space}.weight"] = params[2 * space].detach().clone()
                tensors[f"{name}.{step}.classifier.{space}.bias"] = params[2 * space + 1].detach().clone()
            tensors[f"{name}.{step}.losses"] = torch.tensor([*inner, error, entropy], dtype=torch.float64)
        for space in range(spaces):
            v, g, b = (p.detach() for p in labeling[3 * space : 3 * space + 3])
            tensors[f"{name}.end.{space}.weight"] = g * v / v.norm(dim=1, keepdim=True)
            tensors[f"{name}.end.{space}.bias"] = b.clone()
    for space in range(SPACES):
        tensors[f"rows.{space}"] = rows_of(space)
        tensors[f"first.{space}.direction"], tensors[f"first.{space}.bias"] = layer(10 + space)
        for step in range(STEPS):
            name = f"classifier.{step}.{space}"
            tensors[f"{name}.weight"], tensors[f"{name}.bias"] = layer(1000 + 10 * step + space)
    if len(sys.argv) > 1:
        save(sys.argv[1], tensors)


if __name__ == "__main__":
    main()
