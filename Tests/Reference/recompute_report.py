"""Recomputes every figure and check of an evaluation's report from its raw verdicts, with code of its own.

    .venv/bin/python Tests/Reference/recompute_report.py REPORT_FOLDER

Exits with 1, and says which, if any differs.
"""

import itertools
import json
import math
import pathlib
import statistics
import sys

from recompute_verdicts import aggregated

# Of more choices of differentiators no average is told.
MOST_CHOICES = 20_000


def rate(count, total):
    """Wilson's 95 % interval (1927), as numbers of five digits."""
    if not total:
        return {"count": count, "of": 0, "share": 0, "low": 0, "high": 1}
    p, z = count / total, 1.959964
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return {"count": count, "of": total, "share": round(p, 5), "low": round(max(0, middle - half), 5),
            "high": round(min(1, middle + half), 5)}


def acceptance(verdict, run):
    """The share of all choices of differentiators that accept, each as likely over selection keys."""
    places = [place for place, score in enumerate(verdict["scores"]) if score is not None]
    choices = list(itertools.combinations(places, min(run["asked"], len(places))))

    def accepts(choice):
        if not choice:
            return True
        if run["policy"] == "vote":
            return 2 * sum(verdict["agrees"][place] for place in choice) > len(choice)
        return aggregated([verdict["scores"][place] for place in choice], run["aggregation"]) >= verdict["threshold"]

    return sum(map(accepts, choices)) / len(choices)


def expected_loss(right, count, run):
    """In points of all clean pictures; None if there are too many choices for one of those that the Student gets right."""
    known = [sum(score is not None for score in verdict["scores"]) for verdict in right]
    if any(math.comb(number, min(run["asked"], number)) > MOST_CHOICES for number in known):
        return None
    return 100 * sum(1 - acceptance(verdict, run) for verdict in right) / count if count else 0


def area(genuine, adversarial):
    """By pairs, one by one: slow, and hard to get wrong."""
    if not genuine or not adversarial:
        return None
    return sum((a > b) + (a == b) / 2 for a in genuine for b in adversarial) / len(genuine) / len(adversarial)


def at_clean_rejection(genuine, adversarial, share):
    if not genuine:
        return rate(0, 0)
    # The highest of the genuine scores below which no more than the share of them are.
    allowed = [score for score in genuine if sum(other < score for other in genuine) <= share * len(genuine) + 1e-9]
    return rate(sum(score < max(allowed) for score in adversarial), len(adversarial))


def fooled(verdict):
    return verdict["student"] == verdict["target"] if verdict.get("target") is not None else verdict["student"] != verdict["label"]


def attack_figures(attack, verdicts, genuine, baselines, differentiators):
    fooling = [verdict for verdict in verdicts if fooled(verdict)]
    scores = [verdict["score"] for verdict in fooling if verdict.get("score") is not None]
    clean = [verdict["score"] for verdict in genuine if verdict.get("score") is not None]
    distances = [verdict["distance"] for verdict in verdicts if verdict.get("distance") is not None]
    queries = [verdict["queries"] for verdict in verdicts if verdict.get("queries") is not None]
    asked = [verdict["queries"] for verdict in fooling if verdict["accepted"] and verdict.get("queries") is not None]
    figures = {
        "id": attack["id"], "attempts": len(verdicts), "undefended": rate(len(fooling), len(verdicts)),
        "defence_rate": rate(sum(not verdict["accepted"] for verdict in fooling), len(fooling)),
        "left": rate(sum(verdict["accepted"] for verdict in fooling), len(verdicts)),
        "agreement": [], "mean_distance": sum(distances) / len(distances) if distances else None,
        "median_queries": statistics.median(asked) if asked else None,
        "queries_per_success": sum(queries) / len(asked) if asked else None,
        "area": area(clean, scores), "baselines": [],
        "operating_points": [{"clean_rejection": share, "defence_rate": at_clean_rejection(clean, scores, share)}
                             for share in (0.01, 0.05, 0.1)],
    }
    for place in range(differentiators):
        asked = [verdict for verdict in fooling if verdict["scores"][place] is not None]
        figures["agreement"].append(rate(sum(verdict["agrees"][place] for verdict in asked), len(asked)))
    for baseline in baselines:
        name = baseline["name"]
        own = [verdict["baselines"][name] for verdict in fooling if name in verdict["baselines"]]
        figures["baselines"].append({
            "name": name, "defence_rate": rate(sum(score < baseline["threshold"] for score in own), len(own)),
            "area": area([verdict["baselines"][name] for verdict in genuine if name in verdict["baselines"]], own)})
    return figures


def recompute(report, verdicts):
    sets = {}
    for verdict in verdicts:
        sets.setdefault(verdict["set"], []).append(verdict)
    clean = sets.get("clean", [])
    right = [verdict for verdict in clean if verdict["student"] == verdict["label"]]
    accepted = sum(verdict["accepted"] for verdict in right)
    figures = {
        "clean": {"data": report["run"]["data"], "student_accuracy": rate(len(right), len(clean)),
                  "end_to_end_accuracy": rate(accepted, len(clean)),
                  "clean_rejection_rate": rate(len(right) - accepted, len(right))},
        "accuracy_lost": 100 * (len(right) - accepted) / len(clean) if clean else 0,
        "expected_accuracy_lost": expected_loss(right, len(clean), report["run"]),
        "noise": [], "baselines": [],
        "attacks": [attack_figures(attack, sets.get(attack["id"], []), right, report["baselines"],
                                   len(report["run"]["differentiators"])) for attack in report["attacks"]],
        "prior_attacks": [], "worst_cases": []}
    for name in sorted(name for name in sets if name.startswith("noise/")):
        own = [verdict for verdict in sets[name] if verdict["student"] == verdict["label"]]
        figures["noise"].append({"kind": name.removeprefix("noise/"),
                                 "rejected": rate(sum(not verdict["accepted"] for verdict in own), len(own))})
    for baseline in report["baselines"]:
        own = [verdict["baselines"][baseline["name"]] for verdict in right if baseline["name"] in verdict["baselines"]]
        figures["baselines"].append({"name": baseline["name"], "clean_rejection_rate":
                                     rate(sum(score < baseline["threshold"] for score in own), len(own))})
    thresholds = {baseline["name"]: baseline["threshold"] for baseline in report["baselines"]}
    for attack in report["prior_attacks"]:
        own, name = sets.get(attack["id"], []), attack["against"]
        accepted = [verdict for verdict in own if fooled(verdict) and verdict["baselines"][name] >= thresholds[name]]
        figures["prior_attacks"].append({"id": attack["id"], "undefended": rate(sum(map(fooled, own)), len(own)),
                                         "left": rate(len(accepted), len(own))})
    groups = {}
    for attack in report["attacks"]:
        groups.setdefault((attack["threat"], attack["norm"], attack["budget"]), []).append(attack["id"])
    for (threat, norm, budget), ids in groups.items():
        if len(ids) > 1:
            common = set.intersection(*({verdict["index"] for verdict in sets.get(name, [])} for name in ids))
            fallen = {verdict["index"] for name in ids for verdict in sets.get(name, [])
                      if fooled(verdict) and verdict["accepted"]} & common
            figures["worst_cases"].append({"threat": threat, "norm": norm, "budget": budget, "attacks": ids,
                                           "left": rate(len(fallen), len(common))})
    return figures


def blind(attack):
    return attack["threat"] in ("T1", "T2") or attack["attack"] == "pgd-student"


def won(attack, verdicts):
    return sum(fooled(verdict) and (blind(attack) or verdict["accepted"]) for verdict in verdicts)


def recompute_checks(report, verdicts):
    """Each check's id, subject and outcome."""
    sets, curves, found = {}, {}, []
    for verdict in verdicts:
        sets.setdefault(verdict["set"], {})[verdict["index"]] = verdict
    for attack in report["attacks"]:
        key = tuple(attack.get(name) for name in ("threat", "attack", "is_targeted", "norm", "disclosure"))
        curves.setdefault(key, []).append(attack)
    for (threat, name, targeted, _, disclosure), attacks in curves.items():
        attacks = sorted(attacks, key=lambda attack: attack["budget"])
        own = [list(sets.get(attack["id"], {}).values()) for attack in attacks]
        rates = [rate(won(attack, verdicts), len(verdicts)) for attack, verdicts in zip(attacks, own)]
        subject = f"{threat} {name}, {'targeted' if targeted else 'non-targeted'}{f', scores {disclosure}' if disclosure else ''}"
        if len(attacks) > 1:
            falls = any(later["high"] < earlier["low"] for place, later in enumerate(rates) for earlier in rates[:place])
            found.append(("grows-with-budget", subject, not falls))
        if threat == "T4":
            found.append(("reaches-all", subject, rates[-1]["count"] == rates[-1]["of"] > 0))
    for attack in report["attacks"]:
        own = sets.get(attack["id"], {})
        for rival in report["attacks"]:
            same = all(attack.get(name) == rival.get(name) for name in ("threat", "norm", "budget", "is_targeted", "disclosure"))
            other = sets.get(rival["id"], {})
            common = own.keys() & other.keys()
            if rival["attack"] in attack["stronger_than"] and same and common:
                mine, theirs = (rate(won(attack, [of[index] for index in common]), len(common)) for of in (own, other))
                found.append(("beats-weaker", attack["id"], mine["high"] >= theirs["low"]))
        if attack["threat"] == "T1":
            found.append(("enough-attacks", attack["id"], sum(map(fooled, own.values())) >= 300))
    distances = [(verdict.get("distance"), attack["budget"]) for attack in report["attacks"] + report["prior_attacks"]
                 for verdict in sets.get(attack["id"], {}).values()]
    if distances:
        found.append(("within-budget", "all attacks", all(
            distance is not None and distance <= budget * (1 + 1e-9) for distance, budget in distances)))
    return found


def mixed_sources(report, verdicts):
    """Worst cases put pictures of the same place in several attacks together: they must come from the same picture."""
    sources = {}
    for verdict in verdicts:
        sources.setdefault((verdict["set"], verdict["index"]), verdict["source"])
    if len(sources) < len(verdicts):
        yield "two verdicts have the same place in the same set"
    for worst in report["figures"]["worst_cases"]:
        for index in {index for name, index in sources if name in worst["attacks"]}:
            own = {sources[name, index] for name in worst["attacks"] if (name, index) in sources}
            if len(own) > 1:
                yield f"{worst['attacks']}: number {index} is made of the pictures {sorted(own)}"


def differences(mine, theirs, path="figures"):
    """Where two documents differ, numbers beyond their last digits; a member that is null may be left out."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in mine.keys() | theirs.keys():
            yield from differences(mine.get(key), theirs.get(key), f"{path}.{key}")
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for place, (one, other) in enumerate(zip(mine, theirs)):
            yield from differences(one, other, f"{path}[{place}]")
    elif isinstance(mine, (int, float)) and isinstance(theirs, (int, float)) and not isinstance(mine, bool):
        # A share of exactly half a last digit may be rounded to either side.
        if not math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1.1e-5 if path.split(".")[-1] in ("share", "low", "high") else 1e-9):
            yield f"{path}: {mine} recomputed, {theirs} in the report"
    elif mine != theirs:
        yield f"{path}: {mine} recomputed, {theirs} in the report"


def check(folder):
    """The differences, a line each."""
    report = json.loads((folder / "report.json").read_text())
    verdicts = [json.loads(line) for line in (folder / "verdicts.jsonl").read_text().splitlines()]
    told = sorted((one["id"], one["subject"], one["passed"]) for one in report["checks"])
    mine = sorted(recompute_checks(report, verdicts))
    return [*differences(recompute(report, verdicts), report["figures"]), *mixed_sources(report, verdicts),
            *(f"check {one} is in one of both alone" for one in sorted(set(told) ^ set(mine))),
            *(["a check is told more often than it was made"] if len(told) != len(mine) else [])]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = check(pathlib.Path(sys.argv[1]))
    print("\n".join(found) or "every figure and check follows from the verdicts")
    sys.exit(bool(found))
