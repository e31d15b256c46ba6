# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to break the engine by hand, as small patches: the file, what is wrong with it then, lines out, lines in.

test_mutants.py shows that the rules of test_rules.py notice each of them.
"""

from __future__ import annotations

from typing import NamedTuple

PATCHES = """
# The order of a run

core: drains before it registers
-         yield from self.register(self.desired - self.own.keys())

core: swallows a register error
-         yield from self.register(self.desired - self.own.keys())
+         try:
+             yield from self.register(self.desired - self.own.keys())
+         except Exception:
+             pass

core: swallows every error
-     except Exception as error:
+     except Exception as error:
+         return run.outcome("failed", "")

core: never confirms
-             if (yield from self.confirm()):
-                 yield from self.describe()
-                 yield from self.deregister(self.due(since))
-             else:
-                 self.reason = UNCONFIRMED
+             yield from self.describe()
+             yield from self.deregister(self.due(since))

core: does not look again before draining
-                 yield from self.describe()

core: does not look after writing
-         if self.registered or self.drained:
-             yield from self.describe()

core: looks again even if nothing was written
-         if self.registered or self.drained:
-             yield from self.describe()
+         if True:
+             yield from self.describe()

core: never drains
-                 yield from self.deregister(self.due(since))
+                 pass

core: never repairs
-         yield from self.register(lost)

core: repairs until it wins
-         yield from self.register(lost)
+         while self.desired - self.own.keys():
+             yield from self.register(lost)
+             yield from self.describe()

# What counts as ours and as registered

core: draining counts as registered
-         return mine and target.active
+         return mine

core: every port is ours
-         mine = target.port == self.config.port and not is_protected(self.config, target.address)
+         mine = not is_protected(self.config, target.address)

core: protected is ignored when draining
-         mine = target.port == self.config.port and not is_protected(self.config, target.address)
+         mine = target.port == self.config.port

core: compares spellings
-         self.own = {canonical(target.address): target for target in self.view if self.is_own(target)}
+         self.own = {target.address: target for target in self.view if self.is_own(target)}

core: calls its own drain a latecomer
-        surplus = self.own.keys() - self.desired - self.drained
+        surplus = self.own.keys() - self.desired

core: drains what others have registered
-        return surplus if self.config.only is None else surplus & {canonical(address) for address in self.config.only}
+        return surplus

core: drains with nothing active
-         if not self.desired & self.own.keys():
+         if False:

core: drains with anything active
-         if not self.desired & self.own.keys():
+         if not self.own:

# Confirmation

core: confirms with a moving answer
-             elif latest != self.zones:
+             elif False:

core: confirms once only
-         for _again in range(self.config.confirm):
+         for _again in range(1):

core: confirms without a gap
-             yield Sleep(self.config.gap)

core: confirms with unguarded answers
-             latest = yield from self.resolve()
+             latest = dict.fromkeys((yield Resolve("", "")).addresses)

core: forgets the latest moving answer
-                 self.zones = latest

core: sampled forgets earlier answers
-                 self.zones.update(latest)
+                 self.zones = latest

core: sampled ignores confirming answers
-                 self.zones.update(latest)
+                 pass

core: sampled takes one answer
-         for _sample in range(self.config.samples if self.config.policy == "sampled" else 1):
+         for _sample in range(1):

# Waiting over several runs

core: after_healthy drains at once
-             if self.config.drain == "immediate" or all(state == "healthy" for state in states):
+             if True or all(state == "healthy" for state in states):

core: immediate waits for healthy
-             if self.config.drain == "immediate" or all(state == "healthy" for state in states):
+             if all(state == "healthy" for state in states):

core: one healthy target is enough
-             if self.config.drain == "immediate" or all(state == "healthy" for state in states):
+             if self.config.drain == "immediate" or any(state == "healthy" for state in states):

core: after_healthy has no bound
-             limit = self.config.healthy_bound
+             limit = float("inf")

core: sampled has no grace
-             limit = self.config.grace
+             limit = 0

core: the grace ends late
-         return {address for address in self.surplus if address in since and self.now - since[address] >= limit}
+         return {address for address in self.surplus if address in since and self.now - since[address] > limit}

core: the lease never ends
-             since = {}

core: a lease from the future holds
-         if self.surplus & since.keys() and abs(self.now - self.memory.seen_at) > self.config.lease:
+         if self.surplus & since.keys() and (self.now - self.memory.seen_at) > self.config.lease:

core: the lease is not renewed
-         if waiting != self.memory.since or renew:
+         if waiting != self.memory.since:

core: the memory is written every run
-         if waiting != self.memory.since or renew:
+         if True:

core: remembers what was seen again
-         waiting = {address: start for address, start in since.items() if address in self.surplus}
+         waiting = {address: start for address, start in since.items()}

core: what is seen again is never forgotten
-             yield SaveState(Memory(self.now, waiting) if waiting else Memory())
+             if waiting: yield SaveState(Memory(self.now, waiting) if waiting else Memory())

core: trusts a clock from the future
-         return {address: min(since.get(address, self.now), self.now) for address in self.surplus}
+         return {address: since.get(address, self.now) for address in self.surplus}

# Writing and telling

core: sends no zone
-         targets = tuple(Target(address, self.config.port, self.zones[address]) for address in sorted(addresses))
+         targets = tuple(Target(address, self.config.port, None) for address in sorted(addresses))

core: sends another port
-         targets = tuple(Target(address, self.config.port, self.zones[address]) for address in sorted(addresses))
+         targets = tuple(Target(address, 5432, self.zones[address]) for address in sorted(addresses))

core: drains with the zone AWS found
-             tuple(Target(target.address, target.port, "all" if target.zone == "all" else None) for target in old)
+             tuple(Target(target.address, target.port, target.zone) for target in old)

core: drains without the zone
-             tuple(Target(target.address, target.port, "all" if target.zone == "all" else None) for target in old)
+             tuple(Target(target.address, target.port, None) for target in old)

core: a failed register shows as done
-             yield Register(targets)
-             self.registered |= {target.address for target in targets}
+             self.registered |= {target.address for target in targets}
+             yield Register(targets)

core: always changed
-             changed=bool(self.registered or self.drained),
+             changed=True,

core: never changed
-             changed=bool(self.registered or self.drained),
+             changed=False,

core: waiting shows as changed
-         if self.reason:
+         if False:

# Guard

guard: an empty answer is good
-     if not answer.addresses:
+     if False:

guard: nonsense is passed over
-         except ValueError:
+         except ValueError:
+             continue

guard: any number of addresses
-     if len(result) > config.max_addresses:
+     if False:

guard: either family
-     if address.version != (4 if config.family == "ipv4" else 6):
+     if False:

guard: loopback is good
-     if address.is_loopback or address.is_link_local or address.is_multicast:
+     if address.is_link_local or address.is_multicast:

guard: what AWS keeps is good
-             if int(address) - int(subnet[0]) < RESERVED or address == subnet[-1]:
+             if False:

guard: the last of a subnet is good
-             if int(address) - int(subnet[0]) < RESERVED or address == subnet[-1]:
+             if int(address) - int(subnet[0]) < RESERVED:

guard: the first of a subnet are good
-             if int(address) - int(subnet[0]) < RESERVED or address == subnet[-1]:
+             if address == subnet[-1]:

guard: multicast is good
-     if address.is_loopback or address.is_link_local or address.is_multicast:
+     if address.is_loopback or address.is_link_local:

guard: link-local is good
-     if address.is_loopback or address.is_link_local or address.is_multicast:
+     if address.is_loopback or address.is_multicast:

guard: protected answers are good
-     if _inside(address, config.protected):
+     if False:

guard: public is good
-     if not _inside(address, PRIVATE):
+     if False:

guard: outside is good unasked
-     if not config.allow_outside:
+     if False:

guard: private before subnets
-     # Before the private ranges: a subnet may have a public range, and an IPv6 subnet usually does.
+     # Before the private ranges: a subnet may have a public range, and an IPv6 subnet usually does.
+     if not _inside(address, PRIVATE):
+         raise BadAnswer(says)

guard: no shared address space
- PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
+ PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")

guard: instance ids are ours
-         return True
+         return False
"""


class Mutant(NamedTuple):
    file: str
    name: str
    old: str
    new: str


def read(patches: str) -> list[Mutant]:
    mutants = []
    for block in patches.strip().split("\n\n"):
        title, *lines = block.splitlines()
        if title.startswith("#"):
            continue
        file, name = title.split(": ", 1)
        old, new = ("".join(f"{line[2:]}\n" for line in lines if line[0] == sign) for sign in "-+")
        mutants.append(Mutant(file, name, old, new))
    return mutants


MUTANTS = read(PATCHES)
