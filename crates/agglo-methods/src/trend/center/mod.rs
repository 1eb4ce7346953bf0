//! Center of gravity and standard deviational ellipse over time: where is an industry's middle, how
//! far does it reach, and where is it going?
//!
//! x̄ = Σ w x / Σ w        S = Σ w (x − x̄)(x − x̄)' / Σ w = V diag(λ₁, λ₂) V'        axes √(2λ)
//!
//! | symbol | meaning                                                     | shape | range    | unit |
//! |--------|-------------------------------------------------------------|-------|----------|------|
//! | w      | activity of each region                                     | R     | ≥ 0      | any  |
//! | x      | its place: east and north in a plane                        | R × 2 | any      | km   |
//! | λ      | variances along the axes; √λ without the correction         | 2     | ≥ 0      | km²  |
//! | azimuth | of the long axis, clockwise from north                     | 1     | 0 to 180 | °    |
//!
//! An ellipse needs a plane, and areas of two years can be compared only where areas are true: so
//! longitude and latitude go through Albers' equal-area conic projection, fitted to the regions or
//! with given parallels (China: 25°, 47°, 105°). The center comes back as longitude and latitude,
//! and its way is measured over the ellipsoid, where the projection's lengths are not true.
//! Gaps: settled first, by the option `gaps`. Cost: O(R) per industry and period.
//! Source: Lefever (1926), American Journal of Sociology 32(1), 88–94; Yuill (1971), Geografiska
//! Annaler B 53(1), 28–39; axes as ArcGIS documents them.

use std::collections::BTreeMap;

use agglo_core::{Activity, Column, Datum, Frame, Gap, Key, Lang, Note, Text, Undefined, Values};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Input, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OptionKind, OptionSpec,
    OutputTable, REGION, Variant, number, optional, out, out_key,
};
use crate::concentration::{data, each_industry, once};
use crate::interval::{
    CONFIDENCE, INTERVAL, Interval, OUT_ERROR, OUT_LOWER, OUT_UPPER, REPLICATES,
};

mod ellipse;
mod motion;
mod plane;

pub use ellipse::{Ellipse, EllipseScale, overlap};
pub use motion::Motion;
pub use plane::{Albers, geodesic};

/// The name of all industries together.
const ALL: &str = "(all)";

pub(super) static CENTER_OF_GRAVITY: Method = Method {
    id: "center-of-gravity",
    chapter: Chapter::Status,
    title: Text::new("Center of gravity and ellipse", "重心与标准差椭圆"),
    help: Text::new(
        "Where is an industry's middle, how far does it reach, and where is it going?",
        "产业重心在何处、分布范围多大、向何处移动？",
    ),
    inputs: &[
        ACTIVITY,
        Input {
            table: "region",
            required: true,
            columns: &[
                REGION,
                optional(number("x_km", "easting in a plane", "平面东向坐标")),
                optional(number("y_km", "northing in a plane", "平面北向坐标")),
                optional(number(
                    "lon",
                    "longitude, where there is no easting",
                    "经度（无平面坐标时）",
                )),
                optional(number(
                    "lat",
                    "latitude, where there is no northing",
                    "纬度（无平面坐标时）",
                )),
            ],
        },
    ],
    options: &[
        OptionSpec {
            name: "of",
            kind: OptionKind::Choice(&["all", "industries", "both"]),
            default: "all",
            help: Text::new(
                "the center of all activity, of each industry, or both",
                "全部活动的重心、各行业的重心，或二者",
            ),
        },
        OptionSpec {
            name: "projection",
            kind: OptionKind::Text,
            default: "auto",
            help: Text::new(
                "equal-area projection of longitude and latitude: auto, or two parallels and a meridian in degrees such as 25,47,105",
                "经纬度的等积投影：auto，或两条标准纬线与中央经线（度），如 25,47,105",
            ),
        },
        INTERVAL,
        REPLICATES,
        CONFIDENCE,
        GAPS,
    ],
    variants: &[
        Variant {
            id: "sqrt2", help: Text::new("axes √(2λ), as ArcGIS", "轴长 √(2λ)，同 ArcGIS")
        },
        Variant {
            id: "plain",
            help: Text::new("axes √λ, as Lefever and Yuill", "轴长 √λ，同 Lefever 与 Yuill"),
        },
        Variant {
            id: "n-minus-2",
            help: Text::new(
                "axes √(2λ n/(n − 2)), as CrimeStat and R's aspace",
                "轴长 √(2λ n/(n − 2))，同 CrimeStat 与 R 的 aspace",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "centers",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                out("x_km", "km", "East", "东向坐标"),
                out("y_km", "km", "North", "北向坐标"),
                out("lon", "degrees", "Longitude", "经度"),
                out("lat", "degrees", "Latitude", "纬度"),
                out("semi_major_km", "km", "Half long axis", "长半轴"),
                out("semi_minor_km", "km", "Half short axis", "短半轴"),
                out("azimuth", "degrees", "Azimuth of the long axis", "长轴方位角"),
                out("area_km2", "km2", "Area of the ellipse", "椭圆面积"),
                out("standard_distance_km", "km", "Standard distance", "标准距离"),
                out("n_regions", "1", "Regions", "地区数"),
                out("shape", "", "Shape", "形状"),
            ],
        },
        OutputTable {
            name: "motion",
            columns: &[
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                OUT_INDUSTRY,
                out("distance_km", "km", "Distance moved", "移动距离"),
                out("bearing", "degrees", "Bearing", "移动方位角"),
                out("area_ratio", "1", "Area, later over earlier", "面积比（后/前）"),
                out("overlap", "1", "Overlap of the ellipses", "椭圆重叠度"),
                out("turn", "degrees", "Turn of the long axis", "长轴转角"),
            ],
        },
        OutputTable {
            name: "intervals",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                out_key("measure", "Measure", "指标"),
                OUT_ERROR,
                OUT_LOWER,
                OUT_UPPER,
                out("unit", "", "Unit", "单位"),
            ],
        },
    ],
    formula: "center = Σ w x/Σ w   half axes = √(2 λ)   λ: eigenvalues of Σ w (x − center)(x − \
              center)'/Σ w   w: activity of the regions; x: their places in an equal-area plane",
    source: "Lefever (1926), American Journal of Sociology 32(1), 88–94; Yuill (1971), \
             Geografiska Annaler B 53(1), 28–39; ArcGIS, Directional Distribution",
    mark: Mark::Verified,
    run,
};

/// Where the regions lie.
struct Map {
    regions: BTreeMap<Key, (f64, f64)>,
    albers: Option<Albers>,
}

impl Map {
    fn read(call: &Call<'_>) -> Result<Map, MethodError> {
        let frame = call.frame("region")?;
        let codes = frame.keys("region")?;
        once("region", &codes)?;
        let planar = frame.has("x_km") && frame.has("y_km");
        if !planar && !(frame.has("lon") && frame.has("lat")) {
            return Err(data(
                "the table `region` has neither x_km and y_km nor lon and lat".to_owned(),
            ));
        }
        let (first, second) = if planar { ("x_km", "y_km") } else { ("lon", "lat") };
        let column = |name: &str| -> Result<Vec<f64>, MethodError> {
            let values = frame.numbers(name)?;
            let number = |(value, code): (&Datum, &Key)| match value {
                Datum::Number(value) => Ok(*value),
                Datum::Gap(gap) => {
                    let reason = gap.reason(Lang::En);
                    Err(data(format!("`{name}` of region `{code}` holds no number: {reason}")))
                }
            };
            values.iter().zip(&codes).map(number).collect()
        };
        let (east, north) = (column(first)?, column(second)?);
        let albers = if planar { None } else { Some(projection(call, &codes, &east, &north)?) };
        let places = east.into_iter().zip(north).map(|(x, y)| match albers {
            Some(albers) => albers.project(x, y),
            None => (x, y),
        });
        Ok(Map { regions: codes.iter().cloned().zip(places).collect(), albers })
    }

    /// The places of the regions of `activity`.
    fn of(&self, activity: &Activity) -> Result<Vec<(f64, f64)>, MethodError> {
        let place = |code: &Key| {
            self.regions.get(code).copied().ok_or_else(|| {
                data(format!("the table `region` lacks region `{code}`; add its row"))
            })
        };
        activity.regions().codes().iter().map(place).collect()
    }

    fn note(&self) -> Option<Note> {
        self.albers.map(|albers| {
            let how = albers.describe();
            Note::new(
                "projected",
                format!(
                    "longitude and latitude were projected to Albers' equal-area plane (parallels \
                     and meridian {how}), so that areas compare; ways are measured over the \
                     ellipsoid"
                ),
                format!("经纬度投影到 Albers 等积平面（标准纬线与中央经线 {how}），面积可比；移动距离按椭球面计算"),
            )
        })
    }
}

fn projection(
    call: &Call<'_>,
    codes: &[Key],
    lon: &[f64],
    lat: &[f64],
) -> Result<Albers, MethodError> {
    for ((lon, lat), code) in lon.iter().zip(lat).zip(codes) {
        if !(-360.0..=360.0).contains(lon) || !(-90.0..=90.0).contains(lat) {
            return Err(data(format!(
                "region `{code}` lies at longitude {lon}, latitude {lat}, which is not on the globe"
            )));
        }
    }
    let text = call.option("projection").trim();
    if text == "auto" {
        return Ok(Albers::fitted(lon, lat));
    }
    let parsed: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    match parsed[..] {
        [south, north, lon0]
            if south.abs() <= 90.0 && north.abs() <= 90.0 && lon0.abs() <= 360.0 =>
        {
            Ok(Albers::new(south, north, lon0))
        }
        _ => Err(MethodError::Option {
            method: CENTER_OF_GRAVITY.id,
            option: "projection".to_owned(),
            found: text.to_owned(),
            allowed: "auto, or three numbers south,north,meridian in degrees".to_owned(),
        }),
    }
}

/// One center.
struct Row {
    period: i64,
    industry: Key,
    ellipse: Result<Ellipse, Undefined>,
}

/// What intervals are given for.
const MEASURES: [&str; 5] = ["x_km", "y_km", "semi_major_km", "semi_minor_km", "area_km2"];

#[derive(Default)]
struct IntervalRows {
    period: Vec<i64>,
    industry: Vec<Key>,
    measure: Vec<&'static str>,
    numbers: [Vec<Datum>; 3],
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let scale = match call.variant() {
        "plain" => EllipseScale::Plain,
        "n-minus-2" => EllipseScale::NMinus2,
        _ => EllipseScale::Sqrt2,
    };
    let map = Map::read(call)?;
    let interval = Interval::of(call);
    let (mut rows, mut intervals) = (Vec::new(), IntervalRows::default());
    let of = call.option("of");
    let notes = call.each_period(|p, activity| {
        let places = map.of(activity)?;
        let mut add = |industry: Key, weights: &[f64]| {
            let period = i64::from(p);
            let ellipse = Ellipse::of(&places, weights, scale);
            if call.option("interval") != "none" {
                intervals.extend(call, interval, (period, &industry), &places, weights, scale)?;
            }
            rows.push(Row { period, industry, ellipse });
            Ok(())
        };
        if of != "industries" {
            add(ALL.into(), &activity.region_totals())?;
        }
        if of == "all" {
            return Ok(());
        }
        each_industry(activity, |i, values| add(activity.industries().code(i).clone(), values))
    })?;
    let mut answer = Answer::one("centers", centers(&rows, &map)?)
        .and("motion", motion::frame(&rows, map.albers.as_ref())?);
    if call.option("interval") != "none" {
        answer = answer.and("intervals", intervals.frame()?);
    }
    Ok(answer.noting(notes).noting(map.note()).noting(interval.note()))
}

impl IntervalRows {
    fn extend(
        &mut self,
        call: &Call<'_>,
        interval: Interval,
        (period, industry): (i64, &Key),
        places: &[(f64, f64)],
        weights: &[f64],
        scale: EllipseScale,
    ) -> Result<(), MethodError> {
        let name = format!("center-of-gravity/{industry}/{period}");
        let strata = vec![0; places.len()];
        let spreads = interval.spreads(call, &name, 0, &strata, |picks| {
            let places: Vec<(f64, f64)> = picks.iter().map(|k| places[*k]).collect();
            let weights: Vec<f64> = picks.iter().map(|k| weights[*k]).collect();
            match Ellipse::of(&places, &weights, scale) {
                Ok(e) => [e.x, e.y, e.semi_major, e.semi_minor, e.area()].map(Ok).to_vec(),
                Err(why) => vec![Err(why); MEASURES.len()],
            }
        })?;
        for (measure, spread) in MEASURES.iter().zip(spreads) {
            self.period.push(period);
            self.industry.push(industry.clone());
            self.measure.push(measure);
            let row = [spread.standard_error, spread.lower, spread.upper];
            for (column, value) in self.numbers.iter_mut().zip(row) {
                column.push(value);
            }
        }
        Ok(())
    }

    fn frame(self) -> Result<Frame, MethodError> {
        let [standard_error, lower, upper] = self.numbers;
        let unit = |measure: &&str| if measure.ends_with("km2") { "km2" } else { "km" };
        let units: Vec<&str> = self.measure.iter().map(unit).collect();
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text("industry", self.industry),
            Column::text("measure", self.measure),
            Column::number("standard_error", "1", standard_error),
            Column::number("lower", "1", lower),
            Column::number("upper", "1", upper),
            Column::text("unit", units),
        ])?)
    }
}

fn centers(rows: &[Row], map: &Map) -> Result<Frame, MethodError> {
    let of = |part: &dyn Fn(&Ellipse) -> Result<f64, Undefined>| -> Vec<Datum> {
        let datum = |row: &Row| Datum::from(row.ellipse.and_then(|ellipse| part(&ellipse)));
        rows.iter().map(datum).collect()
    };
    let globe = |second: bool| -> Vec<Datum> {
        let Some(albers) = map.albers else {
            return vec![Datum::Gap(Gap::NotApplicable); rows.len()];
        };
        of(&|ellipse| {
            let (lon, lat) = albers.unproject(ellipse.x, ellipse.y);
            Ok(if second { lat } else { lon })
        })
    };
    let shape = rows.iter().map(|row| {
        let ellipse = row.ellipse.ok()?;
        Some(if ellipse.is_degenerate() { "degenerate" } else { "ellipse" }.into())
    });
    let n_regions = rows.iter().map(|row| row.ellipse.map_or(0, |ellipse| ellipse.n_places as i64));
    Ok(Frame::new(vec![
        Column::integer("period", "", rows.iter().map(|row| row.period)),
        Column::text("industry", rows.iter().map(|row| row.industry.clone())),
        Column::number("x_km", "km", of(&|e| Ok(e.x))),
        Column::number("y_km", "km", of(&|e| Ok(e.y))),
        Column::number("lon", "degrees", globe(false)),
        Column::number("lat", "degrees", globe(true)),
        Column::number("semi_major_km", "km", of(&|e| Ok(e.semi_major))),
        Column::number("semi_minor_km", "km", of(&|e| Ok(e.semi_minor))),
        Column::number("azimuth", "degrees", of(&|e| e.azimuth)),
        Column::number("area_km2", "km2", of(&|e| Ok(e.area()))),
        Column::number("standard_distance_km", "km", of(&|e| Ok(e.standard_distance))),
        Column::integer("n_regions", "1", n_regions),
        Column::new("shape", "", Values::Text(shape.collect())),
    ])?)
}

#[cfg(test)]
mod tests;
