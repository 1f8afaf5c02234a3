"""How good labels are, and how well their confidence tells which of them are wrong. All in percent but area and error."""
import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

BINS = 15
SCORES, DOUBT = ("nmi", "acc", "ari"), ("acc80", "acc95", "area", "ece")


def is_right(truth, found):
    """Whether each row is right, with clusters matched to classes one to one, as well as they can be."""
    classes, truth = np.unique(truth, return_inverse=True)
    clusters, found = np.unique(found, return_inverse=True)
    counts = contingency_matrix(truth, found)
    partner = np.full(len(clusters), -1)
    rows, columns = linear_sum_assignment(-counts)
    partner[columns] = rows
    return partner[found] == truth


def score(truth, found):
    return {"nmi": 100 * normalized_mutual_info_score(truth, found), "acc": 100 * is_right(truth, found).mean(),
            "ari": 100 * adjusted_rand_score(truth, found), "clusters": len(np.unique(found))}


def accuracy_by_coverage(right, confidence):
    """Accuracy of the 1, 2, ... most confident rows. Among equals the order says nothing: each counts as their mean."""
    _, level = np.unique(-confidence, return_inverse=True)
    mean = np.bincount(level, right) / np.bincount(level)
    return np.cumsum(mean[np.sort(level)]) / np.arange(1, len(right) + 1)


def calibration_error(right, confidence):
    """Mean distance of confidence and accuracy over 15 bins of equal width, by their rows."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return np.abs(np.bincount(place, right - confidence, BINS)).sum() / len(right)


def doubt(truth, probabilities):
    """acc80, acc95: accuracy of so many percent, the most confident; area: mean share of errors over all coverages (area under the
    risk-coverage curve); ece: expected calibration error. Confidence is the largest probability."""
    right, confidence = is_right(truth, probabilities.argmax(1)).astype(float), probabilities.max(1).astype(float)
    accuracy = accuracy_by_coverage(right, confidence)
    most = lambda share: 100 * accuracy[max(int(share * len(right)), 1) - 1]
    return {"acc80": most(.8), "acc95": most(.95), "area": 1 - accuracy.mean(), "ece": calibration_error(right, confidence)}
