"""What SAS PROC MIXED printed for fev_data, taken as facts from the repository of R's mmrm.

Source: github.com/openpharma/mmrm, commit ec290b2695b25057b31bc98e27c39d3f498cd0d6, Apache-2.0,
folders design/ddfm_covtype and design/SAS. SAS stops 1e-5 to 1e-4 short of the optimum.

Run: python tests/golden/mmrm_sas.py <checkout of mmrm>
writes mmrm_sas_kr.csv (FEV1 ~ ARMCD, REML: the difference TRT - PBO, full and linear Kenward-Roger,
all digits) and mmrm_sas_logs.csv (loglik to 8 decimals of -2 loglik; coefficients, LS means, their
differences at a visit and Type III tests as printed, 4 digits or fewer). The df of the weighted
fit are disputed (openpharma/mmrm issue 132); its reference visit is VIS4.

The method is read from the header of each listing, not from its file name: kr_spexp and kr1_spexp
are named the wrong way round. The spatial pair has two coordinates, VISITN and VISITN2.
"""

import csv
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
METHODS = {"Kenward-Roger": "kenward-roger", "Prasad-Rao-Jeske-": "kenward-roger-linear"}
STRUCTURES = {"arh1": "ar1h", "spexp": "sp_exp(VISITN VISITN2)"}
NUMBER = r"(-?\d*\.\d+|-?\d+)"
LINE = rf"^ +(Intercept|[A-Z][A-Z0-9*]+)\b(.*?) +{NUMBER} +{NUMBER} +(\d+) +-?\d*\.\d+ "
FULL = "FEV1 ~ RACE + SEX + ARMCD * AVISIT"


def kenward_roger(source: Path) -> list[list[str]]:
    """Return structure, method, coefficient, estimate, se, df, loglik, file."""
    rows = []
    for table in sorted((source / "design/ddfm_covtype").glob("kr*_*.csv")):
        listing = table.with_suffix(".txt").read_text()
        header = re.search(r"Fixed Effects SE Method +(\S+)", listing)[1]
        name = table.stem.split("_")[1]
        with table.open() as lines:
            found = next(csv.DictReader(lines))
        where = f"{table.parent.name}/{table.name}"
        numbers = [found["Estimate"], found["StdErr"], found["DF"], loglik(listing)]
        rows.append([STRUCTURES.get(name, name), METHODS[header], "ARMCDTRT", *numbers, where])
    return sorted(rows)


def loglik(listing: str) -> str:
    """Return the log-likelihood of the last iteration, which has 8 decimals of -2 loglik."""
    last = re.findall(r"^ +\d+ +\d+ +(\d{4}\.\d{6,})", listing, flags=re.MULTILINE)[-1]
    return f"{-float(last) / 2:.9f}"


def logs(source: Path) -> list[list[str]]:
    """Return model, structure, estimation, quantity, estimate, se, df, file."""
    rows = []
    for path in sorted((source / "design/SAS").glob("sas_*.txt")):
        if re.search(r"resid|nonconvergence|gau", path.name):
            continue
        listing = path.read_text()
        reml = re.search(r"Estimation Method +(\S+)", listing)[1]
        name = re.sub(r"^sas_|_?(re)?ml|\.txt$", "", path.name)
        key = [*model_and_structure(name), reml.lower()]
        rows.append([*key, "loglik", loglik(listing), "", "", path.name])
        if name in ("log", "weighted", "coef_ci__un", "coef_ci__ar1"):
            rows += [[*key, *found, path.name] for found in printed(listing)]
    return rows


def model_and_structure(name: str) -> tuple[str, str]:
    """Return the model formula and the structure as equipoise names it."""
    if name in ("log", "weighted"):
        return FULL, "us" if name == "log" else "us weighted"
    if name.startswith("coef_ci"):
        return "FEV1 ~ ARMCD + SEX", "us" if name.endswith("un") else "ar1"
    if name == "log_simple":
        return "FEV1 ~ 1", "us"
    if name.startswith("sp_exp"):
        return "FEV1 ~ 1", "sp_exp(VISITN VISITN2)" if name.endswith("2") else "sp_exp(VISITN)"
    if name.startswith("group_"):
        return "FEV1 ~ 1", f"{name.removeprefix('group_')} by ARMCD"
    return "FEV1 ~ 1", name


def printed(listing: str) -> list[list[str]]:
    """Return quantity, estimate, se, df of coefficients, LS means, differences and tests."""
    found = []
    for section, kind in (
        ("Solution for Fixed Effects", "coefficient"),
        ("Least Squares Means", "ls-mean"),
        ("Differences of Least Squares Means", "difference"),
    ):
        for text in blocks(listing, section):
            for effect, levels, estimate, se, df in re.findall(LINE, text, re.MULTILINE):
                label = " ".join([effect, *levels.split()])
                found.append([f"{kind} {label}", estimate, se, df])
    for text in blocks(listing, "Type 3 Tests of Fixed Effects"):
        line = rf"^ +([A-Z][A-Z*]+) +(\d+) +(\d+) +{NUMBER} +{NUMBER} "
        for effect, num, den, _, f in re.findall(line, text, re.MULTILINE):
            found.append([f"type3 {effect} on {num} df", f, "", den])
    return [row for row in found if same_visit(row[0])]


def same_visit(quantity: str) -> bool:
    """Leave out differences between visits: they add nothing to the coefficients."""
    return not quantity.startswith("difference") or len(set(re.findall(r"VIS\d", quantity))) == 1


def blocks(listing: str, title: str) -> list[str]:
    """Return the text under a title, up to the next page or title."""
    return re.findall(
        rf"^ +{title}\n(.*?)(?=\n\n\n|The SAS System|\Z)", listing, re.DOTALL | re.MULTILINE
    )


def write(name: str, header: str, rows: list[list[str]]) -> None:
    """Write a CSV."""
    with (FOLDER / name).open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)


if __name__ == "__main__":
    SOURCE = Path(sys.argv[1])
    write(
        "mmrm_sas_kr.csv",
        "structure method quantity estimate se df loglik source",
        kenward_roger(SOURCE),
    )
    write(
        "mmrm_sas_logs.csv",
        "model structure estimation quantity estimate se df source",
        logs(SOURCE),
    )
