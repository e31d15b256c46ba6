# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A link: one private connection between one data store of ours and one vendor.

This plugin util is PRIVATE to the collection.

Each pattern has its type of link, a dataclass whose fields are the options of its links, each written once; argument
specs and docs of roles are made of them. Its methods marked C(step) say what a module takes for a link, or None where
the link has no part in that step. Roles carry links from task to task as dictionaries of what is set.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import internal, optional, required
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found, Known, Result

Options = t.Mapping[str, t.Any]
Item = dict[str, t.Any]  # what a module takes for one link
Build = t.TypeVar("Build", bound=t.Callable[..., t.Union[Item, list[Item], None]])
UNASKED = "It is not as it shall be, and the modules of its later steps have not been asked yet."


class LinkError(Exception):
    """The links cannot be used as they are; the message says what to change."""


def step(build: Build) -> Build:
    """Mark a method as one that makes a module's items."""
    t.cast("t.Any", build).is_step = True
    return build


@dataclass(frozen=True, kw_only=True)
class Link:
    """What links of all patterns have. In descriptions {who} is the vendor and {links} the role's list of links."""

    PATTERN: t.ClassVar[str] = ""  # also the name of the role
    SHARE_ITEMS: t.ClassVar[t.AbstractSet[str]] = frozenset()  # steps with one item for all links of one place
    MANY_ITEMS: t.ClassVar[t.AbstractSet[str]] = frozenset()  # steps with several items a link, each perhaps of others
    KEEPS: t.ClassVar[bool] = False  # whether the vendor keeps parts of a link that goes, which is no failure
    PLANNED_LATER: t.ClassVar[t.AbstractSet[str]] = frozenset()  # steps whose calls a plan names with a later step
    STANDS: t.ClassVar[str] = ""  # what of a link goes on while the vendor has yet to tell us something
    TAKEN_AS: t.ClassVar[t.Mapping[str, type]] = {}  # step: what its module makes of an item, and may refuse

    name: str = required("Name of the link.")
    vendor: str = optional(
        "privatelink",
        "Who connects. With O({links}[].name) it makes the name of every AWS resource, of at most 32 characters; a"
        " longer one is cut and ends in a checksum.",
    )
    destination: str | None = optional(
        None, "What {who} calls the kind of data store. O({role}_prerequisites) may differ by it."
    )
    state: t.Literal["present", "absent"] = optional("present", "Whether the link exists.")
    awaiting: str | None = optional(
        None, "What {who} must still tell. Everything else is built; nobody is let in before this is empty."
    )
    hand_off: str | None = optional(None, "What to do when all is built and {who} has not connected yet.")
    hand_back: str | None = optional(None, "What to do at {who} when the link is gone.")
    fault: str | None = internal(None)
    title: str | None = internal(None)  # the vendor's name as people write it
    destination_title: str | None = internal(None)  # and that of the destination

    @property
    def key(self) -> str:
        """What the link's resources are called in AWS: vendor and name, at most 32 characters."""
        return resource_name(self.vendor, self.name)

    @property
    def shared_key(self) -> str:
        """What items of the steps SHARE_ITEMS are called."""
        return self.key

    @property
    def who(self) -> str:
        """The vendor, in sentences."""
        return self.title or self.vendor

    @property
    def present(self) -> bool:
        return self.state != "absent"

    @property
    def place(self) -> tuple[t.Any, ...]:
        """Where the vendor keeps what it has once for several links: those of one place share it."""
        return (self.key,)

    @classmethod
    def of(cls, resolved: Options) -> Link:
        """The link that C(as_dict) has made a dictionary of."""
        own = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in resolved.items() if name in own})

    def as_dict(self) -> Item:
        """What is set of the link, its pattern and its key: what roles carry from task to task."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        given = {name: value for name, value in fields.items() if value is not None}
        return {**given, "pattern": self.PATTERN, "key": self.key}

    def pick(self, *names: str, **renamed: str) -> Item:
        """These options, under their own or another name (C(new=old)), where they are set."""
        wanted = {**{name: name for name in names}, **renamed}
        values = {new: getattr(self, old) for new, old in wanted.items()}
        return {new: value for new, value in values.items() if value is not None}

    def completed(self) -> Link:
        """The link with what follows from its options. Raises LinkError for options that contradict each other."""
        return self

    def foreseen(self) -> Known:
        """What the steps will tell, before any has run."""
        return Known()

    def checked(self, by_function: bool) -> Link:
        """The link with the C(fault) that a module would find in an item of it, after others have written.

        ``by_function`` is whether a function in AWS follows the names of databases, instead of the run itself.
        """
        known = self.foreseen()
        link = self.learned(known)
        for name, taken in self.TAKEN_AS.items() if self.present else ():
            item = getattr(link, name)(known)
            try:
                if item is not None:
                    taken(**item)
            except ItemError as error:
                made = f" It is made of the name of the link, {self.name!r}: rename the link."
                return dataclasses.replace(self, fault=f"{error}{made if repr(self.key) in str(error) else ''}")
        return self

    def explain(self, step: str, answer: t.Mapping[str, t.Any], known: Known) -> t.Mapping[str, t.Any] | None:
        """What the answer of a module that knows no links says about this one; None where it is about none."""
        return None

    def names_of(self, name: str, known: Known) -> list[str]:
        """What items of one of the steps MANY_ITEMS are called that may be the link's."""
        return []

    def gathered(self, name: str, rows: t.Sequence[Result]) -> Result:
        """What these items of one of the steps MANY_ITEMS say of the link, as one result."""
        return rows[0]

    def remarks(self, known: Known) -> str:
        """What to say of a link that is present, wherever it stands; in words, or empty."""
        return ""

    def learned(self, known: Known) -> Link:
        """The link with what its steps have told of it; what the link says itself wins."""
        return self

    def kept(self, others: t.Iterable[Link]) -> str:
        """What of a link that goes stays, because others need it; in words, or empty."""
        return ""

    @step
    def hold(self, known: Known) -> Item | None:
        """What a check has found wrong keeps a link as it is. One that stands so goes on being followed and served."""
        return {"name": self.key, "reason": known.held} if known.held and self.present else None

    @step
    def unasked(self, known: Known) -> Item | None:
        """Keeps a link as it is until the modules of its later steps have been asked; one that stands needs no asking.

        A thing of others that has a name of the link's would be found when half of the link is built, otherwise.
        """
        return {"name": self.key, "reason": UNASKED, "yields": True} if self.present and not known.held else None

    @step
    def absent(self, known: Known) -> Item | None:
        """For a module that shall delete: the name only."""
        return {"name": self.key}

    @step
    def prerequisite(self, known: Known) -> Item | None:
        """For M(saas.privatelink.preflight)."""
        return {"name": self.key, "pattern": self.PATTERN, **self.pick("destination")}

    @classmethod
    def items(cls, name: str, links: t.Sequence[t.Any], found: Found, others: t.Sequence[t.Any] = ()) -> list[Item]:
        """What the module of the step C(name) takes for links of this type that no step before has stopped.

        ``others`` are links that this run leaves alone. Raises LinkError where the type has no such step.
        """
        build = getattr(cls, name, None)
        if not getattr(build, "is_step", False):
            raise LinkError(
                f"Links of the pattern {cls.PATTERN} have no step {name}. They have: {', '.join(cls.steps())}."
            )
        wanted = []
        for link in links:
            known = found.of(link)
            item = None if known.stopped else getattr(link.learned(known), name)(known)
            made = item if isinstance(item, list) else [item]
            wanted += [entry for entry in made if entry is not None]
        return wanted

    @classmethod
    def steps(cls) -> list[str]:
        return sorted(name for name in dir(cls) if getattr(getattr(cls, name), "is_step", False))
