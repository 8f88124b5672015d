"""Where attached files are: ``/invoices/12/files/7/plan.pdf``.

Who may see the record may fetch its files: the ACL is that of the record.
"""

from __future__ import annotations

from sqlalchemy import select

from endi_like.models.files import StoredFile
from endi_like.resources.beside import Beside
from endi_like.resources.keys import row_id
from endi_like.services.files.attachments import here


class Files(Beside):
    """``/invoices/12/files``."""

    def __getitem__(self, key: str) -> FileResource:
        """Return one file of this record; that of another is not here."""
        wanted = StoredFile.id == row_id(key), *here(self.place)
        query = select(StoredFile).where(*wanted)
        file = self.__parent__.request.db.scalars(query).one_or_none()
        if file is None:
            raise KeyError(key)
        return FileResource(file, self)


class FileResource:
    """``/invoices/12/files/7``: one version of one file."""

    def __init__(self, file: StoredFile, parent: Files) -> None:
        self.file = file
        self.node = parent.node
        self.__name__ = str(file.id)
        self.__parent__ = parent

    def __getitem__(self, name: str) -> FileContent:
        """Return the content, under the name of the file and no other."""
        if name != self.file.name:
            raise KeyError(name)
        return FileContent(name, self)


class FileContent:
    """``/invoices/12/files/7/plan.pdf``: what a browser stores by that name."""

    def __init__(self, name: str, parent: FileResource) -> None:
        self.file = parent.file
        self.__name__ = name
        self.__parent__ = parent
