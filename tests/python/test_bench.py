"""What `make bench-quality` computes by itself: scores, the file of results, the data sets' split, graphs, the best setting."""

import itertools
import os
import sys

import numpy as np
import pytest

pytest.importorskip("sklearn")
sys.path.insert(0, os.path.join(os.environ["CLUDI_SOURCE_DIR"], "bench"))

import rival_graphs  # noqa: E402
import rivals_table  # noqa: E402
import scores  # noqa: E402
from rival_task import Task  # noqa: E402
from rivals import Results  # noqa: E402


@pytest.fixture
def random():
    return np.random.default_rng(0)


# ---- scores ----


def test_accuracy_is_that_of_the_best_matching(random):
    truth, found = random.integers(4, size=50), random.integers(5, size=50)
    best = max(sum((found == cluster) & (truth == kind) for kind, cluster in enumerate(chosen)).sum() for chosen in itertools.permutations(range(5), 4))
    assert scores.is_right(truth, found).sum() == best
    assert scores.score(truth, found)["acc"] == pytest.approx(2 * best)


def test_scores_are_those_of_cludi(random):
    import cludi

    truth, found = random.integers(3, size=80), random.integers(4, size=80)
    mine = scores.score(truth, found)
    assert mine["acc"] == pytest.approx(100 * cludi.metrics.accuracy(truth, found))
    assert mine["nmi"] == pytest.approx(100 * cludi.metrics.nmi(truth, found))
    assert mine["ari"] == pytest.approx(100 * cludi.metrics.ari(truth, found))


def test_names_of_clusters_do_not_matter(random):
    truth = random.integers(3, size=60)
    assert scores.score(truth, np.array([7, 2, 90])[truth]) == pytest.approx({"nmi": 100, "acc": 100, "ari": 100, "clusters": 3})


def test_doubt_by_hand():
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.4, 0.6]])
    found = scores.doubt(np.array([0, 1, 0, 0]), p)  # the last, least confident one is wrong
    assert found["acc80"] == 100 and found["acc95"] == 100
    assert found["area"] == pytest.approx((0 + 0 + 0 + 1 / 4) / 4)
    assert found["ece"] == pytest.approx((0.1 + 0.2 + 0.3 + 0.6) / 4)


def test_the_order_of_equally_confident_rows_does_not_matter():
    right = np.array([1.0, 0, 0, 1])
    for order in itertools.permutations(range(4)):
        assert np.allclose(scores.accuracy_by_coverage(right[list(order)], np.ones(4)), 0.5)


def test_calibration_is_of_bins():
    confidence = np.array([0.61, 0.65, 0.68, 1.0])  # three bins of 15
    assert scores.calibration_error(np.array([1.0, 0, 1, 1]), confidence) == pytest.approx((abs(1 - 1.26) + abs(1 - 0.68) + 0) / 4)


# ---- results ----

ROW = {"set": "s", "judged": "fitted", "method": "m", "setting": "", "seed": 0, "nmi": 1.0, "acc": 2.0, "ari": 3.0, "clusters": 2, "cpu_seconds": 0.1}


def test_what_is_done_is_known_again(tmp_path):
    path = tmp_path / "r.csv"
    first = Results(path)
    first.add([{**ROW, "setting": word} for word in ("a", "b, c")])
    again = Results(path)
    assert again.is_done("s", "fitted", "m", 0) and not again.is_done("s", "fitted", "m", 1) and not again.is_done("s", "unseen", "m", 0)
    assert again.rows == first.rows and [row["setting"] for row in again.rows] == ["a", "b, c"]


def test_a_torn_line_is_no_result(tmp_path):
    path = tmp_path / "r.csv"
    Results(path).add([ROW])
    with open(path, "a", encoding="utf-8") as file:
        file.write("s,fitted,m,,1,9")
    again = Results(path)
    assert not again.is_done("s", "fitted", "m", 1)
    again.add([{**ROW, "seed": 1}])
    assert [row["seed"] for row in Results(path).rows] == ["0", "1"]


def test_the_best_setting_is_that_of_all_seeds(tmp_path):
    results = Results(tmp_path / "r.csv")
    for setting, values in (("steady", (50.0, 50.0)), ("lucky", (60.0, 30.0))):
        for seed, value in enumerate(values):
            results.add([{**ROW, "setting": setting, "seed": seed, "nmi": value, "acc": value, "ari": value}])
    (group,) = rivals_table.best_settings(results.rows)["fitted", "s"].values()
    assert [row["setting"] for row in group] == ["steady"] * 2


# ---- data and graphs ----


def test_unseen_rows_take_no_part_in_the_fit(tmp_path, random):
    rows = random.normal(size=(50, 3)).astype(np.float32)
    np.save(tmp_path / "s.npy", rows)
    np.save(tmp_path / "s.labels.npy", np.arange(50) % 2)
    task = Task(tmp_path, tmp_path, "s", "unseen", 1, tmp_path)
    fitted, new = np.load(task.fit_file), np.load(task.judged_file)
    assert len(fitted) == 30 and len(new) == len(task.truth) == 20
    assert {tuple(row) for row in fitted} | {tuple(row) for row in new} == {tuple(row) for row in rows}


def test_shared_neighbors(random):
    places = rival_graphs.nearest(random.normal(size=(40, 3)), 5)
    graph, around = rival_graphs.shared(places, 1).toarray(), [{i, *near} for i, near in enumerate(places)]
    for i, j in itertools.combinations(range(40), 2):
        wanted = len(around[i] & around[j]) / len(around[i] | around[j]) if j in around[i] or i in around[j] else 0
        assert graph[i, j] == graph[j, i] == pytest.approx(wanted)


def test_slope_of_consistency(random):
    x, y, prototypes = random.normal(size=(6, 4)), random.normal(size=(6, 4)), random.normal(size=(3, 4))
    slope = rival_graphs.consistency_slope(x, y, prototypes)
    for place in np.ndindex(3, 4):
        step = np.zeros((3, 4))
        step[place] = 1e-6
        ahead, behind = (rival_graphs.consistency(x, y, prototypes + sign * step)[0] for sign in (1, -1))
        assert slope[place] == pytest.approx((ahead - behind) / 2e-6, abs=1e-6)


def test_rows_left_out_go_to_the_nearest(random):
    rows = np.array([[0.0], [1.0], [10.0], [11.0]])
    assert list(rival_graphs.without_noise(rows, np.array([0, -1, -1, 1]))) == [0, 0, 1, 1]
    assert list(rival_graphs.without_noise(rows, np.full(4, -1))) == [0] * 4
