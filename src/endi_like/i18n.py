"""Texts are marked with ``_`` where they are written, translated where shown."""

from translationstring import TranslationStringFactory

LANGUAGES = ("en", "fr", "de")

_ = TranslationStringFactory("endi_like")
