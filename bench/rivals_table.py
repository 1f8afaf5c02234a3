"""Markdown tables of the lines that rivals.py writes: every method at its best setting on each set."""
import statistics

SCORES, DOUBT = ("nmi", "acc", "ari"), ("acc80", "acc95", "area", "ece")
OURS = "discriminant"
#   what cludi itself begins with is no rival
PARTS_OF_OURS = (OURS, "start", "start-centroid", "start-vote")


def mean_score(row):
    return statistics.mean(float(row[key]) for key in SCORES)


def numbers(group, key):
    return [float(row[key]) for row in group if row[key] != ""]


def best_settings(rows):
    """{(judged, set): {method: the rows, one a seed, of the setting with the best mean score}}"""
    groups = {}
    for row in rows:
        place = groups.setdefault((row["judged"], row["set"]), {}).setdefault(row["method"], {})
        place.setdefault(row["setting"], []).append(row)
    best = lambda settings: max(settings.values(), key=lambda group: statistics.mean(map(mean_score, group)))
    return {place: {method: best(settings) for method, settings in methods.items()} for place, methods in groups.items()}


def spread(values):
    deviation = f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.1f}{deviation}"


def average(group, key, digits):
    values = numbers(group, key)
    return f"{statistics.mean(values):.{digits}f}" if values else ""


def full_table(judged, best):
    lines = [f"\n## Rows {judged}\n", "| data | method | NMI | ACC | ARI | CPU-s | 80 % | 95 % | area | ECE | seeds | setting |",
             "|---|---|---|---|---|---|---|---|---|---|---|---|"]
    for (kind, name), methods in best.items():
        for method, group in methods.items() if kind == judged else ():
            cells = [name, method, *(spread(numbers(group, key)) for key in SCORES), average(group, "cpu_seconds", 1),
                     *(average(group, key, 1 if key.startswith("acc") else 3) for key in DOUBT), str(len(group)), group[0]["setting"]]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def matrix(judged, best):
    """A row a set, a column a method: the mean of NMI, ACC and ARI, and the processor seconds; the best is bold."""
    sets = {name: methods for (kind, name), methods in best.items() if kind == judged}
    columns = list(dict.fromkeys(method for methods in sets.values() for method in methods))
    lines = [f"\n## Rows {judged}: mean of NMI, ACC and ARI (CPU-s)\n", f"| data | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, methods in sets.items():
        mean = {method: statistics.mean(map(mean_score, group)) for method, group in methods.items()}
        most = max(mean.values())
        cell = lambda method: f"{mean[method]:.1f} ({average(methods[method], 'cpu_seconds', 1)})"
        cells = [f"**{cell(m)}**" if m in mean and mean[m] == most else cell(m) if m in mean else "" for m in columns]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def judge(best):
    """cludi's default less the best rival of each set and score, and less its own start."""
    lines = [f"\n## {OURS} less the best rival, and less its start\n", "| data | NMI | ACC | ARI | less the start, least of the three |",
             "|---|---|---|---|---|"]
    gains = []
    for (judged, name), methods in best.items():
        rivals = [group for method, group in methods.items() if method not in PARTS_OF_OURS]
        if judged != "fitted" or OURS not in methods or not rivals:
            continue
        mean = lambda group, key: statistics.mean(numbers(group, key))
        gain = [mean(methods[OURS], key) - max(mean(group, key) for group in rivals) for key in SCORES]
        gains += gain
        start = min(mean(methods[OURS], key) - mean(methods["start"], key) for key in SCORES) if "start" in methods else None
        cells = [name, *(f"{g:+.1f}" for g in gain), "" if start is None else f"{start:+.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, f"\nMean over sets and scores: {statistics.mean(gains):+.2f}; lowest {min(gains):+.1f}."] if gains else []


def text(rows):
    best = best_settings(rows)
    kinds = sorted({judged for judged, _ in best})
    lines = [line for judged in kinds for line in matrix(judged, best)] + judge(best)
    return "\n".join(lines + [line for judged in kinds for line in full_table(judged, best)]) + "\n"
