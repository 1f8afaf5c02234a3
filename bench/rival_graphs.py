"""Graphs of neighbors, and what rival_methods.py finds on them."""
import numpy as np

TEMPERATURE, RATE, STEPS, BATCH, EVENNESS = .1, 3e-3, 1000, 256, 5
TRIES = 15


# ---- neighbors ----

def nearest_of(rows, wanted, count):
    """Places of the nearest rows of each wanted one, nearest first."""
    from sklearn.neighbors import NearestNeighbors
    return NearestNeighbors(n_neighbors=min(count, len(rows)), algorithm="brute").fit(rows).kneighbors(wanted, return_distance=False)


def nearest(rows, count):
    """The same for each of the rows, without itself."""
    return nearest_of(rows, rows, count + 1)[:, 1:]


def sparse(places):
    from scipy.sparse import csr_matrix
    rows, count = places.shape
    return csr_matrix((np.ones(places.size, np.float32), places.ravel(), np.arange(0, places.size + 1, count)), (rows, rows))


def joined(places):
    """Edges of weight 1, and 1/2 where only one is among the other's neighbors."""
    graph = sparse(places)
    return (graph + graph.T) / 2


def shared(places, power):
    """Edges between neighbors: the share of their neighborhoods (each with its own row) that they have in common, to a power."""
    from scipy.sparse import identity
    graph = sparse(places)
    around = (graph + identity(len(places), np.float32, "csr")).tocsr()
    common = (around @ around.T).multiply((graph + graph.T) > 0).tocsr()
    size = places.shape[1] + 1
    common.data = (common.data / (2 * size - common.data)) ** power
    return common


def fuzzy(X, neighbors, seed):
    """The weights of UMAP."""
    from sklearn.neighbors import NearestNeighbors
    from umap.umap_ import fuzzy_simplicial_set
    distances, places = NearestNeighbors(n_neighbors=neighbors, algorithm="brute").fit(X).kneighbors(X)
    return fuzzy_simplicial_set(X, neighbors, np.random.RandomState(seed), "euclidean", knn_indices=places, knn_dists=distances)[0]


# ---- partitions ----

def spectral_rows(graph, clusters, seed):
    """Leading eigenvectors of the normalized graph, as rows of norm 1."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import eigsh
    inverse = diags(1 / np.sqrt(np.maximum(np.asarray(graph.sum(1)).ravel(), 1e-12)))
    first = np.random.default_rng(seed).normal(size=graph.shape[0])
    vectors = eigsh((inverse @ graph @ inverse).astype(np.float64), clusters, which="LA", v0=first)[1]
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def communities(graph, clusters, seed):
    """Leiden's, at the resolution with K of them, or with as near to K as 15 bisections come."""
    import igraph
    import leidenalg
    half = graph.tocoo()
    one_way = half.row < half.col
    weighted = igraph.Graph(graph.shape[0], np.stack([half.row, half.col], 1)[one_way], edge_attrs={"w": half.data[one_way]})
    low, high, best = 1e-2, 1e2, None
    for _ in range(TRIES):
        middle = (low * high) ** .5
        found = leidenalg.find_partition(weighted, leidenalg.RBConfigurationVertexPartition, weights="w", seed=seed,
                                         resolution_parameter=middle)
        if best is None or abs(len(found) - clusters) < abs(len(best) - clusters):
            best = found
        if len(found) == clusters:
            break
        low, high = (middle, high) if len(found) < clusters else (low, middle)
    return np.array(best.membership)


def without_noise(rows, labels):
    """Rows that a method leaves out (-1) get the cluster of the nearest row that has one."""
    has, labels = labels >= 0, labels.copy()
    if not has.any():
        return np.zeros_like(labels)
    if not has.all():
        labels[~has] = labels[has][nearest_of(rows[has], rows[~has], 1)[:, 0]]
    return labels


# ---- prototypes ----

def slope_by_logits(p, slope):
    return p * (slope - (p * slope).sum(1, keepdims=True))


def consistent(rows, prototypes, near, seed):
    """Prototypes after Adam on -log p.p' - 5 H(mean p): p of a row, p' of one of its neighbors."""
    random, prototypes = np.random.default_rng(seed), prototypes.astype(np.float64)
    moments, squares = np.zeros_like(prototypes), np.zeros_like(prototypes)
    for step in range(STEPS):
        batch = random.integers(len(rows), size=BATCH)
        partner = near[batch, random.integers(near.shape[1], size=BATCH)]
        slope = consistency_slope(rows[batch], rows[partner], prototypes)
        moments, squares = .9 * moments + .1 * slope, .999 * squares + .001 * slope ** 2
        rate = RATE * (1 + np.cos(np.pi * step / STEPS)) / 2
        ahead = moments / (1 - .9 ** (step + 1)) / (np.sqrt(squares / (1 - .999 ** (step + 1))) + 1e-8)
        prototypes -= rate * ahead
    return prototypes / np.linalg.norm(prototypes, axis=1, keepdims=True)


def consistency(x, y, prototypes):
    """The loss, with what its slope needs."""
    length = np.linalg.norm(prototypes, axis=1, keepdims=True)
    c = prototypes / length
    softmax = lambda l: np.exp(l - l.max(1, keepdims=True)) / np.exp(l - l.max(1, keepdims=True)).sum(1, keepdims=True)
    p, q = softmax(x @ c.T / TEMPERATURE), softmax(y @ c.T / TEMPERATURE)
    same, mean = np.maximum((p * q).sum(1, keepdims=True), 1e-30), np.maximum(p.mean(0), 1e-30)
    return -np.log(same).mean() + EVENNESS * (mean * np.log(mean)).sum(), (length, c, p, q, same, mean)


def consistency_slope(x, y, prototypes):
    _, (length, c, p, q, same, mean) = consistency(x, y, prototypes)
    by_p = -q / same + EVENNESS * (np.log(mean) + 1)
    by_c = (slope_by_logits(p, by_p).T @ x + slope_by_logits(q, -p / same).T @ y) / (TEMPERATURE * len(x))
    return (by_c - c * (by_c * c).sum(1, keepdims=True)) / length
