"""Show the state of every language, and move messages between the catalogue and translators.

Without a command: for each language whether its messages are complete, how many of them are drafts that no
native speaker has reviewed, how many training examples there are, which translation pairs are installed, and
whether it is understood and spoken on the telephone.
"""

from __future__ import annotations

from pathlib import Path

import click
import yaml

from bot.language.catalogue import FOLDER, SAFETY, Catalogue, languages_in, read_sources, read_translations
from bot.language.names import CORE, GREETING, endonym, english_name
from bot.language.po import Given, exported, given_in, path_of, problems, update
from bot.language.preview import page
from bot.supervisor.folders import PROJECT
from bot.supervisor.problems import Problem
from bot.voice.languages import Recordings, voice_for
from bot.voice.script import script, strays
from bot.yaml_text import parsed


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Show the state of every language; import and check translations; install translation packages."""
    if context.invoked_subcommand is None:
        show()


def show() -> None:
    """The table of languages."""
    from bot.language.argos import installed

    catalogue, recordings = Catalogue.load(), Recordings()
    sources = catalogue.sources
    pairs = set(installed())
    click.echo(
        f"{'':24}{'messages':>12}{'drafts':>8}{'examples':>10}  machine translation to English / from it"
        "   telephone understands / speaks"
    )
    for code in dict.fromkeys(["en", *CORE, *GREETING]):
        if code == "en":
            have, drafts = len(sources), 0
        else:
            translations = read_translations(code)
            have = sum(1 for key in sources if key in translations)
            drafts = sum(1 for translation in translations.values() if translation.draft)
        machine = f"{'yes' if (code, 'en') in pairs else 'no'} / {'yes' if ('en', code) in pairs else 'no'}"
        name = f"{english_name(code)} ({endonym(code)})" if code != "en" else "English"
        examples = count_examples(PROJECT / "data" / "nlu" / code)
        shown = "" if code == "en" else machine
        phone = on_the_telephone(code, catalogue, recordings) if code in CORE else ""
        row = f"{code:4}{name:20.20}{have:>6} of {len(sources)}{drafts:>7}{examples:>10}  {shown:41}{phone}"
        click.echo(row.rstrip())
    click.echo(
        f"Languages after {english_name(CORE[-1])} need what greets and protects: {len(SAFETY)} messages;"
        " for those with none nobody could vouch: the person is told in English and French."
    )
    click.echo("A draft was written without review by a native speaker. PORCHLIGHT_DRAFTS=false leaves drafts out.")
    click.echo("What a voice lacks can be recorded: bin/porchlight languages recordings so.")


def on_the_telephone(code: str, catalogue: Catalogue, recordings: Recordings) -> str:
    """Whether a language is understood and spoken there; how much is recorded where no voice speaks it."""
    language = voice_for(code)
    speaks = "yes"
    if language.voice is None:
        lines = script(catalogue, code, recordings)
        speaks = f"{sum(line.recorded for line in lines)} of {len(lines)} recorded"
    return f"{'yes' if language.recognised else 'no'} / {speaks}"


def count_examples(folder: Path) -> int:
    """Training examples in the NLU files of a folder."""
    total = 0
    for path in folder.rglob("*.yml"):
        for entry in (parsed(path.read_text(encoding="utf-8")) or {}).get("nlu", []):
            total += sum(1 for line in str(entry.get("examples", "")).splitlines() if line.strip().startswith("-"))
    return total


@command.command("import")
@click.argument("language")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(language: str, file: Path) -> None:
    """Take translations into the catalogue: a PO file from a translator, or a YAML file of id: text (drafts).

    In a PO file what is not marked fuzzy counts as reviewed, unless its English is not the present one.
    """
    given = read_given(file)
    if unknown := sorted(set(given) - set(read_sources())):
        raise Problem(f"{file} has ids that the catalogue does not have: {', '.join(unknown[:5])}.")
    path = update(language, given)
    click.echo(f"Wrote {path.relative_to(FOLDER.parent)}.")
    check_one(language)


def read_given(file: Path) -> dict[str, Given]:
    """The translations in a file that somebody sent. Raises Problem for a file that cannot be read."""
    try:
        if file.suffix.lower() in (".po", ".pot"):
            return given_in(file.read_bytes())
        content = parsed(file.read_text(encoding="utf-8"))
    except (ValueError, yaml.YAMLError) as problem:
        raise Problem(f"{file} cannot be read: {problem}") from None
    if not isinstance(content, dict):
        raise Problem(f"{file} is neither a PO file nor a YAML file of id: text.")
    return {str(key): Given(str(text)) for key, text in content.items()}


@command.command()
@click.argument("language")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def export(language: str, file: Path | None) -> None:
    """Write a PO file for a translator, with notes: every message, what is translated already, drafts as fuzzy."""
    content = exported(language)
    if file is None:
        click.echo(content.decode(), nl=False)
    else:
        file.write_bytes(content)
        click.echo(f"Wrote {file}.")


@command.command()
@click.argument("language")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def preview(language: str, file: Path | None) -> None:
    """Write a page with every message in a language as people see it, filled with sample facts."""
    file = file or Path(f"preview-{language}.html")
    file.write_text(page(language), encoding="utf-8")
    click.echo(f"Wrote {file}.")


@command.command("recordings")
@click.argument("language")
@click.option("--missing", is_flag=True, help="Only what is not recorded yet.")
def recordings_(language: str, missing: bool) -> None:
    """What to record for the telephone in a language without a voice: file name, whether it is there, words."""
    if language not in CORE:
        raise Problem(f"{language} is no language of the telephone; these are: {' '.join(CORE)}.")
    if voice_for(language).voice is not None:
        raise Problem(f"A computer voice speaks {english_name(language)} on the telephone: nothing is to be recorded.")
    catalogue, recordings = Catalogue.load(), Recordings()
    lines = script(catalogue, language, recordings)
    for line in lines:
        if not (missing and line.recorded):
            click.echo(f"{line.name}\t{'recorded' if line.recorded else 'missing'}\t{line.text}")
    for name in strays(catalogue, language, recordings):
        click.echo(f"{name}\tnever played\tno sentence of the script has this name")
    have = sum(line.recorded for line in lines)
    click.echo(f"{have} of {len(lines)} recorded in {recordings.folder / language}, as .mp3 or .wav.", err=True)


@command.command()
@click.argument("source")
@click.argument("target")
@click.argument("pairs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def calibrate(source: str, target: str, pairs: Path) -> None:
    """Fit how sure an installed package must be: PAIRS has lines "text TAB good translation" that it never saw."""
    from bot.language.calibration import fitted

    rows = [line.split("\t") for line in pairs.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not rows or any(len(row) != 2 for row in rows):
        raise Problem(f"{pairs} must have a text, a tab and its translation on every line.")
    click.echo(fitted((source, target), [(row[0], row[1]) for row in rows]))


@command.command()
@click.argument("language")
def refresh(language: str) -> None:
    """Write a language's file anew after messages.yml has changed; changed messages become drafts."""
    click.echo(f"Wrote {update(language, {}).relative_to(FOLDER.parent)}.")
    check_one(language)


@command.command()
def check() -> None:
    """Compare every language with the English: ids, placeholders, phone numbers."""
    wrong = sum(check_one(code) for code in languages_in() if code != "en")
    if wrong:
        raise click.exceptions.Exit(1)


def check_one(language: str) -> int:
    """Prints what is wrong with a language's file; how many things."""
    found = problems(language, read_sources(), read_translations(language))
    for line in found:
        click.echo(f"{language}: {line}")
    click.echo(f"{language}: {len(found)} problems in {path_of(language).relative_to(FOLDER.parent)}")
    return len(found)


@command.command()
@click.argument("languages", nargs=-1, required=True)
@click.option("--from", "source", type=click.Path(exists=True, path_type=Path), help="A package file, .argosmodel.")
def install(languages: tuple[str, ...], source: Path | None) -> None:
    """Install machine translation to and from English: languages by code, from the public index or a file."""
    from bot.language.argos import NotInstalled, install_file, install_pairs

    try:
        if source is not None:
            click.echo(install_file(source))
            return
        for code in languages:
            click.echo(install_pairs(code))
    except NotInstalled as problem:
        raise Problem(str(problem)) from None
