"""equipoise allocate serve, next, status, check, person: the sealed list at work."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import database_option, trial_argument, zones_of
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.concealment.allocator_home import Home

here_option = click.option(
    "--here",
    is_flag=True,
    help="Without a running allocator: do it in this process, for a small trial on one machine.",
)
passphrase_option = click.option(
    "--passphrase-file", type=click.File(encoding="utf-8"), metavar="FILE",
    help="Read it from a file, - for standard input; asked for if left out. Never on the command "
    "line, which every user of the machine can list.",
)  # fmt: skip


def read_passphrase(file: IO[str] | None, *, twice: bool = False) -> str:
    """Read a passphrase from a file, or ask for it without showing it."""
    if file is not None:
        return file.readline().rstrip("\r\n")
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice))


def clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(tz=UTC)


def home_of(trial: Path, database: str | None) -> Home:
    """Return where the allocator of a sealed trial lives."""
    from equipoise.concealment.allocator_home import Home  # noqa: PLC0415  (--help is instant)

    return Home(zones_of(trial), database)


def answered(home: Home, verb: str, *, here: bool, **values: Any) -> dict[str, Any]:
    """Ask the allocator.

    Raises
    ------
    DataError
        With its words, where it refuses.
    """
    from equipoise.concealment.allocator import ask  # noqa: PLC0415

    found = home.answer(clock, verb, **values) if here else ask(home.socket, verb, **values)
    if not found.pop("ok"):
        raise DataError(str(found["message"]))
    return dict(found)


def tell_web(home: Home, by: str, *, here: bool) -> None:
    """Write into the web's chain, where it is here, what the allocator did since."""
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415
    from equipoise.concealment.web_chain import catch_up  # noqa: PLC0415

    def since(after: str) -> Any:
        return answered(home, "status", here=here, after=after)["rows"]

    path = home.zones.ledger("web")
    if not path.is_file():
        return
    with opened_ledger(str(path)) as chain:
        catch_up(chain, since, actor=by, now=clock())


@click.command()
@trial_argument
@database_option
def serve(trial: Path, database: str | None) -> None:
    """Run the allocator of TRIAL: it listens on a local socket until it is stopped (Ctrl-C).

    It should run as a user of its own, on a machine or account that nobody blinded can open. The
    first time it takes in what `seal` made.

    \b
    Examples:
      equipoise allocate serve sealed/
      DATABASE_URL=postgresql://allocator@db/trial equipoise allocate serve sealed/
    """
    from equipoise.concealment.allocator import serve as listen  # noqa: PLC0415

    home = home_of(trial, database)
    server = listen(home.allocator(clock), home.socket)
    click.echo(f"The allocator of {trial} listens at {home.socket}. Ctrl-C stops it.", err=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager's way to stop
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("Stopped. Nothing that was acknowledged is lost.", err=True)
    finally:
        server.server_close()
        home.socket.unlink(missing_ok=True)


@click.command()
@trial_argument
@click.option("--participant", required=True, metavar="CODE", help="Who is to be allocated.")
@click.option("--stratum", metavar="NAME", default="pool", show_default=True, help="Name or code.")
@click.option(
    "--level", "levels", multiple=True, metavar="FACTOR=LEVEL",
    help="For minimisation and the like: once for each factor.",
)  # fmt: skip
@click.option(
    "--request", metavar="KEY",
    help="Key of the request, by default the participant: sent again it gets the same answer.",
)  # fmt: skip
@click.option("--by", default="site", show_default=True, metavar="CODE", help="Who enrols.")
@database_option
@here_option
@json_option
def next_(
    trial: Path, participant: str, stratum: str, levels: tuple[str, ...], request: str | None,
    by: str, database: str | None, here: bool, as_json: bool,
) -> None:  # fmt: skip
    """Give PARTICIPANT the next kit of a stratum: a code, and never an arm.

    \b
    Examples:
      equipoise allocate next sealed/ --participant P-017 --stratum London
      equipoise allocate next sealed/ --participant P-018 --level sex=f --level site=London
    """
    home = home_of(trial, database)
    found = answered(
        home, "allocate", here=here, participant=participant, stratum=stratum,
        request=request or participant, levels=_levels(levels),
    )  # fmt: skip
    try:
        tell_web(home, by, here=here)
    except DataError as error:
        raise DataError(f"{participant} has a kit, which the web's ledger lacks. {error}") from None
    told = {"participant": participant, **found}
    click.echo(json.dumps(told, indent=1) if as_json else f"{participant}: kit {found['kit']}")


def _levels(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(not (name and sign and level) for name, sign, level in pairs):
        raise click.BadParameter("--level is written FACTOR=LEVEL, as in sex=f.")
    return {name: level for name, _, level in pairs}


@click.command()
@trial_argument
@database_option
@here_option
@json_option
def status(trial: Path, database: str | None, here: bool, as_json: bool) -> None:
    """Count the kits given and left in each stratum. Nothing by arm exists.

    \b
    Examples:
      equipoise allocate status sealed/
      equipoise allocate status sealed/ --here --json
    """
    found = answered(home_of(trial, database), "status", here=here)
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    click.echo(f"{found['trial']}{', locked' if found['locked'] else ''}")
    for row in found["strata"]:
        click.echo(f"  {row['name']}: {row['given']} given, {row['left']} left")


@click.command()
@trial_argument
@database_option
@here_option
@json_option
def check(trial: Path, database: str | None, here: bool, as_json: bool) -> None:
    """Compare the allocator's ledger, allocations and boxes with what was sealed.

    \b
    Examples:
      equipoise allocate check sealed/
    """
    found = answered(home_of(trial, database), "verify", here=here)
    if as_json:
        click.echo(json.dumps(found, indent=1))
    else:
        click.echo(f"{found['allocated']} allocations, {found['rows']} rows of the ledger")
        click.echo("; ".join(found["faults"]) or f"All fits. Head {found['head']}")
    sys.exit(0 if found["good"] else 1)


@click.command()
@trial_argument
@click.argument("name")
@click.option("--role", help="investigator, physician, pharmacist, ...")
@click.option("--remove", is_flag=True, help="No longer; the ledger keeps that they could.")
@passphrase_option
@database_option
def person(
    trial: Path, name: str, role: str | None, remove: bool, passphrase_file: IO[str] | None,
    database: str | None,
) -> None:  # fmt: skip
    """Let NAME break the code of one participant in an emergency, at any hour.

    \b
    Examples:
      equipoise allocate person sealed/ dr.low --role physician
      equipoise allocate person sealed/ dr.low --remove
    """
    from equipoise.concealment.people import enter_person, remove_person  # noqa: PLC0415

    if not (role or remove):
        raise click.UsageError("Give --role, or --remove.")
    passphrase = "" if remove else read_passphrase(passphrase_file, twice=True)
    with closing(home_of(trial, database).open()) as opened:
        if remove:
            remove_person(opened, name, now=clock())
        else:
            enter_person(opened, name, str(role), passphrase, now=clock())
    told = "may no longer break codes" if remove else f"({role}) may break codes"
    click.echo(f"{name} {told} of {trial}.")
