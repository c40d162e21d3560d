"""The documents say what is: every setting, command, question type, effect, metric and table has its place in them,
every file and link that they name exists, and their examples are played.

To write the examples of `docs/cli.md` anew after a change: `pytest tests/test_docs.py --update-goldens`.
"""

from __future__ import annotations

import random
import re
import shutil
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import typer
from channels import registry as channels
from channels.base import Feature
from commandline import CommandLine, plain_environment
from prometheus_client import Metric

from adapters import base
from bot import config
from bot.cli import app
from bot.metrics import Metrics
from dialogs import effects
from dialogs.forms.check import check
from dialogs.forms.instance import open_instance
from dialogs.forms.model import compile_form
from dialogs.forms.questionnaire import questionnaire
from dialogs.forms.questions import QuestionType
from dialogs.forms.xlsform import to_xform
from dialogs.reading.outcomes import Taken
from dialogs.reading.reader import read
from privacy import retention
from storage.sql import metadata

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ROOMS = ("bot", "adapters", "dialogs", "storage", "privacy", "desk", "tests", "benchmarks", "docs", ".ci")

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
STATE = "/var/lib/zuruf"  # how the examples call the folder of the test
ROOT_KEY = "35f99731"  # and its root key, whose name is drawn anew each time
WIDTH = "96"
WIDE = "300"  # the doctor's lines hold a path of unknown length

FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?:\[[^\]]*\]\(|<img src=\")(?P<target>[^)\s\"]+)")
CODE_PATH = re.compile(rf"`(?P<path>(?:{'|'.join(map(re.escape, ROOMS))})/[A-Za-z0-9_./-]*)`")


def documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def rows(document: str) -> dict[str, list[str]]:
    """Rows of all tables whose first cell is one `code` word: by that word."""
    found: dict[str, list[str]] = {}
    for line in text(document).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"`[^`]+`", cells[0]):
            found[cells[0].strip("`")] = cells
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# -- what there is has its place


def settings() -> Iterator[tuple[str, str, object]]:
    for section in msgspec.structs.fields(config.Config):
        for field in msgspec.structs.fields(section.type):
            yield section.name, field.name, field.default


@pytest.mark.parametrize(("section", "key", "default"), [*settings()], ids=lambda value: str(value)[:20])
def test_every_setting_stands_in_deploy_with_its_variable_and_default(section: str, key: str, default: object) -> None:
    row = rows("docs/deploy.md").get(f"{section}.{key}")
    assert row is not None, f"{section}.{key} is missing in the table of docs/deploy.md"
    assert row[1] == f"`ZURUF_{section}_{key}`".upper()
    written = (
        ",".join(default)
        if isinstance(default, tuple)
        else str(default).lower()
        if isinstance(default, bool)
        else str(default)
    )
    assert row[2] == (f"`{written}`" if written else "–")
    assert len(row[3]) > 10


def test_deploy_names_no_setting_that_is_not_there() -> None:
    known = {f"{section}.{key}" for section, key, _ in settings()}
    sections = {section for section, _, _ in settings()}
    named = {word for word in rows("docs/deploy.md") if word.partition(".")[0] in sections and "." in word}
    assert named == known


def test_the_settings_file_in_deploy_is_one() -> None:
    (example,) = [match["body"] for match in FENCE.finditer(text("docs/deploy.md")) if match["info"] == "toml"]
    msgspec.convert(tomllib.loads(example), config.Config)


def commands(group: Any, before: str = "zuruf") -> Iterator[tuple[str, Any]]:
    for command, found in group.commands.items():
        if hasattr(found, "commands"):
            yield from commands(found, f"{before} {command}")
        else:
            yield f"{before} {command}", found


COMMANDS = dict(commands(typer.main.get_command(app)))


def section(document: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its rank."""
    _, _, after = text(document).partition(f"\n## `{heading}`\n")
    return after.partition("\n## ")[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_heading_and_every_option_its_place(command: str) -> None:
    body = section("docs/cli.md", command)
    assert body, f"docs/cli.md has no heading `{command}`"
    options = {option for parameter in COMMANDS[command].params for option in parameter.opts if option.startswith("--")}
    assert {option for option in options - {"--help"} if f"`{option}" not in body} == set()
    named = set(re.findall(r"`(--[a-z-]+)", body))
    assert named - options - {"--help"} == set()


def test_cli_names_no_command_that_is_not_there() -> None:
    assert set(re.findall(r"^## `(zuruf [^`]+)`$", text("docs/cli.md"), re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("kind", QuestionType)
def test_every_type_of_question_has_its_heading(kind: QuestionType) -> None:
    headings = re.findall(r"^### (.+)$", text("docs/surveys.md"), re.MULTILINE)
    assert any(f"`{kind.value}`" in heading for heading in headings)


def test_every_type_that_is_asked_has_its_picture_and_is_in_the_form_of_the_pictures() -> None:
    compiled = to_xform("question-types.md", (DOCS / "question-types.md").read_bytes())
    assert compiled.workbook is not None
    written = questionnaire(compiled.workbook)
    in_form = {item.type for item in written.items if item.type is not None} | {QuestionType.REPEAT}
    never_asked = {QuestionType.GEOTRACE, QuestionType.GEOSHAPE, QuestionType.VIDEO}
    assert in_form == set(QuestionType) - never_asked
    pictures = {path.stem.removeprefix("question-") for path in (DOCS / "images").glob("question-*.png")}
    assert {kind.value for kind in in_form} - {"note"} - pictures == set()


def test_every_effect_stands_in_architecture() -> None:
    names = {kind.__name__ for kind in get_args(effects.Effect)}
    assert names <= set(rows("docs/architecture.md"))


def test_every_metric_stands_in_deploy() -> None:
    described = rows("docs/deploy.md")
    for metric in exposed():
        suffix = "_total" if metric.type == "counter" else ""
        assert f"{metric.name}{suffix}" in described


def exposed() -> list[Metric]:
    return list(Metrics().registry.collect())


def test_every_table_stands_in_architecture_and_in_privacy() -> None:
    names = {table.name for home in (metadata.records, metadata.keyring) for table in home.tables.values()}
    assert names <= set(rows("docs/architecture.md"))
    assert names <= set(rows("docs/privacy.md"))


def test_everything_that_is_kept_stands_in_privacy() -> None:
    described = rows("docs/privacy.md")
    kept = {*(kind.value for kind in retention.KEYS), *retention.ENTRIES, *retention.FILES}
    assert kept - set(described) == set()


@pytest.mark.parametrize(("word", "limit"), [*((kind, kept.limit) for kind, kept in retention.ENTRIES.items())])
def test_privacy_states_the_limits_of_redis(word: str, limit: retention.Limit) -> None:
    assert not isinstance(limit, retention.Until)
    seconds = int(limit.total_seconds())
    days, rest = divmod(seconds, 86400)
    written = f"{seconds} seconds" if rest else f"{days} days" if days > 1 else f"{days} day"
    assert written in " ".join(rows("docs/privacy.md")[word])


# -- what is named is there


@pytest.mark.parametrize("document", documents(), ids=name)
def test_every_relative_link_resolves(document: Path) -> None:
    broken = []
    for match in LINK.finditer(FENCE.sub("", document.read_text("utf-8"))):
        target, _, anchor = match["target"].partition("#")
        if re.match(r"[a-z]+:", match["target"]):
            continue
        path = document.parent / target if target else document
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(match["target"])
    assert broken == []


def anchors(path: Path) -> set[str]:
    """As code forges make them: lower case, spaces as hyphens, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", documents(), ids=name)
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = {match["path"] for match in CODE_PATH.finditer(document.read_text("utf-8"))}
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_names_in_brackets_after_a_file_are_in_that_file() -> None:
    """`dialogs/turn.py` (`Turn`): the name stands in the file."""
    strangers = []
    for document in documents():
        for path, names in re.findall(
            r"`([a-z_]+/[a-z_/]+\.py)` \((`[A-Za-z_.]+`(?:, `[A-Za-z_.]+`)*)", document.read_text("utf-8")
        ):
            source = (ROOT / path).read_text("utf-8")
            strangers += [
                f"{path}: {each}" for each in re.findall(r"`([^`]+)`", names) if each.rpartition(".")[2] not in source
            ]
    assert strangers == []


def test_every_picture_is_shown() -> None:
    shown = "".join(document.read_text("utf-8") for document in documents())
    assert [path.name for path in (DOCS / "images").iterdir() if f"images/{path.name}" not in shown] == []


def test_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (DOCS / "images").glob("*.png")}
    assert {
        picture: size for picture, size in sizes.items() if size > (250 if picture == "chat.png" else 60) * 1024
    } == {}


# -- what must not be written


FORBIDDEN = {
    r"(?i)\b(?:artifactory|nexus|pypi\.org/simple|registry\.npmjs|--index-url https?)": "a registry's host",
    r"/(?:home|root|Users|work|tmp)/[a-z]": "a path of a machine",
}
ALLOWED_LINES = ("docs/deploy-container.md", "tests/test_docs.py", "requirements.lock", "requirements-dev.lock")


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.md", "*.toml", "Makefile", "Dockerfile"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a clone")
    return [ROOT / each for each in listed.stdout.split() if each not in ALLOWED_LINES]


def test_no_document_names_a_registry_or_a_path_of_a_machine() -> None:
    found = {
        f"{name(path)}: {what}: {match[0]}"
        for path in committed()
        for pattern, what in FORBIDDEN.items()
        for match in re.finditer(pattern, path.read_text("utf-8"))
    }
    assert found == set()


def test_we_never_call_our_data_anonymous() -> None:
    """Where the word stands, the line says that we do not use it."""
    lines = [
        f"{name(path)}: {line}"
        for path in documents()
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"(?i)anonym", line) and not re.search(r"(?i)\b(?:never|not|no)\b", line)
    ]
    assert lines == []


# -- examples are played


def test_every_form_in_surveys_can_be_asked() -> None:
    forms = [match["body"] for match in FENCE.finditer(text("docs/surveys.md")) if match["info"] == "xlsform"]
    assert len(forms) >= 7
    errors = {form: [finding.msgid for finding in check("example.md", form.encode()).errors] for form in forms}
    assert {form: found for form, found in errors.items() if found} == {}


def written_examples() -> list[tuple[QuestionType, str]]:
    """Answers that surveys.md says may be written, by type."""
    found = []
    for part in re.split(r"^### ", text("docs/surveys.md"), flags=re.MULTILINE)[1:]:
        kind = part.partition("`")[2].partition("`")[0]
        for sentence in re.findall(r"May be written as ([^.]*(?:\.[^ \n][^.]*)*)", part):
            found += [(QuestionType(kind), example) for example in re.findall(r"`([^`]+)`", sentence)]
    return found


@pytest.mark.parametrize(("kind", "example"), written_examples())
def test_what_surveys_says_may_be_written_is_understood(kind: QuestionType, example: str) -> None:
    """In German or in English: the examples are of both."""
    compiled = to_xform("question-types.md", (DOCS / "question-types.md").read_bytes())
    instance = open_instance(compile_form(compiled.xform, compiled.attachments), None, NOW, random.Random(1))
    question = instance.question(f"/data/{kind.value}")
    assert question is not None
    assert any(
        isinstance(read(question, example, language, NOW.date(), NOW.time()), Taken) for language in ("en", "de")
    )


def play(commands: CommandLine, line: str, folder: Path) -> str:
    """Run `$ zuruf …` as a clerk would; what it prints, its folder under the name that the examples use."""
    words = line.removeprefix("$ ").split()
    environ = plain_environment() | {
        "ZURUF_STATE_DIR": str(folder / "state"),
        "ZURUF_HTTP_PUBLIC_URL": "https://fragen.musterstadt.example",
        "ZURUF_HTTP_PORT": str(free_port()),
        "ZURUF_TELEGRAM_USERNAME": "musterstadt_bot",
        "LANGUAGE": "en",
        "COLUMNS": WIDE if "doctor" in words else WIDTH,
        "NO_COLOR": "1",
    }
    while "=" in words[0]:
        key, _, value = words.pop(0).partition("=")
        environ[key] = value
    assert words[0] == "zuruf"
    ran = commands.run(tuple(words[1:]), folder, environ)
    said = (ran.out + ran.err).replace(str(folder / "state"), STATE)
    said = re.sub(r"(?<=Root key )[0-9a-f]{8}", ROOT_KEY, said)
    return "\n".join(each.rstrip() for each in said.splitlines()).strip("\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.timeout(240)
def test_the_examples_of_the_command_line_come_out_as_written(
    commands: CommandLine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    document = DOCS / "cli.md"
    shutil.copy(DOCS / "question-types.md", tmp_path)
    for match in FENCE.finditer(document.read_text("utf-8")):
        if match["info"].startswith("text "):
            (tmp_path / match["info"].removeprefix("text ")).write_text(match["body"], "utf-8")

    def played(match: re.Match[str]) -> str:
        if match["info"] != "console":
            return match[0]
        line = match["body"].partition("\n")[0]
        said = play(commands, line, tmp_path)
        return f"```console\n{line}\n{said}\n```"

    written = document.read_text("utf-8")
    come_out = FENCE.sub(played, written)
    if request.config.getoption("--update-goldens"):
        document.write_text(come_out, "utf-8")
    else:
        assert come_out == written


# -- channels


@pytest.mark.parametrize("channel", list(channels.BENCHES))
def test_what_a_channel_cannot_do_stands_in_adapters(channel: str) -> None:
    described = rows("docs/adapters.md")
    assert set(Feature) <= set(described)
    for feature, reason in channels.BENCHES[channel]().cannot.items():
        assert f"{channel}: {reason}" in described[feature][2], feature


@pytest.mark.parametrize("word", [*base.Sign, *base.Key])
def test_every_sign_and_key_of_a_channel_stands_in_adapters(word: str) -> None:
    assert word in rows("docs/adapters.md")
