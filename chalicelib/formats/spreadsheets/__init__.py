"""Tables as people keep them, XLSX and CSV: `read` gives rows of text, `write_xlsx` and `write_csv` stream them out.

Our own few lines instead of a library: python-calamine reserves memory for the whole rectangle between the first and the last
cell (a file of 4 KB asks for 512 GB, and the process is gone) and loses the zeros of a cell formatted `00000`; XlsxWriter needs
eight times the time of the plain stream, and a price list has 100,000 rows.
"""

from chalicelib.formats.spreadsheets.cells import Cell, Column, Row, Style
from chalicelib.formats.spreadsheets.csv_read import read_csv
from chalicelib.formats.spreadsheets.csv_write import write_csv
from chalicelib.formats.spreadsheets.read import read
from chalicelib.formats.spreadsheets.xlsx_read import read_xlsx
from chalicelib.formats.spreadsheets.xlsx_write import XLSX_TYPE, write_xlsx

CSV_TYPE = "text/csv; charset=utf-8"

__all__ = [
    "CSV_TYPE",
    "XLSX_TYPE",
    "Cell",
    "Column",
    "Row",
    "Style",
    "read",
    "read_csv",
    "read_xlsx",
    "write_csv",
    "write_xlsx",
]
