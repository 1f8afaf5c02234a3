"""How good the clusters are: the ImageNet-50 features, over seeds, presets, and samples x denoising steps."""
import json
import re
import time

from tools import BLAS_KERNELS, CLUSTERS, RIVAL, Missing, blas, mean_and_deviation, say


def exact(bench):
    """Distances to the oracle and to central differences, as the tests print them."""
    root = bench.here.parent
    bench.run(["cmake", "--preset", "test", "--log-level=WARNING"])
    bench.run(["cmake", "--build", root / "build-test", "--target", "golden_golden", "grad_gradients"])
    lines = []
    for program, word in (("golden_golden", "golden"), ("grad_gradients", "gradients")):
        lines += [line for line in bench.run([root / "build-test" / program]).splitlines() if line.startswith(f"{word},")]
    largest = {}
    for line in lines:
        if "bf16" not in line:  # bf16 has bounds of its own, in its tests
            for name, number in re.findall(r"(forward|gradients|losses of ten steps|central differences) ([0-9.e-]+)", line):
                largest[name] = max(largest.get(name, 0.0), float(number))
    return {"largest_distance": largest, "lines": lines}


def fit_scores(bench, *words):
    answer = bench.fit(bench.features, bench.scratch / "quality.model", "--labels", bench.labels, *words)
    scores = {key: round(100 * answer["scores"][key], 2) for key in ("nmi", "acc", "ari")}
    say(f"  {' '.join(map(str, words))}: {scores}")
    return {**scores, "seconds": answer["seconds"], "precision": answer["precision"]}


def over_seeds(runs):
    return {key: mean_and_deviation([run[key] for run in runs]) for key in ("nmi", "acc", "ari", "seconds")}


def quality(bench, *words):
    bench.needs_features()
    length = bench.choose((), ("--steps", 20))
    runs = [fit_scores(bench, "--seed", seed, *length, *words) for seed in bench.seeds]
    return {"seeds": bench.seeds, "precision": runs[0]["precision"], **over_seeds(runs)}


def quality_f32(bench):
    return quality(bench, "--precision", "f32")


def paper(bench):
    bench.needs_features()
    return fit_scores(bench, "--preset", "paper", "--steps", bench.choose(1500, 20), "--seed", 0)


# ---- samples x denoising steps ----

def predict_scores(bench, model, *words):
    out = bench.scratch / "knee.npy"
    started = time.perf_counter()
    answer = bench.predict(model, bench.features, out, *words)
    return {**bench.scores(out), "draws_per_row": round(answer["draws_per_row"], 2),
            "rows_per_second": round(answer["rows_per_second"], 1), "seconds": round(time.perf_counter() - started, 3)}


def knee_of(bench, model):
    grid = [(samples, steps) for samples in bench.choose((1, 2, 4, 8, 16), (1, 4))
            for steps in bench.choose((1, 2, 4, 8, 25), (2,))]
    grid.append(bench.choose((64, 100), (8, 8)))
    found = {f"{samples} x {steps}": predict_scores(bench, model, "--draws", samples, "--denoise-steps", steps)
             for samples, steps in grid}
    found["defaults, --adaptive"] = predict_scores(bench, model, "--adaptive")
    return {"reference": f"{grid[-1][0]} x {grid[-1][1]}", "scores": found}


def knee(bench):
    bench.needs_features()
    recipes = {"defaults": bench.choose((), ("--steps", 20)), "80 steps": ("--steps", bench.choose(80, 10)),
               "preset paper, 400 steps": ("--preset", "paper", "--steps", bench.choose(400, 10))}
    found = {}
    for name, words in recipes.items():
        say(f"knee: {name}")
        model = bench.scratch / "knee.model"
        bench.fit(bench.features, model, *words)
        found[name] = knee_of(bench, model)
    return found


# ---- k-means, for orientation ----

def kmeans_once(bench, which, seed):
    out = bench.scratch / "kmeans.npy"
    words = [RIVAL, bench.here / "kmeans.py", which, bench.features, CLUSTERS, seed, out]
    answer = json.loads(bench.run(words, blas(BLAS_KERNELS[0])))
    return {**bench.scores(out), **answer}


def kmeans(bench):
    bench.needs_features()
    found = {}
    for which in ("sklearn", "faiss"):
        try:
            runs = [kmeans_once(bench, which, seed) for seed in bench.seeds]
        except Missing as error:
            say(f"skipped: {which}: {error}")
            continue
        found[which] = {"seeds": bench.seeds, "version": runs[0]["version"], "starts": 10,
                        "setting": f"OPENBLAS_CORETYPE={BLAS_KERNELS[0]}", **over_seeds(runs)}
    return found
