"""Reads plain-text accounts with the real beancount and tells what it finds.

Takes a file on standard input and writes to standard output, as JSON: every error beancount reports, how many transactions
and balance assertions it read, and the balance of every account as beancount itself sums it (of the account alone, not of
those below it), in the currency's smallest unit.
"""

import json
import sys

from beancount import loader
from beancount.core import data, realization

entries, errors, _ = loader.load_string(sys.stdin.read(), dedent=False)
balances = {}
for account in realization.iter_children(realization.realize(entries)):
    for position in account.balance:
        if position.units.currency != "CNY" or position.cost is not None:
            raise ValueError(f"{account.account}: {position}")
        cents = position.units.number * 100
        if cents != int(cents):
            raise ValueError(f"{account.account}: {position}")
        balances[account.account] = int(cents)
json.dump(
    {
        "errors": [f"{error.source.get('lineno') if error.source else ''}: {error.message}" for error in errors],
        "transactions": sum(isinstance(entry, data.Transaction) for entry in entries),
        "assertions": sum(isinstance(entry, data.Balance) for entry in entries),
        "balances": balances,
    },
    sys.stdout,
)
