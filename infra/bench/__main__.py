"""`make bench`: every figure of the README, in one run. Smaller and sooner: `make bench SIZES="1000 10000"`."""

import os

from infra.bench import cold_start, exchange, invoice, pages, quotation, round_trip, search, tables

SIZES = tuple(map(int, os.environ.get("SIZES", "1000 10000 100000").split()))

print(f"cores: {os.cpu_count()}, load at the start: {os.getloadavg()[0]:.1f}")
cold_start.main()
exchange.main(SIZES)
pages.main(SIZES)
print("\nSearch, against tantivy alone in the same run")
search.main(SIZES)
print("\nPayment invoice as PDF")
invoice.main()
print("\nCommercial offer as PDF")
quotation.main()
tables.main(max(SIZES))
round_trip.main()
