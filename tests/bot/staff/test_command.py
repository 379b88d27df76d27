"""bin/porchlight staff: accounts from the terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.commands.staff import command
from bot.database import open_database
from bot.settings import Settings
from bot.staff.models import Staff, StaffAudit
from bot.staff.passwords import matches
from bot.supervisor.problems import Problem

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("PORCHLIGHT_VAR", str(tmp_path))

    def one(*arguments: str, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(command, arguments, input=stdin, catch_exceptions=True)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return one


def account(settings: Settings, login: str = "ana") -> Staff:
    engine = open_database(settings.database)
    with Session(engine) as session:
        one = session.scalars(select(Staff).where(Staff.login == login)).one()
        session.expunge(one)
    engine.dispose()
    return one


def test_an_account_is_added_listed_changed_and_closed(run: Run, settings: Settings) -> None:
    assert "no accounts yet" in run("list").output
    made = run("add", "Ana", "--name", "Ana Okafor", "--role", "supervisor", "--door", "good2talk", "--language", "fr")
    password = made.output.split("First password: ")[1].strip()
    one = account(settings)
    assert matches(password, one.password_hash)[0] and one.password_given
    assert (one.roles, one.doors, one.languages) == (["supervisor"], ["good2talk"], ["fr"])
    assert "ana" in run("list").output and password not in run("list").output

    assert "Changed" in run("roles", "ana", "--role", "specialist", "--capacity", "5").output
    assert (account(settings).roles, account(settings).capacity, account(settings).doors) == (
        ["specialist"], 5, ["good2talk"],
    )  # fmt: skip
    assert run("disable", "ana").exit_code == 0 and account(settings).state == "disabled"
    assert run("enable", "ana").exit_code == 0 and account(settings).state == "active"
    assert "0 session(s)" in run("end-sessions", "ana").output


def test_a_password_from_the_input_is_the_owners_own(run: Run, settings: Settings) -> None:
    run("add", "ana", "--name", "Ana", "--password-stdin", stdin="four quiet grey herons\n")
    assert not account(settings).password_given
    made = run("password", "ana")
    assert matches(made.output.split("First password: ")[1].strip(), account(settings).password_hash)[0]
    assert account(settings).password_given


def test_unlocking_lets_somebody_try_again(run: Run, settings: Settings) -> None:
    run("add", "ana", "--name", "Ana")
    engine = open_database(settings.database)
    with Session(engine) as session:
        one = session.scalars(select(Staff)).one()
        one.failed, one.locked_until = 9, datetime.now(UTC) + timedelta(hours=1)
        one.totp_secret, one.recovery = b"sealed", ["x"]
        session.commit()
    engine.dispose()
    assert "resting until" in run("list").output
    run("unlock", "ana", "--second-factor")
    now = account(settings)
    assert (now.failed, now.locked_until, now.totp_secret, now.recovery) == (0, None, None, [])


def test_what_is_done_here_is_recorded(run: Run, settings: Settings) -> None:
    run("add", "ana", "--name", "Ana")
    run("password", "ana")
    engine = open_database(settings.database)
    with Session(engine) as session:
        rows = [(row.actor, row.action) for row in session.scalars(select(StaffAudit))]
    engine.dispose()
    assert set(rows) == {("command", "staff_added"), ("command", "password_set")}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("disable", "nobody"), "there is no account 'nobody'"),
        (("add", "x y", "--name", "X"), "3 to 80"),
        (("add", "ana", "--name", "Ana", "--door", "nowhere"), "there is no door 'nowhere'"),
        (("add", "ana", "--name", "Ana", "--subject", "s"), "PORCHLIGHT_OIDC_ISSUER"),
    ],
)
def test_a_mistake_is_one_sentence(run: Run, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(Problem) as problem:
        run(*arguments)
    assert says in str(problem.value)
