"""CommerceML 2, the language of 1C's exchange with a site."""

from chalicelib.formats.commerceml.orders import OrderForErp, in_one, write_order, write_orders
from chalicelib.formats.commerceml.reader import read
from chalicelib.formats.commerceml.records import Head, Record, Seller

__all__ = ["Head", "OrderForErp", "Record", "Seller", "in_one", "read", "write_order", "write_orders"]
