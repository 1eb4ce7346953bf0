//! Looking numbers up in findings, each with its address.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Lang, Text, Values};
use agglo_figure::Words;
use agglo_methods::catalog::Output;
use agglo_study::address::{Address, cell_text};
use agglo_study::record::StepRecord;
use agglo_study::{Finding, Findings, Interval};

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

    /// The level of the regions in brackets, in English and Chinese; empty where the study names none.
    pub fn level(self) -> (String, String) {
        match self.findings.spec.geo.level.as_str() {
            "" => (String::new(), String::new()),
            level => (format!(" (level: {level})"), format!("（层级：{level}）")),
        }
    }

    /// Whether a unit is one of money, whose values have prices.
    pub fn is_money(unit: &str) -> bool {
        const CODES: [&str; 15] = [
            "AUD", "BRL", "CAD", "CHF", "CNY", "EUR", "GBP", "INR", "JPY", "KRW", "MXN", "RMB",
            "RUB", "USD", "ZAR",
        ];
        const NAMES: [&str; 6] = ["yuan", "dollar", "euro", "pound", "元", "圆"];
        let lower = unit.to_lowercase();
        let mut words = unit.split(|c: char| !c.is_ascii_alphabetic());
        words.any(|word| CODES.contains(&word))
            || unit.contains(['$', '€', '£', '¥'])
            || NAMES.iter().any(|name| lower.contains(name))
    }

    /// What the bands of line figures are.
    pub fn range_label(self) -> Words {
        let n = self.findings.spec.suppression.draws;
        Words::new(
            format!("Band: smallest to largest over {n} completions of withheld cells"),
            format!("色带：未公布单元格 {n} 次补全中的最小值至最大值"),
        )
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
    /// What it was looked up in.
    pub fn context(self) -> Context<'a> {
        self.context
    }

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

    fn outputs(self) -> &'static [Output] {
        let tables = self.finding.method.outputs.iter();
        tables
            .filter(|table| table.name == self.name)
            .map(|table| table.columns)
            .next()
            .unwrap_or(&[])
    }

    /// Whether it is the main table of its finding.
    pub fn is_main(self) -> bool {
        self.finding.record.tables.first().is_some_and(|table| table.name == self.name)
    }

    /// The names of the columns that are keys.
    pub fn keys(self) -> Vec<&'static str> {
        self.outputs().iter().filter(|output| output.key).map(|output| output.name).collect()
    }

    /// The title of a column; its name where the catalogue has none.
    pub fn title(self, column: &str) -> Words {
        let output = self.outputs().iter().find(|output| output.name == column);
        output.map_or_else(|| Words::same(column), |output| output.title.into())
    }

    /// The address of a cell.
    pub fn address(self, row: usize, column: &str) -> String {
        let keys: BTreeMap<String, String> =
            self.keys().into_iter().map(|key| (key.to_owned(), self.text(row, key))).collect();
        Address {
            step: self.finding.record.step.clone(),
            table: (!self.is_main()).then(|| self.name.to_owned()),
            column: column.to_owned(),
            keys,
        }
        .to_string()
    }

    /// A cell as written, with its address, and with what withheld cells leave open of it.
    pub fn bound(self, row: usize, column: &str, format: Format) -> Bound {
        let datum = self.datum(row, column);
        let bound = format.bound(datum, Some(self.address(row, column)));
        let open = self.interval(row, column).and_then(|interval| open(interval, datum, format));
        Bound { open, ..bound }
    }

    /// What withheld cells leave open of a number, where they leave anything.
    pub fn interval(self, row: usize, column: &str) -> Option<Interval> {
        self.finding.interval(self.name, column, row)
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
            choices: choices(record),
            method_source: Words::new(
                format!("{} ({})", method.source, mark.en),
                format!("{}（{}）", method.source, mark.zh),
            ),
            data_source: self.context.data_source(table),
            command: format!("agglo explain {}", self.address(0, self.value_column())),
            file: String::new(),
        }
    }

    /// The first column that holds numbers.
    pub fn value_column(self) -> &'a str {
        let is_value = |column: &&Column| matches!(column.values(), Values::Number(_));
        self.frame.columns().iter().find(is_value).map_or("", Column::name)
    }
}

/// The options of a step as written, with the seed where something was drawn.
fn choices(record: &StepRecord) -> Words {
    const DRAWS: [&str; 3] = ["permutations", "replicates", "draws"];
    let options: Vec<String> = record
        .options
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    let draws = |(name, value): (&String, &String)| DRAWS.contains(&name.as_str()) && value != "0";
    let listed = options.join(", ");
    match (options.is_empty(), record.options.iter().any(draws)) {
        (true, _) => Words::default(),
        (false, true) => Words::new(
            format!("{listed}; seed {}", record.seed),
            format!("{listed}；种子 {}", record.seed),
        ),
        (false, false) => Words::same(listed),
    }
}

/// Of a number that some completion of the table does not have.
pub(crate) const NOT_IN_EVERY: Text = Text::new("not in every completion", "并非每次补全都有");

/// What is left open of a number, in brackets: its range over the completions, and what it is without the
/// withheld cells; `None` where neither differs from the number as written.
fn open(interval: Interval, own: Datum, format: Format) -> Option<Words> {
    let range = match interval.range {
        None => own.number().map(|_| NOT_IN_EVERY.into()),
        Some((lower, upper)) => {
            let [lower, upper] = [lower, upper].map(|end| format.number(end));
            match own {
                _ if lower != upper => Some(Words::same(format!("{lower}, {upper}"))),
                Datum::Gap(_) => Some(Words::same(lower)),
                Datum::Number(_) => None,
            }
        }
    };
    let moves = interval.range.is_some() && range.is_some();
    let written = |datum| format.datum(datum, Lang::En);
    let differs = |without: &Datum| moves || written(*without) != written(own);
    let without = interval.without.filter(differs);
    let parts = |lang: Lang, word: &str, comma: &str| {
        let without = without.map(|without| format!("{word} {}", format.datum(without, lang)));
        let range = range.iter().map(|range| range.get(lang).to_owned());
        format!("[{}]", range.chain(without).collect::<Vec<_>>().join(comma))
    };
    (range.is_some() || without.is_some())
        .then(|| Words::new(parts(Lang::En, "without", "; "), parts(Lang::Zh, "不计", "；")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_words(range: Option<(f64, f64)>, without: Option<f64>) -> Option<(String, String)> {
        open_words_of(Datum::Number(0.795), range, without)
    }

    fn open_words_of(
        own: Datum,
        range: Option<(f64, f64)>,
        without: Option<f64>,
    ) -> Option<(String, String)> {
        let without = without.map(Datum::Number);
        let interval = Interval { range, without, holds: None };
        let words = open(interval, own, Format::Decimals(3))?;
        Some((words.en, words.zh))
    }

    #[test]
    fn what_is_left_open_of_a_number_stands_in_brackets() {
        let words = |en: &str, zh: &str| Some((en.to_owned(), zh.to_owned()));
        assert_eq!(
            open_words(Some((0.789, 0.802)), Some(0.76)),
            words("[0.789, 0.802; without 0.760]", "[0.789, 0.802；不计 0.760]")
        );
        assert_eq!(
            open_words(Some((0.789, 0.802)), None),
            words("[0.789, 0.802]", "[0.789, 0.802]")
        );
        // The completions agree to the last digit shown, and the number without the cells does not.
        assert_eq!(
            open_words(Some((0.795_1, 0.795_2)), Some(0.76)),
            words("[without 0.760]", "[不计 0.760]")
        );
        assert_eq!(open_words(Some((0.795_1, 0.795_2)), Some(0.795)), None);
        // A completion without the number leaves it without a range.
        assert_eq!(
            open_words(None, Some(0.76)),
            words("[not in every completion; without 0.760]", "[并非每次补全都有；不计 0.760]")
        );
        assert_eq!(
            open_words(None, Some(0.795)),
            words("[not in every completion]", "[并非每次补全都有]")
        );
        // A gap of the study that the completions fill.
        let gap = Datum::Gap(agglo_core::Gap::Suppressed);
        let range = Some((0.789, 0.802));
        assert_eq!(open_words_of(gap, range, None), words("[0.789, 0.802]", "[0.789, 0.802]"));
        assert_eq!(open_words_of(gap, None, Some(0.76)), words("[without 0.760]", "[不计 0.760]"));
    }

    #[test]
    fn only_money_has_prices() {
        for unit in ["CNY 100m", "USD", "万元", "million euros", "$1000"] {
            assert!(Context::is_money(unit), "{unit}");
        }
        for unit in ["persons", "1", "FTE", "t", "", "GWh"] {
            assert!(!Context::is_money(unit), "{unit}");
        }
    }
}
