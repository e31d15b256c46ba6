# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: named_links
short_description: The links that a run is asked for
version_added: 0.1.0
description:
  - Says which links of the host a run is for, by the extra variables C(link), C(vendor), C(all_links) and
    C(all_matches). Variables of these names in an inventory count for nothing.
  - C(link) is a name, C(VENDOR/NAME) or C(HOST/VENDOR/NAME). One that no host of the play lists is an error.
  - With O(taking_away) something must be named, and a C(link) that several links have is an error which lists them,
    unless C(all_matches) is true.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description: >-
      Lists of the vendors, whose links are variables of hosts, C(VENDOR_links) unless their data name another one.
    type: list
    elements: list
    required: true
  taking_away:
    description: Whether what is named will be taken away.
    type: bool
    default: false
  said:
    description:
      - Return a C(line) that says which links of the whole play are meant, and as C(refused) why not, instead of an
        error. Two hosts of the play that are one account and region, and have links whose resources would share a name,
        are refused, too.
    type: bool
    default: false
  keys:
    description:
      - Return what the resources of all links and forwarders of the whole play are called in AWS, whatever was named.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Say which links are meant
  ansible.builtin.debug:
    msg: "{{ lookup('saas.privatelink.named_links', ['segment', 'fivetran'], said=true).line }}"
"""

RETURN = r"""
_raw:
  description: >-
    For each list of vendors the names of the host's links by vendor, without vendors that none is named of. Empty where
    nothing is named, which means all. With O(said), a dictionary of C(line) and C(refused). With O(keys), names.
  type: list
  elements: raw
"""

import os
import typing as t

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.vars import load_extra_vars
from ansible_collections.amazon.aws.plugins.module_utils.botocore import HAS_BOTO3
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import LinkError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.naming import (
    ASKED,
    Asked,
    Place,
    account_in,
    as_list,
    chosen,
    known_accounts,
    misspelt_extra,
    misspelt_lists,
    places,
    refuse_misspelt_tags,
    refuse_twins,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import names_in_aws
from ansible_collections.saas.privatelink.plugins.plugin_utils._lists import list_of
from jinja2.exceptions import UndefinedError

try:
    import botocore.exceptions
    import botocore.session
except ImportError:  # the preflight says so
    pass

SHOWN = 30  # links in a line
UNTOLD = object()


def _of_profile(profile: str) -> str:
    """The account that a profile's own settings name, "" where they do not. Calls nothing."""
    if not HAS_BOTO3 or (not profile and os.environ.get("AWS_ACCESS_KEY_ID")):  # these win over the default profile
        return ""
    try:
        return account_in(botocore.session.Session(profile=profile or None).get_scoped_config())
    except botocore.exceptions.BotoCoreError:  # no such profile, or no such file: for the first task to say
        return ""


def _has_name(entry: t.Any) -> bool:
    return isinstance(entry, t.Mapping) and bool(entry.get("name"))


class LookupModule(LookupBase):
    def run(self, terms: t.Any, variables: t.Any = None, **kwargs: t.Any) -> list[t.Any]:
        self.set_options(var_options=variables, direct=kwargs)
        said = self.get_option("said")
        if self.get_option("keys"):
            return [self._keys(vendors) for vendors in terms]
        try:
            extra = self._extra = load_extra_vars(self._loader)
            for slip in misspelt_extra(extra) if said else ():
                self._display.warning(slip)
            asked = Asked.of({name: self._templar.template(extra[name]) for name in ASKED if name in extra})
            return [self._said(asked, vendors) if said else self._own(asked, vendors) for vendors in terms]
        except LinkError as error:
            if said:
                return [{"line": "", "refused": str(error)}]
            raise AnsibleLookupError(str(error)) from None

    @property
    def _variables(self) -> t.Any:
        return self._templar.available_variables

    def _hosts(self) -> list[str]:
        return list(self._variables.get("ansible_play_hosts_all") or [self._variables["inventory_hostname"]])

    def _own(self, asked: Asked, vendors: t.Sequence[str]) -> dict[str, list[str]]:
        host = str(self._variables["inventory_hostname"])
        taking_away = self._takes_away([host], vendors)
        self._refuse_another_choice(vendors, taking_away)
        if asked == Asked() and not taking_away:
            return {}
        # Only a name must be looked for elsewhere.
        listed = self._listed(self._hosts() if asked.link else [host], vendors)
        own: dict[str, list[str]] = {}
        for place in chosen(asked, listed, vendors, taking_away):
            if place.host == host:
                own.setdefault(place.vendor, []).append(place.name)
        # Without any there is a vendor all the same: nothing would mean all.
        return own or {"": []}

    def _listed(self, hosts: t.Sequence[str], vendors: t.Sequence[str]) -> list[Place]:
        environments = {
            host: {list_of(vendor): self._of(host, list_of(vendor)) for vendor in vendors} for host in hosts
        }
        return places(environments, vendors)

    def _of(self, host: str, name: str) -> t.Any:
        """A variable of a host; UNTOLD for one that cannot be told, which is the host's own to fail of."""
        of_host = self._variables["hostvars"][host]
        if name not in of_host:
            return None
        try:
            return self._templar.template(of_host[name]) or None
        except (AnsibleError, UndefinedError):
            return UNTOLD

    def _said(self, asked: Asked, vendors: t.Sequence[str]) -> dict[str, str]:
        self._refuse_slips(vendors)
        hosts = self._hosts()
        taking_away = self._takes_away(hosts, vendors)
        self._refuse_another_choice(vendors, taking_away)
        listed = self._listed(hosts, vendors)
        found = [place for place in chosen(asked, listed, vendors, taking_away) if self._runs(place.vendor, vendors)]
        if asked.link and not found:
            raise LinkError(f"The tags of this run leave nothing of {asked.link}.")
        refuse_twins(listed, self._accounts(hosts))
        # All that will go is named; otherwise a line is enough.
        shown = found if taking_away else found[:SHOWN]
        names = ", ".join(map(str, shown)) + (f" and {len(found) - SHOWN} more" if len(found) > len(shown) else "")
        line = f"{'These links will be taken away' if taking_away else 'Links of this run'}: {names or 'none'}."
        if not found:
            variables = ", ".join(map(list_of, vendors))
            line = f"No links found on {', '.join(hosts[:SHOWN])}. Hosts list them in {variables}."
        slips = [slip for host in hosts for slip in misspelt_lists(host, self._variables["hostvars"][host], vendors)]
        for slip in slips[:SHOWN]:
            self._display.warning(slip)
        return {"line": line, "refused": ""}

    def _runs(self, vendor: str, vendors: t.Sequence[str]) -> bool:
        """Whether tags let the tasks of a vendor run."""
        wanted = [tag for tag in self._variables.get("ansible_run_tags") or () if tag in vendors]
        return (not wanted or vendor in wanted) and vendor not in (self._variables.get("ansible_skip_tags") or ())

    def _refuse_slips(self, vendors: t.Sequence[str]) -> None:
        """Raise LinkError for a tag that was meant for a vendor's, and where there are no hosts at all."""
        groups = self._variables.get("groups") or {}
        if not groups.get("all"):
            raise LinkError("The inventory has no hosts: is -i the right file or folder? One host is one environment.")
        for option, variable in (("--tags", "ansible_run_tags"), ("--skip-tags", "ansible_skip_tags")):
            refuse_misspelt_tags(option, self._variables.get(variable) or (), vendors)

    def _keys(self, vendors: t.Sequence[str]) -> list[str]:
        """Raises AnsibleLookupError where a list cannot be told: what stands in it would be taken for missing."""
        keys: set[str] = set()
        for host in self._hosts():
            for vendor in vendors:
                for variable in (list_of(vendor), f"{vendor}_forwarders"):
                    told = as_list(self._of(host, variable))
                    if told is None:
                        raise AnsibleLookupError(f"{variable} of {host} is no list that can be read.")
                    for entry in filter(_has_name, told):
                        keys |= names_in_aws(vendor, entry, **self._facts(host, vendor))
        return sorted(keys)

    def _facts(self, host: str, vendor: str) -> dict[str, t.Any]:
        """Of what names in AWS are made besides the link itself, where the host says it."""
        variables = {"region": "aws_region", "govcloud_shard": f"{vendor}_govcloud_shard"}
        said = {name: self._of(host, variable) for name, variable in variables.items()}
        return {name: value for name, value in said.items() if value and value is not UNTOLD}

    def _takes_away(self, hosts: t.Sequence[str], vendors: t.Sequence[str]) -> bool:
        """Whether links go: by the playbook, or because a variable says so of all links of a vendor."""
        if self.get_option("taking_away"):
            return True
        if "absent" in [self._of_play(f"{vendor}_state") for vendor in vendors]:
            return True
        for host in hosts:
            for vendor in vendors:
                if str(self._of(host, f"{vendor}_state")) == "absent":
                    self._display.v(f"{vendor}_state of {host} is absent: only links that are named are taken away")
                    return True
        return False

    def _of_play(self, name: str) -> str:
        """A variable as this task sees it: those of a play, and of an import of the playbook, are no host's."""
        try:
            return str(self._templar.template(self._variables[name])) if name in self._variables else ""
        except (AnsibleError, UndefinedError):
            return ""

    def _refuse_another_choice(self, vendors: t.Sequence[str], taking_away: bool) -> None:
        """Raise LinkError for an extra variable that would win over the names that a run says it takes away."""
        for name in [f"{vendor}_only" for vendor in vendors if taking_away]:
            if name in self._extra:
                raise LinkError(
                    f"{name} is an extra variable, and would be taken away instead of what link names. Nothing was "
                    "done. Leave it out: link, vendor and --limit say what is meant."
                )

    def _accounts(self, hosts: t.Sequence[str]) -> dict[str, tuple[str, ...]]:
        """By what the accounts and regions of hosts are known; without hosts of which a variable cannot be told."""
        names = ("aws_account_id", "aws_role_arn", "aws_profile", "aws_region")
        said = {host: {name: self._of(host, name) for name in names} for host in hosts}
        told = {host: values for host, values in said.items() if UNTOLD not in values.values()}
        texts = {host: {name: str(value or "") for name, value in values.items()} for host, values in told.items()}
        return known_accounts(texts, _of_profile)
