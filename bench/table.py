"""The readable table: what was wanted, what was measured, yes or no; then the numbers by part. Takes the document of
bench.py."""
from tools import say

MEGABYTE = 1e6


def line(what, wanted="", measured="", met=None):
    return {"what": what, "wanted": wanted, "measured": measured, "met": met}


def most(what, value, bound, unit=""):
    return line(what, f"at most {bound:g}{unit}", f"{value:.4g}{unit}", value <= bound)


def fewest(what, value, bound, unit=""):
    measured = f"{value:.4g}" if value < 1000 else f"{value:,.0f}"
    return line(what, f"at least {bound:g}{unit}", measured + unit, value >= bound)


# ---- wanted / measured ----

def judge_steps(speed):
    rows = []
    for name, step in speed["step"].items():
        bound = {"f32": 1.4, "bf16": 1.6}[step["precision"]]
        rows.append(most(f"step {name}: time / its products, each at its own rate alone", step["over_kernel_floor"], bound))
        rows.append(most(f"step {name}: time / its FLOP at the rate of one product from float32",
                         step["over_single_product"], bound))
        if step["threads"] == 2:
            rows.append(most(f"step {name}: time / its FLOP at the reference rate, not measured here",
                             step["over_reference_rate"], bound))
    for precision in ("f32", "bf16"):
        one, two = (speed["step"].get(f"{precision}, {threads}") for threads in ("1 thread", "2 threads"))
        if one and two:
            gain = one["seconds"]["median"] / two["seconds"]["median"]
            rows.append(fewest(f"training step {precision}: two threads against one", gain, 1.85, "x"))
        one, two = (speed["predict_rows_per_second"].get(f"{precision}, {threads}") for threads in ("1 thread", "2 threads"))
        if one and two:
            gain = two["median"] / one["median"]
            rows.append(line(f"predict, defaults, {precision}: two threads against one", "", f"{gain:.4g}x"))
    return rows


def judge_rivals(speed):
    default, rows = speed["default_precision"], []
    pairs = {(default, "f32"): 6, ("f32", "f32"): 6, ("bf16", "bf16"): 3}
    for (ours, theirs), bound in pairs.items():
        step, oracle = speed["step"].get(f"{ours}, 2 threads"), speed["oracle"].get(theirs)
        if step and oracle:
            note = " (the default)" if ours == default else ""
            rows.append(fewest(f"step: cludi {ours}{note} against oracle {theirs}",
                               oracle["seconds"]["median"] / step["seconds"]["median"], bound, "x"))
    for ours in dict.fromkeys((default, "f32")):
        mine, oracle = speed["predict_rows_per_second_8x25"].get(f"{ours}, 2 threads"), speed["oracle"].get("f32")
        if mine and oracle:
            rows.append(fewest(f"predict 8 x 25: cludi {ours} against oracle f32",
                               mine["median"] / oracle["rows_per_second_8x25"]["median"], 6, "x"))
    for name, rate in speed["predict_rows_per_second"].items():
        if name.startswith(f"{default}, 2"):
            rows.append(fewest(f"predict, defaults, {name}, in memory", rate["median"], 25000, " rows/s"))
    for name, rate in speed.get("predict_file_rows_per_second", {}).items():
        if name == default:
            rows.append(fewest(f"`cludi predict`, defaults, {name}, from file to file", rate["median"], 25000, " rows/s"))
    return rows


def judge_memory(memory):
    over = lambda run, base: (memory[run]["peak_bytes"] - memory[base]) / MEGABYTE
    rows = [most(f"fit, {memory['rows']:,} rows, one epoch: peak above the data", over("fit", "data_bytes"), 300, " MB"),
            line("fit --memory 200M: peak", "", f"{memory['fit_from_file']['peak_bytes'] / MEGABYTE:.0f} MB"),
            line("fit --memory 200M: the same model", "yes", "", memory["fit_from_file"]["same_model"]),
            most("predict: peak above the input block", over("predict", "input_block_bytes"), 200, " MB")]
    for name in ("fit", "fit_from_file", "predict"):
        run = memory[name]
        rows.append(line(f"{name}: {run['seconds']:.1f} s", "", f"{run['rows_per_second']:,.0f} rows/s"))
    return rows + judge_same(memory["threads"], f"{memory['rows']:,} rows")


def judge_same(found, where):
    return [line(f"{where}, {precision}: 1 and 2 threads, model bytes", "identical", f"{run['steps']} steps", run["identical"])
            for precision, run in found.items()]


def judge_exact(exact):
    bounds = {"forward": 1e-5, "gradients": 1e-4, "losses of ten steps": 1e-3, "central differences": 1e-6}
    return [most(f"largest relative distance: {name}", exact["largest_distance"][name], bound)
            for name, bound in bounds.items() if name in exact["largest_distance"]]


def judge_vision(vision):
    rows = []
    for name, bound in (("f32", 3), ("bf16", 5)):
        if name in vision:
            rows.append(fewest(f"ViT-S/16 {name}: images per second against the oracle", vision[name]["over_oracle"], bound, "x"))
            rows.append(fewest(f"ViT-S/16 {name}: share of its products' ceiling", vision[name]["share_of_kernel_ceiling"], 0.65))
    return rows


def judge(parts):
    makers = {"exact": judge_exact, "speed": lambda p: judge_steps(p) + judge_rivals(p), "memory": judge_memory,
              "same": lambda p: judge_same(p, "ImageNet-50 features"), "vision": judge_vision}
    return [row for name, make in makers.items() if name in parts for row in make(parts[name])]


# ---- the numbers behind ----

def show_steps(speed):
    say("\ntraining step, ms: median (least); over the floor: products alone / one product; share of the ceiling, "
        "GFLOP/s of products alone / of one product")
    for name, step in speed["step"].items():
        seconds, ceilings = step["seconds"], step["ceilings"]
        say(f"  {name:16s} {1e3 * seconds['median']:7.2f} ({1e3 * seconds['least']:.2f})  "
            f"{step['over_kernel_floor']:.2f} / {step['over_single_product']:.2f}  (of the least times "
            f"{step['least_over_least_kernel_floor']:.2f} / {step['least_over_best_single_product']:.2f})  "
            f"{100 * step['share_of_kernel_ceiling']:.0f} %  {step['gflop_per_second']:.0f} of "
            f"{ceilings['kernel_gflop_per_second']:.0f} / {ceilings['product_gflop_per_second']:.0f}")
    for name, oracle in speed["oracle"].items():
        say(f"  oracle {name:9s} {1e3 * oracle['seconds']['median']:7.2f} ({1e3 * oracle['seconds']['least']:.2f})  "
            f"torch {oracle['torch']}, 2 threads, {oracle['setting']}")


def show_phases(name, step):
    say(f"\nphases, {name}: ms, share, GFLOP/s")
    for phase, found in step["phases"].items():
        rate = f"{found['gflop_per_second']:8.0f}" if found["gflop_per_second"] else ""
        say(f"  {phase:9s} {1e3 * found['seconds']:8.3f} {100 * found['share']:6.1f} % {rate}")
    say(f"products alone, {name}: GFLOP/s median (best), GFLOP of a step")
    for product in step["ceilings"]["products"]:
        say(f"  {product['operation']:9s} {product['rows']:5d} rows {product['in']:4d} -> {product['out']:4d} "
            f"{product['gflop_per_second']:8.1f} ({product['best_gflop_per_second']:.1f}) {product['gflop_of_a_step']:8.3f}")


def show_rate(title, name, rate):
    say(f"  {title:24s} {name:16s} {rate['median']:10,.0f} ({rate['most']:,.0f})")


def show_speed(speed):
    show_steps(speed)
    for name, step in speed["step"].items():
        show_phases(name, step)
    say("\npredict, rows/s: median (most)")
    titles = {"predict_rows_per_second": "defaults", "predict_rows_per_second_8x25": "8 x 25",
              "predict_file_rows_per_second": "defaults, file to file"}
    for key, title in titles.items():
        for name, rate in speed.get(key, {}).items():
            show_rate(title, name, rate)
    for name, oracle in speed["oracle"].items():
        show_rate("8 x 25", f"oracle {name}", oracle["rows_per_second_8x25"])
    triad = speed["triad_gb_per_second"]
    say(f"memory bandwidth, y = a + 3 b, 2 threads: {triad['median']} GB/s (best {triad['most']})")


def show_profile(profile):
    for name, found in profile.items():
        say(f"\nsamples of a training, {name}: {found['samples']} in {found['steps']} steps, percent")
        for place, share in found["percent"].items():
            say(f"  {share:6.2f}  {place}")


def show_scores(name, found):
    def text(key):
        value = found[key]
        return f"{value['mean']:.1f} +- {value['deviation']:.1f}" if isinstance(value, dict) else f"{value:.1f}"
    say(f"  {name:32s} NMI {text('nmi')}  ACC {text('acc')}  ARI {text('ari')}  {text('seconds')} s")


def show_knee(knee):
    for name, found in knee.items():
        say(f"\nsamples x denoising steps, model: {name}: NMI / ACC / ARI (NMI less that of {found['reference']})")
        reference = found["scores"][found["reference"]]["nmi"]
        for place, scores in found["scores"].items():
            say(f"  {place:20s} {scores['nmi']:5.1f} / {scores['acc']:5.1f} / {scores['ari']:5.1f}  "
                f"({scores['nmi'] - reference:+.2f})  {scores['draws_per_row']:6.2f} draws a row "
                f"{scores['rows_per_second']:10,.0f} rows/s")


def show_quality(parts):
    named = {"cludi, defaults": parts.get("quality"), "cludi --precision f32": parts.get("quality_f32"),
             "cludi --preset paper": parts.get("paper")}
    named.update({f"k-means, {name} {found['version']}": found for name, found in parts.get("kmeans", {}).items()})
    if any(named.values()):
        say("\nquality on the ImageNet-50 features, percent")
    for name, found in named.items():
        if found:
            show_scores(name, found)


def show_verdicts(rows):
    if not rows:
        return
    width = max(len(row["what"]) for row in rows)
    say(f"\n{'what':{width}s}  {'wanted':>20s}  {'measured':>14s}")
    for row in rows:
        word = {True: "yes", False: "NO", None: ""}[row["met"]]
        say(f"{row['what']:{width}s}  {row['wanted']:>20s}  {row['measured']:>14s}  {word}")


def show(document):
    parts, machine = document["parts"], document["machine"]
    shows = {"speed": show_speed, "profile": show_profile, "knee": show_knee}
    for name, function in shows.items():
        if name in parts:
            function(parts[name])
    show_quality(parts)
    show_verdicts(document["verdicts"])
    say(f"\n{machine['processor']}, {machine['processors']} processors ({', '.join(machine['instructions'])}); load "
        f"{machine['load_at_start']:.1f} at the start, {machine['load_at_end']:.1f} at the end; {machine['cludi']}, "
        f"{machine['commit']}; libdnnl {machine['libdnnl']}, torch {machine['python3-torch']}, "
        f"OpenBLAS {machine['libopenblas0-pthread']}")
    for word in ("skipped", "failed"):
        for name, reason in document[word].items():
            say(f"{word}: {name}: {reason}")
