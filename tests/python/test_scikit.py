"""With scikit-learn: its checks, pipelines, searches, copies."""

import warnings

import numpy as np
import pytest

from cludi import CLUDI

pytest.importorskip("sklearn")
from sklearn.base import clone  # noqa: E402
from sklearn.exceptions import ConvergenceWarning, NotFittedError, SkipTestWarning  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import check_estimator  # noqa: E402

import cludi  # noqa: E402


@pytest.mark.parametrize("method", ["cludi", "discriminant", "kmeans"])
def test_every_check_passes_and_none_is_skipped(method, tiny):
    count = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", SkipTestWarning)
        for estimator, check in check_estimator(CLUDI(3, **(tiny if method == "cludi" else {"method": method})), generate_only=True):
            check(estimator)
            count += 1
    assert count > 30


def test_names_are_those_of_scikit_learn():
    assert cludi.ConvergenceWarning is ConvergenceWarning and cludi.NotFittedError is NotFittedError


def test_pipeline(blobs, tiny):
    X, classes = blobs
    line = make_pipeline(StandardScaler(), CLUDI(3, **tiny))
    labels = line.fit_predict(X)
    assert cludi.metrics.accuracy(classes, labels) == 1
    assert (line.predict(X) == labels).all() and line.transform(X).shape == (120, 8)


def test_grid_search(blobs, tiny):
    search = GridSearchCV(CLUDI(3, **tiny), {"noise_scale": [1.0, 5.0], "preprocessing": ["auto", "unit"]}, cv=2, error_score="raise")
    search.fit(blobs[0])
    assert search.best_score_ == search.cv_results_["mean_test_score"].max() > 0
    assert search.predict(blobs[0]).shape == (120,)


def test_clone_has_the_parameters_alone(blobs, tiny):
    model = CLUDI(3, **tiny, random_state=4).fit(blobs[0])
    twin = clone(model)
    assert twin.get_params() == model.get_params() and not hasattr(twin, "model_")


def test_joblib(blobs, tiny, tmp_path):
    joblib = pytest.importorskip("joblib")
    model = CLUDI(3, **tiny).fit(blobs[0])
    joblib.dump(model, tmp_path / "model.joblib")
    assert (joblib.load(tmp_path / "model.joblib").predict(blobs[0]) == model.labels_).all()


def test_output_as_frame(blobs, tiny):
    pytest.importorskip("pandas")
    model = CLUDI(3, **tiny).fit(blobs[0])
    assert model.get_feature_names_out().tolist() == [f"cludi{i}" for i in range(8)]
    frame = model.set_output(transform="pandas").transform(blobs[0])
    assert frame.columns.tolist() == [f"cludi{i}" for i in range(8)]
    np.testing.assert_array_equal(frame.to_numpy(), CLUDI(3, **tiny).fit(blobs[0]).transform(blobs[0]))
