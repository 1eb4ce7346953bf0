//! Regressions and pairs of variables that the study file asks for: coefficients with their errors, the tests,
//! and what they say.

use agglo_core::Lang;
use agglo_study::address::Address;
use agglo_study::spec::{RegressionModel, RegressionSpec, Words as Both};

use super::{Columns, p_value};
use crate::context::{Context, TableView};
use crate::document::Section;
use crate::format::Format;
use crate::sentence::{Bound, Sentence};

/// A p-value below this is called significant.
const ALPHA: f64 = 0.05;

/// Tests of least squares, in words of both languages.
const TESTS: [(&str, &str, &str); 9] = [
    ("jarque-bera", "normal residuals (Jarque–Bera)", "残差正态性（Jarque–Bera）"),
    ("breusch-pagan", "one variance (Breusch–Pagan)", "同方差（Breusch–Pagan）"),
    ("koenker-bassett", "one variance (Koenker–Bassett)", "同方差（Koenker–Bassett）"),
    ("moran", "residuals, Moran's I", "残差莫兰指数"),
    ("lm-lag", "LM, spatial lag", "LM 空间滞后"),
    ("lm-error", "LM, spatial error", "LM 空间误差"),
    ("lm-lag-robust", "robust LM, spatial lag", "稳健 LM 空间滞后"),
    ("lm-error-robust", "robust LM, spatial error", "稳健 LM 空间误差"),
    ("sarma", "LM, lag and error", "LM 滞后与误差"),
];

pub(super) fn blocks(context: Context<'_>, section: &mut Section) {
    let spec = &context.findings.spec;
    if spec.measure.regression.is_empty() && spec.space.pair.is_empty() {
        return;
    }
    section.heading("What goes with what", "变量之间的关系");
    for regression in &spec.measure.regression {
        one(context, regression, section);
    }
    pairs(context, section);
}

/// The title, or the id where there is none.
fn named(title: &Both, id: &str) -> Bound {
    if title.en.is_empty() {
        return Bound::same(id, None);
    }
    Bound::name(title.get(Lang::En).to_owned(), title.get(Lang::Zh).to_owned())
}

fn one(context: Context<'_>, regression: &RegressionSpec, section: &mut Section) {
    let step = format!("regression-{}", regression.id);
    let Some(view) = context.table(&step, "coefficients") else {
        section.paragraph(no_answer(context, &step, named(&regression.title, &regression.id)));
        return;
    };
    let mut sentences = vec![setting(context, regression, view)];
    let rows: Vec<usize> = (0..view.n_rows()).collect();
    for &row in &rows {
        sentences.extend(reading(context, regression, view, row));
    }
    sentences.extend(spatial_tests(context, &step));
    section.paragraph(sentences);
    let table = Columns::of(view)
        .words("Term", "项", move |row| term(context, regression, &view.text(row, "term")))
        .number("Coefficient", "系数", "estimate", Format::Short)
        .number("Standard error", "标准误", "se", Format::Short)
        .number("t or z", "t 或 z 值", "statistic", Format::Decimals(2))
        .number("p", "p 值", "p_value", Format::Decimals(3))
        .number("Lower", "下限", "lower", Format::Short)
        .number("Upper", "上限", "upper", Format::Short);
    section.push(table.block(&format!("table-{step}"), "Coefficients", "系数", &rows, 20));
    if let Some(tests) = context.table(&step, "tests") {
        let rows: Vec<usize> = (0..tests.n_rows()).collect();
        let words = move |row: usize| {
            let code = tests.text(row, "test");
            let known = TESTS.iter().find(|(known, ..)| *known == code);
            known.map_or_else(
                || Bound::same(code.clone(), None),
                |(_, en, zh)| Bound::name(*en, *zh),
            )
        };
        let table = Columns::of(tests)
            .words("Test", "检验", words)
            .number("Statistic", "统计量", "statistic", Format::Decimals(2))
            .number("Degrees of freedom", "自由度", "df", Format::Plain)
            .number("p", "p 值", "p_value", Format::Decimals(3));
        section.push(table.block(
            &format!("table-{step}-tests"),
            "Tests of the residuals: of normality, of one variance, of dependence among neighbors",
            "残差检验：正态性、同方差、空间相关",
            &rows,
            9,
        ));
    }
}

fn no_answer(context: Context<'_>, step: &str, title: Bound) -> Vec<Sentence> {
    let reason = context.findings.any(step).and_then(|finding| finding.record.reason.clone());
    let sentence = reason.map(|reason| {
        Sentence::new("{title}: not identified, as {reason}.", "{title}：无法识别（{reason}）。")
            .bind("title", title)
            .bind("reason", Bound::same(reason, None))
    });
    sentence.into_iter().collect()
}

/// A variable of the study file in words.
fn variable(context: Context<'_>, text: &str) -> Bound {
    let per_head: String = text.split_whitespace().collect();
    match per_head.as_str() {
        "total" => return Bound::name("the regions' total", "地区总量"),
        "gdp/population" => return Bound::name("GDP per head", "人均地区生产总值"),
        _ => {}
    }
    let Some(address) = Address::parse(text) else {
        let words = text.replace('_', " ");
        return Bound::same(words, None);
    };
    let title = context.findings.any(&address.step).and_then(|finding| {
        let table = address.table.as_deref().unwrap_or(finding.method.outputs[0].name);
        Some(finding.method.output(table, &address.column)?.title)
    });
    let Some(title) = title else { return Bound::same(text, None) };
    let keys: Vec<Bound> = address
        .keys
        .iter()
        .map(|(key, value)| match key.as_str() {
            "industry" => context.industry(value),
            _ => Bound::same(value.clone(), None),
        })
        .collect();
    match keys[..] {
        [] => Bound::name(title.en, title.zh),
        _ => {
            let of = Context::list(&keys);
            Bound::name(format!("{} ({})", title.en, of.en), format!("{}（{}）", title.zh, of.zh))
        }
    }
}

/// What is explained by what, over how many rows, and how well.
fn setting(context: Context<'_>, regression: &RegressionSpec, view: TableView<'_>) -> Sentence {
    let record = &view.finding().record;
    let method = view.finding().method;
    let variant = method.variants.iter().find(|variant| variant.id == record.variant);
    let variant = variant.map_or_else(
        || Bound::same(record.variant.clone(), None),
        |variant| Bound::name(variant.help.en, variant.help.zh),
    );
    let fit = context.table(&record.step, "fit");
    let of = |measure: &str, format| {
        fit.and_then(|fit| Some(fit.bound(fit.row(&[("measure", measure)])?, "value", format)))
    };
    let unknown = || Bound::name("unknown", "未知");
    let years = record.inputs.get("observations").and_then(|input| input.periods);
    let (en, zh) = match years {
        Some((from, to)) if from == to => (format!(" in {from}"), format!("{from} 年，")),
        Some((from, to)) => (format!(" in {from}–{to}"), format!("{from}—{to} 年，")),
        None => (String::new(), String::new()),
    };
    let log = if regression.log.contains(&regression.y) {
        ("the logarithm of ", "（取对数）")
    } else {
        ("", "")
    };
    let (fit_en, fit_zh, explained) = match of("r2", Format::Decimals(3)) {
        Some(r2) => (", R² = {fit}", "，R² = {fit}", Some(r2)),
        None => match of("aic", Format::Decimals(1)) {
            Some(aic) => (", AIC = {fit}", "，AIC = {fit}", Some(aic)),
            None => ("", "", None),
        },
    };
    let (by_en, by_zh) = match regression.model {
        RegressionModel::Ols => ("errors", "标准误"),
        RegressionModel::SpatialLag | RegressionModel::SpatialError => ("estimated by", "估计方法"),
    };
    let sentence = Sentence::new(
        format!(
            "{{title}}: {{method}} of {}“{{y}}” on {{x}}{en}, {{n}} observations{fit_en}; {by_en}: {{variant}}.",
            log.0
        ),
        format!(
            "{{title}}：{zh}以{{method}}估计“{{y}}”{}对{{x}}的关系，观测数 {{n}}{fit_zh}；{by_zh}：{{variant}}。",
            log.1
        ),
    )
    .bind("title", named(&regression.title, &regression.id))
    .bind("method", Bound::name(lower(method.title.en), method.title.zh))
    .bind("y", variable(context, &regression.y))
    .bind("x", variables(context, regression))
    .bind("n", of("n", Format::Whole).unwrap_or_else(unknown))
    .bind("variant", variant);
    match explained {
        Some(explained) => sentence.bind("fit", explained),
        None => sentence,
    }
}

/// The variables that explain, those in logarithms said so.
fn variables(context: Context<'_>, regression: &RegressionSpec) -> Bound {
    let name = |text: &String| {
        let Bound { en, zh, .. } = variable(context, text);
        if regression.log.contains(text) {
            Bound::name(format!("the logarithm of “{en}”"), format!("“{zh}”的对数"))
        } else {
            Bound::name(format!("“{en}”"), format!("“{zh}”"))
        }
    };
    Context::list(&regression.x.iter().map(name).collect::<Vec<_>>())
}

fn lower(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// A term in words: the constant, the parameters of space, and the variables, `ln` before those in
/// logarithms.
fn term(context: Context<'_>, regression: &RegressionSpec, code: &str) -> Bound {
    match code {
        "intercept" => return Bound::name("constant", "常数项"),
        "rho" => return Bound::name("neighbors' values, ρ", "邻居的数值 ρ"),
        "lambda" => return Bound::name("neighbors' residuals, λ", "邻居的残差 λ"),
        _ => {}
    }
    let (ln, name) = match code.strip_prefix("ln ") {
        Some(name) => ("ln ", name),
        None => ("", code),
    };
    let same = |text: &&String| text.split_whitespace().collect::<String>() == name;
    let Some(text) = regression.x.iter().find(same) else { return Bound::same(code, None) };
    let Bound { en, zh, .. } = variable(context, text);
    Bound::name(format!("{ln}{en}"), format!("{ln}{zh}"))
}

/// What one coefficient says.
fn reading(
    context: Context<'_>,
    regression: &RegressionSpec,
    view: TableView<'_>,
    row: usize,
) -> Option<Sentence> {
    let code = view.text(row, "term");
    if code == "intercept" {
        return None;
    }
    let (estimate, p) = (view.number(row, "estimate")?, view.number(row, "p_value"));
    let Bound { en, zh, .. } = term(context, regression, &code);
    let what = Bound::name(format!("“{en}”"), format!("“{zh}”"));
    let y = variable(context, &regression.y);
    let sentence = match p {
        None => Sentence::new(
            "How surely it goes with {what} is not known (coefficient {b}).",
            "{what}的显著性未知（系数 {b}）。",
        ),
        Some(p) if p >= ALPHA => Sentence::new(
            "That it does not go with {what} is not rejected (coefficient {b}, p {p}).",
            "不能拒绝与{what}无关的假设（系数 {b}，p {p}）。",
        ),
        Some(_) if estimate < 0.0 => Sentence::new(
            "“{y}” falls with {what} (coefficient {b}, p {p}).",
            "“{y}”随{what}下降（系数 {b}，p {p}）。",
        ),
        Some(_) => Sentence::new(
            "“{y}” rises with {what} (coefficient {b}, p {p}).",
            "“{y}”随{what}上升（系数 {b}，p {p}）。",
        ),
    };
    let sentence =
        sentence.bind("what", what).bind("b", view.bound(row, "estimate", Format::Short));
    let sentence = if p.is_some_and(|p| p < ALPHA) { sentence.bind("y", y) } else { sentence };
    Some(if p.is_some() { sentence.bind("p", p_value(view, row, "p_value")) } else { sentence })
}

/// Whether what is left goes with the neighbors, and which model of space the tests point to.
fn spatial_tests(context: Context<'_>, step: &str) -> Option<Sentence> {
    let tests = context.table(step, "tests")?;
    let row = |name: &str| tests.row(&[("test", name)]);
    let p = |name: &str| tests.number(row(name)?, "p_value");
    let (lag, error) = (p("lm-lag")?, p("lm-error")?);
    let (lag_robust, error_robust) = (p("lm-lag-robust"), p("lm-error-robust"));
    let (en, zh) = match points_to(lag, error, lag_robust, error_robust) {
        None => ("neither model of space is called for", "无需空间模型"),
        Some(RegressionModel::SpatialLag) => ("they point to a spatial lag", "指向空间滞后模型"),
        Some(_) => ("they point to a spatial error", "指向空间误差模型"),
    };
    let sentence = Sentence::new(
        format!("Lagrange multiplier tests: lag p {{lag}}, error p {{error}}: {en}."),
        format!("拉格朗日乘子检验：滞后 p {{lag}}，误差 p {{error}}：{zh}。"),
    );
    Some(
        sentence
            .bind("lag", p_value(tests, row("lm-lag")?, "p_value"))
            .bind("error", p_value(tests, row("lm-error")?, "p_value")),
    )
}

/// The model that Anselin's rule takes: of the simple tests the one that rejects, of two that reject the one
/// whose robust form has the smaller p.
fn points_to(
    lag: f64,
    error: f64,
    lag_robust: Option<f64>,
    error_robust: Option<f64>,
) -> Option<RegressionModel> {
    match (lag < ALPHA, error < ALPHA) {
        (false, false) => None,
        (true, false) => Some(RegressionModel::SpatialLag),
        (false, true) => Some(RegressionModel::SpatialError),
        (true, true) => {
            let lag = lag_robust.unwrap_or(lag);
            let error = error_robust.unwrap_or(error);
            Some(if lag <= error {
                RegressionModel::SpatialLag
            } else {
                RegressionModel::SpatialError
            })
        }
    }
}

/// Whether a variable goes with another one among the neighbors.
fn pairs(context: Context<'_>, section: &mut Section) {
    for pair in &context.findings.spec.space.pair {
        let title = || named(&pair.title, &pair.id);
        let moran = context.table(&format!("bivariate-moran-{}", pair.id), "");
        let lee = context.table(&format!("lee-{}", pair.id), "");
        let Some(moran) = moran else {
            let step = format!("bivariate-moran-{}", pair.id);
            section.paragraph(no_answer(context, &step, title()));
            continue;
        };
        let row = moran.n_rows() - 1;
        let (en, zh) = match (moran.number(row, "p_value"), moran.number(row, "bivariate_moran")) {
            (Some(p), Some(i)) if p < ALPHA && i > 0.0 => (
                "a high value goes with high values of the other among the neighbors",
                "高值与邻居另一变量的高值相伴",
            ),
            (Some(p), Some(_)) if p < ALPHA => (
                "a high value goes with low values of the other among the neighbors",
                "高值与邻居另一变量的低值相伴",
            ),
            (Some(_), Some(_)) => ("that is what chance would give", "与随机分布无显著差别"),
            _ => ("how far that is from chance is not known", "与随机的差别未知"),
        };
        let mut sentences = vec![
            Sentence::new(
                format!(
                    "{{title}}: in {{year}} “{{value}}” against the neighbors' “{{other}}” has a bivariate \
                     Moran's I of {{i}} (p {{p}}): {en}."
                ),
                format!(
                    "{{title}}：{{year}} 年“{{value}}”与邻居“{{other}}”的双变量莫兰指数为 {{i}}（p {{p}}）：{zh}。"
                ),
            )
            .bind("title", title())
            .bind("year", Bound::same(moran.text(row, "period"), None))
            .bind("value", variable(context, &pair.value))
            .bind("other", variable(context, &pair.other))
            .bind("i", moran.bound(row, "bivariate_moran", Format::Decimals(3)))
            .bind("p", p_value(moran, row, "p_value")),
        ];
        if let Some(lee) = lee {
            let row = lee.n_rows() - 1;
            sentences.push(
                Sentence::new(
                    "Smoothed over the neighbors the two go together with Lee's L = {l} (p {p}); in place their \
                     correlation is {r}.",
                    "经邻域平滑后两者的 Lee L 为 {l}（p {p}）；同地相关系数为 {r}。",
                )
                .bind("l", lee.bound(row, "lee", Format::Decimals(3)))
                .bind("p", p_value(lee, row, "p_value"))
                .bind("r", lee.bound(row, "correlation", Format::Decimals(3))),
            );
        }
        section.paragraph(sentences);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_tests_that_reject_the_robust_ones_decide() {
        assert_eq!(points_to(0.2, 0.3, None, None), None);
        assert_eq!(points_to(0.01, 0.3, None, None), Some(RegressionModel::SpatialLag));
        assert_eq!(points_to(0.2, 0.01, None, None), Some(RegressionModel::SpatialError));
        let both = |lag, error| points_to(0.01, 0.001, Some(lag), Some(error));
        assert_eq!(both(0.6, 0.02), Some(RegressionModel::SpatialError));
        assert_eq!(both(0.02, 0.6), Some(RegressionModel::SpatialLag));
    }
}
