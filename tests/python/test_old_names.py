"""The names of cludi 0.1.0: accepted with a FutureWarning, and nowhere shown."""

import pytest

import cludi


def test_keywords():
    with pytest.warns(FutureWarning, match="N is now called batch_size"):
        old = cludi.CLUDI(3, N=16, lambda_=4.0)
    assert old.batch_size == 16 and old.class_weight == 4.0
    assert not {"N", "lambda_", "tau", "neighbours"} & set(old.get_params())
    with pytest.warns(FutureWarning, match="tau is now called temperature"):
        assert old.set_params(tau=0.2).temperature == 0.2


def test_both_names():
    with pytest.raises(TypeError, match="N is the old name of batch_size"):
        cludi.CLUDI(3, N=16, batch_size=16)


def test_clone():
    base = pytest.importorskip("sklearn.base")
    assert base.clone(cludi.CLUDI(3, batch_size=16)).get_params()["batch_size"] == 16


def test_unknown():
    with pytest.raises(TypeError, match="nonsense"):
        cludi.CLUDI(3, nonsense=1)


def test_kmeans():
    with pytest.warns(FutureWarning, match="input is now called preprocessing"):
        assert len(cludi.kmeans([[0.0], [0.1], [5.0], [5.1]], 2, input="auto").labels) == 4
