# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AWS sandbox: AWS's wire protocols on loopback, several accounts, no AWS account needed.

The rooms::

    (here)        the ways in: __main__, client for tests, server and control, which know every room,
                  seed (what was there before), snapshot (what an account holds now)
    core/         what knows no service: calls on the wire, the world and its clock, faults, throttling,
                  the contract, the registry of operations, and moto underneath
    aws/SERVICE/  a folder per service by botocore's name (lambda_, vpc_lattice): resources.py with their look-ups,
                  and the operations, each in the file of the resource that it is about
    redis_cloud/  Redis Cloud's API, and what it does in AWS
    databricks/   Databricks' account API, a file for each object, and what it does in AWS
    fivetran/     Fivetran's API: private links, destinations, rates, and what it does in AWS
    dns/          the name server
    actors/       who acts beside the user: vendor (requests connections), decisions (what a test decides for AWS)

Operations import resources, never other operations; core imports no other room. tests/contract checks that, and what
the sandbox promises.
"""
