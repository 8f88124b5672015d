"""What is told of the web processes: metrics to ask for, and mistakes reported.

Both cost nothing where no setting asks for them: their libraries are not even loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation
from endi_like.settings import Settings


def report_mistakes(settings: Settings) -> None:
    """Tell Sentry of mistakes from now on, in this process, if it is to be told."""
    if settings.sentry_dsn:
        import_module("endi_like.scripts.sentry").begin(settings)


class Watching:
    """The metrics and reports of so many web processes, of which there is only one yet.

    Each has a port of its own, from the one the settings name upwards.
    """

    def __init__(self, installation: Installation, application: Any, count: int):
        self.settings = installation.settings
        self.application = application
        if self.settings.sentry_dsn:  # before there are several: they share it
            import_module("endi_like.scripts.sentry")
        asked = range(count) if self.settings.metrics_listen else ()
        self.listeners = [self._listen(number) for number in asked]

    def _listen(self, number: int) -> Any:
        host, first = self.settings.metrics_address
        listener = import_module("endi_like.scripts.metrics").Listener
        try:
            metrics = self.application.registry["metrics"]
            return listener((host, first + number), metrics)
        except (OSError, OverflowError) as error:
            port = f"port {first + number} of {host}"
            raise Unusable(f"metrics cannot be had at {port}: {error}") from error

    def begin(self, number: int) -> None:
        """Begin, in the web process of this number."""
        report_mistakes(self.settings)
        for other, listener in enumerate(self.listeners):
            if other == number:
                listener.begin(self.application, is_first=not number)
            else:
                listener.server_close()
