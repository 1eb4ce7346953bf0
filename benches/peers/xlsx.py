"""Reading a large workbook in agglo, openpyxl and python-calamine: seconds and peak memory.

    python3 benches/peers/xlsx.py --agglo target/release/agglo [--rows 1000000]

A million rows are about 50 MB, near the most that a sheet can hold. A peer that is not installed is
skipped with a line that says so.
"""

import argparse
import importlib.util
import random
import sys
import tempfile
import zipfile
from pathlib import Path

from timing import measured

SEED = 20201124
INDUSTRIES = 1000

TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
</Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>"""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>
<sheet name="jobs" sheetId="1" r:id="rId1"/></sheets></workbook>"""


def write(path, rows):
    """A workbook of one sheet, its texts in their cells."""
    chance = random.Random(SEED)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", TYPES)
        link = LINKS.format(office=OFFICE, kind="officeDocument", target="xl/workbook.xml")
        book.writestr("_rels/.rels", link)
        book.writestr("xl/workbook.xml", BOOK)
        link = LINKS.format(office=OFFICE, kind="worksheet", target="worksheets/sheet1.xml")
        book.writestr("xl/_rels/workbook.xml.rels", link)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            head = ["region", "industry", "period", "value"]
            sheet.write(line(1, [text(name) for name in head]))
            for row in range(rows):
                region, industry = divmod(row, INDUSTRIES)
                value = chance.random() * 1e6
                cells = [text(f"R{region:04}"), text(f"I{industry:04}"), "2020", f"{value:.9f}"]
                sheet.write(line(row + 2, cells))
            sheet.write(b"</sheetData></worksheet>")


def text(words):
    return ("inlineStr", words)


def line(row, cells):
    parts = []
    for column, cell in zip("ABCD", cells):
        place = f'r="{column}{row}"'
        if isinstance(cell, tuple):
            parts.append(f'<c {place} t="inlineStr"><is><t>{cell[1]}</t></is></c>')
        else:
            parts.append(f"<c {place}><v>{cell}</v></c>")
    return f'<row r="{row}">{"".join(parts)}</row>'.encode()


def by_openpyxl(path):
    import openpyxl

    sheet = openpyxl.load_workbook(path, read_only=True).active
    return sum(1 for _ in sheet.iter_rows(values_only=True))


def by_calamine(path):
    import python_calamine

    return len(python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


PEERS = {"openpyxl": by_openpyxl, "python_calamine": by_calamine}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agglo", help="the released program")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer", nargs=2, metavar=("NAME", "FILE"), help="one peer, inside")
    given = parser.parse_args()
    if given.peer:
        print(PEERS[given.peer[0]](given.peer[1]))
        return
    if not given.agglo:
        parser.error("--agglo is needed")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "jobs.xlsx"
        write(file, given.rows)
        print(f"{file.name}: {given.rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB")
        columns = ["--region=region", "--industry=industry", "--period=period", "--value=value"]
        command = [given.agglo, "measure", "herfindahl", str(file), *columns]
        print(f"  {'agglo':<15} {measured(command, folder)}")
        for peer in PEERS:
            if importlib.util.find_spec(peer) is None:
                print(f"  SKIPPED {peer}: not installed")
                continue
            command = [sys.executable, __file__, "--peer", peer, str(file)]
            print(f"  {peer:<15} {measured(command, folder)}")


if __name__ == "__main__":
    main()
