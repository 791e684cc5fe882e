"""The process: four verbs, one line each, and plain answers to whatever comes."""

from __future__ import annotations

import socket
import stat
import threading

import pytest

from equipoise.concealment.allocator import Allocator, ask, enter_person, serve
from equipoise.concealment.allocator.allocator import ledger_of
from equipoise.errors import DataError

from .conftest import NOW

PASS = "correct horse battery"  # noqa: S105


@pytest.fixture
def path(database, address, break_key, clock, tmp_path):
    path = tmp_path / "a.socket"
    allocator = Allocator(address, break_key, clock)
    server = serve(allocator, path)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield path
    server.shutdown()
    thread.join()
    server.server_close()
    allocator.close()


def test_four_verbs(path, database):
    first = ask(path, "allocate", stratum="s1", participant="P1", request="k")
    assert first["ok"]
    again = ask(path, "allocate", stratum="s1", participant="P1", request="k")
    assert again == {**first, "replayed": True}
    enter_person(database, "dr", "physician", PASS, now=NOW)
    broken = ask(
        path, "break", participant="P1", name="dr", passphrase=PASS,
        category="pregnancy", reason="Positive test", treatment_differs=True,
    )  # fmt: skip
    assert (broken["ok"], broken["arm"]) == (True, "Verum, 10 µg")
    assert ask(path, "status")["strata"][0]["given"] == 1
    found = ask(path, "verify")
    assert (found["good"], found["allocated"], found["faults"]) == (True, 1, [])


def test_refusals_come_back_as_words(path):
    answer = ask(path, "allocate", stratum="s9", participant="P1", request="k")
    assert (answer["ok"], answer["why"]) == (False, "unknown stratum")


@pytest.mark.parametrize(
    "line", [b"\n", b"{}\n", b"[]\n", b"\xff\xfe\n", b'{"verb": "unblind"}\n',
             b'{"verb": "allocate", "arm": "x"}\n', b"null\n", b"9" * 5000 + b"\n"]
)  # fmt: skip
def test_nonsense_is_answered_and_the_server_goes_on(path, line):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(line)
        assert b'"ok": false' in connection.makefile("rb").readline()
    assert ask(path, "status")["ok"]


def test_only_its_own_user_may_open_the_socket(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nobody_listening_says_how_to_start(tmp_path):
    with pytest.raises(DataError, match="equipoise allocate serve"):
        ask(tmp_path / "none", "status")


def test_many_at_once_get_each_their_own(path):
    answers = []

    def one(k):
        answers.append(ask(path, "allocate", stratum="s1", participant=f"P{k}", request=f"k{k}"))

    threads = [threading.Thread(target=one, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = [answer["kit"] for answer in answers if answer["ok"]]
    assert len(given) == len(set(given)) == 4
    assert {a["why"] for a in answers if not a["ok"]} == {"list exhausted"}


def test_verify_finds_a_ledger_that_knows_of_more(path, database, clock):
    ask(path, "allocate", stratum="s1", participant="P1", request="k")
    with database.transaction():
        details = {"participant": "P2", "stratum": "s1", "kit": "AAAA-AAAA"}
        ledger_of(database).append("allocated", actor="x", now=clock(), **details)
    found = ask(path, "verify")
    assert (found["good"], found["faults"]) == (False, ["allocations and ledger differ"])


def test_verify_finds_boxes_that_were_exchanged(path, database, address):
    where = "" if address.endswith(".sqlite") else " ON kits"
    database.execute(f"DROP TRIGGER kits_no_UPDATE{where}")
    other = database.execute("SELECT break_box FROM kits WHERE stratum = 's1' AND place = 1")
    database.execute(
        "UPDATE kits SET break_box = ? WHERE stratum = 's1' AND place = 0", (other[0][0],)
    )
    found = ask(path, "verify")
    assert (found["good"], found["faults"]) == (False, ["the boxes are not the sealed ones"])
