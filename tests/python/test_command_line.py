"""The same rows, parameters and seed give the bytes of the program."""

import numpy as np
import pytest

import cludi
from cludi import CLUDI


def as_options(parameters):
    return [f"--{name.rstrip('_').replace('_', '-')}={value}" for name, value in parameters.items() if name != "steps" or value]


def predictions(run, model, data, folder):
    paths = [folder / f"{name}.npy" for name in ("labels", "proba", "embedding")]
    run("predict", model, data, "-o", paths[0], "--proba", paths[1], "--embedding", paths[2], "--quiet")
    return [np.load(path) for path in paths]


CASES = {
    "tiny": {},
    "float32 in plain C": dict(precision="f32", backend="ref"),
    "one thread": dict(n_jobs=1),
    "other parameters": dict(class_weight=3.7, logits="linear", epochs=7.5, steps=0, n_neighbors=0, init_runs=0, beta1=1 / 3),
}
NAMES = {"n_jobs": "threads"}


@pytest.mark.parametrize("case", CASES)
def test_same_bytes(case, blobs, tiny, cludi_program, tmp_path):
    X, change = blobs[0], CASES[case]
    np.save(tmp_path / "x.npy", X)
    options = as_options({**tiny, **{NAMES.get(k, k): repr(v) if isinstance(v, float) else v for k, v in change.items()}})
    how = [option for option in options if option.split("=")[0] in ("--backend", "--precision")]
    cludi_program("fit", tmp_path / "x.npy", "-k", 3, "-o", tmp_path / "program", "--seed", 7, "--quiet", *options)
    model = CLUDI(3, **{**tiny, **change}, random_state=7).fit(X)
    model.save(tmp_path / "python")
    assert (tmp_path / "python").read_bytes() == (tmp_path / "program").read_bytes()

    def run(*arguments):
        return cludi_program(*arguments, *how)

    labels, proba, embedding = predictions(run, tmp_path / "program", tmp_path / "x.npy", tmp_path)
    for mine, theirs in ((model.labels_, labels), (model.probabilities_, proba), (model.transform(X), embedding)):
        assert mine.dtype == theirs.dtype and mine.tobytes() == theirs.tobytes()


def test_same_bytes_by_default(cludi_program, tmp_path):
    """No parameter but K and the seed; few rows, so that it takes seconds."""
    X = np.random.default_rng(2).normal(size=(48, 3)) + np.repeat([0, 9, 18], 16)[:, None]
    np.save(tmp_path / "x.npy", X)
    arguments = ["-k", 3, "-o", tmp_path / "program", "--quiet"]
    cludi_program("fit", tmp_path / "x.npy", *arguments)
    CLUDI(3).fit(X).save(tmp_path / "python")
    assert (tmp_path / "python").read_bytes() == (tmp_path / "program").read_bytes()


def test_kmeans(blobs, cludi_program, tmp_path):
    np.save(tmp_path / "x.npy", blobs[0])
    cludi_program("fit", tmp_path / "x.npy", "-k", 3, "-o", tmp_path / "program", "--method", "kmeans", "--quiet")
    found = cludi.kmeans(blobs[0], 3)
    found.estimator.save(tmp_path / "python")
    assert (tmp_path / "python").read_bytes() == (tmp_path / "program").read_bytes()


def test_model_of_the_program(blobs, tiny, cludi_program, tmp_path):
    np.save(tmp_path / "x.npy", blobs[0])
    cludi_program("fit", tmp_path / "x.npy", "-k", 3, "-o", tmp_path / "m", "--seed", 9, "--quiet", *as_options(tiny))
    loaded, labels = cludi.load(tmp_path / "m"), tmp_path / "labels.npy"
    assert loaded.random_state == 9 and {k: getattr(loaded, k) for k in tiny} == tiny
    cludi_program("predict", tmp_path / "m", tmp_path / "x.npy", "-o", labels, "--quiet")
    assert (loaded.predict(cludi.read(tmp_path / "x.npy")) == cludi.read_labels(labels)).all()
