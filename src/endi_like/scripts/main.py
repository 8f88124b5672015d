"""``endi-like serve|worker|migrate|demo|backup|…``: what there is, and its help.

Each command is a module of this package with a function ``run``, imported only when
it is asked for: that is what makes the others start quickly.
"""

from __future__ import annotations

import os
import sys
import warnings
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, TypeAlias

from endi_like.principals import ROLES
from endi_like.scripts.errors import Unusable
from endi_like.scripts.starting import uncollected

Argument: TypeAlias = tuple[tuple[str, ...], Mapping[str, Any]]

FAILED = 1
STOPPED = 130
OWNER_ONLY = 0o077


def flag(name: str, help_text: str) -> Argument:
    """Return an option that is given or not."""
    return (name,), {"action": "store_true", "help": help_text}


INI: Argument = (
    ("ini",),
    {"nargs": "?", "default": "development.ini", "help": "default: development.ini"},
)
INI_OPTION: Argument = (
    ("--ini",),
    {"default": "development.ini", "help": "default: development.ini"},
)
FILE: Argument = (("file",), {"help": "the file of the backup"})
LOGIN: Argument = (("login",), {"help": "the name the user logs in with"})

COMMANDS: Mapping[str, tuple[str, tuple[Argument, ...]]] = {
    "serve": (
        "start the web server and the worker",
        (INI, flag("--no-worker", "the worker runs elsewhere: endi-like worker")),
    ),
    "worker": ("do the queued and the daily work", (INI,)),
    "migrate": ("make or update the tables of the database", (INI,)),
    "demo": (
        "load demonstration data into an empty database",
        (INI, flag("--force", "also when the settings say production")),
    ),
    "backup": (
        "write the SQLite database and its files to one file, also while it runs",
        (FILE, INI_OPTION),
    ),
    "restore": ("put a backup into an empty place, and verify it", (FILE, INI_OPTION)),
    "import-contacts": (
        "bring contacts from a folder of CSV files into the directory",
        (
            (("folder",), {"metavar": "DIR", "help": "the folder"}),
            (
                ("--company",),
                {
                    "default": "",
                    "metavar": "CODE",
                    "help": "whose the accounts are; default: the organisation's own",
                },
            ),
            flag("--dry-run", "only say what would be"),
            flag("--all-or-nothing", "import nothing when a row is refused"),
            INI_OPTION,
        ),
    ),
    "verify": (
        "look for anything in the data that is not as it must be",
        (INI, flag("--seal", "then write today's seal of the status log")),
    ),
}

USER_COMMANDS: Mapping[str, tuple[str, tuple[Argument, ...]]] = {
    "add": (
        "add somebody who may log in; the password is asked for",
        (
            LOGIN,
            (("--name",), {"required": True, "help": "first name and surname"}),
            (("--email",), {"default": "", "help": "e-mail address"}),
            (
                ("--role",),
                {
                    "action": "append",
                    "default": [],
                    "choices": ROLES,
                    "dest": "roles",
                    "help": "a role; may be given several times",
                },
            ),
            INI_OPTION,
        ),
    ),
    "password": ("ask for a new password and log the user out", (LOGIN, INI_OPTION)),
    "disable": ("shut the user out at once", (LOGIN, INI_OPTION)),
    "enable": ("let the user in again", (LOGIN, INI_OPTION)),
    "roles": (
        "give the user these roles and no other",
        (LOGIN, (("roles",), {"nargs": "*", "metavar": "role"}), INI_OPTION),
    ),
    "list": ("list everybody", (INI_OPTION,)),
    "logout-all": ("log everybody out; API tokens stay", (INI_OPTION,)),
}


def make_parser() -> ArgumentParser:
    """Return what understands the command line and explains it."""
    parser = ArgumentParser(
        prog="endi-like",
        description="One back office for those who sell, help and live with partners.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, (help_text, arguments) in COMMANDS.items():
        add(commands, name, help_text, arguments)
    user = commands.add_parser("user", help="manage who may log in")
    add_users(user.add_subparsers(dest="what", required=True, metavar="what"))
    return parser


def add(
    commands: Any, name: str, help_text: str, arguments: Sequence[Argument]
) -> None:
    """Make one command known."""
    parser = commands.add_parser(name, help=help_text, description=help_text)
    for names, options in arguments:
        parser.add_argument(*names, **options)


def add_users(commands: Any) -> None:
    """Make known what can be done with users."""
    for name, (help_text, arguments) in USER_COMMANDS.items():
        add(commands, name, help_text, arguments)


def module_of(command: str) -> str:
    """Return the module of a command."""
    return command.replace("-", "_")


def run(arguments: Namespace) -> int:
    """Run the command; what cannot be done is one clear line and status 1."""
    with uncollected():
        command = import_module(f"endi_like.scripts.{module_of(arguments.command)}")
    try:
        return int(command.run(arguments))
    except Unusable as error:
        print(f"endi-like: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return STOPPED


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    What a command of ours writes, databases and files, is for its own account only.
    """
    if argv is None:
        os.umask(OWNER_ONLY)
    # Pyramid and Deform import it; they are pinned, and so is setuptools.
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    return run(make_parser().parse_args(argv))
