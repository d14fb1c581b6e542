"""The difference between two editions as a person reads it: parts added and taken away, and changed words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.editions.content import EditionContent


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """A setting, or words, of one part that changed."""

    part: str
    """The name of the part, or '' for the edition as a whole."""
    setting: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EditionDifference:
    """The difference from one edition to another."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[str, ...]
    """The parts that stay, where their order is another one."""
    changed: tuple[ChangedSetting, ...]

    @property
    def is_empty(self) -> bool:
        """True if only the number of the edition differs."""
        return not (self.added or self.removed or self.moved or self.changed)


def difference(before: EditionContent, after: EditionContent) -> EditionDifference:
    """Return the difference from one edition to another."""
    old, new = _settings_of(before), _settings_of(after)
    kept_before, kept_after = [part for part in old if part in new], [part for part in new if part in old]
    changed = tuple(
        ChangedSetting(part, setting, old[part].get(setting, ""), new[part].get(setting, ""))
        for part in kept_after
        for setting in dict.fromkeys([*new[part], *old[part]])
        if old[part].get(setting, "") != new[part].get(setting, "")
    )
    return EditionDifference(
        added=tuple(part for part in new if part not in old),
        removed=tuple(part for part in old if part not in new),
        moved=tuple(part for part, earlier in zip(kept_after, kept_before, strict=True) if part != earlier),
        changed=changed,
    )


def _settings_of(content: EditionContent) -> dict[str, dict[str, str]]:
    """Return the settings of each part, the words of each language among them."""
    settings: dict[str, dict[str, str]] = {"": {"languages": ", ".join(content.languages)}}
    for part, part_settings in content.parts().items():
        settings.setdefault(part, {}).update(part_settings)
    for part, name, language, text in _words_of(content, set(settings)):
        settings[part][f"{name} ({language})"] = text
    return settings


def _words_of(content: EditionContent, parts: set[str]) -> Iterator[tuple[str, str, str, str]]:
    for language in content.languages:
        for key, text in content.words.get(language, {}).items():
            part, _, name = key.partition(".")
            yield (part, name, language, text) if part in parts and name else ("", key, language, text)
