"""endi-like: one back office for those who sell, help and live with partners."""

from importlib import import_module
from typing import Any

from endi_like.clock import utcnow
from endi_like.services.files import open_vault
from endi_like.settings import Settings

PYRAMID = {
    "tm.manager_hook": "pyramid_tm.explicit_manager",
    "tm.commit_veto": "pyramid_tm.default_commit_veto",
    "retry.attempts": 4,
}
LAYERS = ("db", "tweens", "security", "resources", "jobs", "views")


def main(_global_config: Any, **settings: Any) -> Any:
    """Build the WSGI application (``[app:main]`` in the ini file).

    Raises ``BadSettings`` with one clear sentence for a configuration that cannot
    be used.
    """
    typed = Settings.from_ini(settings)
    # Commands import this package too, and most of them need no web framework.
    configurator = import_module("pyramid.config").Configurator
    with configurator(settings={**settings, **PYRAMID}) as config:
        config.registry["settings.typed"] = typed
        config.registry["vault"] = open_vault(typed)
        config.registry["clock"] = settings.get("clock", utcnow)
        config.include("pyramid_tm")
        config.include("pyramid_retry")
        for layer in LAYERS:
            config.include(f".{layer}")
        return config.make_wsgi_app()
