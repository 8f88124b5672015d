"""The settings of one installation: read once, checked at start-up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from endi_like.logs import FORMATS
from endi_like.text import is_email

PREFIX = "endi."
EXTRAS = "pip install --require-hashes -r requirements/extras.txt"
TOO_SIMPLE = 32
SMTP_PORTS = {"none": 25, "starttls": 587, "tls": 465}
"""How a mail server is talked to, and the port it then listens on."""
BROKERS = ("redis://", "rediss://", "amqp://", "amqps://")
NEVER_NONE = ("pool_size", "job_lease", "job_threads", "smtp_timeout")
MEGABYTE = 1_000_000
LARGEST_FILE_MB = 1000
ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})")
LARGEST_PORT = 65535


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
    url: str = "http://localhost:6543"
    mail_from: str = ""
    mail_rate: int = 120
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_security: str = "starttls"
    smtp_ca: str = ""
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_timeout: int = 20
    broker: str = ""
    job_lease: int = 300
    job_threads: int = 4
    files: str = ""
    s3_key: str = ""
    s3_secret: str = ""
    file_mb: int = 30
    quota_mb: int = 10_000
    log_format: str = "text"
    trust_request_id: bool = False
    metrics_listen: str = ""
    sentry_dsn: str = ""

    @property
    def largest_upload(self) -> int:
        """Return how many bytes may arrive at once: a file, and what is said of it."""
        return (self.file_mb + 1) * MEGABYTE

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

    @property
    def sends_mail(self) -> bool:
        """Tell whether there is a mail server; without one, mails are kept here."""
        return bool(self.smtp_host)

    def _check(self, raw: Mapping[str, Any]) -> None:
        if self.sends_mail:
            self._check_mail()
        self._check_jobs()
        self._check_files()
        self._check_watching()
        if self.production:
            self._check_production(raw)
        self._check_folder()

    def _check_jobs(self) -> None:
        if self.broker and not self.broker.startswith(BROKERS):
            known = ", ".join(BROKERS)
            raise BadSettings(f"{PREFIX}broker must begin with one of {known}")
        for name in NEVER_NONE:
            if not getattr(self, name):
                raise BadSettings(f"{PREFIX}{name} must not be 0")

    def _check_production(self, raw: Mapping[str, Any]) -> None:
        if len(self.secret) < TOO_SIMPLE or "change" in self.secret:
            raise BadSettings(
                f"{PREFIX}secret must be {TOO_SIMPLE} random characters of your own"
            )
        if str(raw.get("debug_all", raw.get("pyramid.debug_all"))) == "true":
            raise BadSettings("pyramid.debug_all must not be on in production")

    def _check_folder(self) -> None:
        try:
            self.data_folder.mkdir(parents=True, exist_ok=True)
            # nameless: web servers and workers may start in the same moment
            with TemporaryFile(dir=self.data_folder):
                pass
        except OSError as error:
            raise BadSettings(
                f"{PREFIX}data_folder cannot be written: {error.strerror}"
            ) from error

    def _check_mail(self) -> None:
        if self.smtp_security not in SMTP_PORTS:
            known = ", ".join(SMTP_PORTS)
            raise BadSettings(f"{PREFIX}smtp_security must be one of {known}")
        if not is_email(self.mail_from):
            raise BadSettings(f"{PREFIX}mail_from must be the address mails come from")
        if self.production and "//localhost" in self.url:
            raise BadSettings(f"{PREFIX}url must be the address links in mails lead to")
        if bool(self.smtp_user) != bool(self.smtp_password):
            raise BadSettings(
                f"{PREFIX}smtp_user and {PREFIX}smtp_password go together"
            )
        if self.smtp_user and self.smtp_security == "none":
            raise BadSettings(
                f"{PREFIX}smtp_password would be sent for everybody to read: "
                f"{PREFIX}smtp_security must be starttls or tls"
            )
        if self.smtp_ca and not Path(self.smtp_ca).is_file():
            raise BadSettings(f"{PREFIX}smtp_ca: there is no file {self.smtp_ca}")

    def _check_files(self) -> None:
        if not 1 <= self.file_mb <= LARGEST_FILE_MB:
            raise BadSettings(
                f"{PREFIX}file_mb must be a number from 1 to {LARGEST_FILE_MB}"
            )
        if not self.files:
            return
        place = urlsplit(self.files)
        names = {name for name, _value in parse_qsl(place.query)}
        if place.scheme != "s3" or not place.netloc or names - {"endpoint", "region"}:
            raise BadSettings(
                f"{PREFIX}files must be like "
                "s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-west-3"
            )
        if find_spec("obstore") is None:
            raise BadSettings(f"{PREFIX}files needs the package obstore: {EXTRAS}")

    @property
    def metrics_address(self) -> tuple[str, int]:
        """Return host and port where metrics are to be had."""
        host, _colon, port = self.metrics_listen.rpartition(":")
        return host.strip("[]"), int(port)

    def _check_watching(self) -> None:
        if self.log_format not in FORMATS:
            known = ", ".join(FORMATS)
            raise BadSettings(f"{PREFIX}log_format must be one of {known}")
        if self.metrics_listen:
            found = ADDRESS.fullmatch(self.metrics_listen)
            if not found or not 0 < int(found[2]) <= LARGEST_PORT:
                raise BadSettings(f"{PREFIX}metrics_listen must be like 127.0.0.1:9100")
        if self.sentry_dsn:
            self._check_sentry()

    def _check_sentry(self) -> None:
        place = urlsplit(self.sentry_dsn)
        project = place.path.rpartition("/")[2]
        is_web = place.scheme in ("http", "https")
        if not (is_web and place.username and place.hostname and project.isdecimal()):
            raise BadSettings(
                f"{PREFIX}sentry_dsn must be like https://key@sentry.example.org/1"
            )
        if find_spec("sentry_sdk") is None:
            raise BadSettings(f"{PREFIX}sentry_dsn needs a package more: {EXTRAS}")
