//! Which industries lie in the same regions, and where an industry is dense, large and made of many firms.

use super::{Columns, p_value};
use crate::context::{Context, TableView};
use crate::document::Section;
use crate::format::Format;
use crate::sentence::{Bound, Sentence};

/// Rows of a table that the page shows.
const SHOWN: usize = 10;
/// A p-value below this is called significant.
const ALPHA: f64 = 0.05;

/// Pairs of industries by how much they share regions.
pub(super) fn pairs(context: Context<'_>, section: &mut Section) {
    let Some(view) = context.table("coagglomeration", "pairs") else { return };
    let known = |row: &usize| view.number(*row, "gamma").is_some();
    let rows: Vec<usize> =
        view.sorted((0..view.n_rows()).collect(), "gamma").into_iter().filter(known).collect();
    let (Some(&most), Some(&least)) = (rows.first(), rows.last()) else { return };
    if most == least {
        return;
    }
    section.heading("Which industries lie together", "哪些行业共同集聚");
    let industry = |row: usize, column: &str| context.industry(&view.text(row, column));
    let mut sentences = vec![
        Sentence::new(
            "Of {n} pairs of industries, {a} and {b} share regions most in {year} (coagglomeration γ = \
             {g}), {c} and {d} least (γ = {h}); above zero two industries lie in the same regions more than \
             all activity does.",
            "{year} 年 {n} 对行业中，{a}与{b}最趋于共处同地（共同集聚指数 γ = {g}），{c}与{d}最为分离（γ = {h}）；大于零表示两行业共处的程度高于全部活动。",
        )
        .bind("n", Bound::same(rows.len().to_string(), None))
        .bind("year", Bound::same(view.text(most, "period"), None))
        .bind("a", industry(most, "industry_a"))
        .bind("b", industry(most, "industry_b"))
        .bind("g", view.bound(most, "gamma", Format::Decimals(3)))
        .bind("c", industry(least, "industry_a"))
        .bind("d", industry(least, "industry_b"))
        .bind("h", view.bound(least, "gamma", Format::Decimals(3))),
    ];
    let is_tested = rows.iter().any(|&row| view.number(row, "p_value").is_some());
    sentences.push(if is_tested {
        let beyond = |row: &&usize| view.number(**row, "p_value").is_some_and(|p| p < ALPHA);
        Sentence::new(
            "{k} pairs are farther from zero than chance would have it at 5 percent, each looked at by itself.",
            "逐对检验（未作多重比较校正），{k} 对在 5% 水平上显著异于零。",
        )
        .bind("k", Bound::same(rows.iter().filter(beyond).count().to_string(), None))
    } else {
        Sentence::new(
            "Whether that is more than chance cannot be said without the sizes of establishments.",
            "缺少企业规模数据，无法判断是否超出随机。",
        )
    });
    section.paragraph(sentences);
    let mut table = Columns::of(view)
        .words("Industry", "行业", move |row| industry(row, "industry_a"))
        .words("Other industry", "另一行业", move |row| industry(row, "industry_b"))
        .number("γ", "γ", "gamma", Format::Decimals(4));
    if is_tested {
        table = table
            .number("z", "z", "z", Format::Decimals(2))
            .words("p", "p 值", move |row| p_value(view, row, "p_value"));
    }
    section.push(table.block(
        "table-coagglomeration",
        "The pairs of industries that share regions most",
        "共同集聚程度最高的行业对",
        &rows,
        SHOWN,
    ));
}

/// The cells that are dense, large for the people, and made of many firms.
pub(super) fn cluster_index(context: Context<'_>, section: &mut Section) {
    let Some(view) = context.table("cluster-index", "cluster_index") else { return };
    let known = |row: &usize| view.number(*row, "cluster_index").is_some();
    let rows = view.sorted((0..view.n_rows()).collect(), "cluster_index");
    let rows: Vec<usize> = rows.into_iter().filter(known).collect();
    let Some(&first) = rows.first() else { return };
    section.heading("Where industries are dense and made of many firms", "何处行业密集且企业众多");
    section.paragraph(vec![strongest(context, view, first, rows.len())]);
    let table = Columns::of(view)
        .words("Region", "地区", move |row| context.region(&view.text(row, "region")))
        .words("Industry", "行业", move |row| context.industry(&view.text(row, "industry")))
        .number("Cluster index", "集群指数", "cluster_index", Format::Short)
        .number("Density", "相对密度", "density", Format::Decimals(2))
        .number("Stock", "相对存量", "stock", Format::Decimals(2))
        .number("Size of firms", "相对企业规模", "firm_size", Format::Decimals(2));
    section.push(table.block(
        "table-cluster-index",
        "The highest cluster indices; every part is relative to the whole",
        "最高的集群指数；各分项均相对于全国",
        &rows,
        SHOWN,
    ));
}

fn strongest(context: Context<'_>, view: TableView<'_>, row: usize, n: usize) -> Sentence {
    Sentence::new(
        "By the index of Litzenberger and Sternberg {industry} in {region} is the strongest of {n} cells in \
         {year}: {density} times as dense as in the whole and {stock} times as large for the people, in firms \
         of {size} times the mean size ({index} together).",
        "按利岑贝格尔—施特恩贝格指数，{year} 年 {n} 个单元中最强的是{region}的{industry}：密度为全国的 {density} 倍，人均存量为 {stock} \
         倍，企业平均规模为 {size} 倍（综合指数 {index}）。",
    )
    .bind("industry", context.industry(&view.text(row, "industry")))
    .bind("region", context.region(&view.text(row, "region")))
    .bind("n", Bound::same(n.to_string(), None))
    .bind("year", Bound::same(view.text(row, "period"), None))
    .bind("density", view.bound(row, "density", Format::Decimals(1)))
    .bind("stock", view.bound(row, "stock", Format::Decimals(1)))
    .bind("size", view.bound(row, "firm_size", Format::Decimals(2)))
    .bind("index", view.bound(row, "cluster_index", Format::Short))
}
