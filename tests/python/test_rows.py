"""What may be handed in as rows: what is read in place, what is converted, what is refused and with which words."""

import numpy as np
import pytest

from cludi import CLUDI
from cludi._rows import as_matrix, as_rows


def is_same_memory(X):
    rows = as_rows(X)
    return rows.ctypes.data == X.ctypes.data and np.shares_memory(rows, X) and as_matrix(rows).data == X.ctypes.data


def test_what_is_not_copied(tmp_path):
    X = np.arange(48, dtype=np.float32).reshape(8, 6)
    read_only = X.copy()
    read_only.flags.writeable = False
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    for same in (X, read_only, mapped, X[2:5], X[::2], X[:, 1:4], X[:1], X[:, :1], X[:, 2:3]):
        assert is_same_memory(same)
    for other in (X.T, X[::-1], X[:, ::2], X.astype(">f4"), X.astype("f8"), np.asfortranarray(X), np.broadcast_to(X[0], (4, 6))):
        rows = as_rows(other)
        assert not np.shares_memory(rows, other)
        np.testing.assert_array_equal(rows, other)


def test_fit_takes_the_memory_it_is_given(blobs, tiny, monkeypatch):
    seen = []
    from cludi import _model

    monkeypatch.setattr(_model, "as_matrix", lambda rows: seen.append(rows.ctypes.data) or as_matrix(rows))
    CLUDI(3, **tiny).fit(blobs[0])
    assert seen == [blobs[0].ctypes.data] * 2


def misaligned(X):
    raw = np.zeros(X.nbytes + 1, np.uint8)
    view = raw[1:].view(np.float32).reshape(X.shape)
    view[...] = X
    return view


VIEWS = {
    "f8": lambda X: X.astype("f8"),
    "fortran": np.asfortranarray,
    "big endian": lambda X: X.astype(">f4"),
    "strided": lambda X: np.repeat(X, 2, axis=0)[::2],
    "columns": lambda X: np.hstack([X, X])[:, : X.shape[1]],
    "backwards": lambda X: X[::-1].copy()[::-1],
    "misaligned": misaligned,
    "list": lambda X: X.tolist(),
    "object": lambda X: X.astype(object),
    "texts": lambda X: X.astype("U32"),
}


@pytest.mark.parametrize("name", VIEWS)
def test_same_numbers_same_answer(name, blobs, tiny):
    X = blobs[0]
    assert (CLUDI(3, **tiny).fit(VIEWS[name](X)).probabilities_ == CLUDI(3, **tiny).fit(X).probabilities_).all()


@pytest.mark.parametrize("dtype", ["f2", "i1", "i8", "u2", "?"])
def test_other_types(dtype, blobs, tiny):
    X = (blobs[0] > 0 if dtype == "?" else np.abs(blobs[0]) if dtype[0] == "u" else blobs[0]).astype(dtype)
    expected = CLUDI(3, **tiny).fit(X.astype(np.float32))
    assert (CLUDI(3, **tiny).fit(X).probabilities_ == expected.probabilities_).all()


class Arrayed:
    def __init__(self, X):
        self._X = X

    def __array__(self, dtype=None):
        return self._X


def test_anything_with_array(blobs, tiny):
    assert (CLUDI(3, **tiny).fit(Arrayed(blobs[0])).labels_ == CLUDI(3, **tiny).fit(blobs[0]).labels_).all()


def test_sparse():
    sparse = pytest.importorskip("scipy.sparse")
    for kind in (sparse.csr_matrix, sparse.coo_matrix, sparse.lil_matrix):
        with pytest.raises(TypeError, match="A sparse matrix was passed, but dense data is required. Use X.toarray()"):
            CLUDI(2).fit(kind(np.eye(4)))


@pytest.mark.parametrize(
    "X, error, words",
    [
        (np.ones((4, 2), complex), ValueError, "Complex data not supported"),
        (np.array([[1, {}], [2, 3]], object), TypeError, "argument must be a string or a real number, not 'dict'"),
        (np.array([["a", "b"]]), ValueError, "could not convert string to float"),
        (np.zeros((3, 2), "M8[s]"), TypeError, "X has the type datetime64[s]; it must be numbers."),
        (np.ones(4), ValueError, "Expected 2D array, got 1D array instead"),
        (3.0, ValueError, "Expected 2D array, got scalar array instead"),
        (np.ones((2, 2, 2)), ValueError, "Found array with dim 3. CLUDI expected <= 2."),
        (np.ones((0, 2)), ValueError, "Found array with 0 sample(s) (shape=(0, 2)) while a minimum of 1 is required by CLUDI."),
        (np.ones((4, 0)), ValueError, "Found array with 0 feature(s) (shape=(4, 0)) while a minimum of 1 is required by CLUDI."),
        (np.array([[1.0], [np.nan], [2]]), ValueError, "NaN in row 1, column 0"),
        (np.array([[1.0, 2], [3, -np.inf]]), ValueError, "an infinity in row 1, column 1"),
        (np.array([[1.0, 2], [3, 1e300]]), ValueError, "a value too large for dtype('float32')"),
    ],
)
def test_refused_rows(X, error, words):
    with pytest.raises(error) as refusal:
        CLUDI(2).fit(X)
    assert words in str(refusal.value)


def test_other_columns(blobs, tiny):
    model = CLUDI(3, **tiny).fit(blobs[0])
    with pytest.raises(ValueError, match="X has 5 features, but CLUDI is expecting 6 features as input."):
        model.predict(blobs[0][:, :5])
    with pytest.raises(ValueError, match="Reshape your data"):
        model.predict(blobs[0][0])


def test_frames(blobs, tiny):
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame(blobs[0], columns=list("abcdef"))
    model = CLUDI(3, **tiny).fit(X)
    assert model.feature_names_in_.tolist() == list("abcdef") and model.feature_names_in_.dtype == object
    assert (model.predict(X) == CLUDI(3, **tiny).fit(blobs[0]).labels_).all()
    with pytest.raises(ValueError, match="in the same order"):
        model.predict(X[list("fedcba")])
    with pytest.raises(ValueError, match="unseen at fit time:\n- A\n- B\n- C\n- D\n- E\n- ...\nFeature names seen"):
        model.predict(X.rename(columns=str.upper))
    with pytest.warns(UserWarning, match="X does not have valid feature names, but CLUDI was fitted with feature names"):
        model.predict(blobs[0])
    with pytest.raises(TypeError, match="only supported if all input features have string names"):
        model.fit(X.rename(columns={"a": 0}))
    model.fit(blobs[0])
    assert not hasattr(model, "feature_names_in_")
    with pytest.warns(UserWarning, match="X has feature names, but CLUDI was fitted without feature names"):
        model.predict(X)
    CLUDI(3, **tiny).fit(pandas.DataFrame(blobs[0])).predict(blobs[0])
