//! Spatial Markov chains: does it depend on a region's neighbors how it moves between classes?
//!
//! P(a, b) = n(a, b) / Σ_b n(a, b), for all moves and for those that start under each class of the lag
//! Q = Σ (n − E)² / E      LR = 2 Σ n ln(n / E)      E(c, a, b) = n(c, a, ·) n(·, a, b) / n(·, a, ·)
//!
//! | symbol  | meaning                                                  | shape     | range | unit |
//! |---------|----------------------------------------------------------|-----------|-------|------|
//! | n       | moves from class a to class b under lag class c          | m × k × k | ≥ 0   | none |
//! | P       | probability of a move                                    | k × k     | 0–1   | none |
//! | Q, LR   | χ² with df = Σₐ (conditions that left a − 1)(classes after a − 1) | 1 | ≥ 0 | none |
//!
//! A class holds the values above the bound before and up to its own. Moves go from a period to the
//! next one in the table; a region without a value in either does not move, one without a neighbor
//! has no condition. Cost: O(B T m) for T periods.
//! Source: Rey (2001), Geographical Analysis 33(3), 194–214; Bickenbach and Bode (2003), International
//! Regional Science Review 26(3), 363–392; Kang and Rey (2018); giddy `Spatial_Markov`.

use agglo_core::{Datum, Key, Note, Text, Undefined, Weights, mean};

use super::chain::{Counts, homogeneity, transitions};
use super::tables::{CHAINS, STEADY, TESTS, TRANSITIONS, Tables};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OptionKind, OptionSpec, OutputTable, Variant, out, out_key,
};
use crate::inference::percentile;
use crate::space::local::Scheme;
use crate::space::null::Null;
use crate::space::options::plan;
use crate::space::read::{GAPS, Map, TRANSFORM, Transform, VALUES, WEIGHTS, data, maps};
use crate::space::significance::Tail;
use crate::table::Rows;

/// Bounds between classes, ascending; the last class has none.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes(Vec<f64>);

impl Classes {
    /// Classes with these bounds between them.
    ///
    /// # Errors
    /// [`Undefined::NotIdentified`] unless the bounds ascend.
    pub fn new(bounds: Vec<f64>) -> Result<Classes, Undefined> {
        let ascends = bounds.windows(2).all(|pair| pair[0] < pair[1]);
        if ascends { Ok(Classes(bounds)) } else { Err(Undefined::NotIdentified) }
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.0.len() + 1
    }

    /// The class of a value, from 0: the first whose bound it does not exceed.
    pub fn of(&self, value: f64) -> usize {
        self.0.partition_point(|bound| *bound < value)
    }

    /// The bounds between classes.
    pub fn bounds(&self) -> &[f64] {
        &self.0
    }
}

/// `n_classes` classes of as many of `values` each; fewer where bounds coincide.
pub fn quantile_classes(values: &[f64], n_classes: usize) -> Classes {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut bounds: Vec<f64> = (1..n_classes)
        .filter_map(|k| percentile(values, k as f64 / n_classes as f64))
        .filter(|bound| *bound < most)
        .collect();
    bounds.dedup();
    Classes(bounds)
}

const TABLES: &[OutputTable] = &[
    TRANSITIONS,
    STEADY,
    CHAINS,
    TESTS,
    OutputTable {
        name: "classes",
        columns: &[
            out_key("of", "Of", "对象"),
            out_key("class", "Class", "类别"),
            out("upper", "1", "Up to", "上界"),
        ],
    },
];

const fn n_classes(name: &'static str, help: Text) -> OptionSpec {
    OptionSpec { name, kind: OptionKind::Integer(2, 20), default: "4", help }
}

const fn bounds(name: &'static str, help: Text) -> OptionSpec {
    OptionSpec { name, kind: OptionKind::Text, default: "", help }
}

pub(in crate::space) static SPATIAL_MARKOV: Method = Method {
    id: "spatial-markov",
    chapter: Chapter::Status,
    title: Text::new("Spatial Markov chain", "空间马尔可夫链"),
    help: Text::new(
        "Does it depend on a region's neighbors how it moves between classes?",
        "地区在各等级间的转移是否取决于其邻近地区？",
    ),
    inputs: &[VALUES, WEIGHTS],
    options: &[
        GAPS,
        TRANSFORM,
        n_classes("classes", Text::new("quantile classes of the values", "数值的分位等级数")),
        n_classes(
            "lag_classes",
            Text::new("quantile classes of the neighbors' mean", "邻域均值的分位等级数"),
        ),
        bounds(
            "bounds",
            Text::new(
                "bounds between the classes of the values, as 0.8,1,1.2, in place of quantiles",
                "数值等级的分界点，如 0.8,1,1.2，取代分位数",
            ),
        ),
        bounds("lag_bounds", Text::new("the same for the neighbors' mean", "邻域均值等级的分界点")),
        OptionSpec {
            name: "relative",
            kind: OptionKind::Choice(&["period-mean", "none"]),
            default: "period-mean",
            help: Text::new(
                "divide the values of a period by their mean, or take them as they are",
                "数值除以当期均值，或取原值",
            ),
        },
        OptionSpec {
            name: "permutations",
            kind: OptionKind::Integer(0, 99_999),
            default: "0",
            help: Text::new(
                "random permutations of the regions' series for a p-value of Q; 0 for none",
                "对地区序列随机置换以求 Q 的 p 值；0 表示不做",
            ),
        },
    ],
    variants: &[
        Variant {
            id: "pooled",
            help: Text::new(
                "quantiles of all periods together, as giddy Spatial_Markov(fixed = True)",
                "分位数取自全部年份，同 giddy Spatial_Markov(fixed = True)",
            ),
        },
        Variant {
            id: "by-period",
            help: Text::new(
                "quantiles of each period, as giddy Spatial_Markov(fixed = False)",
                "分位数逐年计算，同 giddy Spatial_Markov(fixed = False)",
            ),
        },
    ],
    outputs: TABLES,
    formula: "P(a,b) = n(a,b)/Σ n(a,·)   Q = Σ (n − E)²/E   LR = 2 Σ n ln(n/E)   n: moves from class a \
              to b, under each class of the neighbors' mean; E: those expected if the condition did \
              not matter",
    source: "Rey (2001), Geographical Analysis 33(3), 194–214; Bickenbach and Bode (2003), \
             International Regional Science Review 26(3), 363–392; giddy Spatial_Markov",
    mark: Mark::Verified,
    run,
};

/// The panel in the form the chains are cut from: values and lags by period, then region.
struct Series {
    values: Vec<Vec<f64>>,
    /// `None` for a region without neighbors.
    lags: Vec<Vec<Option<f64>>>,
}

fn lags(values: &[f64], weights: &Weights) -> Vec<Option<f64>> {
    let lag = |region: usize| {
        let mut row = weights.row(region).peekable();
        row.peek()?;
        Some(row.map(|(to, w)| w * values[to]).sum())
    };
    (0..values.len()).map(lag).collect()
}

/// How values and lags are put into classes: one set for all periods, or one for each.
struct Scales {
    values: Vec<Classes>,
    lags: Vec<Classes>,
}

impl Scales {
    fn at(scales: &[Classes], period: usize) -> &Classes {
        &scales[period.min(scales.len() - 1)]
    }
}

/// Bounds from an option, when it is given.
fn given(call: &Call<'_>, name: &str) -> Result<Option<Classes>, MethodError> {
    let text = call.option(name);
    if text.is_empty() {
        return Ok(None);
    }
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|word| word.trim().parse()).collect();
    let classes = numbers.ok().and_then(|numbers| Classes::new(numbers).ok());
    classes.map(Some).ok_or_else(|| {
        data(format!("the option `{name}` is `{text}`; write ascending numbers such as 0.8,1,1.2"))
    })
}

fn scales(call: &Call<'_>, series: &Series) -> Result<Scales, MethodError> {
    let by_period = call.variant() == "by-period";
    let of = |bounds: &str, n: &str, rows: Vec<Vec<f64>>| -> Result<Vec<Classes>, MethodError> {
        if let Some(classes) = given(call, bounds)? {
            return Ok(vec![classes]);
        }
        let n = call.option_integer(n);
        Ok(if by_period {
            rows.iter().map(|row| quantile_classes(row, n)).collect()
        } else {
            vec![quantile_classes(&rows.concat(), n)]
        })
    };
    let lags = series.lags.iter().map(|row| row.iter().flatten().copied().collect()).collect();
    Ok(Scales {
        values: of("bounds", "classes", series.values.clone())?,
        lags: of("lag_bounds", "lag_classes", lags)?,
    })
}

/// A move: condition (if any), class before, class after.
type Move = (Option<usize>, usize, usize);

fn moves(maps: &[Map], series: &Series, scales: &Scales) -> Vec<Move> {
    let mut moves = Vec::new();
    for (before, after) in (0..maps.len()).zip(1..maps.len()) {
        for (place, code) in maps[before].regions().codes().iter().enumerate() {
            let Some(later) = maps[after].regions().place(code) else { continue };
            let lag = series.lags[before][place];
            moves.push((
                lag.map(|lag| Scales::at(&scales.lags, before).of(lag)),
                Scales::at(&scales.values, before).of(series.values[before][place]),
                Scales::at(&scales.values, after).of(series.values[after][later]),
            ));
        }
    }
    moves
}

fn chains(moves: &[Move], n_conditions: usize, n_classes: usize) -> Vec<Counts> {
    (0..n_conditions)
        .map(|condition| {
            let under = moves.iter().filter(|step| step.0 == Some(condition));
            transitions(under.map(|step| (step.1, step.2)), n_classes)
        })
        .collect()
}

/// Q of the panel whose regions stand in `order`, their neighbors staying where they are.
fn permuted_q(call: &Call<'_>, maps: &[Map], series: &Series, order: &[usize]) -> Option<f64> {
    let transform = Transform::of(call);
    let values: Vec<Vec<f64>> =
        series.values.iter().map(|row| order.iter().map(|&place| row[place]).collect()).collect();
    let weights = transform.apply(&maps[0].weights);
    let lags = values.iter().map(|row| lags(row, &weights)).collect();
    let series = Series { values, lags };
    let scales = scales(call, &series).ok()?;
    let (n_conditions, n_classes) = sizes(&scales);
    let moves = moves(maps, &series, &scales);
    Some(homogeneity(&chains(&moves, n_conditions, n_classes)).pearson.statistic)
}

fn sizes(scales: &Scales) -> (usize, usize) {
    let most = |classes: &[Classes]| classes.iter().map(Classes::n_classes).max().unwrap_or(1);
    (most(&scales.lags), most(&scales.values))
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (maps, mut notes) = maps(call, &["value"])?;
    if maps.len() < 2 {
        return Err(MethodError::NotIdentified {
            what: "a chain needs two periods; give the table `values` a column `period`".to_owned(),
        });
    }
    let transform = Transform::of(call);
    let mut series = Series { values: Vec::new(), lags: Vec::new() };
    for map in &maps {
        let x = &map.columns[0];
        let center = match call.option("relative") {
            "none" => 1.0,
            _ => mean(x).filter(|mean| *mean != 0.0).ok_or_else(|| {
                data(format!(
                    "the values of period {} have a mean of zero; set `relative = none`",
                    map.period
                ))
            })?,
        };
        let values: Vec<f64> = x.iter().map(|x| x / center).collect();
        series.lags.push(lags(&values, &transform.apply(&map.weights)));
        series.values.push(values);
    }
    let scales = scales(call, &series)?;
    let (n_conditions, n_classes) = sizes(&scales);
    let moves = moves(&maps, &series, &scales);
    let under = chains(&moves, n_conditions, n_classes);
    let names: Vec<Key> = (1..=n_classes).map(|class| class.to_string().into()).collect();
    let mut tables = Tables::new(TABLES);
    tables.chain("all", &transitions(moves.iter().map(|s| (s.1, s.2)), n_classes), &names);
    for (condition, counts) in under.iter().enumerate() {
        tables.chain(&format!("lag {}", condition + 1), counts, &names);
    }
    let tested = homogeneity(&under);
    tables.test("Q", tested.pearson);
    tables.test("LR", tested.likelihood_ratio);
    for (condition, part) in tested.contributions.iter().enumerate() {
        let none = Datum::Gap(agglo_core::Gap::NotApplicable);
        tables.test_row(&format!("Q of lag {}", condition + 1), *part, 0, none);
    }
    if call.option_integer("permutations") > 0 {
        let is_balanced = maps.iter().all(|map| map.weights.axis() == maps[0].weights.axis());
        if is_balanced {
            let places: Vec<usize> = (0..maps[0].n()).collect();
            let plan = plan(call, "spatial-markov", maps[0].period, Scheme::Shared);
            let null = Null::draw(&places, &plan, |order| {
                vec![permuted_q(call, &maps, &series, order).unwrap_or_default()]
            })?;
            let q = tested.pearson.statistic;
            let p_value = null.tally(0, q).p_value(Tail::Greater);
            tables.test_row("Q, permuted", q, 0, p_value);
        } else {
            notes.push(Note::new(
                "unbalanced-panel",
                "regions differ between periods, so their series were not permuted",
                "各年地区不一致，未做序列置换",
            ));
        }
    }
    let mut bounds = Rows::new(&TABLES[4]);
    for (of, classes) in [("value", &scales.values), ("lag", &scales.lags)] {
        let [one] = classes.as_slice() else { continue };
        for class in 0..one.n_classes() {
            let upper = one
                .bounds()
                .get(class)
                .map_or(Datum::Gap(agglo_core::Gap::NotApplicable), |bound| Datum::Number(*bound));
            bounds.push([of.into(), (class + 1).to_string().as_str().into(), upper.into()]);
        }
    }
    Ok(tables.answer()?.and("classes", bounds.frame()?).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_bound_is_in_the_class_below() {
        let classes = quantile_classes(&[1.0, 2.0, 3.0, 4.0, 5.0], 2);
        assert_eq!(classes.bounds(), [3.0]);
        assert_eq!([2.0, 3.0, 3.5].map(|x| classes.of(x)), [0, 0, 1]);
    }

    #[test]
    fn bounds_that_coincide_make_fewer_classes() {
        assert_eq!(quantile_classes(&[1.0, 1.0, 1.0, 1.0, 9.0], 4).n_classes(), 2);
        assert_eq!(quantile_classes(&[5.0; 4], 4).n_classes(), 1);
        assert_eq!(Classes::new(vec![2.0, 1.0]), Err(Undefined::NotIdentified));
    }
}
