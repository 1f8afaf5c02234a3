#!/usr/bin/python3
"""k-means of another library, for orientation: kmeans.py sklearn|faiss ROWS.npy K SEED LABELS.npy. Rows are scaled to
norm 1, as cludi does; the best of ten starts. Prints one JSON object.

kmeans.py compare BENCH_KMEANS ROWS.npy K [THREADS]: our k-means and scikit-learn's on the rows as they are, in turn."""
import json
import os
import subprocess
import sys
import time

STARTS, ROUNDS, TURNS = 10, 100, 3


def compare(program, path, clusters, threads="2"):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = threads
    import numpy as np
    from sklearn.cluster import KMeans
    rows = np.ascontiguousarray(np.load(path), dtype=np.float32)
    words = [program, "--input", path, "--clusters", clusters, "--threads", threads, "--starts", str(STARTS)]
    ours, theirs = [], []
    for turn in range(TURNS):
        ours.append(json.loads(subprocess.run(words + ["--seed", str(turn)], check=True, stdout=subprocess.PIPE).stdout))
        started = time.perf_counter()
        model = KMeans(int(clusters), n_init=STARTS, random_state=turn).fit(rows)
        theirs.append({"seconds": [time.perf_counter() - started], "inertia": float(model.inertia_)})
    found = {}
    for name, runs in (("ours", ours), ("sklearn", theirs)):
        found[name] = {"seconds": sorted(r["seconds"][0] for r in runs), "inertia": [r["inertia"] for r in runs]}
    found["inertia_ratio"] = sum(found["ours"]["inertia"]) / sum(found["sklearn"]["inertia"])
    print(json.dumps(found))


if sys.argv[1] == "compare":
    compare(*sys.argv[2:])
    sys.exit(0)
which, rows, clusters, seed, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
try:
    import numpy as np
    if which == "faiss":
        import faiss as library
    else:
        import sklearn as library
        from sklearn.cluster import KMeans
except ImportError as error:
    print(f"{error} (Debian packages python3-sklearn, python3-faiss)", file=sys.stderr)
    sys.exit(3)

X = np.ascontiguousarray(np.load(rows), dtype=np.float32)
X /= np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)
started = time.perf_counter()
if which == "faiss":
    model = library.Kmeans(X.shape[1], clusters, niter=ROUNDS, nredo=STARTS, seed=seed + 1, verbose=False)
    model.train(X)
    labels = model.index.search(X, 1)[1][:, 0]
else:
    labels = KMeans(clusters, n_init=STARTS, random_state=seed).fit_predict(X)
seconds = time.perf_counter() - started
np.save(out, labels.astype(np.int32))
print(json.dumps({"seconds": seconds, "version": library.__version__}))
