//! The study file that reads the register.

use std::fmt::Write as _;

use super::COLUMNS;
use super::world::World;

pub(super) const FILE: &str = "study.toml";

/// One table: its name in the study, canonical table, file, columns, and units where it has any.
type Block = (&'static str, &'static str, &'static str, String, &'static str);

/// Columns whose headings are the canonical names, but for those named with their heading.
fn columns(same: &[&str], other: &[(&str, &str)]) -> String {
    let same = same.iter().map(|name| format!("{name} = \"{name}\""));
    let other = other.iter().map(|(role, heading)| format!("{role} = \"{heading}\""));
    same.chain(other).collect::<Vec<_>>().join(", ")
}

pub(super) fn text(world: &World) -> String {
    let plan = &world.plan;
    let mut text = format!(
        "# A register of an artificial country, drawn so that every chapter has something to find.\n\
         # What was planted in it is in truth.json. Money is in thousand crowns unless said otherwise.\n\n\
         [study]\n\
         id      = \"artificial-register\"\n\
         title   = {{ en = \"Artificia, register (artificial data)\", zh = \"人造国名录（人造数据）\" }}\n\
         authors = [\"The agglo authors\"]\n\
         seed    = {}\n\
         artificial = true\n\n\
         [geo]\n\
         system   = \"custom\"\n\
         level    = \"region\"\n\
         tiles    = \"geo/tiles.csv\"\n\n\
         [geo.groups.parts]\n\
         title = {{ en = \"Parts of the country\", zh = \"国土分区\" }}\n\
         file  = \"geo/groups.csv\"\n\n\
         [industry]\n\
         system = \"custom\"\n\
         level  = \"industry\"\n",
        plan.seed.0
    );
    let register = match plan.format {
        super::RegisterFormat::Parquet => "data/plants/year=*/part-*.parquet",
        super::RegisterFormat::Csv => "data/plants/year=*/part-*.csv",
    };
    let plants: Vec<&str> = COLUMNS.into_iter().filter(|&name| name != "year").collect();
    let blocks: [Block; 14] = [
        (
            "regions",
            "region",
            "data/regions.csv",
            columns(&["region", "name_zh", "x_km", "y_km", "area_km2"], &[("name", "name_en")]),
            "",
        ),
        (
            "industries",
            "industry",
            "data/industries.csv",
            columns(&["industry", "name_zh", "group", "intensity"], &[("name", "name_en")]),
            "",
        ),
        (
            "intensity",
            "intensity",
            "data/industries.csv",
            columns(&["industry", "intensity"], &[]),
            "",
        ),
        (
            "plants",
            "plant",
            register,
            columns(&plants, &[("period", "year")]),
            "employment = \"persons\", output = \"1000 crowns\", value_added = \"1000 crowns\"",
        ),
        (
            "relocations",
            "relocation",
            "data/relocations.csv",
            columns(
                &["from", "to", "industry", "employment"],
                &[("firm_id", "firm"), ("period", "year")],
            ),
            "employment = \"persons\"",
        ),
        (
            "clusters",
            "cluster_register",
            "data/cluster_register.csv",
            columns(
                &["name_zh", "field", "regions", "industries", "source"],
                &[("cluster_id", "cluster"), ("name", "name_en")],
            ),
            "",
        ),
        (
            "firms",
            "firm",
            "data/firms.csv",
            columns(
                &["output", "employment", "opened_year", "origin", "previous_region"],
                &[
                    ("firm_id", "firm"),
                    ("period", "year"),
                    ("cluster_id", "cluster"),
                    ("parent_id", "parent"),
                ],
            ),
            "output = \"million crowns\", employment = \"persons\"",
        ),
        (
            "markets",
            "market",
            "data/markets.csv",
            columns(
                &["product", "turnover", "outside_share"],
                &[("market_id", "market"), ("cluster_id", "cluster"), ("period", "year")],
            ),
            "turnover = \"million crowns\", outside_share = \"1\"",
        ),
        (
            "procurement",
            "procurement",
            "data/procurement.csv",
            columns(
                &["input_class", "total", "local", "local_office"],
                &[("cluster_id", "cluster"), ("period", "year")],
            ),
            "total = \"million crowns\", local = \"million crowns\", local_office = \"million crowns\"",
        ),
        (
            "leader-purchases",
            "leader_purchase",
            "data/leader_purchases.csv",
            columns(
                &["total", "from_local"],
                &[("firm_id", "firm"), ("cluster_id", "cluster"), ("period", "year")],
            ),
            "total = \"million crowns\", from_local = \"million crowns\"",
        ),
        (
            "indicators",
            "indicator",
            "data/indicators.csv",
            columns(&["region", "indicator", "value"], &[("period", "year")]),
            "",
        ),
        (
            "indicator-tree",
            "indicator_meta",
            "data/indicator_meta.csv",
            columns(&["indicator", "dimension", "direction", "unit", "weight"], &[]),
            "",
        ),
        (
            "programme",
            "project",
            "data/programme.csv",
            columns(
                &["unit", "amount", "type"],
                &[("project_id", "project"), ("start", "start_year")],
            ),
            "amount = \"1000 crowns\"",
        ),
        (
            "outcome",
            "outcome",
            "data/outcome.csv",
            columns(
                &["unit", "outcome", "treated", "cluster"],
                &[("period", "year"), ("start", "start_year")],
            ),
            "outcome = \"log points\"",
        ),
    ];
    for (name, table, file, columns, units) in blocks {
        block(&mut text, name, table, file, &columns, units);
        if name == "plants" {
            text.push_str(
                "value   = \"employment\"\nprice   = { kind = \"constant\", year = 2010 }\n\
                 scope   = \"all-plants\"\n",
            );
        }
    }
    text.push_str(
        "\n[measure]\nvalue = \"employment\"\n\n[transfer]\ngroup   = \"parts\"\n\n[rank]\ngroup = \
         \"parts\"\ntop   = 10\n\n[[policy]]\nid      = \"programme\"\ntitle   = { en = \
         \"Productivity programme\", zh = \"生产率提升计划\" }\noutcome = \"outcome\"\n\n[report]\nlangs \
         = [\"en\", \"zh\"]\n",
    );
    text
}

fn block(text: &mut String, name: &str, table: &str, file: &str, columns: &str, units: &str) {
    let _ = write!(
        text,
        "\n[[data]]\nname    = \"{name}\"\ntable   = \"{table}\"\nfile    = \"{file}\"\nreader  = \
         \"tidy\"\ncolumns = {{ {columns} }}\n"
    );
    if !units.is_empty() {
        let _ = writeln!(text, "units   = {{ {units} }}");
    }
    text.push_str(
        "source  = { en = \"Artificial data\", zh = \"人造数据\" }\nlicense = \"CC0-1.0\"\n",
    );
}
