"""Whether the role an article gives an organisation is the annotated one: subject, comparator, venue, source, speaker, other.

An annotation has one role for an organisation of an article, a record one for each mention. Those become one by
`main_role`: what any mention makes a subject is one, as it is in the exports' column `subject_labs`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from labtape.train.matching import Groups, Row
from labtape.train.mentions import is_counted
from labtape.train.scores import prf, rate
from labtape.types import MentionRole

ROLES: Final[tuple[str, ...]] = get_args(MentionRole)
#: Who only says, measures or hosts something; no verdict is about them.
BYSTANDERS: Final = ("venue", "source", "speaker")


def main_role(roles: Sequence[str]) -> str:
    """One role for an organisation: subject if any is; else the commonest but for other (the first on a tie); else other.

    >>> main_role(["other", "venue", "subject"]), main_role(["other", "other", "venue"]), main_role(["other"])
    ('subject', 'venue', 'other')
    """
    if "subject" in roles:
        return "subject"
    named = Counter(role for role in roles if role != "other")
    return named.most_common(1)[0][0] if named else "other"


@dataclass(slots=True)
class RoleTally:
    """Running counts over articles, of organisations that annotation and record both name."""

    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)  # (annotated, found)
    not_found: int = 0

    def count(self, row: Row, record: Row, groups: Groups) -> None:
        """Compare by group, as mentions are; `ticker:` entities, which no lexicon links, are left out."""
        wanted = _by_group(
            ((e["entity"], e["role"]) for e in row["entities"] if e["entity"].startswith("lab:")), groups
        )
        mentions = (m for m in record.get("mentions", []) if is_counted(m))
        found = _by_group(((m.get("lab") or m["entity"], m["role"]) for m in mentions), groups)
        for owner, role in wanted.items():
            if owner in found:
                self.confusion[role, found[owner]] += 1
            else:
                self.not_found += 1

    def measures(self) -> dict[str, Any]:
        """Nothing where no role was annotated; F1 is the mean over the roles that either side has."""
        n = sum(self.confusion.values())
        if not n + self.not_found:
            return {}
        by_role = {role: self._prf(role) for role in ROLES}
        present = [role for role in ROLES if any(role in pair for pair in self.confusion)]
        bystanders = [pair for pair in self.confusion.elements() if pair[0] in BYSTANDERS]
        return {
            "roles": {
                "acc": rate(sum(self.confusion[role, role] for role in ROLES), n),
                "macro_f1": rate(sum(by_role[role]["f1"] for role in present), len(present)),
                "subject_p": by_role["subject"]["p"],
                "subject_r": by_role["subject"]["r"],
                "non_subject_as_subject": rate(
                    sum(found == "subject" for _, found in bystanders), len(bystanders)
                ),
                "non_subjects": len(bystanders),
                "n": n,
                "not_found": self.not_found,
                "by_role": by_role,
                "confusion": {f"{a}->{b}": self.confusion[a, b] for a in ROLES for b in ROLES},
            }
        }

    def _prf(self, role: str) -> dict[str, float]:
        fp = sum(self.confusion[other, role] for other in ROLES if other != role)
        fn = sum(self.confusion[role, other] for other in ROLES if other != role)
        return prf(self.confusion[role, role], fp, fn)


def _by_group(named: Iterable[tuple[str, str]], groups: Groups) -> dict[str, str]:
    """The main role of each group."""
    roles: dict[str, list[str]] = defaultdict(list)
    for entity, role in named:
        roles[groups.group(entity)].append(role)
    return {owner: main_role(given) for owner, given in roles.items()}
