"""The settings of one installation: read once, checked at start-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

PREFIX = "endi."
TOO_SIMPLE = 32


class BadSettings(ValueError):
    """The configuration cannot be used; the message says which line and why."""


@dataclass(frozen=True)
class Settings:
    """What ``development.ini`` or ``production.ini`` says, typed."""

    database_url: str
    secret: str
    data_folder: Path
    production: bool = False
    pool_size: int = 10
    session_idle_hours: int = 8
    session_days: int = 7
    behind_https: bool = False

    @classmethod
    def from_ini(cls, raw: Mapping[str, Any]) -> Settings:
        """Read the ``endi.`` lines; raise ``BadSettings`` in one clear sentence."""
        found = {
            key.removeprefix(PREFIX): value
            for key, value in raw.items()
            if key.startswith(PREFIX)
        }
        if unknown := found.keys() - cls.__dataclass_fields__.keys():
            raise BadSettings(f"unknown setting: {PREFIX}{sorted(unknown)[0]}")
        for name in ("database_url", "secret", "data_folder"):
            if not found.get(name):
                raise BadSettings(f"{PREFIX}{name} is missing")
        settings = cls(**{key: cls._typed(key, text) for key, text in found.items()})
        settings._check(raw)
        return settings

    @classmethod
    def _typed(cls, name: str, text: Any) -> Any:
        kind = cls.__dataclass_fields__[name].type
        if kind == "bool":
            if str(text).lower() not in ("true", "false"):
                raise BadSettings(f"{PREFIX}{name} must be true or false")
            return str(text).lower() == "true"
        if kind == "int":
            if not str(text).isdecimal():
                raise BadSettings(f"{PREFIX}{name} must be a whole number")
            return int(text)
        return Path(text) if kind == "Path" else str(text)

    def _check(self, raw: Mapping[str, Any]) -> None:
        if self.production:
            if len(self.secret) < TOO_SIMPLE or "change" in self.secret:
                raise BadSettings(
                    f"{PREFIX}secret must be {TOO_SIMPLE} random characters of your own"
                )
            if str(raw.get("debug_all", raw.get("pyramid.debug_all"))) == "true":
                raise BadSettings("pyramid.debug_all must not be on in production")
        try:
            self.data_folder.mkdir(parents=True, exist_ok=True)
            # nameless: web servers and workers may start in the same moment
            with TemporaryFile(dir=self.data_folder):
                pass
        except OSError as error:
            raise BadSettings(
                f"{PREFIX}data_folder cannot be written: {error.strerror}"
            ) from error
