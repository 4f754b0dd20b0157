"""What the connector needs and Odoo does not know: the CRM's wire and the merge rules.

Nothing below this folder imports ``odoo``; ``sdata`` and ``sync`` do not know
each other (held by ``tests/test_boundaries.py``).
"""
