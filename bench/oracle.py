#!/usr/bin/python3
"""Times the PyTorch oracle, step by step: oracle.py REFERENCE.py [--threads N] [--steps N] [--rows N] [--bf16].
The same work as the oracle's own `bench`, whose figure is a mean; here each step has its own time. One JSON object."""
import argparse
import importlib.util
import json
import sys
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("reference")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--steps", type=int, default=12)
parser.add_argument("--rows", type=int, default=2048)
parser.add_argument("--bf16", action="store_true")
options = parser.parse_args()
try:
    import torch
except ImportError as error:
    print(f"{error} (Debian package python3-torch)", file=sys.stderr)
    sys.exit(3)

spec = importlib.util.spec_from_file_location("cludi_reference", options.reference)
oracle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracle)

WARM_UP, FEATURES, CLUSTERS = 2, 384, 50
torch.set_num_threads(options.threads)
torch.manual_seed(0)
config = dict(oracle.DEFAULTS)
net = oracle.Denoiser(FEATURES, CLUSTERS, config)
optimizer = oracle.optimizer(net)
rows = torch.nn.functional.normalize(torch.randn(config["N"], FEATURES), dim=-1)
seconds, coins = [], []
for number in range(WARM_UP + options.steps):
    started = time.perf_counter()
    noise = oracle.draw_noise(config["N"], FEATURES, config)
    oracle.step(net, optimizer, rows, noise, options.bf16)
    if number >= WARM_UP:
        seconds.append(time.perf_counter() - started)
        coins.append(int(float(noise["self_cond"]) < 0.5))

many = torch.nn.functional.normalize(torch.randn(options.rows, FEATURES), dim=-1)
started = time.perf_counter()
with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
    oracle.predict(net, many, 8, 25)
print(json.dumps({"seconds": seconds, "coins": coins, "predict_rows": options.rows,
                  "predict_seconds": time.perf_counter() - started, "torch": torch.__version__}))
