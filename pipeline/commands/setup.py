"""init, schedule: begin a home, and have it run by itself."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from pipeline.commands.common import Options, count, now, options
from pipeline.records import MistakeError, Source

if TYPE_CHECKING:
    from pipeline.areas import Commune
    from pipeline.home import Home
    from pipeline.setup import Choices

Answer = TypeVar("Answer")

PANEL = "First steps"
ASK_PLACE = "Which commune? Its name, or its INSEE code"
ASK_CHANNEL = "Where to send? A mail address; the terminal with nothing"
NO_PLACE = "say which commune: --commune Lille, or its INSEE code"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(init)
    app.command(rich_help_panel=PANEL)(schedule)


def init(
    context: typer.Context,
    commune: list[str] | None = typer.Option(
        None, help="A commune's name or INSEE code, or a département; repeatable."
    ),
    topic: list[str] | None = typer.Option(None, help="A topic to follow (`vigie rules` lists them); repeatable."),
    to: list[str] | None = typer.Option(None, help="Where to send: mailto:…, https://…, file:…; repeatable."),
    contact: str | None = typer.Option(None, help="Your address, for the sites that are read."),
    rhythm: str = typer.Option("run", help="Told at each run, daily or weekly."),
    language: str = typer.Option("fr", help="The digest's language: fr or en."),
    mail_host: str = typer.Option("", help="The mail server; this machine's own by default."),
    mail_port: int = typer.Option(0, help="Its port, where it is not the usual one."),
    mail_tls: str = typer.Option("", help="starttls, tls, or none (this machine only)."),
    mail_user: str = typer.Option("", help="Its user; the password is VIGIE_SMTP_PASSWORD, never an option."),
    mail_sender: str = typer.Option("", help="The address that mails come from."),
    trial: bool = typer.Option(True, "--try/--no-try", help="Send a first word through the channels."),
) -> None:
    """Begin a home: which commune, which topics, where to send. Asks for what no option says; writes vigie.toml."""
    from pipeline.areas import name_key
    from pipeline.home import Mail
    from pipeline.setup import Choices, toml

    at = options(context)
    file = at.path / "vigie.toml"
    if file.exists():
        raise MistakeError(f"{file} is there already: change it by hand, or say --home for another home")
    labels = dict(at.rules.topics)
    places = [_commune(name) for name in commune or ()] or [_answer(ASK_PLACE, _commune, NO_PLACE)]
    topics = topic or _topics(labels)
    channels = _channels(to) if to else _answer(ASK_CHANNEL, lambda said: _channels(said.split()))
    if contact is None:
        contact = next((one.removeprefix("mailto:") for one in channels if one.startswith("mailto:")), "")
    mail = Mail(mail_host or "localhost", mail_port, mail_tls, mail_user, mail_sender)
    codes = tuple(dict.fromkeys(place.code for place in places))
    key = re.sub(r"[^a-z0-9]+", "-", name_key(places[0].name)).strip("-") or "veille"
    choices = Choices(key, codes, tuple(topics), channels, contact, rhythm, language, mail)
    home = _written(at, file, lambda: toml(choices, labels, _sources(at, choices)))
    sources = at.followed(home.watches[0])
    said = count(len(topics), "topic"), count(len(sources), "source")
    print(f"{file} is written: {places[0].name}, {', '.join(said)}.")
    arrived = _try(at, home, channels) if trial else True
    flag = "" if str(at.path) == "vigie-home" else f" --home {at.path}"
    print(f"Now: vigie{flag} run     and then, every hour: vigie{flag} schedule --install")
    if not arrived:
        raise typer.Exit(1)


def schedule(
    context: typer.Context,
    every: str = typer.Option("hour", help="hour, 2h, 3h, 6h, 12h or day."),
    cron: bool = typer.Option(False, "--cron", help="Cron only."),
    systemd: bool = typer.Option(False, "--systemd", help="systemd user units only."),
    install: bool = typer.Option(False, "--install", help="Install it: cron, or with --systemd systemd."),
    remove: bool = typer.Option(False, "--remove", help="Take it away again; nothing else is touched."),
) -> None:
    """Print what makes this home run by itself, for cron and systemd; --install puts it there."""
    from pipeline.telling import schedule as lines

    at = options(context)
    if every not in lines.EVERY:
        raise MistakeError(f"--every « {every} » is not one of {', '.join(lines.EVERY)}")
    if (install and remove) or (cron and systemd):
        raise MistakeError("say one of --install and --remove, one of --cron and --systemd")
    home, command = at.path.resolve(), lines.program()
    block, units = lines.crontab(command, home, every), lines.units(command, home, every)
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd/user"
    if install and not home.is_dir():
        raise MistakeError(f"{home}: no such home; begin with vigie init")
    if not install and not remove:
        _show(block if not systemd else "", {} if cron else units, folder)
    elif systemd and install:
        lines.install_units(folder, units)
        print(f"{', '.join(units)}: written to {folder} and begun. See: systemctl --user list-timers")
        print("So that it runs while you are not logged in: loginctl enable-linger")
    elif systemd:
        there = lines.remove_units(folder, list(units))
        print("Taken away." if there else "Nothing of this home was there.")
    else:
        before = lines.read_crontab()
        after = lines.with_block(before, home, block if install else "")
        if after != before:
            lines.write_crontab(after)
        print("Nothing had to be changed." if after == before else "The crontab has it." if install else "Taken away.")


def _show(block: str, units: dict[str, str], folder: Path) -> None:
    if block:
        print("# For cron (crontab -e; or --install):\n")
        print(block)
    for name, text in units.items():
        print(f"# {folder / name} (or --install --systemd):\n")
        print(text)


def _written(at: Options, file: Path, text: Callable[[], str]) -> Home:
    """Write vigie.toml and read it back: what is wrong with the options is said as what is wrong with the file."""
    made = not at.path.exists()
    at.path.mkdir(parents=True, exist_ok=True)
    file.write_text(text(), "utf-8")
    try:
        return at.home
    except MistakeError as mistake:
        file.unlink()
        if made:
            at.path.rmdir()
        raise MistakeError(f"nothing was written; with these options there would be in\n{mistake}") from None


def _sources(at: Options, choices: Choices) -> list[Source]:
    from pipeline.home import Watch

    return at.followed(Watch(choices.key, topics=choices.topics, areas=choices.areas))


def _commune(name: str) -> Commune:
    """The commune that is meant: asked for where several bear the name."""
    from pipeline.setup import areas_named, described

    if not name:
        raise MistakeError(NO_PLACE)
    found = areas_named(name)
    if len(found) == 1:
        return found[0]
    print("\n".join(f"  {number}. {described(one)}" for number, one in enumerate(found, 1)))
    missing = f"several communes are called « {name} »; say the code of one of them: --commune {found[0].code}"

    def chosen(said: str) -> Commune:
        if not said.isdecimal() or not 1 <= int(said) <= len(found):
            raise MistakeError(f"« {said} » is not in the list; it goes from 1 to {len(found)}")
        return found[int(said) - 1]

    return _answer("Which one? Its number", chosen, missing)


def _topics(labels: dict[str, str]) -> list[str]:
    names = list(labels)
    for number, (topic, label) in enumerate(labels.items(), 1):
        print(f"  {number}. {label} ({topic})")

    def chosen(said: str) -> list[str]:
        words = re.split(r"[\s,;]+", said.strip(" ,;"))
        if not said:
            return names
        if wrong := [word for word in words if not word.isdecimal() or not 1 <= int(word) <= len(names)]:
            raise MistakeError(f"« {wrong[0]} » is not in the list; it goes from 1 to {len(names)}")
        return [names[int(word) - 1] for word in dict.fromkeys(words)]

    return _answer("Which topics? Their numbers, with blanks between; all with nothing", chosen)


def _channels(given: Sequence[str]) -> tuple[str, ...]:
    """Channels as they are written; a bare address of mail is one too. Raises MistakeError for what is none."""
    from pipeline.home import channel_fault

    found = tuple(f"mailto:{one}" if "@" in one and ":" not in one else one for one in given)
    if fault := next(filter(None, map(channel_fault, found)), ""):
        raise MistakeError(fault)
    return found


def _answer(question: str, read: Callable[[str], Answer], missing: str = "") -> Answer:
    """What was answered, as it is read; a person on a terminal is told what is wrong with it and asked again.

    Where nobody is there to answer it is nothing, or the mistake `missing`.
    """
    while True:
        try:
            return read(str(typer.prompt(question, default="", show_default=False)).strip())
        except typer.Abort:
            if sys.stdin.isatty():  # it was meant
                raise
            if missing:
                raise MistakeError(missing) from None
            return read("")
        except MistakeError as mistake:
            if not sys.stdin.isatty():
                raise
            print(f"  {mistake}")


def _try(at: Options, home: Home, channels: Sequence[str]) -> bool:
    """Send an empty digest through each channel and say what came of it: a wrong password is better known now.

    Whether all of them arrived.
    """
    from pipeline.deliver import deliver
    from pipeline.digest import Digest
    from pipeline.telling.journal import identity
    from pipeline.telling.post import Post, UndeliveredError, read_secrets, shown

    watch = home.watches[0]
    labels = tuple(at.rules.topics.get(topic, topic) for topic in watch.topics)
    hello = Digest(watch.key, watch.language, labels, now(), None, True, (), (), ())
    post = Post(at.path, home.mail, read_secrets(at.path, os.environ))
    arrived = True
    for channel in channels:
        try:
            deliver(channel, identity(hello, channel), hello, post)
        except UndeliveredError as fault:
            print(f"vigie: {shown(channel)}: {fault}; mend vigie.toml and the next run tries again", file=sys.stderr)
            arrived = False
        else:
            print(f"{shown(channel)}: a first word was sent.")
    return arrived
