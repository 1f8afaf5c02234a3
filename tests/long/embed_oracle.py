"""embed_oracle.py IMAGES ORACLE.npy PRECISION: is PRECISION.npy, whose rows are in the order of PRECISION.paths.txt, the oracle's
features of the files in IMAGES? Cosine of each image at least 0.999, also with the mean taken away; distance at most 1e-4 of
the norm in f32, 2e-2 in bf16."""
import sys

import numpy as np

images = open(sys.argv[1]).read().splitlines()
oracle = np.load(sys.argv[2])
precision = sys.argv[3]
order = open(precision + ".paths.txt").read().splitlines()
rows = np.load(precision + ".npy")[[order.index(path) for path in images]]


def least_cosine(a, b):
    return float(np.min((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)))


cosines = [least_cosine(rows - shift, oracle - shift) for shift in (0, oracle.mean(0))]
distance = float(np.linalg.norm(rows - oracle) / np.linalg.norm(oracle))
print(f"{precision}: least cosine {cosines[0]:.7f}, {cosines[1]:.7f} without the mean; relative distance {distance:.1e}")
sys.exit(min(cosines) < 0.999 or distance > {"f32": 1e-4, "bf16": 2e-2}[precision])
