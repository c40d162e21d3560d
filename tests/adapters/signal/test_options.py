"""What keeps the daemon from writing words down is asked for; what cannot be seen is not guessed at."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from servers.signal.daemon import documented

from adapters.signal.options import WANTED, command_of, problem

MAIN = ("java", "-cp", "/opt/signal-cli/lib/signal-cli.jar", "org.asamk.signal.Main")


def test_the_unit_of_the_handbook_has_every_option_that_is_asked_for() -> None:
    options = documented()
    assert problem((*MAIN, *options.before, "daemon", *options.after)) == ""


@pytest.mark.parametrize("lacking", WANTED)
def test_a_daemon_without_an_option_is_named_with_what_it_does(lacking: str) -> None:
    told = problem((*MAIN, "daemon", *(option for option in WANTED if option != lacking)))
    assert lacking in told
    assert WANTED[lacking] in told


def test_another_program_at_the_socket_is_none_of_ours_to_judge() -> None:
    assert problem(("python", "emulator.py")) == ""
    assert problem(()) == ""


def test_a_socket_of_a_path_names_the_process_behind_it() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert "\0".join(command_of(ours)).encode() == Path(f"/proc/{os.getpid()}/cmdline").read_bytes()


def test_a_network_socket_names_nobody() -> None:
    with socket.socket(socket.AF_INET) as line:
        assert command_of(line) == ()
