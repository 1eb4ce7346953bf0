//! The coverage as a heat map: blocks on a terminal, or a figure.

use std::path::{Path, PathBuf};

use agglo_core::{Datum, Gap, Lang};
use agglo_data::{CellCounts, Coverage, CoverageAxis};
use agglo_figure::{Axis, Figure, Group, Heading, HeatFigure, HeatScale, Theme, Words};
use agglo_study::run::CheckReport;

use super::either;
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

/// Rows that a map shows; those with the fewest numbers are kept.
const MOST_ROWS: usize = 60;
/// Pixels per unit of the drawing.
const PNG_SCALE: f32 = 2.0;

/// Every coverage, one below the other, with a legend.
pub(super) fn text(coverages: &[Coverage], lang: Lang) -> String {
    let mut text = String::new();
    for coverage in coverages {
        text.push_str(&map(coverage, lang));
        text.push('\n');
    }
    text.push_str(&either(
        lang,
        "█ all cells hold a number  ▓ 3/4 or more  ▒ half or more  ░ fewer\n\
         without any number: · missing  D withheld  < below the unit  - not applicable  (blank) no row\n",
        "█ 全部有数  ▓ 四分之三及以上  ▒ 一半及以上  ░ 不足一半\n\
         全无数值：· 缺失  D 保密  < 不足单位  - 不适用  （空白）无此行\n",
    ));
    text
}

fn map(coverage: &Coverage, lang: Lang) -> String {
    let total = coverage.total();
    let (title, share) = (title(coverage, lang), 100.0 * total.share().unwrap_or_default());
    let mut text = either(
        lang,
        format!(
            "{title}: {} of {} cells hold a number ({share:.1} %)\n",
            total.numbers, total.expected
        ),
        format!("{title}：{} / {} 个单元格有数（{share:.1}%）\n", total.numbers, total.expected),
    );
    let shown = shown_rows(coverage);
    let wide =
        shown.iter().map(|&row| coverage.rows[row].chars().count()).max().unwrap_or(0).min(24);
    text.push_str(&" ".repeat(wide + 1));
    text.push_str(&ruler(coverage));
    text.push('\n');
    for &row in &shown {
        let code: String = coverage.rows[row].chars().take(wide).collect();
        text.push_str(&code);
        text.push_str(&" ".repeat(wide + 1 - code.chars().count()));
        text.extend(coverage.row(row).iter().map(block));
        text.push('\n');
    }
    let hidden = coverage.rows.len() - shown.len();
    if hidden > 0 {
        text.push_str(&either(
            lang,
            format!("and {hidden} rows with more numbers than these\n"),
            format!("另有 {hidden} 行数值更全，未显示\n"),
        ));
    }
    text
}

/// The rows shown, in their order: all, or those with the fewest numbers.
fn shown_rows(coverage: &Coverage) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..coverage.rows.len()).collect();
    let numbers = |row: usize| coverage.row(row).iter().map(|cell| cell.numbers).sum::<u32>();
    rows.sort_by_key(|&row| (numbers(row), row));
    rows.truncate(MOST_ROWS);
    rows.sort_unstable();
    rows
}

/// The last digits of the periods, with a whole year every ten columns.
fn ruler(coverage: &Coverage) -> String {
    let mut ruler = String::new();
    let mut free = 0;
    for (place, period) in coverage.periods.iter().enumerate() {
        let year = period.to_string();
        if place >= free && (place == 0 || period % 10 == 0) {
            ruler.push_str(&" ".repeat(place.saturating_sub(ruler.chars().count())));
            ruler.push_str(&year);
            free = place + year.chars().count() + 1;
        }
    }
    ruler
}

fn block(cell: &CellCounts) -> char {
    match cell.share().unwrap_or_default() {
        share if share >= 1.0 => '█',
        share if share >= 0.75 => '▓',
        share if share >= 0.5 => '▒',
        share if share > 0.0 => '░',
        _ => match cell.gap() {
            Some(Gap::Suppressed) => 'D',
            Some(Gap::BelowUnit) => '<',
            Some(Gap::NotApplicable) => '-',
            Some(_) => '·',
            None => ' ',
        },
    }
}

fn title(coverage: &Coverage, lang: Lang) -> String {
    let measures = coverage.measures.join(", ");
    let axis = match coverage.axis {
        CoverageAxis::Region => either(lang, "regions", "地区"),
        CoverageAxis::Industry => either(lang, "industries", "行业"),
    };
    let table = &coverage.table;
    either(
        lang,
        format!("{table}, {measures}, {axis} by year"),
        format!("{table}，{measures}，{axis}×年份"),
    )
}

/// Draws each coverage; a study with several gets one file each.
pub(super) fn draw(report: &CheckReport, path: &Path, settings: &Settings) -> Result<(), Failure> {
    let coverages = report.tables.coverage();
    if coverages.is_empty() {
        return Err(Failure::data(
            "no table has regions and years, so there is no coverage to draw",
        ));
    }
    let lang = settings.lang();
    for (place, coverage) in coverages.iter().enumerate() {
        let path = numbered(path, coverage, place, coverages.len());
        let svg = agglo_figure::svg(&figure(coverage), lang, &Theme::new(960.0));
        let is_png = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
        if is_png {
            let png = agglo_figure::png(&svg, PNG_SCALE)
                .map_err(|error| Failure::data(error.to_string()))?;
            output::deliver(&png, Some(&path))?;
        } else {
            output::deliver(svg.as_bytes(), Some(&path))?;
        }
        settings.say(&format!("{}: {}", path.display(), title(coverage, lang)));
    }
    Ok(())
}

/// The file of one of several coverages: `c.svg`, or `c-activity-region-1.svg`.
fn numbered(path: &Path, coverage: &Coverage, place: usize, n: usize) -> PathBuf {
    if n == 1 {
        return path.to_path_buf();
    }
    let part = |part: Option<&std::ffi::OsStr>| {
        part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let axis = match coverage.axis {
        CoverageAxis::Region => "region",
        CoverageAxis::Industry => "industry",
    };
    let (stem, ending) = (part(path.file_stem()), part(path.extension()));
    path.with_file_name(format!("{stem}-{}-{axis}-{}.{ending}", coverage.table, place + 1))
}

fn figure(coverage: &Coverage) -> Figure {
    let shown = shown_rows(coverage);
    let datum = |cell: &CellCounts| match cell.share() {
        Some(share) if cell.numbers > 0 => Datum::Number(share),
        _ => Datum::Gap(cell.gap().unwrap_or(Gap::NotApplicable)),
    };
    let total = coverage.total();
    let share = 100.0 * total.share().unwrap_or_default();
    let group = |code: &str| Group::new(code, Words::same(code));
    Figure::Heat(HeatFigure {
        heading: Heading {
            key: format!("coverage-{}", coverage.table),
            title: Words::new("Which cells hold a number", "哪些单元格有数"),
            subtitle: Words::new(
                format!("{}: {share:.1} % of {} cells", title(coverage, Lang::En), total.expected),
                format!(
                    "{}：{} 个单元格中的 {share:.1}%",
                    title(coverage, Lang::Zh),
                    total.expected
                ),
            ),
            source: Words::new(
                "A cell without any number has the texture of its commonest gap; \
                 not applicable also stands for no row at all.",
                "全无数值的单元格以其最常见的空缺类型填充；“不适用”亦表示无此行。",
            ),
        },
        axis: Axis::percent(Words::new("Share of cells with a number", "有数单元格占比")),
        rows: shown.iter().map(|&row| group(&coverage.rows[row])).collect(),
        columns: coverage.periods.iter().map(|period| group(&period.to_string())).collect(),
        cells: shown.iter().map(|&row| coverage.row(row).iter().map(datum).collect()).collect(),
        scale: HeatScale::Sequential,
    })
}
