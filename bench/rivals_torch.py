"""The rivals of src/methods/heads once more, in PyTorch and from their papers alone: what it is held against.

    python3 bench/rivals_torch.py FEATURES.npy LABELS.npy K [--methods ...] [--seeds 5] [--steps 1000]

Rows are centered and brought to unit length, as `cludi` does. Prints one line of JSON for each run.
"""
import argparse
import json
import time

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from torch import nn
from torch.nn import functional

BATCH = 256


def accuracy(labels, found, clusters):
    table = np.zeros((clusters, max(clusters, labels.max() + 1)), int)
    np.add.at(table, (found, labels), 1)
    return table[linear_sum_assignment(-table)].sum() / len(labels)


def neighbors_of(rows, count):
    near = rows @ rows.T
    near.fill_diagonal_(-2)
    return near.topk(count).indices


def perceptron(features, width, clusters):
    return nn.Sequential(nn.Linear(features, width), nn.SiLU(), nn.Linear(width, clusters))


class Cosine(nn.Module):
    """Cosines with K directions."""

    def __init__(self, features, width, clusters):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(features, width), nn.SiLU(), nn.Linear(width, width))
        self.directions = nn.Parameter(torch.randn(clusters, width))

    def forward(self, x):
        return functional.normalize(self.body(x), dim=1) @ functional.normalize(self.directions, dim=1).T


def batches(rows, steps, generator):
    order = torch.empty(0, dtype=torch.long)
    for _ in range(steps):
        while len(order) < BATCH:
            order = torch.cat([order, torch.randperm(rows, generator=generator)])
        yield order[:BATCH]
        order = order[BATCH:]


def corrupted(x):
    """Features lost with probability 0.2, noise of variance U(0.1, 0.3) / n, unit rows again."""
    variance = 0.1 + 0.2 * torch.rand(1)
    kept = x * (torch.rand_like(x) >= 0.2) + (variance / x.shape[1]).sqrt() * torch.randn_like(x)
    return functional.normalize(kept, dim=1)


class Run:
    def __init__(self, rows, clusters, steps, seed):
        torch.manual_seed(seed)
        self.rows, self.clusters, self.steps = rows, clusters, steps
        self.features = rows.shape[1]
        self.generator = torch.Generator().manual_seed(seed)

    def scaled(self, x):
        return x * self.features ** 0.5

    def train(self, heads, losses_of, rate, decay=0.0, after=None, cosine=True, warmup=0):
        """The mean loss of each head over the last fifth of the steps."""
        optimizer = torch.optim.AdamW([p for head in heads for p in head.parameters()], lr=rate, weight_decay=decay)
        late = np.zeros(len(heads))
        for step, batch in enumerate(batches(len(self.rows), self.steps, self.generator)):
            fall = (1 + np.cos(np.pi * step / self.steps)) / 2 if cosine else 1
            optimizer.param_groups[0]["lr"] = rate * fall * min(1, (step + 1) / max(1, warmup))
            losses = losses_of(batch)
            optimizer.zero_grad()
            sum(losses).backward()
            optimizer.step()
            if after:
                after()
            if step >= self.steps - self.steps // 5:
                late += np.array([float(loss.detach()) for loss in losses])
        return late

    def pairs(self, batch, near):
        chosen = torch.randint(near.shape[1], (len(batch),), generator=self.generator)
        return self.scaled(self.rows[batch]), self.scaled(self.rows[near[batch, chosen]])

    @torch.no_grad()
    def answer(self, head):
        return head(self.scaled(self.rows)).argmax(1).numpy()


def class_loss(a, b):
    """Amrani et al. 2022, eq. 5-7: columns normalized over the rows."""
    def target(l):
        p = (l / 0.05).softmax(0)
        return p / p.sum(1, keepdim=True)

    def log_row(l):
        r = (l / 0.1).softmax(1)
        return (len(l) / l.shape[1] * r / r.sum(0)).clamp_min(1e-30).log()

    return -((target(a) * log_row(b)).sum(1) + (target(b) * log_row(a)).sum(1)).mean() / 2


def self_classifier(run):
    heads = [Cosine(run.features, OPTIONS.width, run.clusters) for _ in range(OPTIONS.heads or 5)]

    def losses(batch):
        a, b = (run.scaled(corrupted(run.rows[batch])) for _ in range(2))
        return [class_loss(head(a), head(b)) for head in heads]

    return heads[run.train(heads, losses, OPTIONS.rate or 3e-4).argmin()]


def neighbor_loss(p, q, weight=5.0):
    """Van Gansbeke et al. 2020, eq. 2."""
    mean = p.mean(0)
    return -(p * q).sum(1).clamp_min(1e-30).log().mean() + weight * (mean * mean.clamp_min(1e-30).log()).sum()


def neighbor_head(run, make):
    near = neighbors_of(run.rows, 20)
    heads = [make() for _ in range(OPTIONS.heads or 10)]

    def losses(batch):
        a, b = run.pairs(batch, near)
        return [neighbor_loss(head(a).softmax(1), head(b).softmax(1)) for head in heads]

    return heads[run.train(heads, losses, OPTIONS.rate or 1e-4).argmin()]


def tsp(run):
    return neighbor_head(run, lambda: perceptron(run.features, OPTIONS.width, run.clusters))


def scan(run):
    head = neighbor_head(run, lambda: nn.Linear(run.features, run.clusters))
    say_stage(run, head, "scan, before self-labeling")

    def losses(batch):
        with torch.no_grad():
            sure, label = head(run.scaled(run.rows[batch])).softmax(1).max(1)
        chosen = sure > 0.99
        if not chosen.any():
            return [0 * head(run.scaled(run.rows[batch])).sum()]
        counts = torch.bincount(label[chosen], minlength=run.clusters).float()
        weight = torch.where(counts > 0, chosen.sum() / counts.clamp_min(1), torch.zeros(()))
        logits = head(run.scaled(corrupted(run.rows[batch])))
        return [functional.cross_entropy(logits[chosen], label[chosen], weight=weight)]

    run.train([head], losses, OPTIONS.rate or 1e-4)
    return head


def temi(run):
    """Adaloglou et al. 2023."""
    near = neighbors_of(run.rows, 50)
    heads, teachers = ([perceptron(run.features, OPTIONS.width, run.clusters) for _ in range(OPTIONS.heads or 16)] for _ in range(2))
    for head, teacher in zip(heads, teachers):
        teacher.load_state_dict(head.state_dict())
    shares = [torch.full((run.clusters,), 1 / run.clusters) for _ in heads]

    def losses(batch):
        a, b = run.pairs(batch, near)
        with torch.no_grad():
            qa, qb = ([(t(x) / OPTIONS.teacher).softmax(1) for t in teachers] for x in (a, b))
            weight = sum((x * y).sum(1) for x, y in zip(qa, qb)) / len(heads)
            for h, share in enumerate(shares):
                share.mul_(0.9).add_(0.1 * (qa[h].mean(0) + qb[h].mean(0)) / 2)
        found = []
        for h, head in enumerate(heads):
            def information(p, q):
                return ((p * q).clamp_min(1e-30) ** 0.6 / shares[h]).sum(1).log()
            pa, pb = ((head(x) / OPTIONS.student).softmax(1) for x in (a, b))
            found.append(-(weight * (information(pa, qb[h]) + information(pb, qa[h]))).mean() / 2)
        return found

    @torch.no_grad()
    def follow():
        for head, teacher in zip(heads, teachers):
            for p, q in zip(head.parameters(), teacher.parameters()):
                q.mul_(0.996).add_(0.004 * p)

    best = run.train(heads, losses, OPTIONS.rate or 1e-4, 1e-4, follow, cosine=False, warmup=run.steps // 5).argmin()
    say_stage(run, heads[best], "temi, student")
    return teachers[best]


METHODS = {"self-classifier": self_classifier, "temi": temi, "scan": scan, "tsp": tsp}


def scores(run, head, labels):
    found = run.answer(head)
    return {"nmi": round(100 * normalized_mutual_info_score(labels, found), 2),
            "acc": round(100 * accuracy(labels, found, run.clusters), 2),
            "ari": round(100 * adjusted_rand_score(labels, found), 2), "clusters_in_use": len(set(found))}


def say_stage(run, head, name):
    print(json.dumps({"stage": name, **scores(run, head, LABELS)}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features")
    parser.add_argument("labels")
    parser.add_argument("clusters", type=int)
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--heads", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--teacher", type=float, default=0.04)
    parser.add_argument("--student", type=float, default=0.1)
    OPTIONS = parser.parse_args()
    X = torch.from_numpy(np.load(OPTIONS.features).astype(np.float32))
    LABELS = np.load(OPTIONS.labels)
    X = functional.normalize(X - X.mean(0), dim=1)
    for name in OPTIONS.methods:
        for seed in range(OPTIONS.first, OPTIONS.first + OPTIONS.seeds):
            started = time.perf_counter()
            run = Run(X, OPTIONS.clusters, OPTIONS.steps, seed)
            head = METHODS[name](run)
            print(json.dumps({"method": name, "seed": seed, **scores(run, head, LABELS),
                              "seconds": round(time.perf_counter() - started, 1)}), flush=True)
