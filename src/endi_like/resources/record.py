"""What every record has at its address, whatever it is: files, memos, a timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from endi_like.resources.files import Files
from endi_like.resources.memos import Memos, Timeline

RECORD: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "files": Files,
    "memos": Memos,
    "timeline": Timeline,
}
