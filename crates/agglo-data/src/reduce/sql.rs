//! What the engine is asked: rows where it is ours, groups where it is a cluster's.

use agglo_core::Gap;
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema};
use datafusion::common::DataFusionError;

use super::entry::Entry;
use super::facet::{BAD, Facet, Further, What};
use super::job::{Job, Part, Text};
use super::statistic::Statistic;
use super::sums::sums_of;
use super::top::TOP;

/// The column of an answer that holds the measure as it stands.
pub(super) const RAW: &str = "raw";
/// The column of an answer that holds the measure as a decimal, where it is no whole number already.
pub(super) const NUMBER: &str = "x";

impl Job {
    /// The rows of `part` in `t`: their keys, facets, and the measure.
    pub(super) fn rows_sql(&self, part: &Part, schema: &Schema) -> String {
        let column = identifier(&self.measure);
        let keys = self.keys.iter().filter_map(|key| match &key.text {
            Text::Column(name) => Some(format!("{} AS {}", identifier(name), key.column)),
            _ => None,
        });
        let mut columns: Vec<String> = keys.collect();
        columns.push(format!("{column} AS {RAW}"));
        let mut number = column.clone();
        let measure = kind_of(schema, &self.measure);
        if !measure.is_integer() || measure == DataType::UInt64 {
            number = format!("TRY_CAST({column} AS DECIMAL(18, {}))", self.measured.scale);
            columns.push(format!("{number} AS {NUMBER}"));
        }
        let facets = self.further.iter().flat_map(|further| &further.facets);
        columns.extend(facets.map(|facet| facet.sql(part, schema, &number)));
        format!("SELECT {} FROM t", columns.join(", "))
    }

    /// The sums of the rows of `part` in `t`, in plain SQL, so that an unmodified executor of a cluster can
    /// find them; told apart by the facets of `further` too.
    pub(super) fn sums_sql(
        &self,
        part: &Part,
        schema: &Schema,
        further: Option<&Further>,
    ) -> String {
        let bad = if self.zero_or_more {
            "(x IS NULL AND NOT gap) OR x < 0"
        } else {
            "x IS NULL AND NOT gap"
        };
        let names = self.names(further);
        format!(
            "SELECT {names}, count(x) AS n, sum(x) AS s, sum(x * x) AS q, max(x) AS hi, \
             min(x) AS lo, sum(CASE WHEN gap THEN 1 ELSE 0 END) AS gaps, \
             sum(CASE WHEN suppressed THEN 1 ELSE 0 END) AS suppressed, \
             sum(CASE WHEN {bad} THEN 1 ELSE 0 END) AS bad \
             FROM ({}) GROUP BY {names}",
            self.read_sql(part, schema, further),
        )
    }

    /// The largest of the rows of each place of `part` in `t`, as whole numbers of the last decimal place.
    pub(super) fn tops_sql(&self, part: &Part, schema: &Schema) -> String {
        let names = self.names(None);
        let unit = 10u64.pow(u32::from(self.measured.scale));
        format!(
            "SELECT {names}, CAST(x * {unit} AS BIGINT) AS {RAW} FROM (SELECT {names}, x, \
             row_number() OVER (PARTITION BY {names} ORDER BY x DESC) AS place FROM ({}) \
             WHERE x IS NOT NULL) WHERE place <= {TOP}",
            self.read_sql(part, schema, None),
        )
    }

    fn names(&self, further: Option<&Further>) -> String {
        let facets = further.iter().flat_map(|further| &further.facets);
        let keys = self.keys.iter().map(|key| key.column.as_str());
        keys.chain(facets.map(|facet| facet.column.as_str())).collect::<Vec<_>>().join(", ")
    }

    /// The rows of `part`: keys and facets, the measure as `x`, whether it is a gap, and one that is withheld.
    fn read_sql(&self, part: &Part, schema: &Schema, further: Option<&Further>) -> String {
        let measure = identifier(&self.measure);
        let measure_is_text = is_text(&kind_of(schema, &self.measure));
        let marks = |wanted: &dyn Fn(Gap) -> bool| {
            let marks = self.gaps().iter().filter(|(_, gap)| wanted(**gap));
            let marks: Vec<String> = marks.map(|(mark, _)| literal(mark)).collect();
            if measure_is_text && !marks.is_empty() {
                format!("({measure} IS NOT NULL AND {measure} IN ({}))", marks.join(", "))
            } else {
                "false".to_owned()
            }
        };
        let any_gap = format!("({measure} IS NULL OR {})", marks(&|_| true));
        let suppressed = marks(&|gap| gap == Gap::Suppressed);
        let number = format!(
            "CASE WHEN {any_gap} THEN NULL ELSE TRY_CAST({measure} AS DECIMAL(18, {})) END",
            self.measured.scale
        );
        let keys = self.keys.iter().map(|key| {
            let text = match &key.text {
                Text::Column(name) => identifier(name),
                _ => key.told(part).map_or_else(|| "NULL".to_owned(), literal),
            };
            format!("CAST({text} AS VARCHAR) AS {}", key.column)
        });
        let facets = further.iter().flat_map(|further| &further.facets);
        let facets = facets.map(|facet| facet.sql(part, schema, &number));
        let columns = keys.chain(facets).collect::<Vec<_>>().join(", ");
        format!(
            "SELECT {columns}, {number} AS x, {any_gap} AS gap, {suppressed} AS suppressed FROM t"
        )
    }

    /// The sums in `rows` of what [`sums_sql`](Job::sums_sql) answers.
    pub(super) fn sums_of(
        &self,
        batch: &RecordBatch,
        rows: &[u32],
        further: Option<&Further>,
    ) -> Result<Option<Vec<Entry>>, DataFusionError> {
        let n_keys = self.keys.len() + further.map_or(0, |further| further.facets.len());
        sums_of(batch, rows, n_keys, self.measured.scale)
    }
}

impl Further {
    /// Whether the largest are asked for, not sums.
    pub(super) fn is_top(&self) -> bool {
        self.statistic == Statistic::TopUnits
    }
}

impl Facet {
    /// The facet of the rows of `part` in `t`, whose measure is `number`.
    fn sql(&self, part: &Part, schema: &Schema, number: &str) -> String {
        let expression = match &self.what {
            What::Class(lower) => {
                let class =
                    |(at, lower): (usize, &u32)| format!("WHEN {number} >= {lower} THEN {at}");
                let classes: Vec<String> = lower.iter().enumerate().rev().map(class).collect();
                format!("CASE {} ELSE -1 END", classes.join(" "))
            }
            What::State { opened, closed, period } => {
                let year = |text: &Text| number_sql(text, part, schema, "BIGINT");
                let (opened, closed, period) = (year(opened), year(closed), year(period));
                format!(
                    "CASE WHEN {opened} = {BAD} OR {closed} = {BAD} OR {period} = {BAD} THEN {BAD} ELSE \
                     CASE WHEN {opened} = {period} THEN 1 ELSE 0 END + \
                     CASE WHEN {closed} = {period} THEN 2 WHEN {closed} = {period} + 1 THEN 4 \
                     ELSE 0 END END"
                )
            }
            What::Square { at, km } => {
                let at = number_sql(at, part, schema, "DOUBLE");
                format!(
                    "CASE WHEN {at} IS NULL THEN NULL \
                     ELSE coalesce(TRY_CAST(floor({at} / {km:?}) AS BIGINT), {BAD}) END"
                )
            }
            What::Code(text) => match text {
                Text::Column(name) => identifier(name),
                _ => text.told(part).map_or_else(|| "NULL".to_owned(), literal),
            },
        };
        format!("{expression} AS {}", self.column)
    }
}

/// `text` as a number of this type: NULL where it is blank, [`BAD`] where it is none.
fn number_sql(text: &Text, part: &Part, schema: &Schema, kind: &str) -> String {
    let (column, is_text) = match text {
        Text::Column(name) => (identifier(name), is_text(&kind_of(schema, name))),
        _ => (text.told(part).map_or_else(|| "NULL".to_owned(), literal), true),
    };
    let (column, blank) = if is_text {
        let trimmed = format!("btrim(CAST({column} AS VARCHAR))");
        (trimmed.clone(), format!("{column} IS NULL OR {trimmed} = ''"))
    } else {
        (column.clone(), format!("{column} IS NULL"))
    };
    format!(
        "(CASE WHEN {blank} THEN NULL ELSE coalesce(TRY_CAST({column} AS {kind}), \
         CAST({BAD} AS {kind})) END)"
    )
}

fn kind_of(schema: &Schema, name: &str) -> DataType {
    schema.field_with_name(name).map_or(DataType::Null, |field| field.data_type().clone())
}

/// Whether values of this type are texts.
pub(super) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => values.is_string(),
        other => other.is_string(),
    }
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_leave_their_quotes() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's"), "'it''s'");
    }
}
