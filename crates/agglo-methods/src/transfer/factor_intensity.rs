//! Factor intensity: is an industry labor-, capital- or technology-intensive?
//!
//! data: technology if RD/revenue > its upper third, else capital if K/L > its median, else labor
//!
//! | symbol | meaning                                  | shape | range | unit               |
//! |--------|------------------------------------------|-------|-------|--------------------|
//! | K/L    | fixed assets per person employed         | I     | ≥ 0   | money per person   |
//! | RD     | research and development over revenue    | I     | ≥ 0   | none               |
//!
//! The variant `default` looks the two-digit code up in `data/factor_intensity.csv`, whose column
//! `contested` names the class that other publications prefer. Gaps: an industry whose numbers do
//! not decide it has no class. Cost: O(I log I).
//! Source: agglo's own table and rule; publications disagree on about eight industries.

use agglo_core::{Column, Datum, Frame, Gap, Key, Note, Text, Values};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, INDUSTRY, Input, Mark, Method, OUT_INDUSTRY, OptionKind, OptionSpec, OutputTable,
    Variant, number as number_column, optional, out,
};
use crate::inference::{median, percentile};
use crate::trend::constants::{rows, text};

const TABLE: &str = include_str!("../../data/factor_intensity.csv");

/// A class with what it rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intensity {
    /// The industry's name in the table, where it stands there.
    pub name: Option<String>,
    /// `labor`, `capital` or `technology`; none where undecided or outside the three.
    pub intensity: Option<String>,
    /// The class that other publications prefer.
    pub contested: Option<String>,
    /// Why.
    pub basis: String,
}

/// Which codes the industries have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Classification {
    /// GB/T 4754-2017, which the 2011 edition shares at two digits in manufacturing.
    Gbt2017,
    /// GB/T 4754-2002.
    Gbt2002,
    /// ISIC revision 4, the same as NACE revision 2 at two digits.
    Isic4,
}

impl Classification {
    const fn name(self) -> &'static str {
        match self {
            Classification::Gbt2017 => "gbt-2017",
            Classification::Gbt2002 => "gbt-2002",
            Classification::Isic4 => "isic-4",
        }
    }

    fn of(name: &str) -> Classification {
        match name {
            "gbt-2002" => Classification::Gbt2002,
            "isic-4" => Classification::Isic4,
            _ => Classification::Gbt2017,
        }
    }
}

/// The class of a code in the table; its first two digits count, letters before them do not.
pub fn by_table(code: &str, classification: Classification) -> Intensity {
    let digits: String = code.chars().filter(char::is_ascii_digit).take(2).collect();
    let name = classification.name();
    let table = rows(TABLE);
    let row = table
        .iter()
        .find(|row| text(row, "classification") == name && text(row, "industry") == digits);
    let Some(row) = row else {
        return Intensity { basis: format!("not in {name}"), ..Intensity::default() };
    };
    let cell = |heading: &str| Some(text(row, heading).to_owned()).filter(|cell| !cell.is_empty());
    let basis = match cell("intensity") {
        Some(_) => name.to_owned(),
        None => format!("{name}, in no class"),
    };
    Intensity {
        name: cell("name"),
        intensity: cell("intensity"),
        contested: cell("contested"),
        basis,
    }
}

/// The classes of industries by their assets per person and their research intensity.
pub fn by_data(assets_per_person: &[Datum], research_share: &[Datum]) -> Vec<Intensity> {
    let known = |values: &[Datum]| values.iter().filter_map(|v| v.number()).collect::<Vec<f64>>();
    let upper_third = percentile(&known(research_share), 2.0 / 3.0);
    let middle = median(&known(assets_per_person));
    let decide = |(assets, research): (&Datum, &Datum)| {
        let class = |class: &str, basis: &str| Intensity {
            intensity: Some(class.to_owned()),
            basis: basis.to_owned(),
            ..Intensity::default()
        };
        let open = |basis: &str| Intensity { basis: basis.to_owned(), ..Intensity::default() };
        match (research.number(), upper_third, assets.number(), middle) {
            (None, ..) | (_, None, ..) => open("research intensity not known"),
            (Some(rd), Some(third), ..) if rd > third => {
                class("technology", "R&D in the top third")
            }
            (.., None, _) | (.., None) => open("assets per person not known"),
            (.., Some(kl), Some(middle)) if kl > middle => {
                class("capital", "assets per person above the median")
            }
            _ => class("labor", "assets per person up to the median"),
        }
    };
    assets_per_person.iter().zip(research_share).map(decide).collect()
}

pub(super) static FACTOR_INTENSITY: Method = Method {
    id: "factor-intensity",
    chapter: Chapter::Transfer,
    title: Text::new("Factor intensity of industries", "行业要素密集度"),
    help: Text::new(
        "Which industries are labor-, capital- or technology-intensive?",
        "哪些行业属于劳动、资本或技术密集型？",
    ),
    inputs: &[Input {
        table: "industries",
        required: true,
        columns: &[
            INDUSTRY,
            optional(number_column("fixed_assets", "fixed assets", "固定资产")),
            optional(number_column("employment", "persons employed", "就业人数")),
            optional(number_column(
                "rd_expenditure",
                "expenditure on research and development",
                "研发经费",
            )),
            optional(number_column("revenue", "revenue", "营业收入")),
        ],
    }],
    options: &[OptionSpec {
        name: "classification",
        kind: OptionKind::Choice(&["gbt-2017", "gbt-2002", "isic-4"]),
        default: "gbt-2017",
        help: Text::new("which codes the industries have", "行业代码所属分类标准"),
    }],
    variants: &[
        Variant {
            id: "default",
            help: Text::new("by agglo's table of two-digit codes", "按 agglo 两位数代码表"),
        },
        Variant {
            id: "data",
            help: Text::new(
                "by research intensity and assets per person",
                "按研发强度与人均固定资产",
            ),
        },
    ],
    outputs: &[OutputTable {
        name: "intensity",
        columns: &[
            OUT_INDUSTRY,
            out("name", "", "Name", "名称"),
            out("intensity", "", "Intensity", "要素密集度"),
            out("contested", "", "Also held to be", "另有归类"),
            out("basis", "", "Basis", "依据"),
        ],
    }],
    formula: "table lookup; data: technology if RD/revenue is in the upper third, else capital if \
              K/L is above the median, else labor",
    source: "agglo's own table; publications disagree on about eight industries",
    mark: Mark::Convention,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let frame = call.frame("industries")?;
    let industries = frame.keys("industry")?;
    let classification = Classification::of(call.option("classification"));
    let looked_up: Vec<Intensity> =
        industries.iter().map(|code| by_table(code, classification)).collect();
    let found = if call.variant() == "data" {
        let ratio = |above: &str, below: &str| -> Result<Vec<Datum>, MethodError> {
            if !frame.has(above) || !frame.has(below) {
                return Ok(vec![Datum::Gap(Gap::Missing); industries.len()]);
            }
            let pairs = frame.numbers(above)?.into_iter().zip(frame.numbers(below)?);
            Ok(pairs
                .map(|pair| match pair {
                    (Datum::Number(above), Datum::Number(below)) => Datum::ratio(above, below),
                    (gap @ Datum::Gap(_), _) | (_, gap @ Datum::Gap(_)) => gap,
                })
                .collect())
        };
        let decided =
            by_data(&ratio("fixed_assets", "employment")?, &ratio("rd_expenditure", "revenue")?);
        let named = |(decided, table): (Intensity, &Intensity)| Intensity {
            name: table.name.clone(),
            contested: table.intensity.clone().filter(|t| decided.intensity.as_ref() != Some(t)),
            ..decided
        };
        decided.into_iter().zip(&looked_up).map(named).collect()
    } else {
        looked_up
    };
    let undecided = found.iter().filter(|intensity| intensity.intensity.is_none()).count();
    let mut notes = vec![Note::new(
        "convention",
        "the table and the rule are a convention of agglo; `contested` names the other class in use",
        "分类表与规则为 agglo 约定，“另有归类”列出文献中的其他归类",
    )];
    if undecided > 0 {
        notes.push(Note::new(
            "no-class",
            format!("{undecided} industries have no class; the column `basis` says why"),
            format!("{undecided} 个行业未归类，原因见“依据”列"),
        ));
    }
    let column = |name: &str, cell: &dyn Fn(&Intensity) -> Option<String>| {
        let cells = found.iter().map(|intensity| cell(intensity).map(Key::from)).collect();
        Column::new(name, "", Values::Text(cells))
    };
    let frame = Frame::new(vec![
        Column::text("industry", industries),
        column("name", &|intensity| intensity.name.clone()),
        column("intensity", &|intensity| intensity.intensity.clone()),
        column("contested", &|intensity| intensity.contested.clone()),
        column("basis", &|intensity| Some(intensity.basis.clone())),
    ])?;
    Ok(Answer::one("intensity", frame).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        code: &str,
        classification: Classification,
        intensity: Option<&str>,
        contested: Option<&str>,
    ) {
        let found = by_table(code, classification);
        assert_eq!(found.intensity.as_deref(), intensity, "{code}");
        assert_eq!(found.contested.as_deref(), contested, "{code}");
    }

    #[test]
    fn codes_are_found_with_and_without_their_letter() {
        use Classification::{Gbt2002, Gbt2017, Isic4};
        check("C17", Gbt2017, Some("labor"), None);
        check("29", Gbt2017, Some("labor"), Some("capital"));
        check("3011", Gbt2017, Some("capital"), Some("labor"));
        check("37", Gbt2002, Some("technology"), Some("capital"));
        check("26", Isic4, Some("technology"), None);
        check("42", Gbt2017, None, None);
        check("70", Gbt2017, None, None);
    }

    #[test]
    fn research_decides_before_capital() {
        let numbers = |values: [f64; 6]| values.map(Datum::Number);
        let found = by_data(
            &numbers([9.0, 8.0, 7.0, 3.0, 2.0, 1.0]),
            &numbers([0.09, 0.01, 0.01, 0.08, 0.01, 0.01]),
        );
        let classes: Vec<&str> = found.iter().filter_map(|i| i.intensity.as_deref()).collect();
        assert_eq!(classes, ["technology", "capital", "capital", "technology", "labor", "labor"]);
    }

    #[test]
    fn an_industry_without_numbers_has_no_class() {
        let missing = Datum::Gap(Gap::Missing);
        let known = Datum::Number(1.0);
        let found = by_data(&[known, missing], &[known, known]);
        assert_eq!(found[1].intensity, None);
        assert_eq!(found[1].basis, "assets per person not known");
        let found = by_data(&[known], &[missing]);
        assert_eq!(found[0].basis, "research intensity not known");
    }
}
