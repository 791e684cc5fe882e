"""The documents keep pace: every slug, verb and option is there, every link arrives."""

import json
import re

import pytest
from click import Command, Group, Option

from equipoise.belief import assess
from equipoise.cli.main import VERBS, cli
from equipoise.protocol import protocol_schema
from equipoise.records import UnblindedRecords, open_source, quick_table
from equipoise.records.mapping import read_mapping
from equipoise.simulation import SCENARIOS, demo_protocol, simulate
from equipoise.synthesis.review import review_schema, study_schema

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
LABELS_WITH_NAMES = [  # patterns of labels that hold an arm, a rate, a quartile or a point
    (r"guess (?!unsure).*", "`guess <arm>`"),
    (r"[01]\.\d{3}", "`0.000` … `1.000`"),
    (r"[01]\.\d\d", "`0.00` … `1.00`"),
    (r"[01]\.\d{3},[01]\.\d{3}", "`0.000,0.250`"),
    (r"at (lower quartile|median|upper quartile) \(.*\)(, spline)?", "`at median (x)`"),
    (r"(g-estimation|aipw), all believe .*", "`, all believe <active>`"),
    (r"(always|never) guess .*", "guess <active>`"),
    (r".*, with sampling uncertainty", "with sampling uncertainty`"),
]


@pytest.fixture(scope="module")
def rehearsed() -> UnblindedRecords:
    """Unsure and missing guesses, certainty, expectancy, side effects: nearly every slug."""
    return simulate(demo_protocol(), SCENARIOS["drug and belief"], seed=1)


@pytest.fixture(scope="module")
def slugs(pages) -> str:
    """The table of slugs."""
    section = pages["docs/methods.md"].split("### Slugs of `equipoise belief`")[1]
    return section.split("\n## ")[0]


def undocumented(found, slugs: str, arms: tuple[str, ...] = ()) -> set[str]:
    names = {row.name for row in found} | {row.name for row in found.refused}
    missing = {name for name in names if f"`{name}`" not in slugs}
    for label in {row.label for row in (*found, *found.refused)} - {None}:
        if label.partition(", ")[0] in arms:
            continue  # "the arm's name", alone or before another label
        known = [text for pattern, text in LABELS_WITH_NAMES if re.fullmatch(pattern, label)]
        if f"`{label}`" not in slugs and not any(text in slugs for text in known):
            missing.add(label)
    return missing


@pytest.mark.parametrize("visit", [None, "w1"])
def test_every_slug_and_label_of_a_rehearsed_trial_is_documented(rehearsed, slugs, visit):
    found = assess(rehearsed, "PHQ-9", visit=visit, draws=200)
    assert not undocumented(found, slugs)


@pytest.mark.parametrize(
    ("dataset", "outcome"),
    [("self-blinding-microdose-week1", "PANAS"), ("self-blinding-microdose", "QIDS")],
)
def test_every_slug_and_label_of_the_real_trial_is_documented(trial_data, slugs, dataset, outcome):
    found = assess(open_source(dataset), outcome, draws=200)
    assert not undocumented(found, slugs)


def test_every_slug_and_label_of_an_awkward_trial_is_documented(slugs, tmp_path):
    """Three arms, and an arm-by-guess group that nobody is in."""
    rows = [f"{k},{'abc'[k % 3]},{'ab'[k % 2] if k % 3 else 'a'},{k % 7}" for k in range(60)]
    file = tmp_path / "awkward.csv"
    file.write_text("\n".join(["id,arm,guess,score", *rows]), encoding="utf-8")
    columns = {"participant": "id", "arm": "arm", "guess": "guess", "outcome": "score"}
    found = assess(quick_table(file, **columns, active="a", control="b"), "score", draws=200)
    assert found.select(name="belief-standardised-effect").rows[0].label == "bounds"
    assert not undocumented(found, slugs, arms=("a", "b", "c"))


def test_no_slug_is_documented_that_is_not_in_the_code(root, slugs):
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (root / "src/equipoise").rglob("*.py")
    )
    rows = [line.split("|")[1] for line in slugs.splitlines() if line.startswith("| `")]
    named = {name for cell in rows for name in re.findall(r"`([a-z0-9-]+)`", cell)} - {"name"}
    # bands and the symmetric path are named after their curve
    stems = {re.sub(r"(-symmetric)?-band$", "", name) for name in named}
    assert len(named) > 25
    assert not sorted(name for name in stems if f'"{name}"' not in code)


def options_of(command: Command) -> list[str]:
    """Return every option of a command, and of its steps where it has steps."""
    given = [p for p in command.params if isinstance(p, Option)]
    own = [flag for p in given for flag in (*p.opts, *p.secondary_opts)]
    steps = command.list_commands(None) if isinstance(command, Group) else []
    return own + [flag for step in steps for flag in options_of(command.get_command(None, step))]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_and_option_is_documented(pages, verb):
    command = cli.get_command(None, verb)
    text = pages["README.md"] + pages["docs/command-line.md"]
    assert re.search(rf"^\| `{verb}\b", pages["docs/command-line.md"], re.MULTILINE)
    assert not [flag for flag in options_of(command) if not re.search(rf"`{flag}\b", text)]


def test_no_option_is_documented_that_does_not_exist(pages):
    known = {"--help", "--version"}
    for verb in VERBS:
        known |= set(options_of(cli.get_command(None, verb)))
    for name, page in pages.items():
        ours = re.findall(r"(?<![\w-])--[a-z][\w-]*", _without_foreign_commands(page))
        assert not sorted(set(ours) - known), name


def _without_foreign_commands(page: str) -> str:
    """Take out lines that call other programs with options of their own."""
    foreign = re.compile(r"\b(mypy|validate|bench|pytest|pip|git)\b")
    return "\n".join(line for line in page.splitlines() if not foreign.search(line))


def test_the_json_object_is_shown_with_its_keys(pages, rehearsed):
    example = re.search(r"^```json\n(.*?)^```$", pages["docs/methods.md"], re.M | re.S)
    assert example
    shown, real = json.loads(example[1]), assess(rehearsed, "PHQ-9", draws=100).to_dict()
    assert list(shown) == list(real)
    assert list(shown["source"]) == list(real["source"])
    assert list(shown["estimates"][0]) == list(real["estimates"][0])
    assert list(shown["refused"][0]) == list(real["refused"][0])


def test_the_schema_is_current(root):
    committed = json.loads((root / "docs/protocol.schema.json").read_text(encoding="utf-8"))
    assert committed == protocol_schema(), (
        "run: equipoise check --schema > docs/protocol.schema.json"
    )


@pytest.mark.parametrize(("kind", "schema"), [("review", review_schema), ("study", study_schema)])
def test_the_schemas_of_reviews_are_current(root, kind, schema):
    file = root / f"docs/{kind}.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == schema(), (
        f"run: equipoise review schema {kind} > docs/{kind}.schema.json"
    )


def anchors(page: str) -> list[str]:
    """Return the names that a Markdown page gives its headings."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-") for h in headings]


def test_every_relative_link_arrives(root, pages):
    lost = []
    for name, page in pages.items():
        for target in LINK.findall(page):
            path, _, part = target.partition("#")
            file = (root / name).parent / path if path else root / name
            if ":" in path:  # https:, mailto:
                continue
            if not file.exists() or (part and part not in anchors(file.read_text("utf-8"))):
                lost.append(f"{name}: {target}")
    assert not lost


def test_the_mapping_in_the_readme_is_a_mapping_file(blocks_of, tmp_path):
    files = {block.text for block in blocks_of("README.md") if block.language == "yaml"}
    for number, text in enumerate(files):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        assert read_mapping(path).csv == "trial.csv"
    assert files


def test_every_command_in_the_readme_is_one(blocks_of):
    """Its verb and its options exist: parsed, not run."""
    commands = [c for b in blocks_of("README.md") for c in b.commands]
    for verb, *words in commands:
        command = cli.get_command(None, verb)
        assert command, verb
        step = next((word for word in words if not word.startswith("-")), "")
        if isinstance(command, Group):
            command = command.get_command(None, step)
            assert command, (verb, step)
        known = set(options_of(command))
        assert {word for word in words if word.startswith("-")} <= known, words
    assert len(commands) > 3


def test_nothing_of_this_machine_is_named(pages):
    for name, page in pages.items():
        assert not re.search(r"(?<![\w.])/(work|home|tmp)/", page), name
