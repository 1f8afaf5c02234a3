"""What the functions of rival_methods.py work on: a data set, a seed, the rows to fit and those to label."""
import functools
import os
import subprocess
import time

import numpy as np

FITTED = .6  # of the rows, where the others are the unseen ones


class Skip(Exception):
    """This method is not for such data, or is missing here."""


def unit(X):
    return X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)


def standard(X):
    deviation = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(deviation > 0, deviation, 1)


SCALES = {"raw": lambda X: X, "unit": unit, "centered-unit": lambda X: unit(X - X.mean(axis=0)), "standard": standard}


def run(*words):
    """What a program prints, and its processor seconds."""
    child = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, error = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 4):  # 4: fewer than half of the clusters are in use; the scores will tell
        raise Skip(f"{words[0]} {words[1]}: {error.strip()[-300:]}")
    return out, usage.ru_utime + usage.ru_stime


def timed(function, *words, **named):
    started = time.process_time()
    return function(*words, **named), time.process_time() - started


class Task:
    """One set, which rows are judged (those fitted, or unseen ones), one seed."""

    def __init__(self, build, folder, name, judged, seed, scratch):
        self.build, self.folder, self.name, self.judged, self.seed, self.scratch = build, folder, name, judged, seed, scratch
        all_rows, truth = np.load(folder / f"{name}.npy"), np.load(folder / f"{name}.labels.npy")
        self.clusters = len(np.unique(truth))
        self.source, self.fit_file, self.new_file = all_rows, folder / f"{name}.npy", None
        self.truth = truth
        if judged == "unseen":
            self.split(all_rows, truth)

    def split(self, rows, truth):
        order, count = np.random.RandomState(self.seed).permutation(len(rows)), round(FITTED * len(rows))
        self.fit_file, self.new_file = self.scratch / "fit.npy", self.scratch / "new.npy"
        self.source, self.truth = rows[order[:count]], truth[order[count:]]
        np.save(self.fit_file, self.source)
        np.save(self.new_file, rows[order[count:]])

    @property
    def judged_file(self):
        return self.new_file or self.fit_file

    @functools.cached_property
    def X(self):
        """The rows in the scale in which one k-means scores best: in favor of the methods that do not choose for themselves."""
        file = self.folder / f"{self.name}.scale"
        if not file.exists():
            file.write_text(max(SCALES, key=self.score_of_scale), encoding="utf-8")
        return self.scaled(file.read_text(encoding="utf-8"))

    def scaled(self, scale):
        return SCALES[scale](self.source.astype(np.float64)).astype(np.float32)

    def score_of_scale(self, scale):
        from sklearn.cluster import KMeans
        from scores import SCORES, score
        found = score(self.truth, KMeans(self.clusters, n_init=3, random_state=0).fit_predict(self.scaled(scale)))
        return sum(found[key] for key in SCORES)

    def keep(self, what, make):
        """Arrays and processor seconds of make(), which several methods begin with; kept on disk."""
        file = self.folder / "begun" / f"{self.name}.{self.judged}.{self.seed}.{what}.npz"
        if not file.exists():
            arrays, seconds = make()
            file.parent.mkdir(exist_ok=True)
            part = file.with_suffix(".part.npz")
            np.savez(part, seconds=seconds, **arrays)
            part.rename(file)
        with np.load(file) as kept:
            arrays = dict(kept)
        return arrays, float(arrays.pop("seconds"))

    def start(self):
        """The start that cludi's methods begin with: its labels, the mapped rows, and the mapped rows that are judged."""
        program = self.build / "bench_start"

        def make():
            words = ["--input", self.fit_file, "--unseen", self.judged_file, "--clusters", self.clusters, "--seed", self.seed,
                     "--output", self.scratch / "start"]
            _, seconds = run(program, *words)
            return {key: np.load(self.scratch / f"start.{key}.npy") for key in ("labels", "rows", "unseen")}, seconds
        return self.keep(f"start-{int(program.stat().st_mtime)}", make)

    def cludi(self, method):
        """Labels and probabilities of the program, and the processor seconds of its fit."""
        labels, proba, model = (self.scratch / name for name in ("labels.npy", "proba.npy", "model"))
        program = self.build / "cludi"
        _, seconds = run(program, "fit", self.fit_file, "-k", self.clusters, "-o", model, "--method", method, "--seed", self.seed,
                         "--threads", 1, "--quiet", "--json")
        run(program, "predict", model, self.judged_file, "-o", labels, "--proba", proba, "--threads", 1, "--quiet")
        return np.load(labels), np.load(proba), seconds
