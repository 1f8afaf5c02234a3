"""What people hand in as rows, labels and paths: taken with the right numbers, or refused in one sentence."""

import collections
import io
import warnings
from pathlib import Path

import numpy as np
import pytest

import cludi
from cludi import CLUDI, metrics
from cludi._arrays import as_codes
from cludi._rows import as_rows, feature_names

X = np.arange(12, dtype=np.float32).reshape(4, 3) / 4


def taken(given, wanted=X):
    rows = as_rows(given)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, wanted)
    return rows


def refused(given, *words, error=(TypeError, ValueError), function=as_rows):
    with pytest.raises(error) as refusal:
        function(given)
    text = str(refusal.value)
    assert all(word in text for word in words), text


# ---- NumPy and Python ----


def test_numpy():
    taken([list(row) for row in X])
    taken(tuple(map(tuple, X)))
    taken(list(X))
    taken(np.matrix(X))
    taken(np.ma.masked_array(X, mask=False))
    taken(X.astype(np.longdouble))
    taken(X.astype(object))
    taken(np.array(list(X) + [None], object)[:-1])  # a column of vectors
    taken(np.array(list(X) + [None], object)[:-1].reshape(-1, 1))
    taken([row.tolist() for row in X.astype("U8")])


def test_masked():
    refused(np.ma.masked_array(X, mask=X == 1), "X has a masked number in row 1, column 1")
    refused([np.ma.masked_array(X[0], mask=[0, 0, 1]), X[1]], "Row 0 of X has a masked number in row 2")


@pytest.mark.parametrize(
    "given, words",
    [
        (None, "X is None"),
        ("features.npy", "X is a path; read it with cludi.read('features.npy')."),
        (b"features.npy", "X is a path; read it with cludi.read('features.npy')."),
        (Path("a/b.csv"), "X is a path; read it with cludi.read('a/b.csv')."),
        ((row for row in X), "X is a generator; pass list(X)."),
        (map(list, X), "X is a map; pass list(X)."),
        ({1, 2}, "X is a set; pass list(X)."),
        ({"emb": X}, "X is a dict; pass the entry of it that is wanted, such as X['emb']."),
        ({}, "X is a dict; pass the entry"),
        ({"a": 1}.values(), "X is a dict_values; pass list(X)."),
        (object(), "X is an object; an array is wanted."),
        (dict, "X is a type; an array is wanted."),
        (io.BytesIO(b"rows"), "X is an open file; read it by its path, with cludi.read(PATH)."),
        ([None, X[0]], "Row 0 of X is missing; leave it out."),
        ([None, [1, 2]], "Row 0 of X is missing; leave it out."),
        ([[1, 2], 3], "The rows of X must be equally long: row 0 has the shape (2,), row 1 ()."),
        (collections.deque([[1, 2], [3]]), "X is a deque; an array is wanted."),
        ([[10**400], [1]], "int too large to convert to float (row 0, column 0 of X)"),
        (len, "X is a builtin_function_or_method"),
        ([[1, 2], [3]], "The rows of X must be equally long: row 0 has the shape (2,), row 1 (1,)."),
        ([X[0], X[1, :2]], "The rows of X must be equally long: row 0 has the shape (3,), row 1 (2,)."),
        ([X, X[:2]], "The rows of X must be equally long: row 0 has the shape (4, 3), row 1 (2, 3)."),
        (np.array([1.0, 2.0]), "Expected 2D array, got 1D array"),
        (np.zeros((2, 2, 2)), "Found array with dim 3."),
        (np.array([(1, 2.0)], [("a", "i4"), ("b", "f4")]), "structured_to_unstructured(X)"),
        (np.array([b"ab"], "V2").reshape(1, 1), "X has the type |V2"),
        (np.zeros((2, 2), "m8[s]"), "X has the type timedelta64[s]"),
        (np.array([[1, "x"]], object), "could not convert string to float: 'x' (row 0, column 1 of X)"),
        (np.array([[1, 2], [3, {}]], object), "(row 1, column 1 of X)"),
        (np.array([["1", "b"]]), "(row 0, column 1 of X)"),
    ],
)
def test_no_rows(given, words):
    refused(given, words)


def test_every_way_in_is_the_same(blobs, tiny):
    model = CLUDI(3, **tiny).fit(list(blobs[0]))
    assert (model.labels_ == CLUDI(3, **tiny).fit(blobs[0]).labels_).all()
    functions = [model.fit, model.predict, model.predict_proba, model.transform, model.score, cludi.kmeans]
    for function in functions + [lambda rows: metrics.silhouette(rows, [0, 1])]:
        refused("x.npy", "X is a path", function=function)
        refused(np.ma.masked_array(blobs[0], mask=True), "masked", function=function)
    assert (model.predict(list(blobs[0])) == model.labels_).all()


# ---- tables ----


def test_pandas():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(list(X))
    taken(series)
    taken(pandas.Series([row.tolist() for row in X], index=list("abcd")))
    frame = pandas.DataFrame({"emb": list(X)})
    taken(frame)
    taken(frame["emb"])
    assert feature_names(frame, 3) is None
    model = CLUDI(2).fit(pandas.DataFrame({"emb": list(X)}))
    assert not hasattr(model, "feature_names_in_")
    beside = pandas.DataFrame({"id": range(4), "emb": list(X)})
    refused(beside, "Column 1 of X holds vectors, beside other columns; pass X['emb'] alone.")
    refused(pandas.Series([1.0, 2.0]), "Expected 2D array, got 1D array")
    refused(pandas.Series([X[0], X[1, :2]]), "The rows of X must be equally long")
    for lacking in (None, float("nan"), pandas.NA):
        refused(pandas.Series([X[0], lacking]), "Row 1 of X is missing; leave it out.")
        refused(pandas.Series([lacking, X[0]]), "Row 0 of X is missing; leave it out.")
    refused(pandas.DataFrame({"a": [1.0, 2], "when": pandas.to_datetime(["2020-01-01", "2020-01-02"])}), "(row 0, column 1 of X)")
    refused(pandas.DataFrame({"a": [1.0, 2], "b": ["x", "y"]}), "'x' (row 0, column 1 of X)")


@pytest.mark.parametrize("dtype, values", [("Int64", [1, 2, 3]), ("Float64", [0.5, 2, 3]), ("boolean", [True, False, True])])
def test_nullable(dtype, values):
    pandas = pytest.importorskip("pandas")
    whole = pandas.DataFrame({"a": pandas.array(values, dtype), "b": [0.0, 1, 2]})
    taken(whole, np.array([values, [0, 1, 2]], np.float32).T)
    whole.loc[1, "a"] = pandas.NA
    refused(whole, "X has a missing value in row 1, column 0; fill it in, or leave the row out.")
    refused(np.array([[1, pandas.NA]], object), "X has a missing value in row 0, column 1")


def test_none_among_numbers_is_nan():
    with pytest.raises(ValueError, match="X has NaN in row 1, column 0"):
        CLUDI(2).fit(np.array([[1], [None], [2]], object))


def test_anndata():
    anndata = pytest.importorskip("anndata")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = anndata.AnnData(X)
        refused(data, 'X is an AnnData; pass its rows, adata.obsm["X_pca"], which scanpy.pp.pca(adata) computes.')
        data.obsm["X_pca"] = X
        refused(data, 'X is an AnnData; pass its rows, adata.obsm["X_pca"].')
    taken(data.obsm["X_pca"])
    taken(data.X)


class Table:
    """As a table of Arrow: columns that are no names, and no __array__."""

    columns = list(X.T)
    column_names = list("abc")

    def to_pandas(self):
        pandas = pytest.importorskip("pandas")
        return pandas.DataFrame(X, columns=self.column_names)


class TableOfVectors(Table):
    column_names = ["id", "emb"]

    def to_pandas(self):
        return pytest.importorskip("pandas").DataFrame({"id": range(4), "emb": list(X)})


class Reader:
    """As a reader of Arrow, which is no array before it is read."""

    def read_all(self):
        return Table()

    def __iter__(self):
        return iter([])


def test_arrow():
    taken(Table())
    refused(TableOfVectors(), "Column 1 of X holds vectors, beside other columns; pass X['emb'] alone.")
    refused(Reader(), "X is a Reader; pass X.read_all().")
    assert feature_names(Table(), 3).tolist() == list("abc")
    pyarrow = pytest.importorskip("pyarrow")
    taken(pyarrow.table({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]}))
    taken(pyarrow.array(X.tolist()))


def test_polars():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(X, schema=list("abc"))
    taken(frame)
    assert feature_names(frame, 3).tolist() == list("abc")
    taken(polars.Series("emb", X.tolist()))
    taken(polars.DataFrame({"emb": X.tolist()}))
    refused(frame.lazy(), "X is a LazyFrame; pass X.collect().")


# ---- tensors ----


def test_torch():
    torch = pytest.importorskip("torch")
    tensor = torch.from_numpy(X)
    assert np.shares_memory(taken(tensor), X)
    for dtype in (torch.float64, torch.float16, torch.bfloat16):
        taken(tensor.to(dtype))
    taken(tensor.clone().requires_grad_())
    taken(list(tensor))
    taken(list(tensor.bfloat16().requires_grad_()))
    taken([tensor[0], X[1], list(X[2]), tensor[3].double()])
    taken(tensor.T.contiguous().T)
    taken(torch.quantize_per_tensor(tensor, 0.25, 0, torch.quint8))
    refused(tensor[0], "Expected 2D array, got 1D array")
    refused(list(torch.tensor([1.0, 2])), "Expected 2D array, got 1D array")
    refused(tensor.to_sparse(), "X is a sparse tensor; pass X.to_dense().")
    refused(tensor.to("meta"), "X is a tensor on the meta device, which holds no numbers.")
    refused(torch.complex(tensor, tensor), "Complex data not supported")
    refused([tensor[0], tensor[1, :2]], "The rows of X must be equally long")
    assert metrics.accuracy(torch.tensor([0, 0, 1]), [torch.tensor(1), torch.tensor(1), torch.tensor(0)]) == 1


class OnDevice:
    """As a tensor of PyTorch on a GPU."""

    device = type("device", (), {"type": "cuda", "__str__": lambda self: "cuda:1"})()

    def detach(self):
        raise AssertionError

    numpy = detach


def test_tensor_on_a_device():
    refused(OnDevice(), "X is a tensor on cuda:1; pass X.cpu().")


class Exchanged:
    """Numbers that are reached through DLPack alone."""

    def __dlpack__(self, **how):
        return X.__dlpack__(**how)

    def __dlpack_device__(self):
        return X.__dlpack_device__()


def test_dlpack():
    taken(Exchanged())


def test_narrow_floats_of_other_libraries():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    taken(X.astype(ml_dtypes.bfloat16))


# ---- labels and paths ----


def test_labels():
    pandas = pytest.importorskip("pandas")
    texts = ["b", "a", "b"]
    numbers = pandas.array([2, 1, 2], "Int64")
    for labels in (texts, pandas.Series(texts, dtype="category"), np.array([2, 1, 2]), numbers):
        assert as_codes(labels, "labels").tolist() == [1, 0, 1]

    def scores(labels):
        return metrics.nmi(labels, [0, 1, 0])

    refused("y.npy", "labels_true is a path; read it with cludi.read_labels('y.npy').", function=scores)
    refused([0, np.nan, 1], "labels_true has a missing value in row 1; leave the row out.", function=scores)
    refused(["a", None, "b"], "labels_true has a missing value in row 1", function=scores)
    refused(pandas.array([1, None, 2], "Int64"), "labels_true has a missing value in row 1", function=scores)
    refused(np.ma.masked_array([0, 1, 2], mask=[0, 0, 1]), "labels_true has a masked number in row 2", function=scores)
    refused(np.array(["a", 1, 2], object), "labels_true has labels of several types, which cannot be sorted: int, str.", function=scores)
    refused([[0], [1], [2]], "labels_true must be 1D: shape is (3, 1)", function=scores)
    refused(None, "labels_true is None", function=scores)
    refused((label for label in texts), "labels_true is a generator; pass list(labels_true).", function=scores)
    refused([{1}, {2}, {1}], "Row 0 of labels_true is a set; an array is wanted.", function=scores)


def test_paths(tmp_path, tiny, blobs):
    model = CLUDI(3, **tiny).fit(blobs[0])
    np.save(tmp_path / "rows.npy", X)
    for function in (cludi.read, cludi.read_labels, CLUDI.load, model.save):
        refused(None, "path is None; a path is wanted.", error=TypeError, function=function)
        refused(X, "path is a ndarray; a path is wanted.", error=TypeError, function=function)
        refused(f"{tmp_path}/rows.npy\0.csv", "a path has no null character.", error=ValueError, function=function)
    assert (cludi.read(tmp_path / "rows.npy") == X).all()
    refused("rows.csv", "drop is 1.5; names or numbers of columns are wanted.", function=lambda path: cludi.read(path, drop=1.5))
    refused(blobs[0], "n_jobs is 'all'; it must be a whole number or None.", function=CLUDI(3, n_jobs="all").fit)


def test_paths_of_images(monkeypatch):
    from cludi import images

    monkeypatch.setattr(images, "HAS_IMAGES", True)
    refused(None, "paths is of the type NoneType; a path or a list of paths is wanted.", function=images._as_paths)
    refused([Path("a"), X], "paths[1] is of the type ndarray; images are read from files", function=images._as_paths)
    refused(["a", "b\0c"], "paths[1] is 'b\\x00c'; a path has no null character.", function=images._as_paths)
    for heads in ("a", 1.5, None, -1, 2**32):
        refused(heads, "it must be a whole number, 0 or larger.", function=lambda heads: images._as_number(heads, "heads"))
    assert images._as_paths(path for path in ("a", Path("b"))) == [b"a", b"b"]


# ---- what the program warns of ----


def heard(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    assert all(Path(warning.filename) == Path(__file__) for warning in caught)
    return [str(warning.message) for warning in caught]


def test_warnings_of_the_library(blobs, tiny):
    rows = blobs[0]
    few = heard(lambda: CLUDI(8, **tiny).fit(np.repeat(rows[[0, 50, 100, 3, 60]], 30, 0)))
    assert few[0] == "Only 5 of 150 rows are distinct, fewer than K = 8: at most 5 clusters can be in use."
    assert len(few) == 2 and "8 clusters" in few[1]
    for how in tiny, {}, dict(method="kmeans"), dict(method="temi", steps=20):
        equal = heard(lambda: CLUDI(4, **how).fit(np.ones((40, 3))))
        assert equal[0].startswith("All 40 rows are equal in float32") and len(equal) == 2
    far = rows.copy()
    far[7] = 1e30
    assert "Row 7 (counted from 0)" in heard(lambda: cludi.kmeans(far, 3))[0]
    assert "subtract the mean" in heard(lambda: cludi.kmeans(rows.astype("f8") + 1e8, 3))[0]
    assert heard(lambda: cludi.kmeans(rows.astype("f8") + 1e12, 3))[0].startswith("All 120 rows are equal in float32")
    assert heard(lambda: CLUDI(3, **tiny).fit(rows)) == []
    assert heard(lambda: CLUDI(3, **dict(tiny, steps=1, batch_size=8)).fit(rows)) == [
        "Too few steps to tell whether clusters collapsed: not every row was seen."
    ]
    many = np.tile(rows, (3, 1)) + np.random.default_rng(0).normal(size=(360, 1))  # more than the 256 rows of a step
    for how, said in ({}, 0), (dict(method="kmeans"), 0), (dict(method="tsp", steps=1), 1):
        few = heard(lambda: CLUDI(3, **how).fit(many))
        assert [word.startswith("Too few steps") for word in few] == [True] * said, few


def test_unused_parameters(blobs, tiny):
    rows = blobs[0]
    assert heard(lambda: CLUDI(3, steps=9, lr=0.5).fit(rows)) == ["method='discriminant' does not use steps and lr; method='cludi' does."]
    assert heard(lambda: CLUDI(3, method="kmeans", steps=9, views=2, lr=0.5).fit(rows)) == [
        "method='kmeans' does not use steps, views and lr; method='cludi' does."
    ]
    assert heard(lambda: CLUDI(1, views=2).fit(rows)) == ["method='discriminant' does not use views; method='cludi' does."]
    for silent in {}, dict(steps=0, lr=3e-4, preprocessing="unit"), tiny, dict(method="temi", epochs=250.0):
        assert heard(lambda: CLUDI(3, **silent).fit(rows)) == []


def test_warnings_as_errors_leave_the_estimator_alone(tiny):
    model = CLUDI(4, **tiny)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="All 40 rows are equal"):
            model.fit(np.ones((40, 3)))
    assert not hasattr(model, "model_")
