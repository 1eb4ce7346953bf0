//! The scale: bounds, weights and what they make of a number.

use agglo_core::{Datum, Undefined};

use crate::trend::constants::{Row, number, rows, text};

const CONSTANTS: &str = include_str!("../../../data/industrialization_stage.csv");
/// Largest share of the weight that may be absent.
const MOST_ABSENT: f64 = 0.25;

/// The years whose dollars the income bounds are published in.
pub const PRICE_YEARS: [&str; 8] = ["1964", "1995", "1996", "2000", "2002", "2004", "2005", "2010"];

/// How local money becomes dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// At the market rate.
    Fx,
    /// At purchasing power parity.
    Ppp,
    /// The mean of both.
    Mean,
}

/// Bounds and weights for one price year; shares from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct StageScale {
    /// Weights of the five indicators in their fixed order; they add up to 100.
    pub weights: [f64; 5],
    income: [f64; 4],
    /// Shares of the primary sector where the score is 0, 33 and 66.
    structure: [f64; 3],
    manufacturing: [f64; 4],
    urban: [f64; 4],
    primary_employment: [f64; 4],
}

impl StageScale {
    /// The scale whose income bounds are in dollars of `price_year`; `None` for another year.
    pub fn of(price_year: &str) -> Option<StageScale> {
        let table = rows(CONSTANTS);
        let find = |indicator: &str, year: &str| {
            table
                .iter()
                .find(|row| text(row, "indicator") == indicator && text(row, "price_year") == year)
        };
        let bounds = |row: &Row<'_>, scale: f64| -> Option<[f64; 4]> {
            let bound = |name| number(row, name).map(|bound| bound / scale);
            Some([bound("early")?, bound("middle")?, bound("late")?, bound("post")?])
        };
        let income = find("income", price_year)?;
        let structure = find("structure", "")?;
        let manufacturing = find("manufacturing", "")?;
        let urban = find("urban", "")?;
        let employment = find("primary_employment", "")?;
        let knot = |name| number(structure, name).map(|share| share / 100.0);
        let weight = |row| number(row, "weight");
        Some(StageScale {
            weights: [
                weight(income)?,
                weight(structure)?,
                weight(manufacturing)?,
                weight(urban)?,
                weight(employment)?,
            ],
            income: bounds(income, 1.0)?,
            structure: [knot("early")?, knot("middle")?, knot("late")?],
            manufacturing: bounds(manufacturing, 100.0)?,
            urban: bounds(urban, 100.0)?,
            primary_employment: bounds(employment, 100.0)?,
        })
    }

    /// The same with income bounds in dollars that are worth 1/`ratio` of those of the price year.
    #[must_use]
    pub fn at_prices(self, ratio: f64) -> StageScale {
        StageScale { income: self.income.map(|bound| bound * ratio), ..self }
    }

    /// Score of income per head in dollars of the price year.
    pub fn income(&self, usd: f64) -> f64 {
        ramp(usd, self.income)
    }

    /// Score of the primary, secondary and tertiary shares of value added.
    pub fn structure(&self, [primary, secondary, tertiary]: [f64; 3]) -> f64 {
        let [start, middle, late] = self.structure;
        if primary >= secondary || primary >= start {
            0.0
        } else if primary >= middle {
            33.0 * (start - primary) / (start - middle)
        } else if primary >= late {
            33.0 + 33.0 * (middle - primary) / (middle - late)
        } else if secondary > tertiary {
            66.0 + 33.0 * (late - primary) / late
        } else {
            100.0
        }
    }

    /// Whether services lead although the primary share is still that of the middle stage.
    pub fn is_service_led(&self, [primary, secondary, tertiary]: [f64; 3]) -> bool {
        let [_, middle, late] = self.structure;
        (late..middle).contains(&primary) && secondary <= tertiary && primary < secondary
    }

    /// Score of manufacturing in the value added of the goods-producing sectors.
    pub fn manufacturing(&self, share: f64) -> f64 {
        ramp(share, self.manufacturing)
    }

    /// Score of the urban share of the population.
    pub fn urban(&self, share: f64) -> f64 {
        ramp(share, self.urban)
    }

    /// Score of the primary sector's share of employment.
    pub fn primary_employment(&self, share: f64) -> f64 {
        ramp(-share, self.primary_employment.map(|bound| -bound))
    }

    /// K with the share of the weight that it rests on.
    pub fn index(&self, scores: [Datum; 5]) -> (Datum, f64) {
        let mut total = 0.0;
        let mut present = 0.0;
        for (score, weight) in scores.iter().zip(self.weights) {
            if let Some(score) = score.number() {
                total += score * weight;
                present += weight;
            }
        }
        let share = present / self.weights.iter().sum::<f64>();
        if 1.0 - share > MOST_ABSENT {
            return (Datum::undefined(Undefined::NotEnoughEvidence), share);
        }
        (Datum::ratio(total, present), share)
    }
}

/// 33 points a stage between its bounds, 0 below the first, 100 above the last.
fn ramp(x: f64, bounds: [f64; 4]) -> f64 {
    if x < bounds[0] {
        return 0.0;
    }
    if x > bounds[3] {
        return 100.0;
    }
    let stage = (0..2).take_while(|&j| x > bounds[j + 1]).count();
    let (low, high) = (bounds[stage], bounds[stage + 1]);
    33.0 * (stage as f64 + (x - low) / (high - low))
}

/// The stage that an index stands for.
pub fn label_of(k: f64) -> &'static str {
    if k <= 0.0 {
        "pre-industrial"
    } else if k <= 33.0 {
        "early"
    } else if k <= 66.0 {
        "middle"
    } else if k < 100.0 - 1e-9 {
        "late"
    } else {
        "post-industrial"
    }
}

/// The half of the stage, I up to the midpoint and II above; none outside the three stages.
pub fn half_of(k: f64, midpoints: [f64; 3]) -> Option<&'static str> {
    let midpoint = match label_of(k) {
        "early" => midpoints[0],
        "middle" => midpoints[1],
        "late" => midpoints[2],
        _ => return None,
    };
    Some(if k > midpoint { "II" } else { "I" })
}

/// Dollars of `local` money with what rates there are, and a flag when only one of two was there.
pub fn income_usd(
    local: Datum,
    fx: Datum,
    ppp: Datum,
    conversion: Conversion,
) -> (Datum, Option<&'static str>) {
    let Datum::Number(local) = local else { return (local, None) };
    let at = |rate: Datum| match rate {
        Datum::Number(rate) if rate > 0.0 => Datum::Number(local / rate),
        Datum::Number(_) => Datum::undefined(Undefined::ZeroDenominator),
        gap @ Datum::Gap(_) => gap,
    };
    match (conversion, at(fx), at(ppp)) {
        (Conversion::Fx, fx, _) => (fx, None),
        (Conversion::Ppp, _, ppp) => (ppp, None),
        (Conversion::Mean, Datum::Number(fx), Datum::Number(ppp)) => {
            (Datum::Number(f64::midpoint(fx, ppp)), None)
        }
        (Conversion::Mean, fx @ Datum::Number(_), _) => (fx, Some("fx_only")),
        (Conversion::Mean, _, ppp @ Datum::Number(_)) => (ppp, Some("ppp_only")),
        (Conversion::Mean, gap, _) => (gap, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Gap;

    fn scale() -> StageScale {
        StageScale::of("2004").unwrap()
    }

    #[track_caller]
    fn check(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-10, "{found} is not {expected}");
    }

    #[test]
    fn every_price_year_has_its_bounds() {
        for year in PRICE_YEARS {
            let scale = StageScale::of(year).unwrap();
            assert!(scale.income.is_sorted(), "{year}");
            check(scale.weights.iter().sum(), 100.0);
        }
        assert_eq!(StageScale::of("2020"), None);
    }

    #[test]
    fn twice_the_prices_take_twice_the_income_to_the_same_score() {
        check(scale().at_prices(2.0).income(7000.0), scale().income(3500.0));
    }

    // 24 + 33 · (3500 − 2880)/2880 points of income and so on.
    #[test]
    fn the_worked_example_is_in_the_first_half_of_the_middle_stage() {
        let scale = scale();
        let scores = [
            scale.income(3500.0),
            scale.structure([0.12, 0.48, 0.40]),
            scale.manufacturing(0.45),
            scale.urban(0.42),
            scale.primary_employment(0.38),
        ];
        for (found, expected) in scores.iter().zip([40.104_166_666_7, 59.4, 49.5, 19.8, 48.4]) {
            check(*found, expected);
        }
        let (index, present) = scale.index(scores.map(Datum::Number));
        check(index.number().unwrap(), 44.6435);
        check(present, 1.0);
        assert_eq!(
            (label_of(44.6435), half_of(44.6435, [16.5, 49.5, 82.5])),
            ("middle", Some("I"))
        );
    }

    #[test]
    fn the_ends_of_the_scale_are_0_and_100() {
        let scale = scale();
        check(scale.income(1439.0), 0.0);
        check(scale.income(1440.0), 0.0);
        check(scale.income(2880.0), 33.0);
        check(scale.income(10_810.0), 99.0);
        check(scale.income(10_811.0), 100.0);
        check(scale.primary_employment(0.65), 0.0);
        check(scale.primary_employment(0.09), 100.0);
        check(scale.structure([0.4, 0.3, 0.3]), 0.0);
        check(scale.structure([0.25, 0.4, 0.35]), 33.0 * 8.0 / 13.0);
        check(scale.structure([0.05, 0.5, 0.45]), 82.5);
        check(scale.structure([0.01, 0.2, 0.79]), 100.0);
        assert!(scale.is_service_led([0.15, 0.4, 0.45]));
    }

    // 18, 26 and 50 are published as second halves; 78 and 70 as first halves of the late stage.
    #[test]
    fn published_labels_fit() {
        let middles = [16.5, 49.5, 82.5];
        for (k, label, half) in [
            (18.0, "early", "II"),
            (26.0, "early", "II"),
            (50.0, "middle", "II"),
            (78.0, "late", "I"),
        ] {
            assert_eq!((label_of(k), half_of(k, middles)), (label, Some(half)));
        }
        assert_eq!((label_of(99.5), half_of(99.5, middles)), ("late", Some("II")));
        assert_eq!((label_of(0.0), half_of(0.0, middles)), ("pre-industrial", None));
        assert_eq!((label_of(100.0), half_of(100.0, middles)), ("post-industrial", None));
    }

    #[test]
    fn the_mean_of_two_rates_says_when_one_was_absent() {
        let (number, gap) = (Datum::Number, Datum::Gap(Gap::Missing));
        let mean = Conversion::Mean;
        assert_eq!(
            income_usd(number(800.0), number(8.0), number(4.0), mean),
            (number(150.0), None)
        );
        assert_eq!(
            income_usd(number(800.0), number(8.0), gap, mean),
            (number(100.0), Some("fx_only"))
        );
        assert_eq!(income_usd(number(800.0), gap, number(4.0), Conversion::Fx), (gap, None));
        assert_eq!(income_usd(gap, number(8.0), number(4.0), mean), (gap, None));
    }

    #[test]
    fn more_than_a_quarter_of_the_weight_absent_gives_no_index() {
        let (there, gap) = (Datum::Number(50.0), Datum::Gap(Gap::Missing));
        let (index, present) = scale().index([there, there, gap, there, there]);
        check(index.number().unwrap(), 50.0);
        check(present, 0.78);
        let (index, _) = scale().index([there, there, gap, there, gap]);
        assert_eq!(index, Datum::undefined(Undefined::NotEnoughEvidence));
    }
}
