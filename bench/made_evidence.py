"""An evidence folder of made-up studies, as large as one likes, from a seed: for measuring.

`python bench/made_evidence.py FOLDER --studies 10000 --reviews 20` writes one.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from equipoise.synthesis.review import Study

CHECKED = {"source": "made up, table 2", "checked_by": "a seed", "verified": True}
SIZES = {"small": 0.2, "moderate": 0.5, "large": 0.8, "source": "Cohen (1988), conventional"}
CONDITIONS = ("depression", "anxiety", "healthy")
SUBSTANCES = ("examplamine", "otheramine")
LEVELS = ("low", "some concerns", "high")
CONTROLS = ("inert-placebo", "active-placebo")
Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write_evidence(
    folder: Path, studies: int, reviews: int = 1, *, seed: int = 5, guesses: bool = True
) -> Path:
    """Write `studies/`, and so many reviews, each of its own share of them; one takes all.

    Nine in ten studies of a review are judged, one in ten counted guesses. The same seed gives the
    same files.
    """
    rng = np.random.default_rng(seed)
    judged: dict[str, dict[str, Any]] = {}
    for k in range(studies):
        made = made_study(f"study{k:05d}", k, rng, guesses=guesses)
        judged[made["id"]] = judgement(Study.model_validate(made), rng)
        _write(folder / "studies" / f"{made['id']}.yaml", made)
    for k in range(reviews):
        own = list(judged)[k::reviews]
        name = f"made-{k:02d}"
        review = made_review(name, own if reviews > 1 else [])
        _write(folder / "reviews" / name / "review.yaml", review)
        levels = {one: judged[one] for i, one in enumerate(own) if i % 10}
        _write(folder / "reviews" / name / "judgements" / "rob2.yaml", {"studies": levels})
    _write(folder / "site.yaml", {"identifier": "made-up", "title": "Made-up evidence"})
    return folder


def made_study(
    name: str, k: int, rng: np.random.Generator, *, guesses: bool = True
) -> dict[str, Any]:
    """Return a trial of two arms: means, counts of people who got better, at times guesses."""
    n = [int(one) for one in rng.integers(10, 120, 2)]
    effect, sd = rng.normal(-0.3, 0.2), rng.uniform(5, 9, 2)
    means = 16 + np.array([effect * 7, 0.0]) + rng.normal(0, 1, 2) * sd / np.sqrt(n)
    better = rng.binomial(n, [0.4, 0.3])
    arms = ["drug", "placebo"]
    told = [
        {"arm": arm, "n": n[i], "mean": round(float(means[i]), 2), "sd": round(float(sd[i]), 2)}
        for i, arm in enumerate(arms)
    ]
    counted = [{"arm": arm, "events": int(better[i]), "total": n[i]} for i, arm in enumerate(arms)]
    fact = CHECKED if rng.random() < 0.9 else {"source": CHECKED["source"]}
    right = rng.binomial(n, 0.6)
    guessed = [
        {"arm": arm, "right": int(right[i]), "wrong": int(n[i] - right[i]), **CHECKED}
        for i, arm in enumerate(arms)
        if guesses and k % 10 == 0
    ]
    return {
        "id": name,
        "citation": f"Nobody {k} et al., made up",
        "year": int(rng.integers(1990, 2026)),
        "doi": f"10.9999/made.{k}",
        "registration": [f"MADE{k:08d}"],
        "design": {"kind": "parallel", "randomised": True},
        "population": {"described": "made-up adults", "condition": CONDITIONS[k % 3], "n": sum(n)},
        "arms": [
            {"name": "drug", "kind": "experimental", "substance": SUBSTANCES[k % 2], "n": n[0],
             "dose": {"class": "micro"}},
            {"name": "placebo", "kind": CONTROLS[k % 5 == 0], "n": n[1]},
        ],
        **({"blinding": {"guesses": guessed}} if guessed else {}),
        "outcomes": [
            {"outcome": "mood", "instrument": "MADRS", "higher": "worse", "visit": "week 4",
             "days": 28, "arms": [{**one, **fact} for one in told]},
            {"outcome": "response", "higher": "better", "visit": "week 4", "days": 28,
             "arms": [{**one, **fact} for one in counted]},
        ],
    }  # fmt: skip


def judgement(study: Study, rng: np.random.Generator) -> dict[str, Any]:
    """Return what a person could have judged of a study: a level and a reason a domain."""
    levels = {f"D{d}": str(rng.choice(LEVELS, p=[0.6, 0.3, 0.1])) for d in range(1, 6)}
    return {
        "study_sha256": study.sha256,
        "levels": levels,
        "reasons": dict.fromkeys(levels, "made up"),
    }


def made_review(name: str, studies: list[str]) -> dict[str, Any]:
    """Return a review of two outcomes; of no names, of every study in the folder."""
    plan = {"comparators": list(CONTROLS), "method": "REML"}
    return {
        "identifier": name,
        "title": f"Made-up review {name}",
        "question": {"population": "adults", "intervention": "the drug", "comparator": "placebo",
                     "outcome": "mood"},
        "intervention": {"substances": list(SUBSTANCES), "dose_classes": ["micro"]},
        "studies_folder": "../../studies",
        **({"studies": studies} if studies else {}),
        "outcomes": {
            "mood": {"label": "Low mood", "higher": "worse", "thresholds": SIZES,
                     "people": {"control_response": 0.3, "source": "made up"}},
            "response": {"label": "Response", "higher": "better", "thresholds": SIZES},
        },
        "analyses": [
            {"name": "mood", "outcome": "mood", "measure": "SMD", "primary": True,
             "subgroup": "substance", **plan},
            {"name": "response", "outcome": "response", "measure": "RR", **plan},
        ],
        "grade": {"conditions": ["depression"]},
    }  # fmt: skip


def _write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=98)
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--studies", type=int, default=10_000)
    parser.add_argument("--reviews", type=int, default=20)
    asked = parser.parse_args()
    print(write_evidence(asked.folder, asked.studies, asked.reviews))


if __name__ == "__main__":
    main()
