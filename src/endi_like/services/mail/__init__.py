"""Mail: what it says, posting it, and what becomes of it."""

from endi_like.services.mail.posting import Recipient, post

__all__ = ["Recipient", "post"]
