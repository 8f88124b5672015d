"""Addresses of ours: where to go after log-in, and nowhere else."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

LONGEST = 2000
OURS = re.compile(r"/(?!/)[A-Za-z0-9/_.~!$&'()*+,;=:@%?-]*")
NOT_AGAIN = ("/login", "/logout")


def local_path(request: Any, text: Any) -> str:
    """Return the path if it is one of this site, or else the home page.

    Everything that browsers might take for another site is refused by its form: a
    second slash or a backslash at the start, blanks and controls, schemes, names.
    """
    home = f"{request.script_name}/"
    if not isinstance(text, str) or len(text) > LONGEST or not OURS.fullmatch(text):
        return home
    path = text.partition("?")[0].removeprefix(request.script_name)
    return home if path.startswith(NOT_AGAIN) else text


def login_url(request: Any) -> str:
    """Return the address of the log-in page that leads back to this one.

    What was posted came from a page: that one is gone back to.
    """
    if request.method == "POST":
        sent_from = urlsplit(request.referrer or "")
        same = sent_from.netloc == request.host
        target = sent_from._replace(scheme="", netloc="", fragment="").geturl()
        back = target if same else quote(request.path_info)
    else:
        back = request.path_qs
    query = urlencode({"next": local_path(request, back)})
    return f"{request.script_name}/login?{query}"
