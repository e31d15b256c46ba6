# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the collection that follow from others: `python -m tests.tools.generate` writes them.

roles.yml     what the roles that work on links say of themselves, and their options
vendors.py    a vendor's role, of its data in roles/<vendor>/vars/main.yml
specs.py      argument specs and defaults of roles, of roles.yml and the types of links
playbooks.py  the playbooks that name vendors
policies.py   one IAM policy for each vendor, of its modules'
modules.py    action plugins of modules, and their groups, of what they import
returns.py    what all modules that converge items return
readmes.py    a README for each role
tables.py     the tables in README.md
"""
