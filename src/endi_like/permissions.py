"""Every permission the application checks, named once.

A permission is a plain verb: the context it is checked against already says
on what.  Actions, resources and views all import from here.
"""

from enum import StrEnum


class Permission(StrEnum):
    """What somebody may do to the object they are looking at.

    It is found in sets as the plain word is, which is also several times faster.
    """

    LIST = "list"
    VIEW = "view"
    ADD = "add"
    EDIT = "edit"
    DELETE = "delete"
    EXPORT = "export"

    SUBMIT = "submit"
    VALIDATE = "validate"
    INVALIDATE = "invalidate"
    RECORD_PAYMENT = "record_payment"
    CORRECT_PAYMENT = "correct_payment"
    CLOSE = "close"
    SIGN = "sign"  # note what the customer says to an estimation
    SEND = "send"  # mail a document to its customer

    ATTACH = "attach"
    DETACH = "detach"  # what somebody else has attached to a locked document

    ACKNOWLEDGE = "acknowledge"  # what another company of the organisation has sent

    ARCHIVE = "archive"  # a project, and take it out of the archive

    NOTE = "note"  # write memos beside a record, and pin them

    MERGE = "merge"  # make one of two entities, and take it back
    APPROVE = "approve"  # the bank account that somebody else has entered
    ANONYMISE = "anonymise"  # forget a person, but for what the law has one keep

    CHOOSE = "choose"  # with which view a list opens, for oneself

    SEE_HISTORY = "see_history"
    LOGGED_IN = "logged_in"  # pages about oneself: home, account, help
    ADMINISTER = "administer"

    AUTOMATIC = "automatic"  # granted to nobody: the program's own moves
    NEVER = "never"  # granted to nobody: what a view asks for that names nothing

    __hash__ = str.__hash__
