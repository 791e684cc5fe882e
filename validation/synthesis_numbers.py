"""Numbers that R's metafor, meta, netmeta and clubSandwich print, beside what the verbs print.

    python validation/synthesis_numbers.py      writes docs/validation-synthesis.md

Each line runs a verb as a person would and compares with the digits that R printed (metafor 5.0-1,
meta 8.3-0, netmeta 3.3-1, clubSandwich 0.6.0; scripts in tests/golden). A number agrees when it
rounds to the digits printed. Needs the evidence files, in the folder `evidence` of EQUIPOISE_DATA.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
from click.testing import CliRunner

from equipoise import __version__
from equipoise.cli.main import cli

Line = tuple[str, str, tuple[str, ...], tuple[str, str | None, str], str]
PSIL = ("psilocybin_main12", "--effect", "g", "--se", "g_se", "--study", "study")
TIME = ("psilocybin_time", "--effect", "g", "--se", "g_se", "--study", "study", "--rho", "0.6")
LINDE = ("linde2005_log_rr", "--effect", "yi", "--se", "sei")
COUNTS = ("--events1", "ai", "--total1", "n1i", "--events2", "ci", "--total2", "n2i", "--repeats")
NETWORK = ("linde2015", "--arms", "--reference", "Placebo")
ARMS = "baseline_m_arm1,baseline_sd_arm1,mean_arm1,n_arm1,"
ARMS += "baseline_m_arm2,baseline_sd_arm2,mean_arm2,n_arm2"
UNIROOT = "R's uniroot stops at about 1e-4 by default"
EARLY = {
    "tau2, Q profile, low": f"{UNIROOT}; with tol = 1e-14 it prints 0.0140393",
    "tau2, Q profile, high": f"{UNIROOT}; with tol = 1e-14 it prints 1.0124581",
    "tau2, Paule-Mandel": f"{UNIROOT}; with tol = 1e-15 it prints 0.213021",
    "three-level, rho 0.6: standard error": "0.13144846 at the maximum; R's optimiser stops early, "
    "its likelihood is not higher",
}
"""Why a number that R printed is not the number it stands for."""


def lines() -> Iterator[Line]:
    """Yield what, verb, arguments, (slug, label, field), and the number printed."""
    yield from _pairwise()
    yield from _others()


def _pairwise() -> Iterator[Line]:
    pooled = ("pooled-effect", None)
    yield "g", "pool", PSIL, (*pooled, "estimate"), "-0.903081"
    yield "g, low", "pool", PSIL, (*pooled, "low"), "-1.256106"
    yield "g, high", "pool", PSIL, (*pooled, "high"), "-0.550056"
    yield "tau2, REML", "pool", PSIL, ("tau2", None, "estimate"), "0.117424"
    yield "tau2, Q profile, low", "pool", PSIL, ("tau2", None, "low"), "0.014038"
    yield "tau2, Q profile, high", "pool", PSIL, ("tau2", None, "high"), "1.012460"
    yield "Q", "pool", PSIL, ("q-test", None, "estimate"), "23.84361"
    yield "I2 from tau2", "pool", PSIL, ("i2-tau2", None, "estimate"), "54.311"
    yield "I2 from Q", "pool", PSIL, ("i2-q", None, "estimate"), "53.9"
    for label, low, high in (
        ("hartung-knapp", "-1.735828", "-0.070334"),
        ("classic", "-1.7183", "-0.0879"),
    ):
        for field, value in (("low", low), ("high", high)):
            what = f"prediction interval, {label}, {field}"
            yield what, "pool", PSIL, ("prediction-interval", label, field), value
    for name, method, value in (
        ("DerSimonian-Laird", "DL", "0.115339"),
        ("Paule-Mandel", "PM", "0.213027"),
        ("Sidik-Jonkman", "SJ", "0.275131"),
        ("Hunter-Schmidt", "HS", "0.091175"),
    ):
        asked = (*PSIL, "--method", method)
        yield f"tau2, {name}", "pool", asked, ("tau2", None, "estimate"), value
    flips = (*PSIL, "--permutations", "99")
    what = "exact sign flips, p = 2/4096"
    yield what, "pool", flips, ("permutation-test", None, "p"), "0.00048828"
    yield (
        "log RR, REML",
        "pool",
        ("linde2005", "--measure", "RR", *COUNTS),
        (*pooled, "estimate"),
        "0.581307",
    )


def _others() -> Iterator[Line]:
    egger = ("egger-test", None)
    yield "Egger's t", "small-study", PSIL, (*egger, "estimate"), "-1.337819"
    yield "Egger's p", "small-study", PSIL, (*egger, "p"), "0.210583"
    yield "Egger's t, St John's wort", "small-study", LINDE, (*egger, "estimate"), "4.707724"
    yield (
        "studies filled in",
        "small-study",
        LINDE,
        ("trim-and-fill-missing", None, "estimate"),
        "9",
    )
    yield "trim and fill", "small-study", LINDE, ("trim-and-fill", None, "estimate"), "0.270573"
    yield "3PSM", "small-study", LINDE, ("selection-model", "3PSM", "estimate"), "0.538139"
    yield (
        "3PSM, weight",
        "small-study",
        LINDE,
        ("selection-weight", "3PSM, 0.025 < p <= 1", "estimate"),
        "0.827637",
    )
    level = "three-level, rho 0.6"
    fitted, robust = ("pooled-effect", "three-level"), ("pooled-effect", "three-level, CR2")
    yield level, "multilevel", TIME, (*fitted, "estimate"), "-0.808000"
    yield f"{level}: standard error", "multilevel", TIME, (*fitted, "se"), "0.131449"
    yield (
        f"{level}: between studies",
        "multilevel",
        TIME,
        ("tau2", "between studies", "estimate"),
        "0.101536",
    )
    yield (
        f"{level}: within studies",
        "multilevel",
        TIME,
        ("tau2", "within studies", "estimate"),
        "0.043068",
    )
    yield f"{level}: CR2", "multilevel", TIME, (*robust, "se"), "0.129964"
    yield f"{level}: CR2, df", "multilevel", TIME, (*robust, "df"), "9.9762"
    ssri = ("network-effect", "SSRI vs Placebo")
    yield "SSRI vs placebo", "network", NETWORK, (*ssri, "estimate"), "0.517580"
    yield "SSRI vs placebo, se", "network", NETWORK, (*ssri, "se"), "0.091167"
    yield "network tau2", "network", NETWORK, ("tau2", None, "estimate"), "0.035163"
    for label, value, df in (("total", "79.36508", "58"), ("between designs", "29.95206", "19")):
        yield f"Q, {label}", "network", NETWORK, ("q-test", label, "estimate"), value
        yield f"Q, {label}, df", "network", NETWORK, ("q-test", label, "df"), df
    design = (*PSIL, "--design", "blinding", "--reference", "double-blind")
    contrast = ("design-class-contrast", None)
    yield (
        "open-label less double-blind",
        "blinding-synthesis",
        design,
        (*contrast, "estimate"),
        "-0.413",
    )
    yield "the same, se", "blinding-synthesis", design, (*contrast, "se"), "0.422"
    yield "the same, p", "blinding-synthesis", design, (*contrast, "p"), "0.350"
    tipping = ("bias-tipping-point", "no effect", "estimate")
    yield "tipping point", "blinding-synthesis", PSIL, tipping, "0.550"
    arms = ("psilocybin_main12", "--study", "study", "--arms", ARMS)
    for arm, estimate, low, high in (
        ("active", "-2.136", "-2.849", "-1.423"),
        ("control", "-0.784", "-1.250", "-0.319"),
    ):
        for field, value in (("estimate", estimate), ("low", low), ("high", high)):
            slug = ("arm-change", arm, field)
            yield f"change in {arm} arms, {field}", "blinding-synthesis", arms, slug, value


@cache
def rows(verb: str, arguments: tuple[str, ...], folder: Path) -> tuple[dict[str, object], ...]:
    """Run a verb and return its rows."""
    name, *options = arguments
    if verb == "small-study":
        options = [*options, "--test", "z"]
    result = CliRunner().invoke(cli, [verb, str(folder / f"{name}.csv"), *options, "--json"])
    if result.exit_code != 0:
        sys.exit(f"{verb} {name}: {result.output}")
    return tuple(json.loads(result.stdout)["estimates"])


def value_of(
    found: tuple[dict[str, object], ...], slug: str, label: str | None, field: str
) -> float:
    """Return a field of the first row of a slug; by its label or arm, None takes any."""
    for row in found:
        if row["name"] == slug and label in (None, row["label"], row["arm"]):
            return float(row[field])  # type: ignore[arg-type]
    labels = [row["label"] for row in found if row["name"] == slug]
    sys.exit(f"No row {slug} {label}; its labels are {labels}.")


def digits(printed: str) -> int:
    """Return the decimals with which a number was printed."""
    return len(printed.partition(".")[2])


def agrees(printed: str, ours: float) -> bool:
    """Say whether ours rounds to the digits printed."""
    return abs(ours - float(printed)) <= 0.5000001 * 10 ** -digits(printed)


def table(folder: Path) -> tuple[list[str], int]:
    """Return the lines of the table, and how many disagree without a reason."""
    text, lost = [], 0
    for what, verb, arguments, (slug, label, field), printed in lines():
        ours = value_of(rows(verb, arguments, folder), slug, label, field)
        said = "yes" if agrees(printed, ours) else EARLY.get(what, "**no**")
        lost += said == "**no**"
        places = max(digits(printed), 6)
        text.append(f"| {what} | `{verb}` | {printed} | {ours:.{places}f} | {said} |")
    return text, lost


def main() -> None:
    """Write the page; end with 1 where a number disagrees without a reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).parents[1] / "docs" / "validation-synthesis.md"
    parser.add_argument("--output", type=Path, default=default)
    parser.add_argument("--trials", type=int, help="taken and not used: nothing is drawn here")
    asked = parser.parse_args()
    source = Path(os.environ.get("EQUIPOISE_DATA", "")) / "evidence"
    if not (source / "linde2015.csv").is_file():
        print("synthesis_numbers: skipped, EQUIPOISE_DATA has no folder evidence", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for file in source.glob("*.csv"):
            (folder / file.name).write_bytes(file.read_bytes())
        _log_risk_ratios(folder)
        text, lost = table(folder)
    head = [
        "# Validation of the synthesis: printed numbers",
        "",
        f"Written by `python3 tasks.py validate` (equipoise {__version__}). Each line runs a verb "
        "and compares with the digits that R printed (metafor 5.0-1, meta 8.3-0, netmeta 3.3-1, "
        "clubSandwich 0.6.0); thousands more are compared in the tests, from the scripts in "
        "[`tests/golden`](../tests/golden).",
        "",
        "| what | verb | printed by R | equipoise | agrees |",
        "|---|---|--:|--:|---|",
    ]
    asked.output.write_text("\n".join([*head, *text]) + "\n", encoding="utf-8")
    print(f"Wrote {asked.output}: {len(text)} numbers, {lost} unexplained", file=sys.stderr)
    sys.exit(1 if lost else 0)


def _log_risk_ratios(folder: Path) -> None:
    """Write log risk ratios of the trials with complete counts, by the verb that makes them."""
    linde = pd.read_csv(folder / "linde2005.csv").dropna(subset=["ai", "n1i", "ci", "n2i"])
    linde.to_csv(folder / "complete.csv", index=False)
    out = str(folder / "linde2005_log_rr.csv")
    made = CliRunner().invoke(
        cli,
        ["effects", str(folder / "complete.csv"), "--measure", "RR", *COUNTS[:-1], "-o", out],
    )
    if made.exit_code != 0:
        sys.exit(made.output)


if __name__ == "__main__":
    main()
