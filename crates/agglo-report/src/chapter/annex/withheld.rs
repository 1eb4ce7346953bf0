//! Annex on withheld cells: every kind of number that rests on them, with and without them.

use agglo_core::{Datum, Lang};
use agglo_figure::Words;
use agglo_methods::catalog::Output;
use agglo_study::run::interval_table;
use agglo_study::{Finding, Interval};

use super::table_block;
use crate::chapter::term;
use crate::context::{Context, NOT_IN_EVERY, TableView};
use crate::document::{Block, Section};
use crate::format::Format;
use crate::sentence::{Bound, Sentence};

/// Rows that a column of a finding's main table gives: those that move most. One of any other table does.
const PER_COLUMN: usize = 3;

/// A number that withheld cells leave open.
struct Open<'a> {
    view: TableView<'a>,
    row: usize,
    output: &'static Output,
    interval: Interval,
}

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section =
        Section::new("withheld", "with and without the withheld cells", "计入与不计未公布单元格");
    let (mut cells, mut n_open, mut n_steps, mut n_ranks, mut n_broken) = (Vec::new(), 0, 0, 0, 0);
    let draws = context.findings.spec.suppression.draws;
    for finding in context.findings.all() {
        let before = n_open;
        for (view, output) in columns(context, finding) {
            let mut open: Vec<Open<'_>> = (0..view.n_rows())
                .filter_map(|row| {
                    let interval = view.interval(row, output.name)?;
                    Some(Open { view, row, output, interval })
                })
                .collect();
            n_open += open.len();
            n_ranks += open.iter().filter(|open| open.interval.holds.is_some()).count();
            let holds = |open: &&Open<'_>| open.interval.holds.is_some_and(|n| n < draws as u64);
            n_broken += open.iter().filter(holds).count();
            open.sort_by(|a, b| b.moves().total_cmp(&a.moves()).then(a.row.cmp(&b.row)));
            let n_shown = if view.is_main() { PER_COLUMN } else { 1 };
            cells.extend(open.iter().take(n_shown).map(|open| open.cells(context, draws)));
        }
        n_steps += usize::from(n_open > before);
    }
    if cells.is_empty() {
        return section;
    }
    let whole = |n: usize| Bound::same(Format::Whole.number(n as f64), None);
    section.paragraph(vec![
        Sentence::new(
            "{steps} of {all} steps rest on cells that the source withheld: {n} of their numbers move over \
             the {draws} completions of the table, or without those cells.",
            "{all} 个步骤中有 {steps} 个依赖来源未公布的单元格：其中 {n} 个数值在 {draws} 次补全之间、或不计这些单元格时有变动。",
        )
        .bind("steps", whole(n_steps))
        .bind("all", whole(context.findings.all().count()))
        .bind("n", whole(n_open))
        .bind("draws", whole(draws)),
        Sentence::new(
            "Of these, {ranks} are ranks or can be of either sign; {broken} of them are not the same in \
             every completion.",
            "其中 {ranks} 个为名次或可正可负的数值，{broken} 个并非在每次补全中都保持不变。",
        )
        .bind("ranks", whole(n_ranks))
        .bind("broken", whole(n_broken)),
    ]);
    let n_more = n_open - cells.len();
    let columns = [
        ("Step", "步骤", false),
        ("Number", "数值名称", false),
        ("Place", "位置", false),
        ("Value", "数值", true),
        ("Lower", "下限", true),
        ("Upper", "上限", true),
        ("Without", "不计", true),
        ("Same rank or sign", "名次或符号不变", true),
    ];
    let title = Words::new(
        "With and without the withheld cells: of every column the numbers that move most",
        "计入与不计未公布单元格：各栏中变动最大的数值",
    );
    let mut block = table_block("table-withheld", title, &columns, cells);
    block.n_more = n_more;
    section.push(Block::Table(block));
    section
}

/// The columns of numbers of a finding that have intervals, by table.
fn columns<'a>(
    context: Context<'a>,
    finding: &'a Finding,
) -> Vec<(TableView<'a>, &'static Output)> {
    let mut columns = Vec::new();
    for table in finding.method.outputs {
        let Some(intervals) = finding.table(&interval_table(table.name)) else { continue };
        let Some(view) = context.table(&finding.record.step, table.name) else { continue };
        let open = |output: &&Output| intervals.has(&format!("{}.lower", output.name));
        columns.extend(table.columns.iter().filter(open).map(|output| (view, output)));
    }
    columns
}

impl Open<'_> {
    fn value(&self) -> Datum {
        self.view.datum(self.row, self.output.name)
    }

    /// How far the number moves beside its size: what the table is sorted by.
    fn moves(&self) -> f64 {
        let (numbers, size) = (self.numbers(), |a: f64, b: &f64| a.max(b.abs()));
        let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let size = numbers.iter().fold(0.0, size);
        // A number that some completion lacks moves the most.
        if self.interval.range.is_none() {
            f64::INFINITY
        } else if size > 0.0 {
            (high - low) / size
        } else {
            0.0
        }
    }

    fn numbers(&self) -> Vec<f64> {
        let range = self.interval.range.map(|(lower, upper)| [lower, upper]);
        let without = self.interval.without.and_then(Datum::number);
        range.into_iter().flatten().chain(without).chain(self.value().number()).collect()
    }

    fn cells(&self, context: Context<'_>, draws: usize) -> Vec<Bound> {
        // Years have no unit, and no thousands to separate.
        let numbers = self.numbers();
        let is_year = self.output.unit.is_empty() && numbers.iter().all(|n| n.fract() == 0.0);
        let format = if is_year { Format::Plain } else { Format::apart(&numbers) };
        let blank = || Bound::same("", None);
        let (lower, upper) = match self.interval.range {
            Some(ends) => (Words::same(format.number(ends.0)), Words::same(format.number(ends.1))),
            None if self.value().number().is_some() => (NOT_IN_EVERY.into(), Words::default()),
            None => (Words::default(), Words::default()),
        };
        let written = |words: Words| Bound::name(words.en, words.zh);
        let address = self.view.address(self.row, self.output.name);
        let title = self.output.title;
        vec![
            Bound::same(self.view.finding().record.step.clone(), None),
            Bound::name(title.en, title.zh),
            place(context, self.view, self.row),
            format.bound(self.value(), Some(address)),
            written(lower),
            written(upper),
            self.interval.without.map_or_else(blank, |without| format.bound(without, None)),
            self.interval.holds.map_or_else(blank, |holds| {
                Bound::name(format!("{holds} of {draws}"), format!("{draws} 次中 {holds} 次"))
            }),
        ]
    }
}

/// The row's keys, in words.
fn place(context: Context<'_>, view: TableView<'_>, row: usize) -> Bound {
    let keys = view.keys().into_iter().filter(|key| !view.text(row, key).is_empty());
    let mut keys: Vec<&str> = keys.collect();
    let mut years = Vec::new();
    if let (Ok(from), Ok(to)) =
        (view.text(row, "from").parse::<i32>(), view.text(row, "to").parse::<i32>())
    {
        keys.retain(|key| !matches!(*key, "from" | "to"));
        years.push(Bound::name(format!("{from}–{to}"), format!("{from}—{to} 年")));
    }
    let named = keys.into_iter().map(|key| {
        let code = view.text(row, key);
        match key {
            _ if key.split('_').any(|word| word == "region") => context.region(&code),
            _ if key.split('_').any(|word| word == "industry") => context.industry(&code),
            "period" => Bound::same(code, None),
            _ => {
                let word = term(&code);
                let title = view.title(key);
                Bound::name(
                    format!("{} {}", title.en.to_lowercase(), word.get(Lang::En)),
                    format!("{} {}", title.zh, word.get(Lang::Zh)),
                )
            }
        }
    });
    let names: Vec<Bound> = named.chain(years).collect();
    Context::list(&names)
}
