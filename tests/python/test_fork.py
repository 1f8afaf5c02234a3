"""What works in a child after fork(): everything, with the same answers, whatever the parent's threads were at."""

import multiprocessing
import os
import signal
import threading

import numpy as np
import pytest

import cludi

pytestmark = pytest.mark.filterwarnings("ignore:Too few steps")
TIMES = 20 if "CLUDI_FULL" in os.environ else 3
PATIENCE = 60  # seconds until a child that hangs is killed; on a quiet machine children take a few milliseconds
fork = multiprocessing.get_context("fork")


def make_rows():
    rng = np.random.default_rng(0)
    centers = 5 * rng.normal(size=(3, 8))
    return (centers[rng.integers(0, 3, 400)] + rng.normal(size=(400, 8))).astype("f4")


X = make_rows()
SMALL = dict(n_clusters=3, method="cludi", steps=5, hidden_dim=32, embedding_dim=8, blocks=1, diffusion_steps=100, teacher_steps=2, views=2, batch_size=64, init_runs=4, init_steps=2, n_jobs=2)


@pytest.fixture(scope="module")
def model():
    return cludi.CLUDI(**SMALL).fit(X)


def in_child(work):
    """The exit status of a child that does the work; -14 where it hung."""
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE)
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def check_predicts(model):
    assert (model.predict(X) == model.labels_).all()


def check_fits(model):
    assert (cludi.CLUDI(**SMALL).fit(X).labels_ == model.labels_).all()
    check_predicts(model)


@pytest.mark.parametrize("work", [check_predicts, check_fits])
def test_child_of_a_fit(model, work):
    for _ in range(TIMES):
        check_predicts(model)  # so that threads have just been at work
        assert in_child(lambda: work(model)) == 0
    check_predicts(model)


def test_child_of_a_child(model):
    def again():
        check_predicts(model)
        assert in_child(lambda: check_fits(model)) == 0
        check_predicts(model)

    assert in_child(again) == 0


def test_pool(model):
    with fork.Pool(2) as pool:
        for labels in pool.map_async(model.predict, [X] * 4).get(PATIENCE):
            assert (labels == model.labels_).all()


def fit_labels(seed):
    return cludi.CLUDI(random_state=seed, **SMALL).fit_predict(X)


def test_pool_that_fits():
    wanted = [fit_labels(seed) for seed in range(3)]
    with fork.Pool(2) as pool:
        for labels, expected in zip(pool.map_async(fit_labels, range(3)).get(PATIENCE), wanted):
            assert (labels == expected).all()


def test_joblib(model):
    joblib = pytest.importorskip("joblib")
    parallel = joblib.Parallel(n_jobs=2, backend="multiprocessing", timeout=PATIENCE)
    for labels in parallel(joblib.delayed(model.predict)(X) for _ in range(4)):
        assert (labels == model.labels_).all()


def test_preloaded_model(model, tmp_path):
    """As web servers do: the parent loads, and its children predict at the same time."""
    model.save(tmp_path / "model.safetensors")
    loaded = cludi.load(tmp_path / "model.safetensors")
    workers = [fork.Process(target=lambda: [check_predicts_loaded(loaded, model) for _ in range(3)]) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
        assert worker.exitcode == 0


def check_predicts_loaded(loaded, model):
    assert (loaded.predict(X) == model.labels_).all()


def test_fork_from_another_thread(model):
    statuses = []
    check_predicts(model)
    thread = threading.Thread(target=lambda: statuses.append(in_child(lambda: check_fits(model))))
    thread.start()
    thread.join()
    assert statuses == [0]


@pytest.mark.parametrize("busy", ["predict", "fit", "new estimators", "read"])
def test_fork_while_another_thread_works(model, busy, tmp_path):
    """The other thread may be anywhere: in a loop, planning products, packing weights, reading a file."""
    stop, started = threading.Event(), threading.Event()
    many = np.tile(X, (5, 1))
    np.save(tmp_path / "rows.npy", many)

    def work():
        seed = 0
        while not stop.is_set():
            seed += 1
            started.set()
            if busy == "predict":
                model.predict(many)
            elif busy == "fit":
                cludi.CLUDI(**SMALL).fit(X)
            elif busy == "read":
                cludi.read(tmp_path / "rows.npy")
            else:  # other widths: products that nobody planned before
                cludi.CLUDI(**{**SMALL, "hidden_dim": 16 + seed % 100}).fit(X)

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    try:
        for _ in range(4 * TIMES):
            assert in_child(lambda: check_fits(model)) == 0
    finally:
        stop.set()
        thread.join()


def check_reads(path, rows):
    """The rows, or the sentence: libhdf5 in the middle of something is no use to a child."""
    try:
        assert (cludi.read(path) == rows).all()
    except NotImplementedError as error:
        assert "forked while another thread" in str(error)


@pytest.mark.parametrize("busy", [False, True])
def test_child_reads_hdf5(tmp_path, busy):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "rows.h5"
    with h5py.File(path, "w") as file:
        file["a"] = X
    try:
        cludi.read(path)
    except NotImplementedError:
        pytest.skip("the library reads no HDF5")
    stop = threading.Event()
    thread = threading.Thread(target=lambda: [cludi.read(path) for _ in iter(lambda: busy and not stop.is_set(), False)])
    thread.start()
    try:
        for _ in range(4 * TIMES):
            assert in_child(lambda: check_reads(path, X)) == 0
    finally:
        stop.set()
        thread.join()
    assert (cludi.read(path) == X).all()


def test_child_that_ends_normally(model):
    """Objects of the parent are freed in the child too."""

    def end():
        check_predicts(model)
        other = cludi.CLUDI(**SMALL).fit(X)
        del other

    process = fork.Process(target=end)
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == 0
