"""The demo's data: a shop's customers, orders and order items, the same for the same seed on every machine.

    python3 generate.py FOLDER [SEED]     writes customers.csv, orders.csv and order_items.jsonl

`make` returns the rows; `expected` computes from them, without Weft, what the demo's products must answer.
"""
import collections
import csv
import datetime
import decimal
import json
import pathlib
import random
import sys

SEED = 20260101
CUSTOMERS, ORDERS = 2_000, 10_000
COUNTRIES = ("AT", "CH", "DE", "DK", "FR", "NL", "PL", "SE")
FIRST = ("Ada", "Ben", "Chloé", "Dora", "Emil", "Fatma", "Göran", "Hana", "Ines", "Jan", "Kaja", "Luc", "Mila", "Nils")
LAST = ("Abel", "Brandt", "Conti", "Dubois", "Eriksen", "Fischer", "Garnier", "Huber", "Ivers", "Jansen", "Kowalski")
STATUS = ("delivered",) * 17 + ("returned",) * 2 + ("cancelled",)
CHANNELS = ("web", "web", "web", "shop", "phone")
CATEGORIES = {"books": (800, 4_500), "games": (1_500, 7_000), "garden": (500, 12_000), "kitchen": (900, 25_000),
              "music": (700, 3_000)}
BEGIN = datetime.datetime(2025, 1, 1)
DAYS = 365

Shop = collections.namedtuple("Shop", "customers orders items")


def make(seed=SEED):
    # random.Random with only random(): its sequence is the same in every Python.
    draw = random.Random(seed).random

    def below(n):
        return int(draw() * n)

    customers = []
    for number in range(1, CUSTOMERS + 1):
        first, last = FIRST[below(len(FIRST))], LAST[below(len(LAST))]
        signed_up = (BEGIN - datetime.timedelta(days=below(900))).date()
        # One in fifty has never told an address: an empty field is null.
        email = "" if below(50) == 0 else f"{first[0].lower()}.{last.lower()}.{number}@example.org"
        customers.append((number, f"{first} {last}", email, COUNTRIES[below(len(COUNTRIES))], signed_up))
    orders, items = [], []
    for number in range(1, ORDERS + 1):
        at = BEGIN + datetime.timedelta(seconds=below(DAYS * 86_400))
        # Squared: a few customers order a lot, many once or never.
        customer = 1 + int(draw() * draw() * CUSTOMERS)
        orders.append((number, customer, at, STATUS[below(len(STATUS))], CHANNELS[below(len(CHANNELS))]))
        for line in range(1, 2 + below(4)):
            category = list(CATEGORIES)[below(len(CATEGORIES))]
            low, high = CATEGORIES[category]
            cents = low + below(high - low)
            items.append((number, line, category, 1 + below(3), decimal.Decimal(cents) / 100))
    return Shop(customers, orders, items)


def write(shop, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "customers.csv", "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("customer_id", "name", "email", "country", "signed_up"))
        rows.writerows(shop.customers)
    with open(folder / "orders.csv", "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("order_id", "customer_id", "ordered_at", "status", "channel"))
        rows.writerows((i, c, at.isoformat() + "Z", status, channel) for i, c, at, status, channel in shop.orders)
    with open(folder / "order_items.jsonl", "w", encoding="utf-8") as out:
        for order, line, category, quantity, price in shop.items:
            out.write(json.dumps({"order_id": order, "line": line, "category": category, "quantity": quantity,
                                  "unit_price": float(price)}) + "\n")


def expected(shop):
    """What the products must answer, computed here and not by Weft."""
    order_of = {row[0]: row for row in shop.orders}
    months = collections.defaultdict(lambda: [set(), 0, decimal.Decimal(0)])
    spent = collections.defaultdict(decimal.Decimal)
    for order, _, _, quantity, price in shop.items:
        _, customer, at, status, _ = order_of[order]
        if status == "cancelled":
            continue
        month = months[at.strftime("%Y-%m-01")]
        month[0].add(order)
        month[1] += quantity
        month[2] += quantity * price
        spent[customer] += quantity * price
    best = sorted(spent.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    names = {row[0]: row[1] for row in shop.customers}
    return {
        "customers": len(shop.customers), "orders": len(shop.orders), "items": len(shop.items),
        "without_email": sum(row[2] == "" for row in shop.customers),
        "months": {name: (len(orders), items, f"{revenue:.2f}")
                   for name, (orders, items, revenue) in sorted(months.items())},
        "best": [(customer, names[customer], f"{total:.2f}") for customer, total in best],
        "spent": f"{sum(spent.values()):.2f}", "buyers": len(spent)}


if __name__ == "__main__":
    made = make(int(sys.argv[2]) if len(sys.argv) > 2 else SEED)
    write(made, sys.argv[1])
    print(f"{len(made.customers)} customers, {len(made.orders)} orders, {len(made.items)} order items")
