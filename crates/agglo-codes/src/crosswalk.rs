//! How the codes of one classification became those of another.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::CodesError;

/// Weights of a code may miss 1 by this much.
pub(crate) const TOLERANCE: f64 = 1e-6;

const EQUAL_SHARES: &str = "equal shares [A]";

/// One code, or a share of it, going to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The code it comes from.
    pub from: String,
    /// The code it goes to.
    pub to: String,
    /// The share of `from` that goes to `to`, 0 to 1; `None` when nobody knows.
    pub weight: Option<f64>,
}

impl Link {
    /// A link with its weight, if it is known.
    pub fn new(from: impl Into<String>, to: impl Into<String>, weight: Option<f64>) -> Link {
        Link { from: from.into(), to: to.into(), weight }
    }
}

/// A code whose weights do not add up to 1.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Unbalanced {
    /// The code.
    pub from: String,
    /// The sum of its weights; `None` when a weight of it is not known.
    pub sum: Option<f64>,
}

/// The links from one classification to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Crosswalk {
    /// The name used in study files, such as `naics2012-naics2017`.
    pub id: String,
    /// The classification it starts from.
    pub from: String,
    /// The classification it leads to.
    pub to: String,
    /// What the weights are shares of: `population 2018`, `area`, `none` where no code splits with a
    /// known share.
    pub basis: String,
    /// Who says so.
    pub source: String,
    /// The links, sorted by `from`, then `to`.
    pub links: Vec<Link>,
}

/// Codes of the start and of the end that hang together.
type Sides = (Vec<String>, Vec<String>);

/// The coarsest units that both sides add up to without any weight.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CommonUnits {
    /// From the codes of the crosswalk's start to the units; every weight is 1.
    pub from_units: Crosswalk,
    /// From the codes of the crosswalk's end to the units; every weight is 1.
    pub to_units: Crosswalk,
    /// Each unit with the codes of the start and of the end in it.
    pub members: BTreeMap<String, (Vec<String>, Vec<String>)>,
}

impl Crosswalk {
    /// A crosswalk of these links.
    ///
    /// Links given twice are one; the only link of a code has weight 1 where none is given; one
    /// unknown weight among known ones is what is missing to 1.
    pub fn from_links(
        id: impl Into<String>,
        from: impl Into<String>,
        to: impl Into<String>,
        basis: impl Into<String>,
        source: impl Into<String>,
        links: impl IntoIterator<Item = Link>,
    ) -> Crosswalk {
        let mut links: Vec<Link> = links.into_iter().collect();
        links.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
        links.dedup_by(|later, earlier| {
            let same = later.from == earlier.from && later.to == earlier.to;
            if same {
                earlier.weight = earlier.weight.or(later.weight);
            }
            same
        });
        for group in links.chunk_by_mut(|a, b| a.from == b.from) {
            if let [only] = group {
                only.weight = only.weight.or(Some(1.0));
            } else if group.iter().filter(|link| link.weight.is_none()).count() == 1 {
                let rest = 1.0 - group.iter().filter_map(|link| link.weight).sum::<f64>();
                if rest >= 0.0
                    && let Some(unknown) = group.iter_mut().find(|link| link.weight.is_none())
                {
                    unknown.weight = Some(rest);
                }
            }
        }
        Crosswalk {
            id: id.into(),
            from: from.into(),
            to: to.into(),
            basis: basis.into(),
            source: source.into(),
            links,
        }
    }

    /// A crosswalk from CSV text with the columns `from`, `to` and, if known, `weight`.
    ///
    /// An empty weight is one that nobody knows.
    ///
    /// # Errors
    /// [`CodesError::Csv`], [`CodesError::Columns`], [`CodesError::Link`] with the line.
    pub fn from_csv(
        id: impl Into<String>,
        from: impl Into<String>,
        to: impl Into<String>,
        basis: impl Into<String>,
        source: impl Into<String>,
        text: &str,
    ) -> Result<Crosswalk, CodesError> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let csv = |error: csv::Error| CodesError::Csv(error.to_string());
        let heading = reader.headers().map_err(csv)?.clone();
        let column = |name: &str| heading.iter().position(|cell| cell.eq_ignore_ascii_case(name));
        let (Some(from_column), Some(to_column)) = (column("from"), column("to")) else {
            return Err(CodesError::Columns {
                have: heading.iter().collect::<Vec<_>>().join(", "),
            });
        };
        let weight_column = column("weight");
        let mut links: Vec<Link> = Vec::new();
        let mut seen: BTreeMap<(String, String), Option<f64>> = BTreeMap::new();
        for (row, record) in reader.records().enumerate() {
            let record = record.map_err(csv)?;
            let line = record.position().map_or(row + 2, |position| position.line() as usize);
            let cell = |place: usize| record.get(place).unwrap_or("");
            let wrong = |why| CodesError::Link {
                line,
                found: record.iter().collect::<Vec<_>>().join(","),
                why,
            };
            let (source, target) = (cell(from_column), cell(to_column));
            if source.is_empty() || target.is_empty() {
                return Err(wrong("a code is empty"));
            }
            let weight = match weight_column.map_or("", cell) {
                "" => None,
                given => {
                    let weight: f64 =
                        given.parse().map_err(|_| wrong("the weight is not a number"))?;
                    if !(0.0..=1.0).contains(&weight) {
                        return Err(wrong("a weight lies between 0 and 1"));
                    }
                    Some(weight)
                }
            };
            let key = (source.to_owned(), target.to_owned());
            if seen.get(&key).is_some_and(|earlier| *earlier != weight) {
                return Err(wrong("the same link stands above with another weight"));
            }
            seen.insert(key, weight);
            links.push(Link::new(source, target, weight));
        }
        Ok(Crosswalk::from_links(id, from, to, basis, source, links))
    }

    /// The links of one code.
    pub fn of(&self, from: &str) -> &[Link] {
        let start = self.links.partition_point(|link| link.from.as_str() < from);
        let end = self.links.partition_point(|link| link.from.as_str() <= from);
        &self.links[start..end]
    }

    /// The codes whose known weights do not add up to 1, and those with a weight that nobody knows.
    pub fn check(&self) -> Vec<Unbalanced> {
        let mut found = Vec::new();
        for group in self.links.chunk_by(|a, b| a.from == b.from) {
            let sum: Option<f64> = group.iter().map(|link| link.weight).sum();
            if sum.is_none_or(|sum| (sum - 1.0).abs() > TOLERANCE) {
                found.push(Unbalanced { from: group[0].from.clone(), sum });
            }
        }
        found
    }

    /// The way back.
    ///
    /// A code that came from one code only goes back whole; the shares in which a merged code goes
    /// back are not known from the shares in which it came, so their weights are `None`.
    pub fn invert(&self) -> Crosswalk {
        let links = self.links.iter().filter(|link| link.weight != Some(0.0));
        Crosswalk::from_links(
            format!("{}-{}", self.to, self.from),
            self.to.clone(),
            self.from.clone(),
            "none",
            self.source.clone(),
            links.map(|link| Link::new(link.to.clone(), link.from.clone(), None)),
        )
        .without_filling()
    }

    /// Takes back what `from_links` may have filled in for a code with several links.
    fn without_filling(mut self) -> Crosswalk {
        for group in self.links.chunk_by_mut(|a, b| a.from == b.from) {
            if group.len() > 1 {
                for link in group {
                    link.weight = None;
                }
            }
        }
        self
    }

    /// The same with equal shares where nobody knows them: what the known weights of a code leave of
    /// 1, divided by the number of its other links.
    ///
    /// That the shares are equal is an assumption of the caller's. It stands in [`Crosswalk::basis`]
    /// as `equal shares [A]`, and so in the audit of every table that is carried over.
    pub fn with_equal_shares(mut self) -> Crosswalk {
        let mut assumed = false;
        for group in self.links.chunk_by_mut(|a, b| a.from == b.from) {
            let unknown = group.iter().filter(|link| link.weight.is_none()).count();
            let left = 1.0 - group.iter().filter_map(|link| link.weight).sum::<f64>();
            for link in group.iter_mut().filter(|link| link.weight.is_none()) {
                link.weight = Some(left.max(0.0) / unknown as f64);
                assumed = true;
            }
        }
        if assumed {
            self.basis = joined(&self.basis, EQUAL_SHARES);
        }
        self
    }

    /// This crosswalk and then `next`: weights along a way multiply, ways to the same code add.
    ///
    /// Whatever splits with unknown weights and comes together again needs none. A code whose way
    /// ends in the middle is left out.
    ///
    /// # Errors
    /// [`CodesError::DoNotMeet`].
    pub fn then(&self, next: &Crosswalk) -> Result<Crosswalk, CodesError> {
        if self.to != next.from {
            return Err(CodesError::DoNotMeet {
                first: self.id.clone(),
                ends: self.to.clone(),
                second: next.id.clone(),
                starts: next.from.clone(),
            });
        }
        let mut links = Vec::new();
        for group in self.links.chunk_by(|a, b| a.from == b.from) {
            if group.iter().any(|link| next.of(&link.to).is_empty()) {
                continue;
            }
            // Per target: the sum of the ways whose weight is known, and whether any is not.
            let mut ways: BTreeMap<&str, Option<f64>> = BTreeMap::new();
            for first in group {
                for second in next.of(&first.to) {
                    let weight = match (first.weight, second.weight) {
                        (Some(0.0), _) | (_, Some(0.0)) => Some(0.0),
                        (Some(a), Some(b)) => Some(a * b),
                        _ => None,
                    };
                    ways.entry(&second.to)
                        .and_modify(|sum| *sum = sum.zip(weight).map(|(a, b)| a + b))
                        .or_insert(weight);
                }
            }
            let only = ways.len() == 1 && ways.values().all(Option::is_none);
            links.extend(ways.into_iter().map(|(to, weight)| {
                Link::new(group[0].from.clone(), to, if only { Some(1.0) } else { weight })
            }));
        }
        Ok(Crosswalk {
            id: format!("{}-{}", self.from, next.to),
            from: self.from.clone(),
            to: next.to.clone(),
            basis: joined(&self.basis, &next.basis),
            source: joined(&self.source, &next.source),
            links,
        })
    }

    /// The coarsest units that need no weight: codes of both sides that hang together are one unit.
    ///
    /// A unit is called by its one code of the end, or by all of them joined by `+`.
    pub fn common_units<'s>(&'s self) -> CommonUnits {
        let mut sources: BTreeMap<&'s str, usize> = BTreeMap::new();
        let mut targets: BTreeMap<&'s str, usize> = BTreeMap::new();
        let mut parent: Vec<usize> = Vec::new();
        let links = || self.links.iter().filter(|link| link.weight != Some(0.0));
        for link in links() {
            let mut place_of = |known: &mut BTreeMap<&'s str, usize>, code: &'s str| {
                *known.entry(code).or_insert_with(|| {
                    parent.push(parent.len());
                    parent.len() - 1
                })
            };
            let source = place_of(&mut sources, &link.from);
            let target = place_of(&mut targets, &link.to);
            let (a, b) = (root(&mut parent, source), root(&mut parent, target));
            parent[a] = b;
        }
        let mut units: BTreeMap<usize, Sides> = BTreeMap::new();
        for (code, &place) in &sources {
            units.entry(root(&mut parent, place)).or_default().0.push((*code).to_owned());
        }
        for (code, &place) in &targets {
            units.entry(root(&mut parent, place)).or_default().1.push((*code).to_owned());
        }
        let members: BTreeMap<String, Sides> =
            units.into_values().map(|unit| (unit.1.join("+"), unit)).collect();
        let name = format!("{}+{}", self.from, self.to);
        let whole = |side: &str, pick: fn(&Sides) -> &Vec<String>| {
            let links = members.iter().flat_map(|(unit, codes)| {
                pick(codes).iter().map(move |code| Link::new(code.clone(), unit.clone(), Some(1.0)))
            });
            Crosswalk::from_links(
                format!("{side}-common"),
                side,
                name.clone(),
                "none",
                self.source.clone(),
                links,
            )
        };
        CommonUnits {
            from_units: whole(&self.from, |unit| &unit.0),
            to_units: whole(&self.to, |unit| &unit.1),
            members,
        }
    }
}

/// What is named in either of two lists, once.
fn joined(a: &str, b: &str) -> String {
    let parts: BTreeSet<&str> = a.split("; ").chain(b.split("; ")).collect();
    let named: Vec<&str> = parts.into_iter().filter(|part| *part != "none").collect();
    if named.is_empty() { "none".to_owned() } else { named.join("; ") }
}

fn root(parent: &mut [usize], mut place: usize) -> usize {
    while parent[place] != place {
        parent[place] = parent[parent[place]];
        place = parent[place];
    }
    place
}
