"""Write made-up records, some of them the same publication, damaged as exports do.

Run by hand: python tests/synthesis/review/make_duplicates.py. Column `truth` names the
publication; records of one truth are duplicates, all others are not. The rules were tuned on
duplicates.csv; duplicates_held_out.csv was made once afterwards, from another seed.
"""

import csv
import random
from pathlib import Path

DRUGS = ["examplamine", "placebonil", "microdelic", "quietazepam", "sertrexine", "noribogol"]
DESIGNS = [
    "a randomised controlled trial",
    "a double-blind, placebo-controlled crossover study",
    "results of an open-label pilot",
    "a dose-ranging study",
    "a multicentre trial",
]
CONDITIONS = [
    "major depressive disorder",
    "generalised anxiety disorder",
    "healthy volunteers",
    "treatment-resistant depression",
    "social anxiety",
    "post-stroke depression",
]
EFFECTS = ["Effects of {} on mood and cognition in {}", "Low-dose {} for {}",
           "{} and expectancy in {}", "Repeated dosing of {} in adults with {}",
           "Sleep, energy and {}: outcomes in {}"]  # fmt: skip
NAMES = ["Müller", "Okafor", "Sánchez-Gil", "Nguyen", "O'Brien", "Żak", "Lindqvist", "Ito",
         "Haddad", "van den Berg", "Petrov", "Castellano"]  # fmt: skip
ASCII = str.maketrans("üáŻ", "uaZ")


def base(rng, number):
    title = rng.choice(EFFECTS).format(rng.choice(DRUGS), rng.choice(CONDITIONS))
    return {
        "title": f"{title}: {rng.choice(DESIGNS)}",
        "authors": f"{rng.choice(NAMES)}, A; {rng.choice(NAMES)}, B",
        "year": rng.randint(2012, 2024),
        "doi": f"10.1234/made.{number}",
        "pmid": str(30_000_000 + number),
        "truth": f"p{number}",
    }


def damaged(rng, record):
    """Return the record as another database might give it."""
    other = dict(record)
    kind = rng.choice(["case", "no ids", "typo", "subtitle", "year", "author", "order", "accents"])
    if kind != "case":
        other["doi"] = ""
    other["pmid"] = ""
    if kind == "case":
        other["title"] = other["title"].upper() + "."
    if kind == "typo":
        place = rng.randrange(5, len(other["title"]) - 5)
        other["title"] = other["title"][:place] + other["title"][place + 1 :]
    if kind == "subtitle":
        other["title"] = other["title"].rpartition(": ")[0]
    if kind == "year":
        other["year"] = other["year"] + rng.choice([-1, 1])
    if kind == "author":
        other["authors"] = ""
    if kind == "order":
        other["title"] = other["title"].replace("randomised", "randomized").replace("-", " ")
    if kind == "accents":
        first = other["authors"].split(";")[0].split(",")[0].translate(ASCII)
        other["authors"] = f"{first} A"
    return other


def hard(rng, record, number):
    """Return another publication that looks like this one."""
    other = dict(record) | {"doi": f"10.1234/made.{number}", "pmid": "", "truth": f"p{number}"}
    kind = rng.choice(["protocol", "part", "erratum", "other drug", "follow-up"])
    title = other["title"]
    if kind == "protocol":
        other["title"], other["year"] = f"{title}: study protocol", other["year"] - 1
    if kind == "part":
        other["title"] = f"{title}: part 2"
    if kind == "erratum":
        other["title"] = f"Erratum: {title}"
    if kind == "other drug":
        drug = next(drug for drug in DRUGS if drug in title)
        other["title"] = title.replace(drug, rng.choice([d for d in DRUGS if d != drug]))
    if kind == "follow-up":
        other["title"] = f"{title}: six-month follow-up"
    if rng.random() < 0.7:
        other["doi"] = ""
    return other


def write(name, seed):
    rng = random.Random(seed)  # noqa: S311  (made-up titles)
    rows = []
    for number in range(120):
        record = base(rng, number)
        rows.append(record)
        if number % 2 == 0:
            rows.append(damaged(rng, record))
        if number % 8 == 0:
            rows.append(damaged(rng, record))
        if number % 3 == 0:
            rows.append(hard(rng, record, 1000 + number))
    rng.shuffle(rows)
    path = Path(__file__).with_name(name)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    write("duplicates.csv", 20260)
    write("duplicates_held_out.csv", 4711)
