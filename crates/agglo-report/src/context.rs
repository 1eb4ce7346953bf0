//! Looking numbers up in findings, each with its address.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Lang, Values};
use agglo_figure::Words;
use agglo_study::address::{Address, cell_text};
use agglo_study::run::interval_table;
use agglo_study::{Finding, Findings};

use crate::document::Origin;
use crate::format::Format;
use crate::sentence::Bound;

/// The findings, with what the chapters ask of them.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The findings.
    pub findings: &'a Findings,
}

/// One table of one finding.
#[derive(Clone, Copy)]
pub struct TableView<'a> {
    context: Context<'a>,
    finding: &'a Finding,
    name: &'a str,
    frame: &'a Frame,
}

impl<'a> Context<'a> {
    /// A table of an answered step; the main one when `table` is empty.
    pub fn table(self, step: &str, table: &str) -> Option<TableView<'a>> {
        let finding = self.findings.get(step)?;
        let place =
            finding.answer.tables.iter().position(|(name, _)| name == table || table.is_empty())?;
        let (name, frame) = &finding.answer.tables[place];
        (frame.n_rows() > 0).then_some(TableView { context: self, finding, name, frame })
    }

    /// A region's name.
    pub fn region(self, code: &str) -> Bound {
        self.label("region", code)
    }

    /// An industry's name.
    pub fn industry(self, code: &str) -> Bound {
        self.label("industry", code)
    }

    fn label(self, kind: &'static str, code: &str) -> Bound {
        let name = |lang| self.findings.name(kind, code, lang).to_owned();
        Bound::name(name(Lang::En), name(Lang::Zh))
    }

    /// A group's name in a grouping.
    pub fn group(self, grouping: &str, group: &str) -> Bound {
        let name = |lang| self.findings.group_name(grouping, group, lang).to_owned();
        Bound::name(name(Lang::En), name(Lang::Zh))
    }

    /// Names joined as each language joins them.
    pub fn list(names: &[Bound]) -> Bound {
        let join = |lang, comma: &str| {
            names.iter().map(|name| name.get(lang)).collect::<Vec<_>>().join(comma)
        };
        Bound::name(join(Lang::En, ", "), join(Lang::Zh, "、"))
    }

    /// Who published the data of a canonical table.
    pub fn data_source(self, table: &str) -> Words {
        let blocks = self.findings.spec.data.iter().filter(|data| data.table_name() == table);
        let mut sources: Vec<&agglo_study::spec::Words> = blocks.map(|data| &data.source).collect();
        sources.dedup();
        let join =
            |lang| sources.iter().map(|words| words.get(lang)).collect::<Vec<_>>().join("; ");
        Words::new(join(Lang::En), join(Lang::Zh))
    }

    /// The unit of the measure studied, as declared.
    pub fn measure(self) -> (String, String) {
        let activity = self.findings.tables.get("activity");
        let spec = &self.findings.spec.measure;
        let column = activity.and_then(|frame| {
            frame.columns().iter().find(|column| {
                matches!(column.values(), Values::Number(_))
                    && spec.value.as_deref().is_none_or(|name| name == column.name())
            })
        });
        column.map_or((String::new(), String::new()), |c: &Column| {
            (c.name().to_owned(), c.unit().to_owned())
        })
    }
}

impl<'a> TableView<'a> {
    /// The frame.
    pub fn frame(self) -> &'a Frame {
        self.frame
    }

    /// The finding.
    pub fn finding(self) -> &'a Finding {
        self.finding
    }

    /// Number of rows.
    pub fn n_rows(self) -> usize {
        self.frame.n_rows()
    }

    /// A cell as text; empty for a gap or where there is no such column.
    pub fn text(self, row: usize, column: &str) -> String {
        cell_text(self.frame, column, row).unwrap_or_default()
    }

    /// A cell as a number or gap; a gap where there is no such column.
    pub fn datum(self, row: usize, column: &str) -> Datum {
        match self.frame.numbers(column) {
            Ok(cells) => cells[row],
            Err(_) => Datum::Gap(agglo_core::Gap::NotApplicable),
        }
    }

    /// A cell as a number.
    pub fn number(self, row: usize, column: &str) -> Option<f64> {
        self.datum(row, column).number()
    }

    /// A column of numbers; gaps where there is no such column.
    pub fn column(self, column: &str) -> Vec<Datum> {
        self.frame.numbers(column).unwrap_or_else(|_| {
            vec![Datum::Gap(agglo_core::Gap::NotApplicable); self.frame.n_rows()]
        })
    }

    /// The rows whose columns have these values, in order.
    pub fn rows(self, keys: &[(&str, &str)]) -> Vec<usize> {
        (0..self.frame.n_rows())
            .filter(|&row| keys.iter().all(|(name, value)| self.text(row, name) == *value))
            .collect()
    }

    /// The first row whose columns have these values.
    pub fn row(self, keys: &[(&str, &str)]) -> Option<usize> {
        self.rows(keys).first().copied()
    }

    /// `rows` sorted by a column, largest first; gaps last.
    pub fn sorted(self, mut rows: Vec<usize>, column: &str) -> Vec<usize> {
        let cells = self.column(column);
        let value = |row: usize| cells[row].number().unwrap_or(f64::NEG_INFINITY);
        rows.sort_by(|&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
        rows
    }

    /// The address of a cell.
    pub fn address(self, row: usize, column: &str) -> String {
        let keys: BTreeMap<String, String> = self
            .finding
            .method
            .outputs
            .iter()
            .find(|table| table.name == self.name)
            .into_iter()
            .flat_map(|table| table.columns)
            .filter(|output| output.key)
            .map(|output| (output.name.to_owned(), self.text(row, output.name)))
            .collect();
        let main = self.finding.record.tables.first().is_some_and(|t| t.name == self.name);
        Address {
            step: self.finding.record.step.clone(),
            table: (!main).then(|| self.name.to_owned()),
            column: column.to_owned(),
            keys,
        }
        .to_string()
    }

    /// A cell as written, with its address, and with its range where it rests on cells that the
    /// source withheld.
    pub fn bound(self, row: usize, column: &str, format: Format) -> Bound {
        let bound = format.bound(self.datum(row, column), Some(self.address(row, column)));
        let range = self.range(row, column).map(|(lower, upper)| {
            let ends = [lower, upper].map(|end| format.number(end));
            (ends[0] != ends[1]).then(|| format!(" [{}, {}]", ends[0], ends[1]))
        });
        match range.flatten() {
            Some(range) => Bound { en: bound.en + &range, zh: bound.zh + &range, ..bound },
            None => bound,
        }
    }

    /// The range of a number over the completions of withheld cells, where it has one.
    fn range(self, row: usize, column: &str) -> Option<(f64, f64)> {
        let intervals = self.finding.table(&interval_table(self.name))?;
        let end =
            |end: &str| intervals.numbers(&format!("{column}.{end}")).ok()?.get(row)?.number();
        let ends = (end("lower")?, end("upper")?);
        (ends.0 < ends.1).then_some(ends)
    }

    /// Where the table's numbers come from.
    pub fn origin(self) -> Origin {
        let method = self.finding.method;
        let record = &self.finding.record;
        let mark = method.mark.title();
        let table = record
            .inputs
            .values()
            .find_map(|input| input.source.strip_prefix("table "))
            .unwrap_or("activity");
        let variant = if method.variants.len() > 1 {
            format!(" [{}]", record.variant)
        } else {
            String::new()
        };
        Origin {
            steps: vec![record.step.clone()],
            formula: format!("{}{variant}", method.formula),
            method_source: Words::new(
                format!("{} ({})", method.source, mark.en),
                format!("{}（{}）", method.source, mark.zh),
            ),
            data_source: self.context.data_source(table),
            command: format!("agglo explain {}", self.address(0, self.value_column())),
        }
    }

    fn value_column(self) -> &'a str {
        let is_value = |column: &&Column| matches!(column.values(), Values::Number(_));
        self.frame.columns().iter().find(is_value).map_or("", Column::name)
    }
}
