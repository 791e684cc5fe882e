"""The first second: help without heavy imports, usage errors, near names."""

import subprocess
import sys

import pytest

from equipoise import __version__
from equipoise.cli.main import VERBS

HELP_IMPORTS = """
import sys
from equipoise.cli.main import cli
for words in (["--help"], *([verb, "--help"] for verb in {verbs})):
    try:
        cli.main(words)
    except SystemExit as end:
        assert end.code == 0, words
print("HEAVY", sorted({{"numpy", "pandas", "scipy", "matplotlib", "pydantic"}} & set(sys.modules)))
"""


def test_help_imports_nothing_heavy():
    code = HELP_IMPORTS.format(verbs=list(VERBS))
    done = subprocess.run(  # noqa: S603  (our own interpreter: modules are loaded once a process)
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == "HEAVY []"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_verb_explains_itself_with_examples(run, verb, flag):
    result = run(verb, flag)
    assert result.exit_code == 0
    assert "Examples:" in result.stdout
    assert f"equipoise {verb}" in result.stdout
    assert result.stderr == ""


def test_help_names_every_verb_in_the_order_of_a_trial(run):
    said = run("--help").stdout.partition("Verbs:")[2]
    assert sorted(VERBS, key=said.index) == list(VERBS)


def test_version(run):
    assert run("--version").stdout.strip() == f"equipoise, version {__version__}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["belif", "x"], "Did you mean 'belief'?"),
        (["frobnicate"], "The verbs are: demo, check"),
        (["belief"], "SOURCE"),
        (["check"], "Which PROTOCOL file?"),
        (["datasets", "--fetch"], "Name the dataset to --fetch"),
        (["belief", "self-blinding-microdose", "--arm", "arm"], "--arm"),
        (["belief", "x.csv", "--draws", "5"], "--draws"),
        (["belief", "x.csv", "--level", "2"], "--level"),
        (["belief", "x.csv", "--seed", "-1"], "--seed"),
        (["belief", "x.csv", "--delimiter", ";;"], "not one character"),
        (["belief", "x.csv", "--certainty-range", "9", "1"], "9 is not below 1"),
        (["analyse", "self-blinding-microdose", "--visit", "w1s1"], "add --outcome"),
        (["report", "self-blinding-microdose", "--outcome", "PANAS"], "plain CSV"),
        (["demo", "-o", "missing/page.html"], "There is no folder"),
        (["demo", "-o", "."], "is a directory"),
        (["report", "x.csv", "-o", "missing/page.html"], "There is no folder"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(run, tmp_path, words, told):
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert told in result.stderr
    assert list(tmp_path.iterdir()) == []
