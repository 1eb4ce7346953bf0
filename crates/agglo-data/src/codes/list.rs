//! The codes, in order, each with its title and explanation.

use super::CodeInfo;
use crate::diagnostic::Severity;

const fn error(code: &'static str, title: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, severity: Severity::Error, title, explanation }
}

const fn warning(code: &'static str, title: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, severity: Severity::Warning, title, explanation }
}

const fn note(code: &'static str, title: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, severity: Severity::Note, title, explanation }
}

pub(crate) const NO_FILE: &str = "A0101";
pub(crate) const UNREADABLE: &str = "A0102";
pub(crate) const EMPTY_FILE: &str = "A0103";
pub(crate) const HEADER_ONLY: &str = "A0104";
pub(crate) const DAMAGED: &str = "A0105";
pub(crate) const NO_SHEET: &str = "A0106";
pub(crate) const UNKNOWN_ENCODING: &str = "A0107";
pub(crate) const UNDECODABLE: &str = "A0108";
pub(crate) const ENCODING_GUESSED: &str = "A0109";
/// A file that cannot be written.
pub const UNWRITABLE: &str = "A0110";
/// No room left on the disk.
pub const DISK_FULL: &str = "A0111";
pub(crate) const SHEET_CHOSEN: &str = "A0112";
pub(crate) const TOO_LARGE: &str = "A0113";
pub(crate) const CHANGED_WHILE_READ: &str = "A0114";
pub(crate) const LEADS_OUT: &str = "A0115";
pub(crate) const UNREACHABLE: &str = "A0116";
pub(crate) const CHANGED: &str = "A0131";
pub(crate) const NO_COLUMN: &str = "A0201";
pub(crate) const NO_HEADING: &str = "A0202";
pub(crate) const HEADING_TWICE: &str = "A0203";
pub(crate) const UNKNOWN_TABLE: &str = "A0204";
pub(crate) const UNKNOWN_READER: &str = "A0205";
pub(crate) const UNKNOWN_COLUMN: &str = "A0206";
pub(crate) const NO_MEASURE: &str = "A0207";
pub(crate) const NO_PERIODS: &str = "A0208";
pub(crate) const FILES_DIFFER: &str = "A0209";
/// A setting that cannot be followed.
pub const BAD_SETTING: &str = "A0210";
pub(crate) const EMPTY_KEY: &str = "A0301";
pub(crate) const NOT_A_NUMBER: &str = "A0302";
pub(crate) const NEGATIVE: &str = "A0303";
pub(crate) const NEGATIVE_KEPT: &str = "A0304";
pub(crate) const NO_YEAR: &str = "A0305";
pub(crate) const FIELD_COUNT: &str = "A0306";
pub(crate) const DUPLICATE: &str = "A0307";
pub(crate) const NOTES_AFTER_DATA: &str = "A0308";
pub(crate) const ALL_FILTERED: &str = "A0309";
pub(crate) const NAN_AS_MISSING: &str = "A0310";
pub(crate) const NOT_WHOLE: &str = "A0311";
pub(crate) const OPEN_DIMENSION: &str = "A0312";
pub(crate) const NO_TEXT: &str = "A0313";
pub(crate) const IO_ROW: &str = "A0381";
pub(crate) const IO_COLUMN: &str = "A0382";
pub(crate) const IO_OUTPUT: &str = "A0383";
pub(crate) const BLANK_IN_NUMBER: &str = "A0384";
pub(crate) const MIXED_UNITS: &str = "A0401";
pub(crate) const UNKNOWN_REGION: &str = "A0501";
pub(crate) const UNKNOWN_INDUSTRY: &str = "A0502";
pub(crate) const TOTAL_AMONG_PARTS: &str = "A0503";
/// Regions and shapes that do not meet.
pub const UNMATCHED_BOUNDARIES: &str = "A0504";
/// A name that no code, or more than one, goes by.
pub const NAME_WITHOUT_CODE: &str = "A0505";
/// Codes of another edition.
pub const CODE_NOT_IN_EDITION: &str = "A0506";
pub(crate) const CONFLICT: &str = "A0601";
pub(crate) const UNITS_DIFFER: &str = "A0602";
pub(crate) const KEYS_DIFFER: &str = "A0603";
pub(crate) const SUM_TOO_LARGE: &str = "A0701";
pub(crate) const ENGINE: &str = "A0702";
pub(crate) const IMPOSSIBLE: &str = "A0801";
pub(crate) const SHARE_RANGE: &str = "A0802";
pub(crate) const PART_ABOVE_WHOLE: &str = "A0803";
pub(crate) const WITHOUT_CARRIER: &str = "A0804";
pub(crate) const SUM_OF_PARTS: &str = "A0811";
pub(crate) const SHARES_OF_WHOLE: &str = "A0812";
pub(crate) const OUTLIER: &str = "A0821";
pub(crate) const LEVEL_STEP: &str = "A0822";
pub(crate) const UNIT_SLIP: &str = "A0823";
pub(crate) const ZERO_RUN: &str = "A0824";
pub(crate) const CARRIED_FORWARD: &str = "A0825";
pub(crate) const JUMPY: &str = "A0826";
pub(crate) const UNDECLARED_BREAK: &str = "A0831";
pub(crate) const COMPOSITION: &str = "A0832";
pub(crate) const PERIOD_MISSING: &str = "A0833";
pub(crate) const HOLE: &str = "A0834";
pub(crate) const ODD_CODE: &str = "A0841";
pub(crate) const NEAR_DUPLICATE: &str = "A0842";

pub(super) const CODES: &[CodeInfo] = &[
    error(
        NO_FILE,
        "file not found",
        "The path names no file, or its pattern (`*`, `?`) matches none. \
         A relative path starts at the folder of the study, or at `-C DIR`. \
         Check the spelling, and that the file was not moved.",
    ),
    error(
        UNREADABLE,
        "file cannot be read",
        "The file exists and the system refuses to read it: it is a folder, its permissions exclude \
         you, or the disk failed. agglo opens inputs for reading only and changes no permission.",
    ),
    error(
        EMPTY_FILE,
        "file is empty",
        "The file holds no byte, or only blank lines. An interrupted download or an export of an \
         empty query looks like this. Fetch the file again.",
    ),
    error(
        HEADER_ONLY,
        "headings without data",
        "There is a heading row and nothing below it. No data is not the same as zero, so agglo \
         does not go on as if the table were full of zeros.",
    ),
    error(
        DAMAGED,
        "file is damaged or of another format",
        "The first bytes decide the format (Parquet, Excel, OpenDocument, text), whatever the file \
         is called, and the rest does not follow that format. Open the file with the program it came \
         from and save it again.",
    ),
    error(
        NO_SHEET,
        "no such sheet",
        "The workbook has no sheet of the name given with `sheet`. The names there are stand in the \
         message.",
    ),
    error(
        UNKNOWN_ENCODING,
        "unknown encoding",
        "`encoding` takes the names of the WHATWG encoding standard: `utf-8`, `gb18030`, \
         `utf-16le`, `utf-16be`, `windows-1252`, `big5`, `shift_jis` and so on.",
    ),
    warning(
        UNDECODABLE,
        "bytes that the encoding does not allow",
        "Some bytes mean nothing in the encoding used and became U+FFFD. Keys that hold such a \
         character will match nothing. Leave `encoding` out to have it detected, or name the right one.",
    ),
    note(
        ENCODING_GUESSED,
        "encoding was guessed",
        "The file is neither UTF-8 nor marked by a byte order mark, so its encoding was inferred from \
         the frequency of its characters. Look at some names; if they are wrong, set `encoding`.",
    ),
    error(
        UNWRITABLE,
        "file cannot be written",
        "The folder does not exist, is read-only, or belongs to somebody else. agglo writes beside the \
         target and renames, so it needs to create files in the folder itself. The old file is untouched.",
    ),
    error(
        DISK_FULL,
        "no space left",
        "The disk or the quota is full. The file that was being written has been removed and the old \
         one, if there was one, is untouched. Free some space and run again: what is done is kept.",
    ),
    note(
        SHEET_CHOSEN,
        "first sheet used",
        "The workbook has several sheets and `sheet` names none, so the first that is not hidden was read. \
         The message names the others, and which of them are hidden.",
    ),
    error(
        TOO_LARGE,
        "too large to read",
        "A packed file unpacks to more than 2 GiB, or one row of a text is longer than 64 MiB. The first is \
         how a zip bomb looks; the second is nearly always a quote that is never closed, or a wrong \
         delimiter. Reading stops before memory does.",
    ),
    error(
        CHANGED_WHILE_READ,
        "the file changed while it was read",
        "Its length or its time of change is not what it was when reading began, so the rows read are of two \
         versions. Nothing of it was used. Wait until it is written, and read it again.",
    ),
    error(
        LEADS_OUT,
        "a link leads out of the study",
        "The path lies in the study and is a link to a file elsewhere, so the study would not hold what it \
         reads. Name the file by its full path, which shows where it is, or copy it into the study.",
    ),
    error(
        UNREACHABLE,
        "cannot be fetched",
        "The database, the object store or the web server that the study names does not answer, or does not \
         let this account read. Keys come from the environment, as the store's own programs take them \
         (`AWS_…`, `GOOGLE_…`, `AZURE_…`, `PGPASSWORD`). The message never shows them.",
    ),
    error(
        CHANGED,
        "file changed since it was read",
        "The file's content is no longer what the study was computed from, so its cells are not shown as \
         the source of a number. Run the study again, or bring the old file back.",
    ),
    error(
        NO_COLUMN,
        "column missing",
        "The table needs this column, and no heading of the file is called that. Say which heading holds \
         it (`columns = { region = \"GeoFIPS\" }`), or give one value for the whole file (`constants`).",
    ),
    error(
        NO_HEADING,
        "heading not in the file",
        "`columns`, `filter`, `periods_across` or `value` names a heading that the file does not have. \
         The nearest one is suggested; case and blanks at the ends do not matter.",
    ),
    error(
        HEADING_TWICE,
        "heading occurs twice",
        "Two columns carry the heading that is asked for, so it is not known which is meant. Rename one \
         of them in the file.",
    ),
    error(
        UNKNOWN_TABLE,
        "unknown table",
        "agglo knows a fixed set of tables (`activity`, `region`, `plant`, …); `agglo list` shows them.",
    ),
    error(
        UNKNOWN_READER,
        "unknown reader",
        "`reader` is the id of a layout, such as `tidy`, `wide` or `eurostat-tsv`; `agglo list readers` shows \
         them. Leave it out to have the layout recognized.",
    ),
    error(
        UNKNOWN_COLUMN,
        "column unknown to the table",
        "`columns`, `constants` or `units` gives a column that the table does not have and the table is \
         not open to further measures. The nearest name is suggested.",
    ),
    error(
        NO_MEASURE,
        "no measure",
        "The keys were found and nothing to measure beside them. Map at least one heading to a measure, \
         for instance `columns = { employment = \"emp\" }`.",
    ),
    error(
        NO_PERIODS,
        "no heading is a period",
        "The wide layout has one column per period, headed by its year. No heading holds a year between \
         1500 and 2500. Name them with `periods_across`, or use the tidy layout.",
    ),
    error(
        FILES_DIFFER,
        "files of one pattern differ",
        "The files that one pattern matches must give the same columns of the table. Read files of \
         another shape with an entry of their own; they are joined by their keys.",
    ),
    error(
        BAD_SETTING,
        "setting makes no sense here",
        "A setting of the reader has a value that cannot be used: a constant that is no number, the same \
         character for decimals and thousands, or a setting that this reader does not know.",
    ),
    error(
        EMPTY_KEY,
        "key is empty",
        "Every row needs its keys (region, industry, …). A total is often left without a code; give it \
         one or filter it out. The row was rejected.",
    ),
    error(
        NOT_A_NUMBER,
        "not a number",
        "The cell is neither a number in the format declared (`decimal`, `thousands`) nor a known mark \
         for a gap. Recognized everywhere: an empty cell, `NA`, `N/A`, `(NA)`, `:`, `..`, `…` for missing \
         and `(D)` for suppressed. Anything else, such as `-`, `c` or `S`, means different things in \
         different sources and must be declared: `marks = { \"-\" = \"missing\" }`. The row was rejected.",
    ),
    error(
        NEGATIVE,
        "negative where that cannot be",
        "Counts of people, firms, patents or areas are zero or more. The row was rejected.",
    ),
    warning(
        NEGATIVE_KEPT,
        "negative value kept",
        "Value added and other amounts of money can be negative. They are kept; methods that form shares \
         of them will refuse.",
    ),
    error(
        NO_YEAR,
        "year missing or unreadable",
        "The period of a row must be a whole number, usually a year such as `2019` or `2019年`. Dates and \
         quarters are not cut down to years in silence. The row was rejected.",
    ),
    error(
        FIELD_COUNT,
        "row has too few or too many fields",
        "The row does not have as many fields as there are headings: often a comma inside an unquoted \
         name, a line break, or a note below the data. The row was rejected.",
    ),
    error(
        DUPLICATE,
        "two rows with one key",
        "Both rows are named. Usually totals stand among their parts, or two versions of the data were \
         joined. Adding them up could count twice, so the later row was rejected. Filter the rows you want.",
    ),
    note(
        NOTES_AFTER_DATA,
        "notes below the data",
        "Lines below the data that carry remarks of the publisher were recognized and not counted as rows.",
    ),
    warning(
        ALL_FILTERED,
        "no row is left",
        "`filter` keeps none of the rows. Check the spelling of the values; they are compared as text, \
         blanks at the ends left out.",
    ),
    note(
        NAN_AS_MISSING,
        "NaN counted as missing",
        "A binary column holds not-a-number, which agglo takes for a missing value, as pandas and R do.",
    ),
    error(NOT_WHOLE, "not a whole number", "The column takes whole numbers. The row was rejected."),
    error(
        OPEN_DIMENSION,
        "a dimension holds several values",
        "A dimension of the data, such as age, sex or unit, is no key of the table, so it must hold one \
         value throughout; otherwise different figures would stand under one key. The first value seen \
         was kept and rows with another one were rejected. Say which value is meant with `filter`.",
    ),
    error(
        NO_TEXT,
        "no text where one is needed",
        "The cell of a key holds the error of a formula such as `#REF!`, bytes that are no text, or a list \
         or structure. None of them names a region or an industry. The row was rejected.",
    ),
    warning(
        IO_ROW,
        "a row of an input-output table does not add up",
        "The uses of one seller do not add up to a total that the table itself prints: intermediate uses, \
         final uses, or both together and output. The tolerance is the most that rounding can do, half a \
         unit of the last digit for each number added; where digits do not end, a millionth of the total. Cells and \
         totals are kept as they stand. Check for a line that is missing or counted twice.",
    ),
    warning(
        IO_COLUMN,
        "a column of an input-output table does not add up",
        "The inputs of one user do not add up to a total that the table itself prints: intermediate inputs, \
         value added, or both together and output. The tolerance is that of A0381. Cells and totals are \
         kept as they stand.",
    ),
    warning(
        IO_OUTPUT,
        "output by row is not output by column",
        "One label has a total along its row that differs from the one down its column, though both are its \
         output. In a table of products by industries that is as it should be only where the codes of the two \
         mean different things. Cells and totals are kept as they stand.",
    ),
    warning(
        BLANK_IN_NUMBER,
        "blanks inside a number",
        "A number of a yearbook holds blanks between its digits, as scanned tables do (`9861 .56`). The \
         blanks were taken out and the number was read; its raw text is kept as its flag. Compare it with the \
         printed table.",
    ),
    error(
        MIXED_UNITS,
        "several units in one column",
        "The unit column changes within the file. Values in different units must not meet in one measure. \
         Filter one unit, or read each with an entry of its own. The row was rejected.",
    ),
    warning(
        UNKNOWN_REGION,
        "region not in the region table",
        "The code does not occur in the table of regions. Often a leading zero was lost in a spreadsheet, \
         or the data use another vintage of the codes.",
    ),
    warning(
        UNKNOWN_INDUSTRY,
        "industry not in the industry table",
        "The code does not occur in the table of industries. Often totals stand among the parts, or the \
         data use another version of the classification.",
    ),
    warning(
        TOTAL_AMONG_PARTS,
        "a total among its parts",
        "One region or industry is the sum of all others, cell by cell: most likely the table's total. \
         Counted as one of the parts it doubles every sum. Keep it apart with `totals`.",
    ),
    warning(
        UNMATCHED_BOUNDARIES,
        "regions and shapes do not meet",
        "Regions of the study have no shape in the file of boundaries, or shapes belong to no region, or rings \
         were repaired. Maps leave regions without a shape out and say so. Usually the file holds the codes \
         under another property (`boundary_code`), or is of another year.",
    ),
    error(
        NAME_WITHOUT_CODE,
        "a name without one code",
        "`names` says that the column holds names of a classification, and this name is that of no code, or of \
         several. Write the code, the whole name, or leave the row out with `filter` or `totals`.",
    ),
    warning(
        CODE_NOT_IN_EDITION,
        "codes of another edition",
        "The study names an edition of a classification that agglo knows, and these codes are not in it: they \
         were retired, come later, or are misspelt. Sums over years of two editions are no series. Name the \
         right edition, or convert with `[[crosswalk]]`.",
    ),
    error(
        CONFLICT,
        "two values for one cell",
        "Two files give different values for the same measure and key; both places are named. agglo does \
         not choose. Drop one source, or filter so that they do not overlap.",
    ),
    error(
        UNITS_DIFFER,
        "units differ between files",
        "Two sources of one measure declare different units. Convert one, or give it another name.",
    ),
    error(
        KEYS_DIFFER,
        "keys differ between files",
        "Sources of one table must have the same key columns: a file by region and year cannot be joined \
         row by row with one by region alone. Give the missing key as a constant.",
    ),
    error(
        SUM_TOO_LARGE,
        "sum too large for exact arithmetic",
        "Sums are kept exactly in 38 decimal digits, squares included. Declare fewer decimals for the \
         measure, or give it in a larger unit.",
    ),
    error(
        ENGINE,
        "the engine stopped",
        "The query engine could not finish; its own message is shown. Too little memory or no room for \
         spilled data are the usual reasons: see `--memory` and the temporary folder.",
    ),
    warning(
        IMPOSSIBLE,
        "value that cannot be",
        "A count or a total is negative, or the employment of a size class lies outside what the class \
         and its number of establishments allow. The value was kept: compare it with the publication.",
    ),
    warning(
        SHARE_RANGE,
        "share outside 0 to 1",
        "A share lies between 0 and 1, or between 0 and 100 where its unit is percent. Shares in percent \
         need that unit: `units = { x_share = \"percent\" }`.",
    ),
    warning(
        PART_ABOVE_WHOLE,
        "part larger than its whole",
        "By definition the first measure is contained in the second, as manufacturing is in secondary \
         industry, and here it is larger by more than rounding. Usually the two come from different \
         vintages: one was revised and the other was not. Take both from one publication.",
    ),
    warning(
        WITHOUT_CARRIER,
        "activity without a firm",
        "There is employment or output, and the number of firms or establishments is zero. Where small \
         numbers are withheld, a zero often stands for a gap.",
    ),
    warning(
        SUM_OF_PARTS,
        "parts do not add up to their total",
        "Codes that extend another code, parents that the table of industries names, a row called the \
         total, or the sectors of a product: the parts add up in most cells and not in this one. The \
         message says in how many they do. A suppressed part counts only where the others are already \
         more than the total.",
    ),
    warning(
        SHARES_OF_WHOLE,
        "shares do not add up to the whole",
        "The shares of this table add up to one, or to 100 percent, in most rows and not in this one. \
         One of them is wrong or from another vintage.",
    ),
    warning(
        OUTLIER,
        "figure outside its own series",
        "The figure leaves its series in one period and comes back in the next, far beyond what the \
         series itself and the other regions usually move in such a year. The message gives the \
         neighboring values, the value that would fit, and both moves in units of the usual scatter. \
         Most such figures are misprints, or another indicator in the wrong cell.",
    ),
    warning(
        LEVEL_STEP,
        "series moves to another level",
        "The figure moves far beyond the usual scatter and stays there: a revision, a change of borders \
         or scope, a mistake corrected, or an event. Find out which; a break is declared in `breaks`.",
    ),
    warning(
        UNIT_SLIP,
        "off by a power of ten",
        "A figure, a year, or a region is a power of ten away from the rest: a slipped decimal point, \
         persons among thousands of persons, yuan among ten thousands of yuan. Look for the unit in the \
         head of the published table.",
    ),
    warning(
        ZERO_RUN,
        "zero between large values",
        "The series is far from zero before and after. Such zeros mostly stand for missing or withheld \
         numbers, and zero is a number like any other for every index.",
    ),
    warning(
        CARRIED_FORWARD,
        "same value again and again",
        "A series, or most series of one year, repeat the value of the period before to the last digit, \
         in a measure that otherwise moves. Somebody has filled a gap with the last known figure.",
    ),
    note(
        JUMPY,
        "measure that jumps by nature",
        "So many moves of the measure are far from the usual that single ones say nothing: its cells hold \
         a few firms each, and one that opens or closes changes everything. No odd figure of it is listed.",
    ),
    warning(
        UNDECLARED_BREAK,
        "undeclared break in the series",
        "In this year growth scatters over the regions several times as much as in the years around, or \
         its median lies far outside of theirs. Two vintages, two scopes, or two sets of borders meet. \
         Growth over the break means nothing: declare it in `breaks` of the block, with its reason, or \
         use one vintage.",
    ),
    warning(
        COMPOSITION,
        "set of regions or industries changes",
        "The panel does not have the same units in all periods. Concentration indices depend on the \
         number of units, so their trend is partly this change. Merge the units that were split, start \
         later, or declare the change in `breaks`.",
    ),
    note(
        PERIOD_MISSING,
        "period missing in the middle",
        "The table has no row at all for one or more periods between its first and its last.",
    ),
    warning(
        HOLE,
        "region or industry without a row",
        "A region or industry has rows before and after a period and none in it, while others have: a \
         lost row, another spelling of its code, or a source that leaves out zeros (`absent = \"zero\"`).",
    ),
    warning(
        ODD_CODE,
        "odd characters in a code",
        "The code has blanks at its ends, invisible characters, full-width digits, or letters of another \
         alphabet that look like Latin ones. It will match no other table.",
    ),
    warning(
        NEAR_DUPLICATE,
        "one code written in two ways",
        "Two codes differ only in blanks, case, full-width characters, look-alike letters or leading \
         zeros. They count as two regions or industries. The message says whether both have figures for \
         the same cells, and whether these differ.",
    ),
];
