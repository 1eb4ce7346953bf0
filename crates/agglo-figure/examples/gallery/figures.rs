//! One realistic figure of each kind, of invented numbers.

use agglo_core::{Datum, Gap, Undefined};
use agglo_figure::{
    AreaNames, Areas, Axis, BarFigure, BarLayout, BarRow, Baseline, Break, Classes, Curve,
    CurveFigure, EventFigure, EventPoint, Figure, Flow, Group, Heading, HeatFigure, HeatScale,
    IntervalFigure, IntervalRow, LineFigure, MapFigure, MapShape, Order, Point, PointLabel,
    Quadrants, Reference, ScatterFigure, Series, Shades, Window, Words, YearRange,
    china_province_tiles,
};

fn heading(key: &str, title: (&str, &str), subtitle: (&str, &str)) -> Heading {
    Heading {
        key: key.into(),
        title: Words::new(title.0, title.1),
        subtitle: Words::new(subtitle.0, subtitle.1),
        source: Words::new(
            "Source: invented numbers. Method: gini (weighted, unnormalized), agglo 0.1.0.",
            "资料来源：虚构数据。方法：gini（加权，未标准化），agglo 0.1.0。",
        ),
    }
}

/// A number in 0 to 1 that looks random and is always the same.
fn noise(k: usize) -> f64 {
    let x = (k as f64 * 12.9898 + 78.233).sin() * 43_758.545_3;
    x - x.floor()
}

fn line() -> Figure {
    let series = |key: &str, en: &str, zh: &str, base: f64, slope: f64, seed: usize| Series {
        group: Group::new(key, Words::new(en, zh)),
        points: (1992..=2022)
            .map(|t| {
                let k = (t - 1992) as usize;
                let hump = -(f64::from(t) - 2005.0).abs() * 0.004;
                let v = base + slope * k as f64 + hump + 0.012 * noise(seed + k);
                let gap = seed == 40 && (2000..=2002).contains(&t);
                (t, if gap { Datum::Gap(Gap::Missing) } else { Datum::Number(v) })
            })
            .collect(),
        ranges: Vec::new(),
    };
    // What withheld cells leave open: more in the early years, nothing at the end.
    let ranged = |mut series: Series| {
        let known = series.points.iter().filter_map(|(year, v)| Some((*year, v.number()?)));
        let range = |(year, value): (i32, f64)| {
            let half = 0.0006 * f64::from(2022 - year);
            YearRange { year, lower: value - half, upper: value + 1.4 * half }
        };
        series.ranges = known.map(range).collect();
        series
    };
    Figure::Line(LineFigure {
        heading: heading(
            "gini-trend",
            (
                "Manufacturing became more concentrated until 2004 and has spread out since",
                "制造业集聚程度在2004年前持续上升，此后逐步扩散",
            ),
            (
                "Gini coefficient of industrial value added over 31 provinces, 1992–2022",
                "31个省份工业增加值的基尼系数，1992–2022年",
            ),
        ),
        axis: Axis::new(Words::new("Gini coefficient", "基尼系数")),
        baseline: Baseline::Data,
        series: vec![
            series("cap", "Capital-intensive", "资本密集型", 0.42, 0.002, 0),
            ranged(series("lab", "Labor-intensive", "劳动密集型", 0.44, 0.001, 40)),
            ranged(series("tech", "Technology-intensive", "技术密集型", 0.52, 0.0012, 80)),
            series("all", "All manufacturing", "全部制造业", 0.45, 0.0015, 120),
        ],
        ranges: Words::new(
            "Band: range over the completions of withheld cells",
            "色带：未公布单元格各次补全的范围",
        ),
        breaks: vec![
            Break { year: 2004, lower: 2003, upper: 2006 },
            Break { year: 2008, lower: 2007, upper: 2009 },
        ],
        windows: vec![Window {
            from: 2013,
            to: 2018,
            label: Words::new("Transfer window", "转移窗口期"),
        }],
        reference: Some(Reference {
            value: 0.40,
            label: Words::new("Value in the United States, 2020", "美国2020年数值"),
        }),
    })
}

fn provinces() -> Vec<(String, Words)> {
    china_province_tiles().into_iter().map(|t| (t.code, t.name)).collect()
}

fn bar(layout: BarLayout) -> Figure {
    let two_sided = layout == BarLayout::Stacked;
    let rows = provinces()
        .into_iter()
        .take(16)
        .enumerate()
        .map(|(k, (key, name))| {
            let v = |s: usize| Datum::Number((noise(k * 7 + s) - 0.4) * 900.0);
            let values = if two_sided {
                vec![Datum::Number(noise(k) * 700.0), v(1), v(2)]
            } else {
                let gap = [Gap::Suppressed, Gap::Missing];
                let one = Datum::Number(noise(k) * 5300.0 + 12.0);
                vec![if k == 4 || k == 9 { Datum::Gap(gap[k % 2]) } else { one }]
            };
            BarRow { key, name, values }
        })
        .collect();
    let series = if two_sided {
        vec![
            Group::new("national", Words::new("National growth", "全国增长")),
            Group::new("mix", Words::new("Industry mix", "产业结构")),
            Group::new("regional", Words::new("Regional advantage", "区域竞争力")),
        ]
    } else {
        vec![Group::new("value", Words::new("Value", "数值"))]
    };
    Figure::Bar(BarFigure {
        heading: heading(
            "shift-share",
            (
                "Inland provinces gained more than their industry mix explains",
                "内陆省份的增长超出产业结构所能解释的部分",
            ),
            (
                "Change of industrial value added 2013–2022, 100 million yuan",
                "2013–2022年工业增加值变化，亿元",
            ),
        ),
        axis: Axis::new(Words::new("100 million yuan", "亿元")),
        series,
        rows,
        layout,
        order: Order::Descending,
        reference: (!two_sided).then(|| Reference {
            value: 2300.0,
            label: Words::new("mean of 31 provinces", "31省平均"),
        }),
    })
}

fn grouped() -> Figure {
    let Figure::Bar(mut figure) = bar(BarLayout::Stacked) else { unreachable!() };
    figure.layout = BarLayout::Grouped;
    figure.rows.truncate(7);
    figure.heading.key = "grouped".into();
    Figure::Bar(figure)
}

fn shares() -> Figure {
    let Figure::Bar(mut figure) = bar(BarLayout::Stacked) else { unreachable!() };
    for (k, row) in figure.rows.iter_mut().enumerate() {
        let a = 0.2 + 0.3 * noise(k);
        let b = 0.1 + 0.3 * noise(k + 50);
        row.values = [a, b, 1.0 - a - b].map(Datum::Number).to_vec();
    }
    figure.rows[3].values[1] = Datum::Gap(Gap::Suppressed);
    figure.axis = Axis::percent(Words::new("share of value added", "增加值占比"));
    figure.order = Order::Given;
    figure.heading.key = "shares".into();
    Figure::Bar(figure)
}

fn heat(diverging: bool) -> Figure {
    let industries = [
        ("13", "Food processing", "农副食品加工业"),
        ("17", "Textiles", "纺织业"),
        ("25", "Petroleum and coking", "石油煤炭加工业"),
        ("26", "Chemicals", "化学原料和化学制品"),
        ("31", "Ferrous metals", "黑色金属冶炼"),
        ("34", "General machinery", "通用设备"),
        ("36", "Motor vehicles", "汽车制造业"),
        ("39", "Computers, electronics", "计算机通信电子"),
    ];
    let rows: Vec<Group> =
        provinces().into_iter().take(12).map(|(key, name)| Group::new(key, name)).collect();
    let columns: Vec<Group> = if diverging {
        industries.map(|(key, en, zh)| Group::new(key, Words::new(en, zh))).to_vec()
    } else {
        rows.clone()
    };
    let cells = (0..rows.len())
        .map(|r| {
            (0..columns.len())
                .map(|c| match (diverging, r * 31 + c) {
                    (true, 35) => Datum::Gap(Gap::Suppressed),
                    (true, 70 | 71) => Datum::Gap(Gap::Missing),
                    (true, k) => Datum::Number((noise(k) * 3.0 - 1.4).exp()),
                    (false, _) if r == c => Datum::Gap(Gap::NotApplicable),
                    (false, _) => Datum::Number(0.35 + 0.6 * noise(r.min(c) * 31 + r.max(c))),
                })
                .collect()
        })
        .collect();
    Figure::Heat(HeatFigure {
        heading: heading(
            "lq",
            ("Who is specialized in what", "各省的专业化行业"),
            ("Location quotient of employment, 2020", "就业区位商，2020年"),
        ),
        axis: Axis::new(Words::new("Location quotient", "区位商")),
        rows,
        columns,
        cells,
        scale: if diverging { HeatScale::Diverging { center: 1.0 } } else { HeatScale::Sequential },
    })
}

fn tiles(flows: bool) -> Figure {
    let values = provinces()
        .into_iter()
        .enumerate()
        .map(|(k, (code, _))| {
            let datum = match k {
                5 => Datum::Gap(Gap::Missing),
                10 => Datum::Gap(Gap::Suppressed),
                20 => Datum::Gap(Gap::BelowUnit),
                21 => Datum::undefined(Undefined::ZeroDenominator),
                _ => Datum::Number((noise(k) * 4.0).exp() * 900.0),
            };
            (code, datum)
        })
        .collect();
    let flow = |from: &str, to: &str, volume| Flow {
        from: format!("{from}0000"),
        to: format!("{to}0000"),
        volume,
    };
    Figure::Map(MapFigure {
        heading: heading(
            "tiles",
            ("Industry stays on the coast", "工业仍集中在沿海地区"),
            ("Industrial value added 2020, 100 million yuan", "2020年工业增加值，亿元"),
        ),
        axis: Axis::new(Words::new("100 million yuan", "亿元")),
        shape: MapShape::Tiles(china_province_tiles()),
        values,
        classes: Classes::Quantiles(5),
        flows: if flows {
            vec![
                flow("44", "43", 830.0),
                flow("44", "45", 400.0),
                flow("31", "34", 620.0),
                flow("33", "36", 210.0),
                flow("11", "13", 333.0),
                flow("32", "51", 120.0),
            ]
        } else {
            Vec::new()
        },
        flow_axis: Axis::new(Words::new("Value moved, 100 million yuan", "转移规模，亿元")),
    })
}

fn scatter() -> Figure {
    let groups = ["East", "Central", "West", "Northeast"]
        .iter()
        .zip(["东部", "中部", "西部", "东北"])
        .map(|(en, zh)| Group::new(*en, Words::new(*en, zh)))
        .collect();
    let points = provinces()
        .into_iter()
        .enumerate()
        .map(|(k, (key, name))| Point {
            key,
            name,
            x: Datum::Number(noise(k) * 0.8 + 0.1),
            y: Datum::Number(noise(k + 70) * 2.4 - 1.2 + noise(k) * 1.5),
            group: Some(k % 4),
            label: PointLabel::Shown,
        })
        .collect();
    Figure::Scatter(ScatterFigure {
        heading: heading(
            "opportunity",
            ("What Hunan could grow next", "湖南下一步可以发展什么"),
            ("Density of related industries and product complexity", "关联密度与产品复杂度"),
        ),
        x: Axis::percent(Words::new("Relatedness density", "关联密度")),
        y: Axis::new(Words::new(
            "Product complexity (standard deviations)",
            "产品复杂度（标准差）",
        )),
        groups,
        points,
        quadrants: Some(Quadrants {
            x: 0.5,
            y: 0.3,
            names: [
                Words::new("Build now", "立即培育"),
                Words::new("Long-term bet", "长期布局"),
                Words::new("Leave", "不宜发展"),
                Words::new("Easy, little gain", "易行而收益小"),
            ],
        }),
    })
}

fn interval() -> Figure {
    let rows = provinces()
        .into_iter()
        .enumerate()
        .map(|(k, (key, name))| {
            let rank = (k * 17 % 31 + 1) as f64;
            let wide = 1.0 + 4.0 * noise(k);
            let low = (rank - wide).max(1.0).round();
            let high = (rank + wide).min(31.0).round();
            let datum = |v| {
                if k == 7 {
                    Datum::undefined(Undefined::NotEnoughEvidence)
                } else {
                    Datum::Number(v)
                }
            };
            IntervalRow {
                key,
                name,
                group: Some(k % 3),
                value: datum(rank),
                lower: datum(low),
                upper: datum(high),
            }
        })
        .collect();
    Figure::Interval(IntervalFigure {
        heading: heading(
            "ranks",
            ("The top fifteen is certain for nine regions", "九个地区稳居前十五"),
            ("Rank and 90% interval over 1,000 weightings", "1000组权重下的名次及90%区间"),
        ),
        axis: Axis::ordinal(Words::new("Rank", "名次")),
        groups: vec![
            Group::new("e", Words::new("East", "东部")),
            Group::new("c", Words::new("Central", "中部")),
            Group::new("w", Words::new("West", "西部")),
        ],
        rows,
        reference: Some(Reference { value: 15.5, label: Words::new("top 15", "前15名") }),
    })
}

fn event() -> Figure {
    let points = (-6..=8)
        .map(|time| {
            let base = if time < 0 { 0.0 } else { 0.012 * f64::from(time + 1) };
            let b = base + 0.01 * (noise((time + 20) as usize) - 0.5);
            let datum = |v| Datum::Number(if time == -1 { 0.0 } else { v });
            EventPoint { time, estimate: datum(b), lower: datum(b - 0.02), upper: datum(b + 0.02) }
        })
        .collect();
    Figure::Event(EventFigure {
        heading: heading(
            "event",
            ("Parks raised employment by a tenth within eight years", "园区八年内使就业增加一成"),
            ("Effect on log employment, 95% interval", "对就业对数的影响，95%区间"),
        ),
        axis: Axis::new(Words::new("Effect on log employment", "对就业对数的影响")),
        time: Words::new("Years since the park opened", "园区设立后年数"),
        reference: -1,
        points,
    })
}

fn areas(path: &str, names: &AreaNames, classes: Classes) -> Option<Figure> {
    let text = std::fs::read_to_string(agglo_testkit::shared_data(path)?).ok()?;
    let areas = Areas::read(&text, names).ok()?;
    let values = areas
        .areas
        .iter()
        .enumerate()
        .map(|(k, a)| {
            let datum = match k % 61 {
                7 => Datum::Gap(Gap::Suppressed),
                33 => Datum::Gap(Gap::Missing),
                _ => Datum::Number((noise(k / 12) * 2.0 + noise(k) - 1.5).exp()),
            };
            (a.code.clone(), datum)
        })
        .collect();
    Some(Figure::Map(MapFigure {
        heading: heading(
            "map",
            ("Where manufacturing is more than its share", "制造业专业化地区"),
            ("Location quotient of manufacturing, 2021", "制造业区位商，2021年"),
        ),
        axis: Axis::new(Words::new("Location quotient", "区位商")),
        shape: MapShape::Areas(areas),
        values,
        classes,
        flows: Vec::new(),
        flow_axis: Axis::default(),
    }))
}

fn curves() -> Figure {
    let curve = |year: i32, gap: f64| {
        let hill = |x: f64, at: f64| (-(x - at).powi(2) / 0.08).exp();
        let points = (0..128).map(|k| f64::from(k) / 50.0);
        Curve {
            group: Group::new(year.to_string(), Words::same(year.to_string())),
            points: points.map(|x| (x, hill(x, 1.0 - gap) + 0.5 * hill(x, 1.0 + gap))).collect(),
        }
    };
    Figure::Curve(CurveFigure {
        heading: heading(
            "density",
            ("Regions draw apart into two groups", "地区分化为两组"),
            ("Kernel density of income per head", "人均收入的核密度"),
        ),
        x: Axis::new(Words::new("Income over the mean", "与均值之比")),
        y: Axis::new(Words::new("Density", "密度")),
        curves: vec![curve(1992, 0.1), curve(2002, 0.25), curve(2012, 0.4), curve(2022, 0.55)],
        shades: Shades::Order,
        reference: Some(Reference { value: 1.0, label: Words::new("mean", "均值") }),
    })
}

/// Every figure with its name; maps only where their boundary files are at hand.
pub(crate) fn all() -> Vec<(&'static str, Figure)> {
    let mut figures = vec![
        ("line", Some(line())),
        ("bar", Some(bar(BarLayout::Grouped))),
        ("shift-share", Some(bar(BarLayout::Stacked))),
        ("grouped", Some(grouped())),
        ("shares", Some(shares())),
        ("heat", Some(heat(true))),
        ("similarity", Some(heat(false))),
        ("tiles", Some(tiles(false))),
        ("flows", Some(tiles(true))),
        ("scatter", Some(scatter())),
        ("curves", Some(curves())),
        ("interval", Some(interval())),
        ("event", Some(event())),
    ];
    let fips = AreaNames { en: Some("name"), ..AreaNames::default() };
    figures.extend([
        (
            "us-counties",
            areas(
                "boundaries/us_atlas_counties-10m.topojson",
                &fips,
                Classes::Around { center: 1.0, per_side: 3 },
            ),
        ),
        ("us-states", areas("boundaries/us_atlas_states-10m.topojson", &fips, Classes::Jenks(5))),
        (
            "uk",
            areas(
                "boundaries/uk_itl3_2021_buc.geojson",
                &AreaNames { code: Some("ITL321CD"), en: Some("ITL321NM"), ..AreaNames::default() },
                Classes::Pinned(vec![0.5, 0.75, 1.0, 1.5, 2.0]),
            ),
        ),
        (
            "world",
            areas("boundaries/world_atlas_countries-110m.topojson", &fips, Classes::Jenks(5)),
        ),
    ]);
    figures.into_iter().filter_map(|(name, figure)| Some((name, figure?))).collect()
}
