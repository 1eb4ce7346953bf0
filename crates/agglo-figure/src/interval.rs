//! Ranks or other estimates with their intervals, one row each.

use agglo_core::{Column, Datum, Key, Lang};

use crate::plot::labels;
use crate::rows::{RowLabels, rank_rows};
use crate::scale::{Linear, drawable, extent, number, ticks, told, told_between};
use crate::sheet::{Anchor, SMALL, Sheet, Swatch, category, line, rect, symbol};
use crate::theme::Theme;
use crate::words::{Axis, Format, Group, Heading, Reference, Words};

/// Rows with a dot and an interval.
#[derive(Clone, Debug, PartialEq)]
pub struct IntervalFigure {
    /// Title, subtitle, source.
    pub heading: Heading,
    /// What is estimated.
    pub axis: Axis,
    /// Groups whose color and symbol the rows carry; may be empty.
    pub groups: Vec<Group>,
    /// The rows, drawn by rising value.
    pub rows: Vec<IntervalRow>,
    /// A vertical line, such as the last place of the top group.
    pub reference: Option<Reference>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct IntervalRow {
    /// Key of the region or industry.
    pub key: String,
    /// Its name.
    pub name: Words,
    /// Place of its group in `groups`.
    pub group: Option<usize>,
    /// The estimate.
    pub value: Datum,
    /// Lower end.
    pub lower: Datum,
    /// Upper end.
    pub upper: Datum,
}

impl IntervalFigure {
    pub(crate) fn draw(&self, lang: Lang, theme: &Theme) -> String {
        let mut sheet = Sheet::new(&self.heading, lang, theme);
        let numbers = self.rows.iter().flat_map(|r| [r.value, r.lower, r.upper]);
        let reference = self.reference.iter().filter_map(|r| drawable(r.value));
        let Some(range) = extent(numbers.filter_map(number)) else {
            sheet.nothing();
            return sheet.finish(&self.describe(lang));
        };
        let range = extent([range.0, range.1].into_iter().chain(reference)).unwrap_or(range);
        let legend: Vec<_> = self
            .groups
            .iter()
            .enumerate()
            .map(|(which, g)| (Swatch::Symbol(which), g.name.get(lang).to_owned()))
            .collect();
        sheet.legend(&legend);
        let order = rank_rows(self.rows.iter().map(|r| number(r.value)));
        let names: Vec<&str> = order.iter().map(|&k| self.rows[k].name.get(lang)).collect();
        let rows = RowLabels::new(&sheet, &names, 19.0);
        let format = self.axis.format;
        let wanted = if theme.narrow() { 4 } else { 7 };
        let mut found = ticks(range.0, range.1, wanted, format);
        // There is no rank zero: the axis of ranks starts at one.
        if let Some(first) = found.values.first_mut()
            && format == Format::Ordinal
            && range.0 == 1.0
            && *first == 0.0
        {
            *first = 1.0;
        }
        let (texts, widest) = labels(&found, format, lang);
        let single = range.0 == range.1;
        let x = Linear::new(
            if single { (found.low, found.high) } else { range },
            (rows.left + 10.0, sheet.right() - (widest / 2.0).max(8.0)),
        );
        sheet.caption(self.axis.title.get(lang));
        let top = sheet.y + 14.0;
        let bottom = top + rows.height();
        for (&value, text) in found.values.iter().zip(&texts).filter(|(v, _)| x.holds(**v)) {
            let at = x.at(value);
            sheet.add(line(at, top, at, bottom).paint("stroke", theme.grid));
            sheet.text(at, top - 4.0, SMALL, Anchor::Middle, theme.muted, text);
        }
        for (place, &k) in order.iter().enumerate() {
            let row = &self.rows[k];
            let y = rows.draw(&mut sheet, place, top);
            if place % 2 == 1 {
                // A faint line leads the eye from the name to its interval.
                let tag = line(rows.left + 4.0, y, sheet.right(), y).paint("stroke", theme.grid);
                sheet.add(tag.set("stroke-dasharray", "1 3"));
            }
            self.draw_row(&mut sheet, &x, row, y);
        }
        sheet.y = bottom + 4.0;
        if let Some(reference) = &self.reference
            && let Some(value) = drawable(reference.value)
        {
            let at = x.at(value);
            let tag = line(at, top, at, bottom + 4.0).paint("stroke", theme.ink);
            sheet.add(tag.set("stroke-width", "1.2").set("stroke-dasharray", "4 3"));
            for text in crate::text::wrap(reference.label.get(lang), SMALL, sheet.room()) {
                let half = crate::text::width(&text, SMALL) / 2.0;
                let middle = at.min(sheet.right() - half).max(crate::sheet::MARGIN + half);
                sheet.y += 12.0;
                sheet.text(middle, sheet.y, SMALL, Anchor::Middle, theme.ink, &text);
                sheet.y += 2.0;
            }
        }
        sheet.finish(&self.describe(lang))
    }

    fn draw_row(&self, sheet: &mut Sheet, x: &Linear, row: &IntervalRow, y: f64) {
        let lang = sheet.lang;
        let format = self.axis.format;
        let which = row.group.filter(|g| *g < self.groups.len()).unwrap_or(0);
        let color = category(which);
        let Some(value) = number(row.value) else {
            let words = told(row.value, format, lang);
            sheet.text(x.range.0, y + 4.0, SMALL, Anchor::Start, sheet.theme.muted, &words);
            return;
        };
        let mut tip = format!("{}: {}", row.name.get(lang), told(row.value, format, lang));
        if let (Some(low), Some(high)) = (number(row.lower), number(row.upper)) {
            tip += &told_between(row.lower, row.upper, format, lang);
            let (low, high) = (x.at(low.min(high)), x.at(low.max(high)));
            let tag = rect(low, y - 3.5, (high - low).max(1.0), 7.0)
                .set("rx", "2")
                .paint("fill", color)
                .set("fill-opacity", "0.32");
            sheet.add(tag.mark(&row.key, &tip));
        }
        let tag = symbol(which, x.at(value), y, 4.2).paint("fill", color).set("stroke", "#ffffff");
        sheet.add(tag.mark(&row.key, &tip));
    }

    fn describe(&self, lang: Lang) -> String {
        let n = self.rows.len();
        match lang {
            Lang::En => format!("{}: {n} rows with intervals, sorted.", self.axis.title.en),
            Lang::Zh => format!("{}：{n}行及其区间，按数值排序。", self.axis.title.zh),
        }
    }

    pub(crate) fn table(&self, lang: Lang) -> Vec<Column> {
        let order = rank_rows(self.rows.iter().map(|r| number(r.value)));
        let rows: Vec<&IntervalRow> = order.iter().map(|&k| &self.rows[k]).collect();
        let group = |row: &IntervalRow| {
            let found = row.group.and_then(|g| self.groups.get(g));
            found.map(|g| Key::from(g.name.get(lang)))
        };
        vec![
            Column::text("key", rows.iter().map(|r| Key::from(r.key.as_str()))),
            Column::text("name", rows.iter().map(|r| Key::from(r.name.get(lang)))),
            Column::new(
                "group",
                "",
                agglo_core::Values::Text(rows.iter().map(|r| group(r)).collect()),
            ),
            Column::number("value", "", rows.iter().map(|r| r.value)),
            Column::number("lower", "", rows.iter().map(|r| r.lower)),
            Column::number("upper", "", rows.iter().map(|r| r.upper)),
        ]
    }
}
