//! Chains: how regions move between classes from year to year, and whether neighbors have a part in it.

use super::{p_value, refusal, subject};
use crate::context::{Context, TableView};
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

/// A p-value below this is called significant.
const ALPHA: f64 = 0.05;

pub(super) fn blocks(context: Context<'_>, section: &mut Section) {
    let (spatial, lisa) = ("spatial-markov", "lisa-markov");
    if context.findings.any(spatial).is_none() && context.findings.any(lisa).is_none() {
        return;
    }
    section.heading(
        "Do regions change their place, and do neighbors matter?",
        "地区位次的流动与邻居的作用",
    );
    match context.table(spatial, "transitions") {
        Some(transitions) => {
            section.paragraph(classes(context, transitions));
            // Where the neighbors cannot be told to matter, the matrices by neighbors say nothing.
            let is_tested = homogeneity_test(context)
                .is_some_and(|(tests, row)| tests.number(row, "p_value").is_some());
            section.blocks.extend(picture::spatial_chain(context, transitions, is_tested));
        }
        None => section.paragraph(refusal(context, spatial).into_iter().collect()),
    }
    match context.table(lisa, "transitions") {
        Some(transitions) => {
            section.paragraph(quadrants(context, transitions));
            section.blocks.extend(picture::quadrant_chain(transitions));
        }
        None => section.paragraph(refusal(context, lisa).into_iter().collect()),
    }
}

/// The probability of a move, where every region counts.
fn chance(view: TableView<'_>, from: &str, to: &str) -> Option<Bound> {
    let row = view.row(&[("condition", "all"), ("from_class", from), ("to_class", to)])?;
    view.number(row, "probability")?;
    Some(view.bound(row, "probability", Format::Percent(1)))
}

fn classes(context: Context<'_>, transitions: TableView<'_>) -> Vec<Sentence> {
    let mut codes: Vec<String> = transitions
        .rows(&[("condition", "all")])
        .into_iter()
        .map(|row| transitions.text(row, "from_class"))
        .collect();
    codes.dedup();
    let (Some(lowest), Some(highest)) = (codes.first(), codes.last()) else { return Vec::new() };
    let mut sentences = Vec::new();
    if let (Some(low), Some(high)) =
        (chance(transitions, lowest, lowest), chance(transitions, highest, highest))
    {
        let row = context
            .table("spatial-markov", "chains")
            .and_then(|chains| Some((chains, chains.row(&[("condition", "all")])?)));
        if let Some((chains, row)) = row {
            sentences.push(
                Sentence::new(
                    "Regions are put into {k} classes by {what} relative to the mean of the year; of {n} steps \
                     from one year to the next, those from the lowest class end there again with a \
                     probability of {low}, those from the highest class with {high}.",
                    "按{what}与当年均值之比把地区分为 {k} 类；在 {n} 次逐年转移中，最低类留在原类的概率为 {low}，最高类为 {high}。",
                )
                .bind("k", Bound::same(codes.len().to_string(), None))
                .bind("what", subject(transitions, "values"))
                .bind("n", chains.bound(row, "n", Format::Whole))
                .bind("low", low)
                .bind("high", high),
            );
        }
    }
    sentences.extend(homogeneity(context));
    sentences
}

/// The row of the test whether all classes of neighbors have the same chain.
fn homogeneity_test(context: Context<'_>) -> Option<(TableView<'_>, usize)> {
    let tests = context.table("spatial-markov", "tests")?;
    Some((tests, tests.row(&[("test", "Q")])?))
}

/// Whether the neighbors' class makes a difference.
fn homogeneity(context: Context<'_>) -> Option<Sentence> {
    let (tests, row) = homogeneity_test(context)?;
    let Some(p) = tests.number(row, "p_value") else {
        return Some(Sentence::new(
            "Whether neighbors matter is not identified: too few regions change their class.",
            "变动类别的地区过少，无法识别邻居是否有影响。",
        ));
    };
    let (en, zh) = if p < ALPHA {
        ("the moves depend on the class of the neighbors", "转移概率取决于邻居所处的类别")
    } else {
        (
            "that the neighbors' class makes no difference is not rejected",
            "不能拒绝“邻居类别无影响”",
        )
    };
    let sentence = Sentence::new(
        format!(
            "Homogeneity over the neighbors' classes: Q = {{q}} with {{df}} degrees of freedom, p {{p}}; {en}."
        ),
        format!("各邻居类别间转移矩阵同质性检验：Q = {{q}}，自由度 {{df}}，p {{p}}；{zh}。"),
    );
    let sentence = sentence
        .bind("q", tests.bound(row, "statistic", Format::Decimals(1)))
        .bind("df", tests.bound(row, "df", Format::Plain))
        .bind("p", p_value(tests, row, "p_value"));
    Some(sentence)
}

fn quadrants(context: Context<'_>, transitions: TableView<'_>) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let ends = ["HH", "LL"].map(|quadrant| chance(transitions, quadrant, quadrant));
    if let [Some(high), Some(low)] = ends {
        sentences.push(
            Sentence::new(
                "Among the quadrants of the Moran scatter, a high region among high ones is still one a year \
                 later with a probability of {high}, a low one among low ones with {low}.",
                "在莫兰散点图的象限之间，“高—高”地区次年仍为“高—高”的概率为 {high}，“低—低”为 {low}。",
            )
            .bind("high", high)
            .bind("low", low),
        );
    }
    let test =
        context.table("lisa-markov", "tests").filter(|tests| tests.number(0, "p_value").is_some());
    if let Some(tests) = test {
        let together = tests.number(0, "p_value").is_some_and(|p| p < ALPHA);
        let (en, zh) = if together {
            ("regions and their neighbors move together", "地区与其邻居同向变动")
        } else {
            (
                "that regions move independently of their neighbors is not rejected",
                "不能拒绝“地区与其邻居的变动相互独立”",
            )
        };
        sentences.push(
            Sentence::new(
                format!("χ² = {{x}} with {{df}} degrees of freedom, p {{p}}: {en}."),
                format!("χ² = {{x}}，自由度 {{df}}，p {{p}}：{zh}。"),
            )
            .bind("x", tests.bound(0, "statistic", Format::Decimals(1)))
            .bind("df", tests.bound(0, "df", Format::Plain))
            .bind("p", p_value(tests, 0, "p_value")),
        );
    }
    sentences
}
