"""A field tablet to try, enrolled over HTTP alone: `make tablet`, with the server of `make run` running.

The township's part is played here: its judicial officer opens the month, its coordinator asks for a code, waits for
the tablet, types the number that it shows, and approves it. The tablet's part is yours, in any browser. Exits with 0,
or 1 when nobody answers, 2 when called wrongly, 3 when the server answers what was not planned, 4 when no tablet was
approved.
"""

import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urljoin

import click
import segno

from demo.api import Api, Unexpected, Unreachable
from demo.crew import Crew
from demo.enrolling import Enrolment, FieldWorker, approve, arrived, ask_for_code, call_off, choose_worker
from demo.month import UNEXPECTED, UNREACHABLE, password_in
from demo.sweeping import open_month
from server.clock import CHINA
from server.domain.periods import period_of

NOT_APPROVED = 4
#: Between two looks whether the tablet has come, in seconds.
GLANCE_S = 2.0
_NUMBER_DIGITS = 7


class NotApproved(Exception):
    """No tablet came, or not the one whose number was typed; the text says what to do."""


@click.command(help="Enrol a field tablet of the demo county, and say what can be tried on it.")
@click.option("--base-url", default="http://127.0.0.1:8000", show_default=True, help="The running server.")
@click.option("--county", default="430902", show_default=True, help="A demo county's code.")
@click.option("--township", default="", metavar="CODE", help="Nine digits; the first where a grid worker has visits.")
@click.option("--check-number", default="", metavar="NNNNNNN", help="The tablet's number, instead of being asked.")
@click.option(
    "--wait", type=click.IntRange(1, 800), default=600, show_default=True, help="Seconds to wait for the tablet."
)
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("var/demo-password"),
    show_default=True,
    help="Where the demo users' password is kept.",
)
def main(base_url: str, county: str, township: str, check_number: str, wait: int, password_file: Path) -> None:  # noqa: PLR0913, PLR0917 one parameter an option
    """Play the office's part of an enrolment."""
    password = password_in(password_file)
    api = Api(base_url, language="en")
    crew = Crew(api, county, password)
    try:
        api.check_ready()
        enrol(crew, township, check_number, wait)
    except Unreachable as error:
        fail(f"no server answers at {base_url}: start `make run` first ({error})", UNREACHABLE)
    except NotApproved as error:
        fail(str(error), NOT_APPROVED)
    except Unexpected as error:
        fail(f"the server answered what was not planned: {error}", UNEXPECTED)
    finally:
        api.close()


def fail(text: str, code: int) -> None:
    """Say in one line what is wrong, and end."""
    click.echo(text, err=True)
    sys.exit(code)


def enrol(crew: Crew, township: str, check_number: str, wait_s: float) -> None:
    """The whole enrolment, step by step; raises NotApproved."""
    today = datetime.now(CHINA).date()
    worker = choose_worker(crew, township, today)
    open_month(crew, worker.township, period_of(today))
    enrolment = ask_for_code(crew, worker.township)
    with ExitStack() as unless_approved:
        unless_approved.callback(call_off, crew, enrolment)
        tell_address(urljoin(crew.api.base_url, enrolment.link))
        device_id = wait_for_tablet(crew, enrolment, wait_s)
        check(crew, enrolment, device_id, check_number)
        unless_approved.pop_all()
    tell_what_to_try(crew, worker, device_id)


def tell_address(link: str) -> None:
    """Print what is to be opened on the tablet, and the same to be scanned."""
    click.echo("\n1. Open this on the tablet: any browser of this machine will do (at best in a narrow window).\n")
    click.echo(f"   {link}\n")
    segno.make_qr(link, error="l").terminal(out=sys.stdout, compact=True, border=2)
    click.echo("\n   There, press “登记这台平板” (Register this tablet). Waiting for it; Ctrl-C takes the code back.")


def wait_for_tablet(crew: Crew, enrolment: Enrolment, wait_s: float) -> str:
    """The id of the tablet that came with the code; raises NotApproved when none came in time."""
    until = monotonic() + wait_s
    while (device_id := arrived(crew, enrolment)) is None:
        if monotonic() > until:
            raise NotApproved(f"no tablet came within {wait_s:.0f} seconds; the code is taken back: run this again")
        sleep(GLANCE_S)
    return device_id


def check(crew: Crew, enrolment: Enrolment, device_id: str, given: str) -> None:
    """Have the number typed until it is the tablet's; raises NotApproved where it is not."""
    click.echo("\n2. The tablet is here. Read the seven digits off its screen.")
    while True:
        said = given or click.prompt("   Check number", value_proc=digits_of)
        refusal = approve(crew, enrolment, device_id, digits_of(said))
        if refusal is None:
            return
        if given or refusal.is_last:
            raise NotApproved(f"{refusal.text} Nothing is approved: run this again for a new code")
        click.echo(f"   {refusal.text}")


def digits_of(text: str) -> str:
    """The number as the server wants it, with or without blanks; raises BadParameter for anything else."""
    said = "".join(text.split())
    if len(said) != _NUMBER_DIGITS or not said.isascii() or not said.isdigit():
        raise click.BadParameter(f"{text!r} is no check number: it has seven digits")
    return said


def tell_what_to_try(crew: Crew, worker: FieldWorker, device_id: str) -> None:
    """Print who signs in on the tablet, and what a newcomer may look at."""
    seen = f"{worker.visits} visits to make" if worker.visits else "no visits yet: `make demo` plans some"
    linli = f".venv/bin/linli devices {{}} --county {crew.county_code}"
    click.echo(f"""
3. Approved. Press “看看是否已确认” (See if the office has agreed) on the tablet, or wait a minute; then sign in:

   login       {worker.login}   ({seen})
   password    {crew.password}
   then        choose 口令 (Passphrase), of ten characters or more: from now on it opens the tablet, offline too.
               (A passkey needs a host name: put localhost for 127.0.0.1 into the address, to try one.)

What can be tried:
   · 今日 Today: touch somebody's card, then write down a visit. It takes two minutes at most.
   · Cut the line (Ctrl-C at `make run`) and go on working; close and open the browser: nothing is lost.
     Start the server again and look at 传送 Sending: when each piece of work arrived.
   · 排查 Sweep: 无情况 Nothing found, in two touches; or record a fact, and see it judged while you type.
   · 紧急 Emergency, on every screen: whom to phone, and a report that reaches the township at once.
   · Lose the tablet: {linli.format(f"revoke {device_id}")} --reason lost
     At its next contact it sends what waits, deletes everything, and says so: {linli.format("list")}

docs/tablets.md tells the rest.""")


if __name__ == "__main__":
    main()
