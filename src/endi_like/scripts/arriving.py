"""What arrives of a request, when there may be no room to keep it.

Waitress keeps a large body in a temporary file while it comes in, and would close the
connection without a word when that cannot be written: whoever sends sees a failure of
the network.  Ours lets go of such a body, reads it to its end, and has it refused.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

log = logging.getLogger(__name__)


class NoRoom(Error):
    """The refusal of a body that could not be kept."""

    code = 503
    reason = "Service Unavailable"


class Spool(OverflowableBuffer):
    """A body: in memory, then in a file; of one without room nothing is kept."""

    fault: OSError | None = None

    def append(self, data: bytes) -> None:
        """Keep some more of the body, unless there was no room for it before."""
        if self.fault:
            return
        try:
            super().append(data)
        except OSError as error:
            self.fault = error
            self.close()

    def close(self) -> None:
        """Give back memory and file; what cannot be written any more is not missed."""
        with suppress(OSError):
            super().close()


class Parser(HTTPRequestParser):
    """What reads a request, and notices when its body could not be kept."""

    error: Error | None = None
    spool: Spool | None = None

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header; the body that is to follow has a place of ours."""
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.spool = self.body_rcv.buf = Spool(self.adj.inbuf_overflow)

    def received(self, data: bytes) -> int:
        """Read some more; return how much of it belongs to this request."""
        consumed: int = super().received(data)
        # not "if self.spool": one that holds nothing is false
        fault = self.spool.fault if self.spool is not None else None
        if self.completed and fault and not self.error:
            log.warning("no room for what is sent: %s", fault)
            self.error = NoRoom(str(fault))
        return consumed
