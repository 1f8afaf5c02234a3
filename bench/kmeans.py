#!/usr/bin/python3
"""k-means of another library, for orientation: kmeans.py sklearn|faiss ROWS.npy K SEED LABELS.npy. Rows are scaled to
norm 1, as cludi does; the best of ten starts. Prints one JSON object."""
import json
import sys
import time

which, rows, clusters, seed, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
STARTS, ROUNDS = 10, 100
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
