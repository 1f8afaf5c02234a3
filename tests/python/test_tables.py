"""Columns of CSV files by name: options of cludi.read, names in models, and random tables that pandas and NumPy write."""

import csv
import warnings

import numpy as np
import pytest

import cludi
from cludi import CLUDI

pandas = pytest.importorskip("pandas")
TABLES = 300


def quiet_read(path, **options):
    """Without the notes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cludi.read(path, **options)


def write(path, text):
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_options(tmp_path):
    table = write(tmp_path / "x.csv", "path;u;kind;v\nC:\\a;1,5;x;2\nC:\\b;-3;y;4,25\n")
    how = dict(id_column="path", decimal=",")
    assert cludi.read(table, drop="kind", **how).tolist() == [[1.5, 2], [-3, 4.25]]
    assert cludi.read(table, drop=3, **how).tolist() == [[1.5, 2], [-3, 4.25]]
    assert cludi.read(table, drop=[1, "kind"], decimal=",", feature_names=["v", "u"]).tolist() == [[2, 1.5], [4.25, -3]]
    with pytest.raises(ValueError, match='has no column "knid" in its header'):
        cludi.read(table, drop="knid", **how)
    with pytest.raises(ValueError, match='lacks columns that the model needs: "w"'):
        cludi.read(table, drop="kind", feature_names=["v", "w", "u"], **how)
    with pytest.raises(ValueError, match="header is 2; it must be None, True or False."):
        cludi.read(table, header=2)
    with pytest.raises(ValueError, match="decimal is ';'; it must be '.' or ','."):
        cludi.read(table, decimal=";")
    with pytest.raises(ValueError, match="is a .npy; a CSV alone has columns to drop"):
        np.save(tmp_path / "x.npy", np.ones((2, 2)))
        cludi.read(tmp_path / "x.npy", drop=1)


def test_header(tmp_path):
    table = write(tmp_path / "x.csv", "0,1\n5,6\n")
    with pytest.warns(UserWarning, match="line 1, 0 to 1, is taken for a header"):
        assert cludi.read(table).tolist() == [[5, 6]]
    assert cludi.read(table, header=False).tolist() == [[0, 1], [5, 6]]
    assert cludi.read(write(tmp_path / "x.csv", "3,1\n5,6\n"), header=True).tolist() == [[5, 6]]


def test_notes(tmp_path):
    frame = pandas.DataFrame({"x": np.arange(12) / 8, "y": 0.5})
    frame.to_csv(tmp_path / "index.csv")
    with pytest.warns(UserWarning, match="column 1 has no name and is left out, as the index of a data frame"):
        assert cludi.read(tmp_path / "index.csv").tolist() == frame.values.tolist()
    frame.assign(id=np.arange(12)[::-1] * 7).to_csv(tmp_path / "id.csv", index=False)
    with pytest.warns(UserWarning, match=r'column 3 \("id"\) has whole numbers that are all different') as caught:
        assert cludi.read(tmp_path / "id.csv").shape == (12, 3)
    assert len(caught) == 1 and caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cludi.read(tmp_path / "id.csv", drop="id")
        cludi.read(tmp_path / "id.csv", feature_names=["id", "x", "y"])


def test_models_keep_names(blobs, tiny, cludi_program, tmp_path):
    names = ["b", 'a "quoted" one', "größe", "d,\n", "e", ""]
    X = pandas.DataFrame(blobs[0], columns=names)
    model = CLUDI(3, **tiny).fit(X)
    model.save(tmp_path / "m")
    loaded = cludi.load(tmp_path / "m")
    assert loaded.feature_names_in_.tolist() == names and loaded.feature_names_in_.dtype == object
    assert loaded.model_.feature_names.tolist() == names
    assert (loaded.predict(X) == model.labels_).all()
    with pytest.raises(ValueError, match="in the same order"):
        loaded.predict(X[names[::-1]])
    X.drop(columns="").assign(last=X[""]).rename(columns={"last": ""})[names[::-1]].to_csv(tmp_path / "x.csv", index=False)
    assert cludi.read(tmp_path / "x.csv", feature_names=loaded.feature_names_in_).tobytes() == blobs[0].tobytes()
    cludi_program("predict", tmp_path / "m", tmp_path / "x.csv", "-o", tmp_path / "l.npy", "--quiet")
    assert (np.load(tmp_path / "l.npy") == model.labels_).all()


def test_models_of_the_program_keep_names(blobs, cludi_program, tmp_path):
    X = pandas.DataFrame(blobs[0], columns=list("abcdef"))
    X.to_csv(tmp_path / "x.csv")
    cludi_program("fit", tmp_path / "x.csv", "-k", 3, "-o", tmp_path / "m", "--method", "kmeans")
    cludi_program("predict", tmp_path / "m", tmp_path / "x.csv", "-o", tmp_path / "l.npy")
    loaded = cludi.load(tmp_path / "m")
    assert loaded.feature_names_in_.tolist() == list("abcdef")
    assert (loaded.predict(X) == np.load(tmp_path / "l.npy")).all()
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "m").read_bytes()


def test_models_without_names(blobs, tiny, tmp_path):
    model = CLUDI(3, **tiny).fit(blobs[0])
    assert model.model_.feature_names is None
    model.save(tmp_path / "m")
    assert b"feature_names" not in (tmp_path / "m").read_bytes()
    assert not hasattr(cludi.load(tmp_path / "m"), "feature_names_in_")


def test_names_that_no_file_can_hold(blobs, tiny):
    X = pandas.DataFrame(blobs[0], columns=["a" * 900000, *"bcdef"])
    with pytest.warns(UserWarning, match="The model has no names of columns. The names of the columns take more than"):
        model = CLUDI(3, **tiny).fit(X)
    assert model.model_.feature_names is None and len(model.feature_names_in_) == 6


LETTERS = list("abcxyz 0123,;|\t\"'#._-é€\n")


def make_names(rng, columns):
    """Blanks around a name are no part of it where it is not quoted; a first '#' and numbers mean something."""
    names = {}
    while len(names) < columns:
        name = "".join(rng.choice(LETTERS, rng.integers(1, 9)))
        if name == name.strip() and name[0] != "#" and not set(name) <= set("0123,.-"):
            names[name] = None
    return list(names)


def make_frame(rng):
    rows, columns = rng.integers(1, 30), rng.integers(2, 8)
    X = rng.normal(size=(rows, columns)) * 10.0 ** rng.integers(-6, 7)
    X[0] = 0.5 + np.arange(columns) ** 2  # neither whole numbers nor equal steps
    X[:, 0] = np.round(X[:, 0]) if rng.random() < 0.3 else X[:, 0]
    return X, pandas.DataFrame(X, columns=make_names(rng, columns))


@pytest.mark.parametrize("seed", range(TABLES))
def test_tables_of_pandas(seed, tmp_path):
    """Written in every way that pandas has, and read as the same numbers; by names, in any order."""
    rng = np.random.default_rng(seed)
    X, frame = make_frame(rng)
    sep, decimal = rng.choice([",", ";", "\t", "|"]), rng.choice([".", ","])
    has_index, has_names = rng.random() < 0.4, rng.random() < 0.7
    if rng.random() < 0.5:
        frame.index = rng.permutation(1000)[: len(frame)]
    if not has_names:
        frame.columns = range(frame.shape[1])
    frame.to_csv(
        tmp_path / "x.csv",
        sep=sep,
        decimal=decimal,
        index=has_index,
        lineterminator=rng.choice(["\n", "\r\n"]),
        quoting=int(rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        encoding=rng.choice(["utf-8", "utf-8-sig"]),
        float_format=rng.choice([None, "%.9g", "%.17e"]),
    )
    index = 0 if has_index else None
    wanted = pandas.read_csv(
        tmp_path / "x.csv", sep=sep, decimal=decimal, index_col=index, float_precision="round_trip"
    )
    wanted = wanted.to_numpy(np.float64).astype(np.float32)
    assert np.allclose(wanted, X, rtol=1e-6)
    np.testing.assert_array_equal(quiet_read(tmp_path / "x.csv", decimal=decimal), wanted)
    if has_names:
        order = rng.permutation(frame.shape[1])
        names = [frame.columns[i] for i in order]
        found = quiet_read(tmp_path / "x.csv", decimal=decimal, feature_names=names)
        np.testing.assert_array_equal(found, wanted[:, order])


@pytest.mark.parametrize("seed", range(TABLES // 3))
def test_tables_of_numpy(seed, tmp_path):
    """Written by numpy.savetxt."""
    rng = np.random.default_rng(seed)
    X, _ = make_frame(rng)
    names = [f"f{i}" for i in range(X.shape[1])]
    delimiter = rng.choice([" ", ", ", ",", ";", "\t", "  "])
    header = rng.choice(["", delimiter.join(names), "made by hand\n" + delimiter.join(names)])
    np.savetxt(tmp_path / "x.txt", X, delimiter=delimiter, header=header, fmt=rng.choice(["%.18e", "%9.4f", "%-12.7g"]))
    wanted = np.loadtxt(tmp_path / "x.txt", delimiter=delimiter.strip(" ") or None, ndmin=2).astype(np.float32)
    np.testing.assert_array_equal(quiet_read(tmp_path / "x.txt"), wanted)
    if header:
        found = quiet_read(tmp_path / "x.txt", feature_names=names[::-1])
        np.testing.assert_array_equal(found, wanted[:, ::-1])
