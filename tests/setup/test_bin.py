"""The scripts in bin/, with stand-ins for interpreters and uv: nothing is installed here."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.system import PROJECT

SHIM = "#!/bin/sh\necho 'pyenv: python: command not found' >&2\nexit 127\n"


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def python(path: Path, version: str) -> Path:
    """A stand-in for an interpreter of a version: it answers what bin/_env asks of it."""
    return script(
        path, f'#!/bin/sh\ncase " $3 " in *" {version} "*) echo "{path}" ;; *) exit 1 ;; esac\n'
    )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with the usual tools, neither Python nor uv, and a copy of bin/ as a project of its own."""
    (tmp_path / "tools").mkdir()
    for tool in ("sh", "dirname", "readlink", "cat", "cut", "sha256sum", "df", "awk", "mkdir", "rm", "rmdir",
                 "sleep", "head", "grep", "kill"):  # fmt: skip
        found = shutil.which(tool)
        if found:
            (tmp_path / "tools" / tool).symlink_to(found)
    for folder in ("bin", "requirements"):
        shutil.copytree(PROJECT / folder, tmp_path / "project" / folder)
    (tmp_path / "home").mkdir()
    return tmp_path


def run(machine: Path, code: str, *path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs shell code with the functions of bin/_env at hand."""
    environment = {
        "PATH": ":".join(str(p) for p in (*path, machine / "tools")),
        "HOME": str(machine / "home"),
        **variables,
    }
    bin_up = str(machine / "project" / "bin" / "up")
    return subprocess.run(
        ["/bin/sh", "-c", f'set -eu; . "{machine}/project/bin/_env"; {code}', bin_up],
        env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_an_interpreter_on_the_path_is_taken_first(machine: Path) -> None:
    wanted = python(machine / "path" / "python3.12", "3.12")
    python(machine / "home/.pyenv/versions/3.12.1/bin/python", "3.12")
    assert run(machine, 'find_python "3.12 3.13"', machine / "path").stdout.strip() == str(wanted)


def test_a_shim_that_refuses_does_not_hide_the_interpreter_behind_it(machine: Path) -> None:
    script(machine / "shims" / "python3.10", SHIM)
    script(machine / "shims" / "python3", SHIM)
    wanted = python(machine / "home/.pyenv/versions/3.10.13/bin/python", "3.10")
    assert run(machine, "find_python 3.10", machine / "shims").stdout.strip() == str(wanted)


def test_a_later_version_serves_when_the_first_choice_is_missing(machine: Path) -> None:
    wanted = python(machine / "path" / "python3", "3.13")
    assert run(machine, 'find_python "3.12 3.13"', machine / "path").stdout.strip() == str(wanted)


def test_an_interpreter_of_uv_is_found(machine: Path) -> None:
    wanted = python(machine / "uv-pythons" / "python3.10", "3.10")
    uv = script(
        machine / "path" / "uv",
        f'#!/bin/sh\ncase "$1 $2" in "--version ") echo "uv 0.13.9" ;; "python install") echo "--no-bin" ;;\n'
        f'"python find") echo "{wanted}" ;; esac\n',
    )
    found = run(machine, "find_python 3.10", uv.parent)
    assert found.stdout.strip() == str(wanted), found.stderr


def test_no_interpreter_and_no_download_is_one_sentence(machine: Path) -> None:
    uv = script(
        machine / "path" / "uv",
        '#!/bin/sh\ncase "$1 $2" in "--version ") ;; "python install")\n'
        '  case "$3" in --help) echo "--no-bin" ;; *) exit 2 ;; esac ;; *) exit 1 ;; esac\n',
    )
    refused = run(machine, "python_for 3.10", uv.parent)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith(
        "Porchlight cannot start: Python 3.10 was not found and could not be downloaded: install it"
    )


def test_neither_uv_nor_a_python_to_get_it_with_says_what_to_install(machine: Path) -> None:
    refused = run(machine, "any_python() { :; }; find_uv")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Porchlight cannot start: uv could not be installed: install uv, or a Python")


def test_a_full_disk_is_said_before_anything_is_installed(machine: Path) -> None:
    script(machine / "path" / "df", "#!/bin/sh\necho header\necho /dev/x 100 90 2048 99% /\n")
    refused = run(machine, "install_all app", machine / "path")
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        "Porchlight cannot start: the disk is too full: installing app packages needs 1800 MB and "
        f"2 MB are free; free some space in {machine}/project and run this again."
    )
    assert not (machine / "project" / ".venv").exists()


def test_a_second_set_up_in_the_same_folder_says_which_one_is_at_work(machine: Path) -> None:
    lock = machine / "project" / ".tools" / "setup.lock"
    lock.mkdir(parents=True)
    (lock / "process").write_text(f"{os.getpid()}\n")
    refused = run(machine, "hold_setup")
    assert refused.returncode == 1
    assert f"process {os.getpid()} is setting up this folder already" in refused.stderr


def test_the_lock_of_a_killed_set_up_is_no_obstacle(machine: Path) -> None:
    lock = machine / "project" / ".tools" / "setup.lock"
    lock.mkdir(parents=True)
    child = subprocess.Popen(["true"])
    child.wait()
    (lock / "process").write_text(f"{child.pid}\n")
    assert run(machine, "hold_setup; echo held").stdout == "held\n"
    assert not lock.exists()


def installed(machine: Path, folder: str, text: str) -> None:
    script(machine / "project" / folder / "bin" / "python", "#!/bin/sh\n")
    (machine / "project" / folder / "requirements.installed").write_text(text)


def test_an_environment_is_current_until_its_requirements_change(machine: Path) -> None:
    code = 'if is_current "$project/.venv" app; then echo current; else echo old; fi'
    stamp = run(machine, 'echo "app $(fingerprint "$project/requirements/app.txt")"').stdout
    installed(machine, ".venv", stamp)
    assert run(machine, code).stdout == "current\n"
    with (machine / "project/requirements/app.txt").open("a") as file:
        file.write("# changed\n")
    assert run(machine, code).stdout == "old\n"


def test_the_larger_set_for_tests_is_never_exchanged_for_the_smaller_one(machine: Path) -> None:
    installed(machine, ".venv", "dev something\n")
    assert run(machine, "app_set app").stdout == "dev\n"
    installed(machine, ".venv", "app something\n")
    assert run(machine, "app_set dev").stdout == "dev\n"


def test_a_long_step_gives_its_exit_code_and_is_ended_by_a_signal(machine: Path) -> None:
    assert run(machine, "long_step x sh -c 'exit 7' || echo $?").stdout == "7\n"
    process = subprocess.Popen(
        ["/bin/sh", "-c", f'set -eu; . "{machine}/project/bin/_env"; hold_setup; long_step x sleep 60',
         str(machine / "project/bin/up")],
        env={"PATH": str(machine / "tools"), "HOME": str(machine / "home")}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    lock = machine / "project" / ".tools" / "setup.lock" / "process"
    while not lock.exists():
        time.sleep(0.02)
    time.sleep(0.3)
    process.terminate()
    assert process.wait(5) == 130
    assert not lock.exists()


def test_it_works_from_any_folder_and_through_a_symlink(tmp_path: Path) -> None:
    for name in ("up", "porchlight"):
        (tmp_path / name).symlink_to(PROJECT / "bin" / name)
        helped = subprocess.run([tmp_path / name, "--help"], cwd=tmp_path, capture_output=True, text=True)
        assert helped.returncode == 0, helped.stderr
        assert f"usage: bin/{name}" in helped.stdout.replace("Usage", "usage")


def test_a_port_in_use_is_said_before_anything_is_installed(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = subprocess.run(
            [sys.executable, "-S", "-m", "bot.supervisor.preflight", "--port", port],
            cwd=PROJECT, capture_output=True, text=True,
        )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Porchlight cannot start: port {port} on 127.0.0.1 is in use: ")


def test_the_overhead_of_the_shell_is_small() -> None:
    begin = time.monotonic()
    subprocess.run(["/bin/sh", "-c", ". bin/_env; all_current dev || true", "bin/up"], cwd=PROJECT, check=True)
    assert time.monotonic() - begin < 0.3
