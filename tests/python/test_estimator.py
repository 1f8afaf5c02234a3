"""The estimator: what fit leaves, what is refused, and models that are kept."""

import copy
import os
import pickle

import numpy as np
import pytest

import cludi
from cludi import CLUDI


@pytest.fixture
def fitted(blobs, tiny):
    return CLUDI(3, **tiny).fit(blobs[0])


def test_attributes(fitted, blobs):
    X, classes = blobs
    assert fitted.labels_.shape == (120,) and fitted.labels_.dtype == np.int32
    assert fitted.probabilities_.shape == (120, 3) and fitted.probabilities_.dtype == np.float32
    np.testing.assert_allclose(fitted.probabilities_.sum(axis=1), 1, rtol=1e-5)
    assert (fitted.labels_ == fitted.probabilities_.argmax(axis=1)).all()
    assert (fitted.confidence_ == fitted.probabilities_.max(axis=1)).all()
    assert (fitted.n_features_in_, fitted.n_iter_, fitted.loss_curve_.shape) == (6, 20, (20,))
    assert np.isfinite(fitted.loss_curve_).all() and fitted.loss_curve_[-1] == fitted.model_.info.loss
    assert cludi.metrics.accuracy(classes, fitted.labels_) == 1


def test_prediction_is_that_of_the_training(fitted, blobs):
    assert (fitted.predict(blobs[0]) == fitted.labels_).all()
    assert (fitted.predict_proba(blobs[0]) == fitted.probabilities_).all()
    np.testing.assert_allclose(np.linalg.norm(fitted.transform(blobs[0]), axis=1), np.sqrt(8), rtol=1e-5)


def test_seed(blobs, tiny):
    X = blobs[0]

    def proba(**how):
        return CLUDI(3, **tiny, **how).fit(X).probabilities_

    assert (proba() == proba(random_state=0, n_jobs=1)).all()
    assert (proba(random_state=5) == proba(random_state=np.int64(5), n_jobs=2)).all()
    assert (proba(random_state=5) != proba(random_state=6)).any()
    assert (proba(random_state=np.random.RandomState(3)) == proba(random_state=np.random.RandomState(3))).all()
    assert (proba(random_state=np.random.default_rng(3)) == proba(random_state=np.random.default_rng(3))).all()
    assert (proba(random_state=None) != proba(random_state=None)).any()


def test_score(fitted, blobs):
    p = fitted.predict_proba(blobs[0]).astype(float)
    mean = p.mean(axis=0)
    information = sum((row * np.log(row / mean)).sum() for row in np.maximum(p, 1e-300)) / len(p)
    assert fitted.score(blobs[0]) == pytest.approx(information / np.log(3), rel=1e-9)
    assert 0.3 < fitted.score(blobs[0]) <= 1
    assert fitted.score(np.repeat(blobs[0][:1], 9, axis=0)) == pytest.approx(0, abs=1e-6)


def test_samples_count_at_prediction(fitted, blobs):
    before = fitted.predict_proba(blobs[0])
    assert (fitted.set_params(draws=32).predict_proba(blobs[0]) != before).any()
    with pytest.raises(ValueError, match="denoise_steps"):
        fitted.set_params(denoise_steps=101).predict(blobs[0])


def test_one_cluster(blobs, tmp_path):
    one = CLUDI(1).fit(blobs[0])
    assert (one.labels_ == 0).all() and (one.probabilities_ == 1).all() and one.score(blobs[0]) == 0
    with pytest.raises(ValueError, match="nothing to save"):
        one.save(tmp_path / "model")


@pytest.mark.parametrize("method", ["discriminant", "kmeans", "self-classifier", "temi", "scan", "tsp", "turtle"])
def test_other_methods(method, blobs):
    steps = {"discriminant": 0, "kmeans": 0, "temi": 250}.get(method, 100)
    model = CLUDI(3, method=method, steps=steps).fit(blobs[0])
    assert cludi.metrics.accuracy(blobs[1], model.labels_) == 1
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(blobs[0]), model.labels_)
    assert (model.predict_proba(blobs[0]) == model.probabilities_).all() and (model.predict(blobs[0]) == model.labels_).all()
    with pytest.raises(NotImplementedError, match="no embeddings"):
        model.transform(blobs[0])
    assert not hasattr(model, "transform") and not hasattr(model, "fit_transform")


def test_the_default(blobs):
    """Embeddings are those of the model, whatever the parameter is by now."""
    model = CLUDI(3).fit(blobs[0])
    assert model.method == "discriminant" and model.loss_curve_.size == 0 and model.n_iter_ > 0
    assert not hasattr(model.set_params(method="cludi"), "transform") and hasattr(CLUDI(3, method="cludi"), "fit_transform")
    assert cludi.metrics.accuracy(blobs[1], model.labels_) == 1


@pytest.mark.parametrize(
    "change, error, words",
    [
        (dict(steps=-1), ValueError, "steps is -1; it must be between 0 and 100000000."),
        (dict(steps=1.5), ValueError, "steps is 1.5; it must be a whole number from 0 to 100000000."),
        (dict(noise_scale="wide"), ValueError, 'noise_scale is "wide"; it must be a number from 0.01 to 1000.'),
        (dict(class_weight=-1), ValueError, "class_weight is -1"),
        (dict(logits="sine"), ValueError, 'logits is "sine"; it must be one of cosine, linear.'),
        (dict(teacher_steps=200), ValueError, "teacher_steps is 200; it must not exceed diffusion_steps, 100."),
        (dict(n_clusters=121), ValueError, "n_samples=120 should be >= n_clusters=121."),
        (dict(n_clusters=0), ValueError, "K is 0; it must be between 2 and 65536."),
        (dict(n_clusters=2.5), TypeError, "n_clusters is 2.5"),
        (dict(n_jobs=0), ValueError, "n_jobs == 0"),
        (dict(n_jobs=2000), ValueError, "threads is 2000; it must be between 0 and 1024."),
        (dict(random_state=-1), ValueError, "random_state is -1"),
        (dict(random_state="seed"), ValueError, "'seed' cannot be used to seed"),
        (dict(backend="gpu"), ValueError, 'There is no backend "gpu"'),
        (dict(backend="OneDNN"), ValueError, "did you mean onednn?"),
        (dict(method="KMeans"), ValueError, "did you mean kmeans?"),
        (dict(method="Self_Classifier"), ValueError, "did you mean self-classifier?"),
        (dict(cluster_sizes="LEARNED"), ValueError, "did you mean learned?"),
        (dict(precision="f8"), ValueError, "f8"),
    ],
)
def test_refused_parameters(change, error, words, blobs, tiny):
    with pytest.raises(error) as refusal:
        CLUDI(**{"n_clusters": 3, **tiny, **change}).fit(blobs[0])
    assert words in str(refusal.value)


def test_numbers_keep_their_bits(blobs, tiny):
    tau = np.float64(0.1) * 3
    model = CLUDI(3, **{**tiny, "steps": np.int64(7)}, temperature=tau, noise_scale=np.float32(0.3)).fit(blobs[0])
    assert model.model_.parameters["temperature"] == tau and model.model_.parameters["noise_scale"] == float(np.float32(0.3))
    assert model.n_iter_ == 7


def test_not_fitted(blobs):
    for method in ("predict", "predict_proba", "transform", "score"):
        with pytest.raises(cludi.NotFittedError, match="not fitted yet"):
            getattr(CLUDI(method="cludi"), method)(blobs[0])
    with pytest.raises(cludi.NotFittedError):
        CLUDI().save("nowhere")


def test_save_and_load(fitted, blobs, tmp_path):
    path = tmp_path / "a model.safetensors"
    fitted.save(path)
    loaded = CLUDI.load(path)
    assert (loaded.predict_proba(blobs[0]) == fitted.probabilities_).all()
    assert loaded.n_clusters == 3 and loaded.hidden_dim == 32 and loaded.n_features_in_ == 6 and loaded.n_iter_ == 20
    cludi.load(str(path)).save(os.fsencode(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == path.read_bytes()
    with pytest.raises(OSError, match="nothing.here"):
        cludi.load(tmp_path / "nothing.here")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="a model.safetensors"):
        cludi.load(path)
    with pytest.raises(OSError, match="no folder"):
        fitted.save(tmp_path / "no folder" / "model")


def test_a_file_does_not_decide_how_long_it_takes(blobs, tiny, tmp_path):
    """More than 400 times the denoiser are asked for: by training here, in a pickle, by other parameters; not by a file."""
    path = tmp_path / "long.safetensors"
    trained = CLUDI(3, **{**tiny, "draws": 150, "denoise_steps": 3}).fit(blobs[0])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(trained)).predict(blobs[0]), trained.labels_)
    trained.save(path)
    loaded = CLUDI.load(path)
    with pytest.raises(ValueError, match="draws 150 and denoise_steps 3, 450 times the denoiser"):
        loaded.predict(blobs[0])
    assert loaded.set_params(draws=149).predict(blobs[0]).shape == (len(blobs[0]),)


def test_copies_predict_the_same(fitted, blobs):
    for twin in (pickle.loads(pickle.dumps(fitted)), copy.copy(fitted), copy.deepcopy(fitted)):
        assert (twin.predict_proba(blobs[0]) == fitted.probabilities_).all()
        assert (twin.labels_ == fitted.labels_).all()
    assert pickle.dumps(pickle.loads(pickle.dumps(fitted))) == pickle.dumps(fitted)


def test_collapse_warns(tiny):
    X = np.random.default_rng(0).normal(size=(64, 4))
    X[1:] = X[0]
    with pytest.warns(cludi.ConvergenceWarning, match="Collapsed: only . of 8 clusters are in use"):
        CLUDI(8, **{**tiny, "class_weight": 0, "steps": 60}).fit(X)


def test_warnings_of_the_library(tiny):
    X = np.random.default_rng(0).normal(size=(200, 64))
    with pytest.warns(UserWarning, match="Nearest neighbors rarely share"):
        CLUDI(3, **tiny).fit(X)


def test_preset(blobs, tiny):
    paper = cludi.preset("paper", 100)
    assert (paper["embedding_dim"], paper["logits"], paper["class_weight"]) == (64, "linear", 50.0)
    assert cludi.preset("default") == {k: v for k, v in CLUDI().get_params().items() if k in paper}
    with pytest.raises(ValueError, match='no preset "other"'):
        cludi.preset("other")
