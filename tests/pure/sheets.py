"""Workbooks for the tests, as XLSX and as XLS."""
import io

import openpyxl
import xlwt


def xlsx(rows, title="Data"):
    """A workbook with one sheet."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return _saved(book)


def xls(rows, title="Data"):
    """The same in the older format, whose dates are numbers that are shown as dates."""
    book = xlwt.Workbook()
    sheet = book.add_sheet(title)
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            style = xlwt.easyxf(num_format_str="DD.MM.YYYY hh:mm") if hasattr(value, "isoformat") else xlwt.Style.default_style
            sheet.write(number, place, value, style)
    return _saved(book)


def _saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
