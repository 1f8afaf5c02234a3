"""Predictions of a few rows: the bits of a batch, on the calling thread alone."""

import os
import pickle
import sys

import numpy as np
import pytest

import cludi

pytestmark = pytest.mark.filterwarnings("ignore:Too few steps")


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    return (rng.normal(size=(9, 40))[rng.integers(0, 9, 300)] * 3 + rng.normal(size=(300, 40))).astype("f4")


@pytest.fixture(scope="module")
def model(rows):
    return cludi.CLUDI(9, method="cludi", steps=2, init_runs=1, init_steps=1, n_jobs=1).fit(rows)


def test_same_bits(model, rows):
    all_rows = model.predict_proba(rows)
    for first in (0, 7, 250):
        for count in (1, 2, 3, 5, 8, 9, 15, 16, 17, 33):
            assert (model.predict_proba(rows[first : first + count]) == all_rows[first : first + count]).all()


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_starts_no_threads(model, rows):
    served = pickle.loads(pickle.dumps(model)).set_params(n_jobs=4)
    before = len(os.listdir("/proc/self/task"))
    for count in (1, 3, 5):
        served.predict(rows[:count])
    assert len(os.listdir("/proc/self/task")) == before
    served.predict(np.tile(rows, (10, 1)))
    assert len(os.listdir("/proc/self/task")) > before
