"""Files: their bytes in a vault, what they may be, and where they are attached."""

from endi_like.services.files.folder import Folder
from endi_like.services.files.opening import open_vault
from endi_like.services.files.storage import Damaged, Storage, StorageFault
from endi_like.services.files.vault import Vault

__all__ = ["Damaged", "Folder", "StorageFault", "Storage", "Vault", "open_vault"]
