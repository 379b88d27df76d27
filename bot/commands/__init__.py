"""The commands of bin/porchlight: one module each, read only when it is asked for.

A command is a module of this package with a click command named `command`; the first line of its
documentation is its line in the list. `send_out.py` is the command send-out, `import_.py` is import.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import click

FOLDER = Path(__file__).parent
_COMMAND = re.compile(r"^def command\(", re.MULTILINE)


def modules() -> dict[str, Path]:
    """Command → file. A module without a function `command` is a helper of the others and not listed."""
    files = (path for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    found = (path for path in files if _COMMAND.search(path.read_text(encoding="utf-8")))
    return {path.stem.rstrip("_").replace("_", "-"): path for path in sorted(found)}


class Commands(click.Group):
    """Finds the commands by looking into this folder, without running the modules that are not needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in modules():
            return None
        module = importlib.import_module(f"{__name__}.{modules()[cmd_name].stem}")
        command = module.command
        assert isinstance(command, click.Command), f"{module.__name__} has no click command named `command`"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, _first_line(path)) for name, path in modules().items()]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in modules():
            ctx.fail(f"there is no command {args[0]!r}; there are: {', '.join(modules())}")
        return super().resolve_command(ctx, args)


def _first_line(path: Path) -> str:
    documentation = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return documentation.split("\n")[0].rstrip(".")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def porchlight() -> None:
    """Commands for those who run a Porchlight helpline."""
